package dev.sextant.database;

import dev.sextant.kernel.Kernels;
import java.util.concurrent.atomic.AtomicBoolean;

/// What an embedded database has to say to whoever started the process; a server has a greeting of its own.
final class Advice {
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private Advice() {}

    /// Once in a process, however many databases it opens.
    static void sayOnce() {
        if (SAID.compareAndSet(false, true))
            Kernels.advice()
                    .ifPresent(advice ->
                            System.getLogger(Sextant.class.getName()).log(System.Logger.Level.WARNING, advice));
    }
}
