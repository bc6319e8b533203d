package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.text.Token;
import dev.sextant.world.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/// How far the analysis of texts for one call may go: to the call's deadline, or a time of its own where that comes
/// first, and so many words. One thread.
final class Pace implements Consumer<Token> {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final long MOST_WORDS = 1 << 20;
    private static final long MOST_CHARACTERS = 1 << 25;

    private final Call call;
    private final Clock clock;
    private final long end;
    private long words;
    private long characters;

    Pace(Call call, Clock clock) {
        this.call = call;
        this.clock = clock;
        long own = clock.monotonicNanos() + LONGEST.toNanos();
        end = call.deadlineNanos() != Call.NO_DEADLINE && call.deadlineNanos() - own < 0 ? call.deadlineNanos() : own;
    }

    /// Between texts, and words.
    void check() {
        if (call.cancellation().isCancelled()) throw new Refused(new Refusal.Cancelled());
        if (leftNanos() <= 0) throw new Refused(new Refusal.DeadlinePassed(true));
    }

    long leftNanos() {
        return end - clock.monotonicNanos();
    }

    @Override
    public void accept(Token word) {
        if (++words > MOST_WORDS) throw refused("words of the texts of one call", words, MOST_WORDS);
        take(word.text().length());
        if (words % 1024 == 0) check();
    }

    /// Of what is answered.
    void take(int length) {
        characters += length;
        if (characters > MOST_CHARACTERS)
            throw refused("characters of the words and pieces of one call", characters, MOST_CHARACTERS);
    }

    private static Refused refused(String what, long count, long most) {
        return new Refused(new Refusal.LimitExceeded(what, count, most, ""));
    }
}
