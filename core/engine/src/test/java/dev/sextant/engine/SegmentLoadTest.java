package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import dev.sextant.world.MemoryDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SegmentLoadTest {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Executor alone = task -> Thread.ofPlatform().daemon().start(task);
    private volatile boolean slow;

    @Test
    void whoeverAsksWhatIsLoadedDoesNotWaitForALoadUnderWay() throws Exception {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
        }
        var memory = new Memory(1L << 30);
        var file = SegmentFile.open(
                slowed(Disk.class, disk), "segments/" + disk.list("segments").getFirst());
        var segment = new Segment(
                1,
                Files.facts(file.head().segment(), file.written(), Set.of(1L)),
                file,
                new Deletions(),
                new Files(disk, "segments"),
                memory);
        slow = true;
        var loading = CompletableFuture.supplyAsync(() -> segment.vectors(Shop.VECTOR), alone);
        begun.await();
        var asked = CompletableFuture.supplyAsync(
                () -> segment.isLoaded(Shop.VECTOR)
                        || segment.isResident()
                        || segment.index(Shop.VECTOR).isPresent(),
                alone);
        try {
            assertThat(asked.get(60, TimeUnit.SECONDS)).isFalse();
        } finally {
            goOn.countDown();
        }
        loading.get(60, TimeUnit.SECONDS);
        assertThat(segment.isLoaded(Shop.VECTOR)).isTrue();
        segment.release();
        assertThat(memory.inUseBytes()).isZero();
    }

    /// The same disk or file, whose reads wait once it is slow.
    private <T> T slowed(Class<T> door, Object inner) {
        return door.cast(Proxy.newProxyInstance(
                door.getClassLoader(), new Class<?>[] {door}, (_, method, arguments) -> {
                    if (slow && method.getName().equals("read")) {
                        begun.countDown();
                        goOn.await();
                    }
                    try {
                        var answer = method.invoke(inner, arguments);
                        return answer instanceof DiskFile opened ? slowed(DiskFile.class, opened) : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }
}
