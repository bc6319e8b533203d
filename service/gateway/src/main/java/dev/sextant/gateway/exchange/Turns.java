package dev.sextant.gateway.exchange;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// One question after the other, as many as a request holds: an answer that is there at once asks the next question
/// from the loop below, not from inside the last answer, so that no request is longer than a stack is deep.
public final class Turns<T> {
    private final Iterator<T> subjects;
    private final BiConsumer<T, Runnable> step;
    private final Runnable end;
    private final AtomicInteger asked = new AtomicInteger(); // turns that were asked for and have not been taken

    private Turns(Iterable<T> subjects, BiConsumer<T, Runnable> step, Runnable end) {
        this.subjects = subjects.iterator();
        this.step = step;
        this.end = end;
    }

    /// @param step is given each subject, and what it runs when the next one may come; that may be on another thread
    /// @param end runs when all had their turn
    public static <T> void take(Iterable<T> subjects, BiConsumer<T, Runnable> step, Runnable end) {
        new Turns<>(subjects, step, end).next();
    }

    /// Whoever finds that nobody takes turns takes them, until none is asked for.
    private void next() {
        if (asked.getAndIncrement() > 0) return;
        do {
            if (subjects.hasNext()) step.accept(subjects.next(), this::next);
            else end.run();
        } while (asked.decrementAndGet() > 0);
    }
}
