package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Consistency;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.Disk;
import dev.sextant.world.MemoryDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ShortMemoryTest {
    private final AtomicInteger segmentsBegun = new AtomicInteger();

    @Test
    @Tag("slow")
    void aFileThatOnlyMemoryIsMissingForIsNotWrittenAgain() {
        try (var shop = new Shop(counting(new MemoryDisk()), Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            long t = shop.engine.now();
            var spare = ((Node) shop.engine).files().spare().orElseThrow();
            try (var hog = shop.memory.reserve("test", shop.memory.limitBytes() - shop.memory.inUseBytes());
                    var spareToo = spare.part("test", spare.bytes() - spare.usedBytes())) {
                assertThat(hog.bytes()).isPositive();
                assertThat(spareToo.bytes()).isPositive();
                Shop.<Map<Long, List<Long>>>await(
                        (Reply<Map<Long, List<Long>>> reply) -> shop.engine.seal(c.shards(), reply));
                Shop.eventually(() -> shop.engine.jobs().stream()
                                .filter(job -> job.kind().equals("restore") && job.phase() == Watch.JobPhase.FAILED)
                                .count()
                        > 1);
                assertThat(segmentsBegun).hasValue(1);
                assertThat(shop.engine.flushed(c.shards(), t)).isFalse();
            }
            Shop.eventually(() -> shop.engine.flushed(c.shards(), t));
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(1L, List.of(1L)));
        }
    }

    @Test
    void aSealFreesItsMemtableThoughNoMemoryIsLeft() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = shop.create("c", 1);
            for (long i = 0; i < 3; i++) {
                shop.insert(c, Map.of(i, i));
                try (var hog = shop.memory.reserve("test", shop.memory.limitBytes() - shop.memory.inUseBytes())) {
                    assertThat(hog.bytes()).isPositive();
                    shop.flush(c);
                    // The job that wrote it out lets it go last.
                    Shop.eventually(() -> shop.memory.inUseBytes() < shop.memory.limitBytes());
                }
            }
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(0L, 1L, 2L);
        }
    }

    @Test
    void deletedRowsOfSegmentsAreCountedAndNeverRefused() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = shop.create("c", 1);
            var rows = new TreeMap<Long, Long>();
            for (long i = 0; i < 1_000; i++) rows.put(i, i);
            shop.insert(c, rows);
            shop.flush(c);
            Shop.eventually(() -> shop.engine.jobs().stream() // the job that wrote them out lets its memory go last
                    .noneMatch(job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING));
            assertThat(shop.memory.byName()).doesNotContainKey("deletions");
            try (var hog = shop.memory.reserve("test", shop.memory.limitBytes() - shop.memory.inUseBytes())) {
                assertThat(hog.bytes()).isPositive();
                shop.delete(c, rows.keySet().toArray(Long[]::new));
                assertThat(shop.memory.byName().get("deletions")).isGreaterThanOrEqualTo(12 * 1_000);
                assertThat(shop.memory.inUseBytes()).isGreaterThan(shop.memory.limitBytes());
            }
            assertThat(shop.read(c, Consistency.STRONG)).isEmpty();
        }
    }

    @Test
    void deletionsLeaveTheBudgetWithTheirSegment() {
        var memory = new java.util.concurrent.atomic.AtomicReference<dev.sextant.kernel.Memory>();
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            memory.set(shop.memory);
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L, 2L, 2L));
            shop.flush(c);
            shop.upsert(c, Map.of(1L, 11L));
            assertThat(shop.memory.byName()).containsKey("deletions");
        }
        assertThat(memory.get().byName()).doesNotContainKey("deletions");
    }

    private Disk counting(Disk disk) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (_, method, arguments) -> {
                    if (method.getName().equals("create")
                            && arguments[0].toString().endsWith(".segment")) segmentsBegun.incrementAndGet();
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }
}
