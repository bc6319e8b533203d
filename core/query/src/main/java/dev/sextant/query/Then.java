package dev.sextant.query;

import dev.sextant.model.Reply;
import java.util.function.Consumer;

/// The next step of something that ends in `last`: a failure on the way, or in the step itself, goes straight there.
record Then<A>(Once<?> last, Consumer<A> step) implements Reply<A> {
    @Override
    public void complete(A answer) {
        try {
            step.accept(answer);
        } catch (Throwable thrown) {
            if (!last.failed(thrown)) throw thrown;
        }
    }

    @Override
    public void fail(Throwable reason) {
        last.fail(reason);
    }
}
