package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.model.Refusal;
import dev.sextant.model.Reply;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the writer asks of the node around it.
interface WriterWorld {
    /// Frozen memtables of a shard that may wait for their files; more rows wait.
    int MOST_FROZEN = 3;

    Reply<Long> NOBODY = new Reply<>() {
        @Override
        public void complete(Long answer) {}

        @Override
        public void fail(Throwable reason) {}
    };

    long nanos();

    /// Throws when the disk would not take a write.
    void refuseWhenFull();

    /// Throws when what is to be loaded does not fit into memory.
    void checkLoads(Catalog catalog, List<Change> changes);

    /// A memtable is sealed before it grows over this.
    long memtableBytes();

    /// No memtable can grow over this.
    long mostMemtableBytes();

    long ids(int count);

    long idCeiling();

    /// Rows wait for memory: something should be written out.
    void memoryIsShort();

    Map<Long, View> views(Set<Long> shards);

    /// Whether the entry at a position that the log has just delivered took effect.
    boolean tookEffect(long position);

    static Refusal outOfMemory(OutOfBudget none) {
        return new Refusal.OutOfMemory(none.what(), none.askedBytes(), none.inUseBytes(), none.limitBytes());
    }
}
