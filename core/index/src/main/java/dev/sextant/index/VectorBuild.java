package dev.sextant.index;

import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;

/// A structure over rows that are all there, while it is built. It has no threads: any number of workers call
/// [#work(Scratch, Stop)] until one is told that nothing is left; when all have returned, [#finish()] hands it out.
public sealed interface VectorBuild extends AutoCloseable
        permits HnswBuild, CodedHnswBuild, QuantisedBuild, PartitionBuild, MinHashBuild, AnnoyBuild, InvertedBuild {
    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    boolean work(Scratch scratch, Stop stop);

    Progress progress();

    /// What was built, when every worker has returned and one of them was told that nothing is left.
    Frozen finish();

    /// Gives the memory back unless it was handed out. No worker may be in [#work(Scratch, Stop)].
    @Override
    void close();
}
