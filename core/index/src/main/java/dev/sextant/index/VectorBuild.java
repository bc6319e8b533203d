package dev.sextant.index;

import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;

/// A structure over rows that are all there, while it is built. It has no threads: any number of workers call
/// [#work(Scratch, Stop)] until one is told that nothing is left; when all have returned, [#finish()] hands it out.
public sealed interface VectorBuild extends AutoCloseable
        permits HnswBuild,
                CodedHnswBuild,
                QuantisedBuild,
                LeanBuild,
                PartitionBuild,
                MinHashBuild,
                AnnoyBuild,
                InvertedBuild {
    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    boolean work(Scratch scratch, Stop stop);

    /// Whether rows must be read before there is more to work on. Asked when every worker has returned and one was told
    /// that nothing is left: then whoever may wait calls [#readRows()], and workers come again.
    default boolean awaitsRows() {
        return false;
    }

    /// Reads the next rows. Waits for the disk; no worker may be in [#work(Scratch, Stop)].
    default void readRows() {
        throw new IllegalStateException("the rows of this build are all there");
    }

    Progress progress();

    /// What was built, when every worker has returned and one of them was told that nothing is left.
    Frozen finish();

    /// Gives the memory back unless it was handed out. No worker may be in [#work(Scratch, Stop)].
    @Override
    void close();
}
