package dev.sextant.torture;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/// Kills a real server again and again under load, and compares what it still knows with every answer it ever gave.
///
/// usage: Torture ROUNDS [SEED] [ROWS]
public final class Torture {
    private static final int WRITERS = 3;
    private static final int MOST_WRITES = 600;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOST_SNAPSHOTS = 3;
    private static final List<String> OPERATIONS =
            List.of("write", "force", "create", "delete", "forceDirectory", "rename");

    /// @param milliseconds from the start of the process until it was ready
    /// @param how the process was ended
    record Round(int number, String how, long acknowledged, int rows, long milliseconds) {
        @Override
        public String toString() {
            return "round %3d: %-34s %6d writes acknowledged, %7d rows, ready again in %5d ms"
                    .formatted(number, how, acknowledged, rows, milliseconds);
        }
    }

    private final ServerProcess server;
    private final SplittableRandom random;
    private final List<Writer> writers = new ArrayList<>();
    private final Map<String, Boolean> refusals = new ConcurrentHashMap<>();
    private final Map<String, Map<Long, Long>> restored = new HashMap<>(); // the rows of each snapshot, the first time
    private volatile int lastSnapshot; // by the one thread that makes them

    private Torture(ServerProcess server, long seed, int rows) {
        this.server = server;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < WRITERS; i++)
            writers.add(new Writer((long) i * rows / WRITERS, rows / WRITERS, seed * 31 + i));
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
        int rows = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 6_000;
        var directory = Files.createTempDirectory("sextant-torture");
        var report = run(directory, rounds, seed, rows, round -> System.out.println(round));
        System.out.println(report);
        if (!report.wrong().isEmpty()) System.exit(1);
    }

    /// What a run came to.
    /// @param refusals what the server said when it refused a write
    public record Report(long seed, List<Round> rounds, List<String> wrong, List<String> refusals) {
        @Override
        public String toString() {
            long writes = rounds.stream().mapToLong(Round::acknowledged).sum();
            var times = rounds.stream().mapToLong(Round::milliseconds).sorted().toArray();
            long median = times.length == 0 ? 0 : times[times.length / 2];
            long worst = times.length == 0 ? 0 : times[times.length - 1];
            return "seed %d: %d kills, %d acknowledged writes, %d wrong; ready again in %d ms (median), %d ms (worst)%s"
                    .formatted(
                            seed,
                            rounds.size(),
                            writes,
                            wrong.size(),
                            median,
                            worst,
                            (refusals.isEmpty() ? "" : "; refused: " + refusals)
                                    + (wrong.isEmpty()
                                            ? ""
                                            : "\n" + String.join("\n", wrong.subList(0, Math.min(50, wrong.size())))));
        }
    }

    interface Listener {
        void ended(Round round);
    }

    static Report run(Path directory, int rounds, long seed, int rows, Listener listener) {
        try (var server = ServerProcess.brief(directory.resolve("data"), "--memory", "1g")) {
            var torture = new Torture(server, seed, rows);
            var done = new ArrayList<Round>();
            var wrong = new ArrayList<String>();
            try (var peer = new Peer(server.port(), "torture")) {
                peer.createAndLoad(1 + (int) (seed & 1));
                for (var writer : torture.writers) writer.fill(peer);
            }
            for (int i = 1; i <= rounds && wrong.isEmpty(); i++) {
                var round = torture.round(i, wrong);
                done.add(round);
                listener.ended(round);
            }
            torture.refusals.remove("");
            return new Report(seed, done, wrong, List.copyOf(torture.refusals.keySet()));
        }
    }

    private Round round(int number, List<String> wrong) {
        long before = acknowledged();
        boolean atPlace = random.nextBoolean();
        String how;
        if (atPlace) {
            // A life that ends by itself at some disk operation: begun anew, so that the place counts from its start.
            how = place();
            server.stop();
            try {
                server.restart(Map.of("SEXTANT_HALT_AT", how));
            } catch (IllegalStateException halted) {
                // It reached the place while it was starting: as good a moment to die as any.
            }
        } else {
            how = "kill -9 under load";
        }
        load(atPlace);
        if (server.isAlive()) server.kill();
        long milliseconds = server.restart();
        try (var peer = new Peer(server.port(), "torture")) {
            if (!peer.loaded()) wrong.add("round " + number + " (" + how + "): the load state was forgotten");
            var found = peer.everything();
            if (peer.count() != found.size())
                wrong.add("round " + number + ": count(*) says " + peer.count() + ", " + found.size() + " rows came");
            for (var writer : writers)
                for (var sentence : writer.check(found)) wrong.add("round " + number + " (" + how + "): " + sentence);
            for (var sentence : copies(peer, number)) wrong.add("round " + number + " (" + how + "): " + sentence);
            long after = acknowledged();
            return new Round(number, how, after - before, found.size(), milliseconds);
        }
    }

    /// Every snapshot becomes a collection, the same each time: whole rows, each key once.
    private List<String> copies(Peer peer, int round) {
        var sentences = new ArrayList<String>();
        var there = peer.snapshots();
        restored.keySet().retainAll(there);
        for (var snapshot : there) {
            var rows = restored(peer, snapshot, "copy" + round, sentences);
            var before = restored.putIfAbsent(snapshot, rows);
            // The first time it is made twice within a life of the server, later once in each.
            if (before == null) before = restored(peer, snapshot, "again" + round, sentences);
            if (!rows.equals(before))
                sentences.add("snapshot " + snapshot + " had " + before.size() + " rows once, and has " + rows.size()
                        + ", or others");
        }
        return sentences;
    }

    private Map<Long, Long> restored(Peer peer, String snapshot, String name, List<String> sentences) {
        try (var copy = new Peer(server.port(), name)) {
            peer.restore(snapshot, copy);
            var rows = copy.everything();
            if (copy.count() != rows.size())
                sentences.add("of snapshot " + snapshot + " count(*) says " + copy.count() + ", " + rows.size()
                        + " rows came");
            copy.drop();
            return rows;
        }
    }

    private long acknowledged() {
        return writers.stream().mapToLong(Writer::acknowledged).sum();
    }

    private String place() {
        var operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
        int most = switch (operation) {
            case "write", "force" -> 400;
            default -> 60;
        };
        return operation + "::" + (1 + random.nextInt(most)) + ":" + (random.nextBoolean() ? "after" : "before");
    }

    /// Writers at work, flushes and merges in between, until the process is dead.
    private void load(boolean diesByItself) {
        var threads = new ArrayList<Thread>();
        for (var writer : writers)
            threads.add(Thread.ofVirtual().start(() -> {
                try (var peer = new Peer(server.port(), "torture")) {
                    writer.writeUntilBroken(peer);
                    refusals.put(peer.lastRefusal(), true);
                } catch (RuntimeException broken) {
                    refusals.put(broken.toString(), true);
                }
            }));
        threads.add(Thread.ofVirtual().start(() -> {
            try (var peer = new Peer(server.port(), "torture")) {
                int turn = 0;
                while (peer.flush() != Peer.End.UNKNOWN) {
                    if (++turn % 3 == 0) peer.compact();
                    if (turn % 5 == 0) keepAnother(peer);
                    pause(40);
                }
            }
        }));
        // Counted in answers and not in seconds: a slow machine shall not kill servers that have done nothing yet.
        long enough = acknowledged() + (diesByItself ? MOST_WRITES : 1 + random.nextInt(MOST_WRITES));
        for (int i = 0; i < PATIENCE_MILLIS / 5 && server.isAlive() && acknowledged() < enough; i++) pause(5);
        if (server.isAlive()) server.kill(); // or the place was never reached
        for (var thread : threads) join(thread);
    }

    /// A few snapshots are there at any time, of different lives of the server.
    private void keepAnother(Peer peer) {
        try {
            var there = peer.snapshots();
            if (there.size() >= MOST_SNAPSHOTS) peer.dropSnapshot(there.getFirst());
            peer.snapshot("s" + ++lastSnapshot);
        } catch (RuntimeException broken) {
            refusals.put("", true); // the server is dead: the flush will hear it too
        }
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
