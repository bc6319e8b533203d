package dev.sextant.query;

import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Several answers that become one: complete when all have come, failed with the first failure, but not before all have
/// ended, so that nobody still reads what the failure's receiver closes.
final class Gather<T> {
    private final Reply<List<T>> reply;
    private final Object[] answers;
    private final AtomicInteger missing;
    private final AtomicReference<Throwable> trouble = new AtomicReference<>();

    Gather(int count, Reply<List<T>> reply) {
        this.reply = reply;
        answers = new Object[count];
        missing = new AtomicInteger(count);
        if (count == 0) reply.complete(List.of());
    }

    Once<T> slot(int at) {
        return new Once<>(
                new Reply<>() {
                    @Override
                    public void complete(T answer) {
                        answers[at] = answer;
                        ended();
                    }

                    @Override
                    public void fail(Throwable reason) {
                        trouble.compareAndSet(null, reason);
                        ended();
                    }
                },
                () -> {});
    }

    @SuppressWarnings("unchecked") // the slots took only T
    private void ended() {
        if (missing.decrementAndGet() > 0) return;
        var reason = trouble.get();
        if (reason != null) reply.fail(reason);
        else reply.complete((List<T>) new ArrayList<>(Arrays.asList(answers)));
    }
}
