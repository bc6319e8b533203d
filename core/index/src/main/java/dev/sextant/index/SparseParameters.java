package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How posting lists over sparse rows are searched and, for BM25, scored: `k1` and `b` are those that searches will
/// bring; others are answered exactly too, but nothing is skipped. The structure is the same for every algorithm.
public record SparseParameters(Algorithm algorithm, float k1, float b) implements IndexParameters {
    public static final SparseParameters DEFAULT =
            new SparseParameters(Algorithm.BLOCK_MAX_MAXSCORE, Bm25.DEFAULT_K1, Bm25.DEFAULT_B);

    public SparseParameters {
        if (!(k1 >= 0 && k1 <= 1000) || !(b >= 0 && b <= 1))
            throw new IllegalArgumentException("k1 is " + k1 + ", b is " + b);
    }

    /// The ways to the same answer, under the names of Milvus.
    public enum Algorithm {
        /// Term after term over all rows, every posting; then the sums are looked through.
        TAAT_NAIVE,
        /// Row after row: a row is scored when the lists that have it could together reach the bound.
        DAAT_WAND,
        /// Row after row of the lists without which no row reaches the bound; the others are only asked about them.
        DAAT_MAXSCORE,
        /// As WAND, where blocks of postings that cannot reach the bound are leapt over.
        BLOCK_MAX_WAND,
        /// Window after window of rows; windows, lists and blocks that cannot reach the bound are left out.
        BLOCK_MAX_MAXSCORE,
        /// Window after window of rows, every posting: nothing but streams.
        SINDI
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        if (!(rows instanceof SparseRows sparse)) throw new IllegalArgumentException("posting lists over dense rows");
        return new InvertedBuild(memory, sparse, metric, this, members);
    }

    /// For rows of a hundred cells: three bytes a posting and a little for blocks and lists.
    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return 4 * 100;
    }
}
