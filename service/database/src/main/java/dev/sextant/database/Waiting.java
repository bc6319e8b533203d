package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A reply that somebody stands and waits for.
final class Waiting<R> implements Reply<R> {
    private final CompletableFuture<R> answer = new CompletableFuture<>();

    @Override
    public void complete(R value) {
        answer.complete(value);
    }

    @Override
    public void fail(Throwable reason) {
        answer.completeExceptionally(reason);
    }

    R await() {
        try {
            return answer.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refused(new Refusal.Cancelled());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException reason) throw reason;
            if (failed.getCause() instanceof Error reason) throw reason;
            throw new IllegalStateException(failed.getCause());
        }
    }
}
