package dev.sextant.index;

import dev.sextant.kernel.Memory;
import java.io.IOException;

/// An index that no longer changes and can be written down. Owns its codes and edges, not the rows: whoever owns those
/// keeps them until this is closed.
public sealed interface Frozen extends VectorIndex, Written
        permits Hnsw, CodedHnsw, QuantisedGraph, LeanGraph, Partition, MinHashLsh, Annoy, Inverted {
    /// Reads what [#writeTo(Sink)] of a `kind` wrote; `rows` must be those it was built over.
    static Frozen read(Kind kind, Memory memory, VectorRows rows, long bytes, Source source) throws IOException {
        return switch (kind) {
            case HNSW -> Hnsw.read(memory, (DenseRows) rows, bytes, source);
            case ANNOY -> Annoy.read(memory, (DenseRows) rows, bytes, source);
            case CODED_HNSW -> CodedHnsw.read(memory, (DenseRows) rows, bytes, source);
            case QUANTISED_GRAPH -> QuantisedGraph.read(memory, (DenseRows) rows, bytes, source);
            case LEAN_GRAPH -> LeanGraph.read(memory, rows, bytes, source);
            case MINHASH_LSH -> MinHashLsh.read(memory, (DenseRows) rows, bytes, source);
            case PARTITION -> Partition.read(memory, (DenseRows) rows, bytes, source);
            case INVERTED -> Inverted.read(memory, (SparseRows) rows, bytes, source);
        };
    }

    /// Which structure this is; its bytes begin with [Kind#magic()].
    Kind kind();

    @Override
    default String form() {
        return kind().name();
    }

    @Override
    long bytes();

    /// The structures that have a written form.
    enum Kind {
        HNSW("SXHNSW01"),
        ANNOY("SXANNO01"),
        CODED_HNSW("SXHNSC01"),
        QUANTISED_GRAPH("SXQGRF04"),
        LEAN_GRAPH("SXLEAN01"),
        MINHASH_LSH("SXMHSH01"),
        PARTITION("SXPART01"),
        INVERTED("SXINVT01");

        private final String magic;

        Kind(String magic) {
            this.magic = magic;
        }

        /// The first eight bytes of its written form.
        public String magic() {
            return magic;
        }
    }
}
