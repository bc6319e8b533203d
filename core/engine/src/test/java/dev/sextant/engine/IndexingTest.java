package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.file.Batch;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Work;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.world.MemoryDisk;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IndexingTest {
    private static final long INDEX = 40;

    private static Collection collection() {
        var index = new Index(
                INDEX,
                "near",
                Shop.VECTOR,
                Map.of("index_type", "HNSW", "metric_type", "L2", "M", "8", "efConstruction", "40"),
                0);
        return new Collection(
                10,
                Database.DEFAULT_ID,
                "c",
                "",
                Shop.schema(),
                List.of(20L),
                ConsistencyLevel.STRONG,
                Map.of(),
                List.of(new Partition(30, Partition.DEFAULT_NAME, 0)),
                List.of(index),
                new Load.Everything(Set.of(), 1),
                0,
                0);
    }

    @Test
    void aGraphThatAMergeHadNoMemoryForIsShownAtItsIndexAndForgottenOnceItIsBuilt() throws Exception {
        var memory = new Memory(256L << 20);
        var disk = new MemoryDisk();
        disk.createDirectories("segments");
        var files = new Files(disk, "segments");
        try (var work = new Work("test", 1, memory);
                var replica = new Replica(memory, 1L << 30, files)) {
            var indexing = new Indexing(files, replica, memory, work, 10);
            var numbers = new TreeMap<Long, Long>();
            for (long i = 0; i < 100; i++) numbers.put(i, i);
            var rows = Shop.rows(30, numbers);
            var memtable = new Memtable(5, Shop.schema(), memory, 1L << 20);
            memtable.add(new Batch(rows.rows(), rows.partitions(), rows.columns()), 1);
            var sources = List.of(new SegmentMaker.Source(memtable, new int[0]));
            var facts = new SegmentMaker(files, memory)
                    .make(20, 5, Shop.schema(), sources, new Progress(0), () -> false)
                    .orElseThrow();
            try (var hog = memory.reserve("test", memory.limitBytes() - memory.inUseBytes())) {
                assertThat(hog.bytes()).isPositive();
                indexing.preparing().merged(20, facts, sources, collection(), new Progress(0), () -> false);
            }
            assertThat(indexing.progress(collection(), INDEX).trouble()).isNotEmpty();
            indexing.preparing().merged(20, facts, sources, collection(), new Progress(0), () -> false);
            assertThat(indexing.progress(collection(), INDEX).trouble()).isEmpty();
            memtable.release();
        }
    }
}
