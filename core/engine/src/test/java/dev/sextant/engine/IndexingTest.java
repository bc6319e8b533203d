package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.entry.SegmentFacts;
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
        return collection(ALL);
    }

    private static Collection collection(Load load) {
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
                load,
                0,
                0);
    }

    /// A hundred rows of partition 30 in a file that is not published yet.
    private static final class Written implements AutoCloseable {
        final Memory memory = new Memory(256L << 20);
        final MemoryDisk disk = new MemoryDisk();
        final Files files;
        final Work work = new Work("test", 1, memory);
        final Replica replica;
        final Indexing indexing;
        final Memtable memtable = new Memtable(5, Shop.schema(), memory, 1L << 20);
        final List<SegmentMaker.Source> sources = List.of(new SegmentMaker.Source(memtable, new int[0]));
        final SegmentFacts facts;

        Written() {
            disk.createDirectories("segments");
            files = new Files(disk, "segments");
            replica = new Replica(memory, 1L << 30, files);
            indexing = new Indexing(files, replica, memory, work, 10);
            var numbers = new TreeMap<Long, Long>();
            for (long i = 0; i < 100; i++) numbers.put(i, i);
            var rows = Shop.rows(30, numbers);
            memtable.add(new Batch(rows.rows(), rows.partitions(), rows.columns()), 1);
            facts = new SegmentMaker(files, memory)
                    .make(20, 5, Shop.schema(), sources, new Progress(0), () -> false)
                    .orElseThrow();
        }

        void prepare(Load load) throws Exception {
            indexing.preparing().merged(20, facts, sources, collection(load), new Progress(0), () -> false);
        }

        /// What is held by name, without what workers keep for themselves.
        Map<String, Long> held() {
            var held = new TreeMap<>(memory.byName());
            held.values().removeIf(bytes -> bytes == 0);
            held.remove("scratch");
            return held;
        }

        @Override
        public void close() {
            files.end(facts.id());
            memtable.release();
            replica.close();
            work.close();
        }
    }

    private static final Load ALL = new Load.Everything(Set.of(), 1);

    @Test
    void whatWasPreparedAndNeverPublishedIsGivenBack() throws Exception {
        try (var written = new Written()) {
            var before = written.held();
            written.prepare(ALL);
            assertThat(written.held()).isNotEqualTo(before);
            written.prepare(ALL); // another try, which takes the place of the first
            written.files.end(written.facts.id());
            assertThat(written.held()).isEqualTo(before);
            assertThat(written.files.takePrepared(written.facts)).isEmpty();
            assertThat(written.files.collect(Set::of, Set.of())).isPositive();
            assertThat(written.disk.list("segments")).isEmpty();
        }
    }

    @Test
    void whatIsInPartitionsThatNobodyLoadsIsNotPrepared() throws Exception {
        try (var written = new Written()) {
            var before = written.held();
            written.prepare(new Load.Partitions(Set.of(31L), Set.of(), 1));
            assertThat(written.held()).isEqualTo(before);
        }
    }

    @Test
    void whatAnotherTryPreparedIsNotTaken() throws Exception {
        try (var written = new Written()) {
            var before = written.held();
            written.prepare(ALL);
            var facts = written.facts;
            var other = new SegmentFacts(
                    facts.id(),
                    facts.rows(),
                    facts.bytes(),
                    "another",
                    facts.leastInsert(),
                    facts.mostInsert(),
                    facts.partitions());
            assertThat(written.files.takePrepared(other)).isEmpty();
            assertThat(written.held()).isEqualTo(before);
        }
    }

    @Test
    void aGraphThatAMergeHadNoMemoryForIsShownAtItsIndexAndForgottenOnceItIsBuilt() throws Exception {
        try (var written = new Written()) {
            var memory = written.memory;
            var indexing = written.indexing;
            try (var hog = memory.reserve("test", memory.limitBytes() - memory.inUseBytes())) {
                assertThat(hog.bytes()).isPositive();
                written.prepare(ALL);
            }
            assertThat(indexing.progress(collection(), INDEX).trouble()).isNotEmpty();
            written.prepare(ALL);
            assertThat(indexing.progress(collection(), INDEX).trouble()).isEmpty();
        }
    }
}
