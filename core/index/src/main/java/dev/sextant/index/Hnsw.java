package dev.sextant.index;

import dev.sextant.kernel.Memory;
import java.io.IOException;

/// A graph that no longer changes. Owns its codes and edges, not the rows: whoever owns those keeps them until this is
/// closed.
public final class Hnsw extends Layered implements Graph, Frozen {
    Hnsw(Layers layers) {
        super(layers);
    }

    /// Reads what [#writeTo(Sink)] wrote. The codes are made again from `rows`, which must be those it was built over.
    public static Hnsw read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return new Hnsw(GraphBytes.read(memory, rows, bytes, source));
    }

    @Override
    public Kind kind() {
        return Kind.HNSW;
    }

    @Override
    public long serializedBytes() {
        return GraphBytes.size(layers);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/index.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        GraphBytes.write(layers, sink);
    }

    @Override
    public HnswParameters parameters() {
        return layers.parameters;
    }

    @Override
    public void close() {
        layers.close();
    }
}
