package dev.sextant.gateway.exchange;

import dev.sextant.database.Door;
import dev.sextant.gateway.port.Loops;
import dev.sextant.model.Call;
import dev.sextant.model.Consistency;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/// One call of a client, whatever its protocol: who asks, and the way back. It ends with exactly one answer, whatever
/// goes wrong on the way.
public final class Exchange<P> {
    /// Where the answer goes.
    public interface Way<P> {
        void answer(P answer);

        void fail(Fault fault);
    }

    private final Door door;
    private final Call call;
    private final Faults.Asked asked;
    private final Way<P> way;
    private final AtomicBoolean ended = new AtomicBoolean();

    public Exchange(Door door, Call call, Faults.Asked asked, Way<P> way) {
        this.door = door;
        this.call = call;
        this.asked = asked;
        this.way = way;
    }

    public Call call() {
        return call;
    }

    /// The same call, reading at another moment.
    public Exchange<P> at(Consistency consistency) {
        return new Exchange<>(door, call.at(consistency), asked, way);
    }

    /// The same call, in a namespace.
    public Exchange<P> within(Optional<String> namespace) {
        return namespace.isEmpty() ? this : new Exchange<>(door, call.within(namespace), asked, way);
    }

    /// The same call, in another database.
    public Exchange<P> in(String database) {
        return new Exchange<>(door, call.in(database), asked, way);
    }

    /// Asks the door; its answer, in this protocol's words, ends the exchange.
    public <R> void ask(Statement<R> statement, Function<R, P> words) {
        then(statement, answer -> answer(words.apply(answer)));
    }

    /// Asks the door, and goes on with its answer.
    public <R> void then(Statement<R> statement, Consumer<R> next) {
        then(statement, next, this::fail);
    }

    /// As [#then], for refusals that mean something.
    public <R> void then(Statement<R> statement, Consumer<R> next, Consumer<Throwable> otherwise) {
        var reply = new Reply<R>() {
            @Override
            public void complete(R answer) {
                guarded(() -> next.accept(answer));
            }

            @Override
            public void fail(Throwable reason) {
                guarded(() -> otherwise.accept(reason));
            }
        };
        if (statement instanceof Read.Search) Loops.search(() -> door.submit(call, statement, reply));
        else door.submit(call, statement, reply);
    }

    public void answer(P answer) {
        if (!ended.compareAndSet(false, true)) return;
        try {
            way.answer(answer);
        } catch (RuntimeException | Error failure) {
            // It could not be written, so nothing has left yet, and nobody else will answer.
            way.fail(Faults.of(failure, asked, call.database()));
        }
    }

    public void fail(Throwable reason) {
        if (ended.compareAndSet(false, true)) way.fail(Faults.of(reason, asked, call.database()));
    }

    /// Runs a step; what it throws is the answer.
    public void guarded(Runnable step) {
        try {
            step.run();
        } catch (StackOverflowError deep) {
            // Answering needs room too.
            Thread.startVirtualThread(() -> fail(deep));
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }
}
