package dev.sextant.torture.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Asks a server for everything that nobody should ask for, and looks after each round whether it is still itself: it
/// answers, a canary has its rows, memory has come back.
public final class Hostilities {
    private static final int ROUND = 200;
    private static final long SETTLING_MILLIS = 15_000;
    private static final long SPARE_BYTES = 1 << 20;

    private Hostilities() {}

    public static Report run(Path directory, long seed, Duration budget) throws IOException {
        var random = new SplittableRandom(seed);
        try (var findings = new Findings();
                var besieged = new Besieged(directory)) {
            var canary = new Canary(besieged.channel());
            var siege = new Siege(besieged, findings, random.split());
            var http = new HttpSiege(besieged, findings, random.split());
            canary.hatch();
            siege.restore();
            canary.sing();
            siege.clear();
            settle(besieged, 0);
            long before = besieged.memoryBytes();
            long end = System.nanoTime() + budget.toNanos();
            while (System.nanoTime() < end) {
                siege.restore();
                for (int i = 0; i < ROUND && System.nanoTime() < end; i++) {
                    if (i % 4 == 3) http.once();
                    else siege.once();
                }
                sing(canary, findings);
            }
            siege.clear();
            findings.asking(() -> "after all");
            if (!settle(besieged, before + SPARE_BYTES))
                findings.add(
                        "memory has not come back",
                        before + " bytes before, " + besieged.memoryBytes() + " after: " + besieged.memoryByName());
            // Told after the answer has left.
            for (int i = 0; i < 50 && besieged.inFlightBytes() != 0; i++) pause();
            if (besieged.inFlightBytes() != 0)
                findings.add("requests are counted that are over", besieged.inFlightBytes() + " bytes");
            var answers = new TreeMap<>(siege.answers());
            http.answers().forEach((code, count) -> answers.merge(code, count, Integer::sum));
            return new Report(seed, siege.calls(), http.requests(), answers, findings.all());
        }
    }

    /// What is refused of the requests that hostile ones are made from: nothing, or those would not get far.
    static List<String> refusedPolitely(Path directory) throws IOException {
        try (var findings = new Findings();
                var besieged = new Besieged(directory)) {
            return new Siege(besieged, findings, new SplittableRandom(1)).refusedPolitely();
        }
    }

    private static void sing(Canary canary, Findings findings) {
        try {
            canary.sing();
        } catch (RuntimeException hurt) {
            findings.add("the canary is hurt", String.valueOf(hurt.getMessage()));
        }
    }

    /// Waits until memory in use is down to `bytes`, or does not change any more.
    private static boolean settle(Besieged besieged, long bytes) {
        long end = System.nanoTime() + SETTLING_MILLIS * 1_000_000;
        long last = -1;
        int same = 0;
        while (System.nanoTime() < end && same < 20) {
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
