package dev.sextant.engine.log;

import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// Not a test: prints how fast a log is on this machine's disk. `java … LogFigures [directory]`
final class LogFigures {
    private LogFigures() {}

    public static void main(String[] arguments) throws Exception {
        var parent = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(System.getProperty("java.io.tmpdir"));
        for (boolean forced : new boolean[] {true, false}) {
            System.out.println(forced ? "FORCED" : "UNSAFE_OS_BUFFERED");
            run(parent, forced, 1, 300, 1_500);
            run(parent, forced, 8, 300, 8_000);
            run(parent, forced, 64, 300, 30_000);
            run(parent, forced, 512, 300, 100_000);
            run(parent, forced, 8, 64 << 10, 4_000);
            run(parent, forced, 8, 1 << 20, 600);
            run(parent, forced, 2, 32 << 20, 20);
        }
    }

    private static void run(Path parent, boolean forced, int inFlight, int bytes, int count) throws Exception {
        var directory = Files.createTempDirectory(parent, "log-figures");
        var base = LogConfig.of("log", Story.CLUSTER);
        var config = new LogConfig(
                base.directory(), base.cluster(), 1, 1, base.fileBytes(), forced, 0, base.retryEvery(), base.note());
        var payload = List.of(MemorySegment.ofArray(new byte[bytes]));
        new java.util.SplittableRandom(1)
                .nextBytes((byte[]) payload.getFirst().heapBase().orElseThrow());
        var nanos = new long[count];
        var failed = new LongAdder();
        var forces = new LongAdder();
        var world = World.real(directory).with(new Forces(forces));
        long start;
        long took;
        try (var log = LocalLog.open(world, config)) {
            log.start(1, (position, entry) -> {});
            var permits = new Semaphore(inFlight);
            var done = new CountDownLatch(count);
            start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                permits.acquire();
                int at = i;
                long began = System.nanoTime();
                log.propose(payload, new Log.Outcome() {
                    @Override
                    public void durable(long position) {
                        nanos[at] = System.nanoTime() - began;
                        end();
                    }

                    @Override
                    public void unknown(Throwable why) {
                        refused(why);
                    }

                    @Override
                    public void refused(Throwable why) {
                        failed.increment();
                        end();
                    }

                    private void end() {
                        permits.release();
                        done.countDown();
                    }
                });
            }
            done.await();
            took = System.nanoTime() - start;
        }
        long replay = System.nanoTime();
        try (var log = LocalLog.open(World.real(directory), config)) {
            log.start(1, (position, entry) -> {});
        }
        replay = System.nanoTime() - replay;
        Arrays.sort(nanos);
        System.out.printf(
                "%4d in flight, %9d bytes: %8.0f entries/s %7.1f MB/s, p50 %7.2f ms, p99 %7.2f ms, %.1f entries a force, failed %d; replay %.0f MB/s%n",
                inFlight,
                bytes,
                count / (took / 1e9),
                (double) bytes * count / took * 1e3,
                nanos[count / 2] / 1e6,
                nanos[count * 99 / 100] / 1e6,
                count / (double) Math.max(1, forces.sum()),
                failed.sum(),
                (double) bytes * count / replay * 1e3);
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private record Forces(LongAdder count) implements dev.sextant.world.Meters {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return name.endsWith("forces_total") ? count::add : _ -> {};
        }

        @Override
        public Timer timer(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public void gauge(String name, String help, java.util.function.DoubleSupplier value, String... labels) {}
    }
}
