package dev.sextant.gateway;

import dev.sextant.database.Door;
import dev.sextant.model.Call;
import dev.sextant.model.Reply;
import dev.sextant.model.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A door that answers as it was told, on a thread of its own, and remembers what it was asked.
public final class DoorDouble implements Door {
    private final Map<Class<?>, Function<Object, Object>> answers = new LinkedHashMap<>();
    private final List<Object> statements = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();

    public synchronized <R, S extends Statement<R>> DoorDouble on(Class<S> kind, Function<S, R> answer) {
        answers.put(kind, statement -> answer.apply(kind.cast(statement)));
        return this;
    }

    @Override
    public synchronized <R> void submit(Call call, Statement<R> statement, Reply<R> reply) {
        statements.add(statement);
        calls.add(call);
        var answer = answers.get(statement.getClass());
        Thread.startVirtualThread(() -> {
            try {
                if (answer == null) throw new IllegalStateException("nobody said what to answer to " + statement);
                @SuppressWarnings("unchecked")
                var said = (R) answer.apply(statement);
                reply.complete(said);
            } catch (RuntimeException failure) {
                reply.fail(failure);
            }
        });
    }

    public synchronized <S> S last(Class<S> kind) {
        return kind.cast(statements.reversed().stream()
                .filter(kind::isInstance)
                .findFirst()
                .orElseThrow());
    }

    public synchronized Call lastCall() {
        return calls.getLast();
    }
}
