package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.log.Health;
import dev.sextant.engine.log.Log;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.MemoryDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The writer over a log that does what the test says.
class WriterTest {
    private final Memory memory = new Memory(1L << 30);
    private final Work work = new Work("test", 1, memory);
    private final Replica replica = new Replica(memory, 1L << 30, new Files(new MemoryDisk(), "segments"));
    private final Scripted log = new Scripted();
    private final HybridClock clock = new HybridClock(new Shop.SystemTime(), 0);
    private final Timeline timeline = new Timeline(clock, 0, 0);
    private final Writer writer = new Writer(new Surroundings(), log, replica, timeline, work, 1);
    private Collection c;

    @BeforeEach
    void createCollection() {
        var collection = new Collection(
                10,
                Database.DEFAULT_ID,
                "c",
                "",
                Shop.schema(),
                List.of(20L, 21L),
                ConsistencyLevel.STRONG,
                Map.of(),
                List.of(new Partition(30, Partition.DEFAULT_NAME, 0)),
                List.of(),
                Load.NOTHING,
                0,
                0);
        Shop.<Long>await(reply ->
                writer.ask(new Request.Define(_ -> List.of(new Change.CreateCollection(collection)), reply), 0));
        c = replica.catalog().collection(10).orElseThrow();
    }

    @AfterEach
    void close() {
        writer.close();
        work.close();
        replica.close();
    }

    /// Takes entries as a log does. Its disk can lose one, find it again, and be slow to hand it over.
    private final class Scripted implements Log {
        private record Held(long position, MemorySegment bytes, java.util.Optional<Outcome> outcome) {}

        private final ArrayDeque<Held> held = new ArrayDeque<>();
        private MemorySegment lost = MemorySegment.NULL;
        private volatile Health health = Health.WELL;
        private volatile long end = 1;
        private boolean loseNext;
        private boolean slow;
        private boolean noHeap;

        @Override
        public synchronized void propose(List<MemorySegment> entry, Outcome outcome) {
            if (noHeap) {
                noHeap = false;
                throw new OutOfMemoryError("for the test");
            }
            if (!(health instanceof Health.Well)) {
                outcome.refused(new IOException("for the test"));
                return;
            }
            var bytes = joined(entry);
            if (loseNext) {
                loseNext = false;
                lost = bytes;
                var why = new DiskFailure.Other("log", new IOException("for the test"));
                health = new Health.Refusing(why);
                outcome.unknown(why);
                return;
            }
            held.add(new Held(end++, bytes, java.util.Optional.of(outcome)));
            if (!slow) handOver();
        }

        private MemorySegment joined(List<MemorySegment> entry) {
            var bytes = MemorySegment.ofArray(
                    new byte
                            [(int) entry.stream()
                                    .mapToLong(MemorySegment::byteSize)
                                    .sum()]);
            long at = 0;
            for (var piece : entry) {
                MemorySegment.copy(piece, 0, bytes, at, piece.byteSize());
                at += piece.byteSize();
            }
            return bytes;
        }

        synchronized void loseNext() {
            loseNext = true;
        }

        synchronized void noHeap() {
            noHeap = true;
        }

        /// What was lost is in the log after all, but is not handed over yet.
        synchronized void recoverSlowly() {
            slow = true;
            held.add(new Held(end++, lost, java.util.Optional.empty()));
            health = Health.WELL;
        }

        synchronized void holdBack() {
            slow = true;
        }

        synchronized int heldBack() {
            return held.size();
        }

        /// The first that is held back never gets into the log, and all others do.
        synchronized void refuseFirst() {
            held.removeFirst().outcome.orElseThrow().refused(new IOException("for the test"));
            var others = List.copyOf(held);
            held.clear();
            end -= others.size() + 1;
            for (var other : others) held.add(new Held(end++, other.bytes, other.outcome));
        }

        synchronized void handOver() {
            slow = false;
            for (var next = held.poll(); next != null; next = held.poll()) {
                long position = next.position;
                if (!replica.apply(position, Entry.decode("test", next.bytes))) withoutEffect.add(position);
                next.outcome.ifPresent(outcome -> outcome.durable(position));
            }
        }

        @Override
        public void start(long from, Receiver receiver) {}

        @Override
        public long end() {
            return end;
        }

        @Override
        public long mostEntryBytes() {
            return 20_000;
        }

        @Override
        public long begin() {
            return 1;
        }

        @Override
        public void cut(long before) {}

        @Override
        public Health health() {
            return health;
        }

        @Override
        public void close() {}
    }

    private final Set<Long> withoutEffect = new HashSet<>();

    private final class Surroundings implements WriterWorld {
        private final AtomicLong lastId = new AtomicLong(100);

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void refuseWhenFull() {}

        @Override
        public void checkLoads(Catalog catalog, List<Change> changes) {}

        @Override
        public long memtableBytes() {
            return 1 << 20;
        }

        @Override
        public long mostMemtableBytes() {
            return 1L << 30;
        }

        @Override
        public long ids(int count) {
            return lastId.getAndAdd(count);
        }

        @Override
        public long idCeiling() {
            return 1000;
        }

        @Override
        public void memoryIsShort() {}

        @Override
        public Map<Long, View> views(Set<Long> shards) {
            return Map.of();
        }

        @Override
        public boolean tookEffect(long position) {
            return !withoutEffect.contains(position);
        }
    }

    private CompletableFuture<Outcome> insert(Map<Long, Long> rows, long bytes) {
        return write(Shop.mutation(c, false, 30, rows), bytes);
    }

    private CompletableFuture<Outcome> write(Mutation mutation, long bytes) {
        var answer = new CompletableFuture<Outcome>();
        writer.ask(
                new Request.Write(mutation, new Reply<>() {
                    @Override
                    public void complete(Outcome outcome) {
                        answer.complete(outcome);
                    }

                    @Override
                    public void fail(Throwable why) {
                        answer.completeExceptionally(why);
                    }
                }),
                bytes);
        return answer;
    }

    private Map<Long, List<Long>> rows() {
        var rows = new TreeMap<Long, List<Long>>();
        for (long shard : c.shards())
            try (var view = replica.shards().get(shard).view(Long.MAX_VALUE, Expiry.NEVER)) {
                Shop.read(view, rows);
            }
        return rows;
    }

    @Test
    void aWriteAfterOneOfUnknownFateIsAppliedOnceInEachOfItsShards() throws Exception {
        log.loseNext();
        assertThatThrownBy(() -> insert(Map.of(1L, 1L), 0).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.OutcomeUnknown.class));
        log.recoverSlowly();
        var second = insert(Map.of(2L, 2L, 3L, 3L), 0);
        Thread.sleep(100); // a writer that takes its numbers too early does so now
        log.handOver();
        second.get(60, TimeUnit.SECONDS);
        assertThat(rows()).isEqualTo(Map.of(1L, List.of(1L), 2L, List.of(2L), 3L, List.of(3L)));
        assertThat(timeline.idle()).as("nothing holds views back").isTrue();
    }

    @Test
    void aWriteThatWasNumberedBehindARefusedOneIsAcknowledgedOnceItIsThere() throws Exception {
        log.holdBack();
        var refused = insert(Map.of(1L, 1L, 2L, 2L, 3L, 3L), 0);
        var behind = insert(Map.of(4L, 4L, 5L, 5L, 6L, 6L), 0);
        Shop.eventually(() -> log.heldBack() == 2);
        log.refuseFirst();
        log.handOver();
        assertThatThrownBy(() -> refused.get(60, TimeUnit.SECONDS)).rootCause().isInstanceOf(Refused.class);
        assertThat(behind.get(60, TimeUnit.SECONDS).inserted()).isEqualTo(3);
        assertThat(rows()).isEqualTo(Map.of(4L, List.of(4L), 5L, List.of(5L), 6L, List.of(6L)));
    }

    @Test
    void aWriteWhoseTimeIsOverIsRefusedAndNotWritten() {
        var rows = Shop.mutation(c, false, 30, Map.of(1L, 1L));
        var late = new Mutation(c.id(), c.altered(), rows.parts(), System.nanoTime());
        long end = log.end();
        assertThatThrownBy(() -> write(late, 0).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.DeadlinePassed.class));
        assertThat(log.end()).isEqualTo(end);
    }

    @Test
    void anEntryThatTheHeapHasNoRoomForHoldsNothingUp() throws Exception {
        log.noHeap();
        assertThatThrownBy(() -> insert(Map.of(1L, 1L), 0).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(OutOfMemoryError.class);
        insert(Map.of(2L, 2L, 3L, 3L), 0).get(60, TimeUnit.SECONDS);
        assertThat(rows()).containsOnlyKeys(2L, 3L);
        assertThat(timeline.idle()).isTrue();
    }

    @Test
    void whatAJobProposesForARemovedShardIsNotProposedForEver() throws Exception {
        var answer = new CompletableFuture<Long>();
        long end = log.end();
        writer.ask(
                new Request.Propose(Set.of(77L), false, () -> Map.of(77L, List.of(new Effect.Seal(5))), new Reply<>() {
                    @Override
                    public void complete(Long at) {
                        answer.complete(at);
                    }

                    @Override
                    public void fail(Throwable why) {
                        answer.completeExceptionally(why);
                    }
                }),
                0);
        answer.get(60, TimeUnit.SECONDS);
        assertThat(log.end()).isEqualTo(end);
    }

    @Test
    void whatWaitsIsBounded() throws Exception {
        log.loseNext();
        assertThatThrownBy(() -> insert(Map.of(1L, 1L), 0).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(Refused.class);
        log.recoverSlowly();
        var waiting = new ArrayList<CompletableFuture<Outcome>>();
        for (long key = 10; key < 12; key++) waiting.add(insert(Map.of(key, key), 300L << 20));
        Thread.sleep(100); // the writer has taken them over, and cannot serve them
        assertThatThrownBy(() -> insert(Map.of(12L, 12L), 1).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Busy.class));
        log.handOver();
        for (var write : waiting) write.get(60, TimeUnit.SECONDS);
        insert(Map.of(12L, 12L), 1).get(60, TimeUnit.SECONDS);
        assertThat(rows()).containsOnlyKeys(1L, 10L, 11L, 12L);
    }

    private CompletableFuture<Long> createDatabase(String name) {
        var answer = new CompletableFuture<Long>();
        writer.ask(
                new Request.Define(
                        _ -> List.of(new Change.CreateDatabase(new Database(50, name, 0, Map.of()))), new Reply<>() {
                            @Override
                            public void complete(Long at) {
                                answer.complete(at);
                            }

                            @Override
                            public void fail(Throwable why) {
                                answer.completeExceptionally(why);
                            }
                        }),
                0);
        return answer;
    }

    @Test
    void aDefinitionPassesWritesThatWaitForRoomAndHoldsNobodyUp() throws Exception {
        CompletableFuture<Outcome> first;
        try (var hog = memory.reserve("test", memory.limitBytes() - memory.inUseBytes())) {
            assertThat(hog.bytes()).isPositive();
            first = insert(Map.of(1L, 1L), 0);
            createDatabase("other").get(60, TimeUnit.SECONDS);
            assertThat(first).isNotDone();
        }
        first.get(60, TimeUnit.SECONDS);
        assertThat(rows()).containsOnlyKeys(1L);
    }

    @Test
    void aWriteThatNoEntryHoldsIsRefusedWithTheLimitBeforeTheLogSeesIt() throws Exception {
        long end = log.end();
        var many = new TreeMap<Long, Long>();
        for (long key = 0; key < 2000; key++) many.put(key, key);
        assertThatThrownBy(() -> insert(many, 0).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(
                                        Refusal.LimitExceeded.class,
                                        limit -> assertThat(limit.limit()).isEqualTo(20_000)));
        assertThat(log.end()).isEqualTo(end);
        insert(Map.of(1L, 1L), 0).get(60, TimeUnit.SECONDS);
        assertThat(rows()).containsOnlyKeys(1L);
    }
}
