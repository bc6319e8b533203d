package dev.sextant.torture.hostile;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Asks a server for everything that nobody should ask for, and looks after each round whether it is still itself: it
/// answers, a canary has its rows, memory has come back. Rounds of one caller, of a crowd that does not wait for each
/// other, and restarts, after which all that there was is there.
public final class Hostilities {
    private static final int REQUESTS_A_ROUND = 200;
    private static final int ONE_HTTP_OF = 4; // requests of a round
    private static final int ROUNDS_TO_A_CROWD = 5;
    private static final int CALLERS_OF_A_CROWD = 6;
    private static final int ROUNDS_TO_A_RESTART = 25;
    private static final long SETTLING_MILLIS = 15_000;
    private static final long SPARE_BYTES = 1 << 20;
    private static final long BYTES_OF_ROW = 512; // of the canary's, which stay for a while when they are deleted
    private static final long SPARE_HEAP_BYTES = 96 << 20; // what is kept of analyzers and filters, and of clients

    private final long seed;
    private final long end;
    private final Findings findings;
    private final Besieged besieged;
    private final Canary canary;
    private final Siege siege;
    private final HttpSiege http;
    private final List<Siege> crowd = new ArrayList<>();
    private final Reached reached = new Reached();
    private int restarts;

    private Hostilities(long seed, Duration budget, Findings findings, Besieged besieged) {
        this.seed = seed;
        this.findings = findings;
        this.besieged = besieged;
        end = System.nanoTime() + budget.toNanos();
        var random = new SplittableRandom(seed);
        canary = new Canary(besieged::channel);
        siege = new Siege(besieged, findings, reached, random.split());
        http = new HttpSiege(besieged, findings, random.split());
        for (int i = 0; i < CALLERS_OF_A_CROWD; i++) {
            crowd.add(new Siege(besieged, findings, reached, random.split()));
            if (i % 2 == 0) crowd.getLast().hasty();
        }
    }

    public static Report run(Path directory, long seed, Duration budget) throws IOException {
        try (var findings = new Findings();
                var besieged = new Besieged(directory)) {
            return new Hostilities(seed, budget, findings, besieged).run();
        }
    }

    /// What is refused of the requests that hostile ones are made from: nothing, or those would not get far. And which
    /// calls that this server knows no request asks for.
    static List<String> refusedPolitely(Path directory) throws IOException {
        try (var findings = new Findings();
                var besieged = new Besieged(directory)) {
            var reached = new Reached();
            var siege = new Siege(besieged, findings, reached, new SplittableRandom(1));
            var refused = new ArrayList<>(siege.refusedPolitely());
            for (var method : siege.known())
                if (!reached.calls().contains(method)) refused.add(method + " is never asked for politely");
            refused.addAll(findings.all().keySet());
            return refused;
        }
    }

    private Report run() throws IOException {
        besieged.model().beOdd();
        canary.hatch();
        siege.restore();
        sing();
        siege.clear();
        settle(0);
        long before = besieged.memoryBytes();
        long heap = Besieged.heapBytes();
        for (int round = 1; left(); round++) {
            siege.restore();
            if (round % ROUNDS_TO_A_CROWD == 0) crowd();
            else alone();
            sing();
            if (round % ROUNDS_TO_A_RESTART == 0) restart();
        }
        siege.clear();
        restart();
        findings.silent();
        comeBack(before, heap);
        return report();
    }

    private boolean left() {
        return System.nanoTime() - end < 0;
    }

    private void alone() {
        for (int i = 0; i < REQUESTS_A_ROUND && left(); i++) {
            if (i % ONE_HTTP_OF == ONE_HTTP_OF - 1) http.once();
            else siege.once();
        }
    }

    private void crowd() {
        var threads = new ArrayList<Thread>();
        for (var each : crowd)
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < REQUESTS_A_ROUND / 2 && left(); i++) each.once();
                findings.silent();
            }));
        for (var thread : threads)
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
    }

    private void sing() {
        findings.asking(() -> "the canary, after what was asked before");
        try {
            canary.moult();
            canary.sing();
        } catch (RuntimeException hurt) {
            findings.add("the canary is hurt", String.valueOf(hurt.getMessage()));
        }
    }

    /// What was there is there.
    private void restart() throws IOException {
        findings.asking(() -> "restart " + restarts);
        restarts++;
        var before = census();
        besieged.restart();
        SortedMap<String, String> after = new TreeMap<>();
        // What was loaded is loaded again before it is there.
        for (int i = 0; i < 100 && !after.equals(before); i++) {
            if (i > 0) pause();
            after = Census.of(besieged.channel());
        }
        var places = new TreeSet<>(before.keySet());
        places.addAll(after.keySet());
        for (var place : places) {
            var was = before.getOrDefault(place, "nothing");
            var is = after.getOrDefault(place, "nothing");
            if (!was.equals(is)) findings.add("a restart changed something", place + "\nwas " + was + "\nis " + is);
        }
        sing();
    }

    /// Twice the same, a moment between: jobs that were begun are over.
    private SortedMap<String, String> census() {
        var last = Census.of(besieged.channel());
        for (int i = 0; i < 100; i++) {
            pause();
            var now = Census.of(besieged.channel());
            if (now.equals(last) && i >= 3) break;
            last = now;
        }
        return last;
    }

    private void comeBack(long before, long heap) {
        if (!settle(before + SPARE_BYTES + BYTES_OF_ROW * canary.rowsEver()))
            findings.add(
                    "memory has not come back",
                    before + " bytes before, " + besieged.memoryBytes() + " after: " + besieged.memoryByName());
        // Told after the answer has left.
        for (int i = 0; i < 50 && besieged.inFlightBytes() != 0; i++) pause();
        if (besieged.inFlightBytes() != 0)
            findings.add("requests are counted that are over", besieged.inFlightBytes() + " bytes");
        long now = Besieged.heapBytes();
        if (now > heap + SPARE_HEAP_BYTES)
            findings.add("the heap has not come back", heap + " bytes before, " + now + " after");
    }

    private Report report() {
        var answers = new TreeMap<>(siege.answers());
        http.answers().forEach((code, count) -> answers.merge(code, count, Integer::sum));
        int calls = siege.calls();
        for (var each : crowd) {
            calls += each.calls();
            each.answers().forEach((code, count) -> answers.merge(code, count, Integer::sum));
        }
        var never = new ArrayList<String>();
        for (var method : siege.known()) if (!reached.calls().contains(method)) never.add(method);
        never.addAll(reached.never(siege.methods().stream()
                .filter(method -> reached.calls().contains(method.getBareMethodName()))
                .map(MethodDescriptor::getRequestMarshaller)
                .map(Siege::type)
                .toList()));
        return new Report(seed, calls, http.requests(), restarts, answers, never, findings.all());
    }

    /// Waits until memory in use is down to `bytes`, or does not change any more.
    private boolean settle(long bytes) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLING_MILLIS);
        long last = -1;
        int same = 0;
        while (System.nanoTime() - until < 0 && same < 20) {
            long now = besieged.memoryBytes();
            if (now <= bytes) return true;
            same = now == last ? same + 1 : 0;
            last = now;
            pause();
        }
        return besieged.memoryBytes() <= bytes;
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
