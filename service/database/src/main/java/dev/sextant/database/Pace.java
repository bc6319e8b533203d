package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.text.Token;
import dev.sextant.world.Clock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// How far the analysis of texts for one call may go: to the call's deadline, or a time of its own where that comes
/// first, and so many words. One thread.
final class Pace implements Consumer<Token> {
    private final Call call;
    private final Clock clock;
    private final DatabaseConfig.Texts limits;
    private final long end;
    private long words;
    private long characters;

    Pace(Call call, Clock clock, DatabaseConfig.Texts limits) {
        this.call = call;
        this.clock = clock;
        this.limits = limits;
        long own = clock.monotonicNanos() + limits.patience().toNanos();
        end = call.deadlineNanos() != Call.NO_DEADLINE && call.deadlineNanos() - own < 0 ? call.deadlineNanos() : own;
    }

    /// Between texts, and words.
    void check() {
        if (call.cancellation().isCancelled()) throw new Refused(new Refusal.Cancelled());
        if (leftNanos() <= 0) throw new Refused(new Refusal.DeadlinePassed(true));
    }

    /// Waits for a place as long as there is time.
    void enter(Semaphore places) {
        try {
            if (!places.tryAcquire(Math.max(0, leftNanos()), TimeUnit.NANOSECONDS))
                throw new Refused(new Refusal.DeadlinePassed(true));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refused(new Refusal.Cancelled());
        }
    }

    private long leftNanos() {
        return end - clock.monotonicNanos();
    }

    @Override
    public void accept(Token word) {
        if (++words > limits.maxWords())
            throw refused("words of the texts of one call", words, limits.maxWords(), "texts.maxWords");
        take(word.text().length());
        if (words % 1024 == 0) check();
    }

    /// Of what is answered.
    void take(int length) {
        characters += length;
        if (characters > limits.maxCharacters())
            throw refused(
                    "characters of the words and pieces of one call",
                    characters,
                    limits.maxCharacters(),
                    "texts.maxCharacters");
    }

    private static Refused refused(String what, long count, long most, String setting) {
        return new Refused(new Refusal.LimitExceeded(what, count, most, setting));
    }
}
