package dev.sextant.index.scalar;

import dev.sextant.index.Sink;
import dev.sextant.kernel.Bits;
import java.io.IOException;

/// An index as its [Standing] tells of it; what remains to be said is how it looks something up.
abstract sealed class Based implements ScalarIndex permits Keyed, Grams, Boxes {
    final Standing standing;

    Based(Standing standing) {
        this.standing = standing;
    }

    @Override
    public final Structure structure() {
        return standing.head.structure();
    }

    @Override
    public final Values values() {
        return standing.head.values();
    }

    @Override
    public final int rows() {
        return standing.head.rows();
    }

    @Override
    public final Bits nulls() {
        return standing.nulls;
    }

    @Override
    public final Bits others() {
        return standing.others;
    }

    @Override
    public final Bits unsure() {
        return standing.unsure;
    }

    @Override
    public final Bits valued() {
        return standing.valued;
    }

    @Override
    public int keys() {
        return 0;
    }

    @Override
    public final long serializedBytes() {
        return standing.head.bytes();
    }

    @Override
    public final void writeTo(Sink sink) throws IOException {
        ScalarBytes.write(standing, sink);
    }

    @Override
    public final long bytes() {
        return standing.bytes();
    }

    @Override
    public final void close() {
        standing.close();
    }
}
