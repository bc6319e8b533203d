package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;

/// How a quantised graph is built: `degree` neighbours a node (of 32), chosen from a beam of `beam`; `bitsPerComponent`
/// rotated bits for each component, 1 … 4, where 0 leaves the choice to the dimension. The same seed gives the same
/// graph.
public record QuantisedParameters(int degree, int beam, int bitsPerComponent, long seed) {
    public static final QuantisedParameters DEFAULT = new QuantisedParameters(32, 96, 0, 42);

    public QuantisedParameters {
        if (degree < NodeBlocks.FAN || degree > 256 || degree % NodeBlocks.FAN != 0)
            throw new IllegalArgumentException("degree is " + degree + ", not 32, 64, … 256");
        if (beam < 8 || beam > 4096) throw new IllegalArgumentException("beam is " + beam + ", not within 8 … 4096");
        if (bitsPerComponent < 0 || bitsPerComponent > 4)
            throw new IllegalArgumentException("bitsPerComponent is " + bitsPerComponent + ", not within 0 … 4");
    }
}
