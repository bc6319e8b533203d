package dev.sextant.bench;

import dev.sextant.cli.bench.Subject;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Callers that each ask the next query when the last is answered.
final class ClosedLoop {
    private ClosedLoop() {}

    static Times run(Subject subject, DataSet data, LoadOptions options, int callers, double seconds) {
        var times = new Times();
        var questions = options.questions(data);
        var next = new AtomicInteger();
        long until = System.nanoTime() + (long) (seconds * 1e9);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < callers; i++)
            threads.add(Thread.ofPlatform().name("caller-" + i).start(() -> {
                try (var client = subject.client()) {
                    for (long at = System.nanoTime(); at < until; at = System.nanoTime()) {
                        client.search(questions.get(Math.floorMod(next.getAndIncrement(), questions.size())));
                        times.add(at, System.nanoTime() - at);
                    }
                } catch (RuntimeException refused) {
                    System.err.println("a search failed: " + refused.getMessage());
                    times.fail();
                }
            }));
        for (var thread : threads) join(thread);
        return times.took(seconds);
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
