package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Load;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.MemoryDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class CareTest {
    /// What a call of the disk with a path throws, if anything; asked with the method's name and the path.
    private volatile BiFunction<String, String, RuntimeException> trouble = (_, _) -> null;

    private Disk troubled(Disk disk) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (_, method, arguments) -> {
                    var why = arguments == null ? null : trouble.apply(method.getName(), arguments[0].toString());
                    if (why != null) throw why;
                    try {
                        var answer = method.invoke(disk, arguments);
                        return method.getName().equals("openForReading")
                                ? troubled(arguments[0].toString(), method.getReturnType(), answer)
                                : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private Object troubled(String path, Class<?> type, Object file) {
        return Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
            var why = trouble.apply(method.getName(), path);
            if (why != null) throw why;
            try {
                return method.invoke(file, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }

    @Test
    void aShardWhoseDiskFailedForAWhileIsReadAgainWithEverythingThatWasAcknowledged() {
        try (var shop = new Shop(troubled(new MemoryDisk()), Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L, 2L, 2L));
            shop.flush(c);
            trouble = (method, path) -> method.equals("read") && path.endsWith(".segment")
                    ? new DiskFailure.Other(path, new IOException("for the test"))
                    : null;
            shop.upsert(c, Map.of(1L, 11L));
            assertThatThrownBy(() -> shop.read(c, Consistency.STRONG)).isInstanceOf(Refused.class);
            assertThatThrownBy(() -> shop.insert(c, Map.of(3L, 3L))).isInstanceOf(Refused.class);
            shop.define(new Change.Truncate(c.id()));
            trouble = (_, _) -> null;
            Shop.eventually(() -> shop.engine.troubles().isEmpty());
            assertThat(shop.read(c, Consistency.STRONG)).isEmpty();
            shop.upsert(shop.find("c"), Map.of(2L, 22L));
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(2L, List.of(22L)));
        }
    }

    @Test
    void aFileThatSomebodyElseDeletedFirstHindersNothing() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(troubled(disk), Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            var superfluous = "segments/00000000000000ff.segment";
            disk.create(superfluous).close();
            trouble = (method, path) -> {
                if (method.equals("delete") && path.equals(superfluous) && disk.exists(path)) disk.delete(path);
                return null;
            };
            ((Node) shop.engine).saveNow();
            assertThat(disk.list("segments")).isEmpty();
            assertThat(disk.list("checkpoints")).isNotEmpty();
        }
    }

    @Test
    void anUpsertThatTheDiskFailedUnderIsDoneOnceTheDiskIsWell() {
        try (var shop = new Shop(troubled(new MemoryDisk()), Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L, 2L, 2L));
            shop.flush(c);
            trouble = (method, path) -> method.equals("read") && path.endsWith(".segment")
                    ? new DiskFailure.Other(path, new IOException("for the test"))
                    : null;
            shop.upsert(c, Map.of(1L, 11L));
            trouble = (_, _) -> null;
            Shop.eventually(() -> shop.engine.troubles().isEmpty());
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(1L, List.of(11L), 2L, List.of(2L)));
        }
    }

    @Test
    void aShardThatCannotBeCaredForKeepsNoOtherFromCareNorFromWrites() {
        try (var shop = new Shop(troubled(new MemoryDisk()), Shop.config())) {
            var sick = shop.create("sick", 1);
            var well = shop.create("well", 1);
            shop.insert(sick, Map.of(1L, 1L));
            shop.flush(sick);
            shop.define(new Change.SetLoad(sick.id(), new Load.Everything(Set.of(), 1)));
            Shop.eventually(() -> shop.engine.loadedPercent(sick.id(), Set.of()) == 100);
            trouble = (method, path) -> method.equals("exists") && path.endsWith(".segment")
                    ? new IllegalStateException("for the test")
                    : null;
            shop.define(new Change.SetLoad(sick.id(), Load.NOTHING));
            Shop.eventually(() -> shop.engine
                    .troubles()
                    .contains("shard " + sick.shards().getFirst() + " is not cared for: for the test"));
            shop.insert(well, Map.of(2L, 2L));
            trouble = (_, _) -> null;
            shop.flush(well);
            Shop.eventually(() -> shop.engine.troubles().isEmpty());
            assertThat(shop.read(well, Consistency.STRONG)).containsOnlyKeys(2L);
        }
    }

    @Test
    void aCheckpointThatFailedIsTriedAgainThoughNothingElseHappens() {
        trouble = (method, path) -> method.equals("create") && path.contains(".checkpoint")
                ? new DiskFailure.Other(path, new IOException("for the test"))
                : null;
        try (var shop = new Shop(troubled(new MemoryDisk()), Shop.with(Shop.config(), 64 << 10, 256 << 10))) {
            var c = shop.create("c", 1);
            var rows = new TreeMap<Long, Long>();
            for (long i = 0; i < 3000; i++) rows.put(i, i);
            shop.insert(c, rows);
            Shop.eventually(() -> checkpoints(shop, Watch.JobPhase.FAILED));
            trouble = (_, _) -> null;
            Shop.eventually(() -> checkpoints(shop, Watch.JobPhase.DONE));
        }
    }

    /// Why a stop need not write memtables out: see docs/decisions/0011.
    @Test
    void aStartReadsNoMoreLogThanAMemtableMayKeepHoweverLargeItMayGrow() {
        var disk = new MemoryDisk();
        int writes = 600;
        var config = Shop.with(Shop.config(), 64 << 10, 64 << 20);
        try (var shop = new Shop(disk, config)) {
            var c = shop.create("c", 1);
            for (long write = 0; write < writes; write++) {
                var rows = new TreeMap<Long, Long>();
                for (long i = 0; i < 50; i++) rows.put(50 * write + i, i);
                shop.insert(c, rows);
            }
            var shard = ((Node) shop.engine).shard(c.shards().getFirst());
            Shop.eventually(() ->
                    shard.layout().segments().stream().mapToInt(Segment::rows).sum() > 0
                            && shard.layout().frozen().isEmpty()
                            && shard.layout().active().rows() < 50 * writes / 2);
        }
        try (var shop = new Shop(disk, config)) {
            assertThat(((Node) shop.engine).replayed()).as("entries replayed").isLessThan(writes / 2 + 20);
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).hasSize(50 * writes);
        }
    }

    private static boolean checkpoints(Shop shop, Watch.JobPhase phase) {
        return shop.engine.jobs().stream().anyMatch(job -> job.kind().equals("checkpoint") && job.phase() == phase);
    }
}
