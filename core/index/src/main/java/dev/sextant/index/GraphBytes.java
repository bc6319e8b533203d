package dev.sextant.index;

import dev.sextant.kernel.Memory;
import java.io.IOException;

/// The bytes of a frozen graph.
final class GraphBytes {
    private GraphBytes() {}

    static long size(Layers layers) {
        return 0;
    }

    static void write(Layers layers, Sink sink) throws IOException {
        throw new UnsupportedOperationException();
    }

    static Layers read(Memory memory, Rows rows, long bytes, Source source) throws IOException {
        throw new UnsupportedOperationException();
    }
}
