package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// What Linux is asked for a thread of this process: how nice it is to others, and how long a share of a core should
/// last that it is given at a time. Without privileges a thread may become nicer, for good, and may ask for any share.
///
/// A thread that wakes waits until the one that computes there has had its share, and that is looked at when the timer
/// ticks, every 4 ms at 250 Hz; unless its own share is the shorter one: then it goes first at once. So niceness alone
/// does not shorten the wait, and the shares do. Kernels before 6.12 take the niceness and pass over the share.
final class Scheduling {
    private static final int MOST_NICE = 19;
    private static final int SCHED_OTHER = 0;
    private static final int PRIO_PROCESS = 0; // of one thread, on Linux
    private static final int ATTRIBUTES_BYTES = 48;
    private static final int CALLER = 0;

    private Scheduling() {}

    /// Whether the system has agreed: never but on Linux, and not for virtual threads.
    static boolean ask(int nicer, long shareNanos) {
        return !Thread.currentThread().isVirtual() && ask(CALLER, nicer, shareNanos);
    }

    /// For another thread.
    ///
    /// @param thread as the system numbers it
    static boolean ask(int thread, int nicer, long shareNanos) {
        if (!Mapping.C.LINUX) return false;
        try {
            return Calls.ask(thread, nicer, shareNanos);
        } catch (Throwable unavailable) {
            return false; // the wish of a thread that can do without
        }
    }

    /// Made when the first thread asks.
    private static final class Calls {
        /// The number of `sched_setattr`, which has no function of its own in most C libraries; 0 where it is not
        /// known.
        private static final long SET_ATTRIBUTES = switch (System.getProperty("os.arch")) {
            case "amd64" -> 314;
            case "aarch64", "riscv64" -> 274;
            default -> 0;
        };

        private static final MethodHandle SYSCALL = handle(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(1));
        private static final MethodHandle GETPRIORITY =
                handle("getpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        private static final MethodHandle SETPRIORITY =
                handle("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private static MethodHandle handle(String name, FunctionDescriptor shape, Linker.Option... options) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
        }

        static boolean ask(int thread, int nicer, long shareNanos) throws Throwable {
            int nice = Math.min(MOST_NICE, (int) GETPRIORITY.invokeExact(PRIO_PROCESS, thread) + nicer);
            return set(thread, nice, shareNanos)
                    || nicer > 0 && (int) SETPRIORITY.invokeExact(PRIO_PROCESS, thread, nice) == 0;
        }

        private static boolean set(int thread, int nice, long shareNanos) throws Throwable {
            if (SET_ATTRIBUTES == 0) return false;
            try (var arena = Arena.ofConfined()) {
                var attributes = arena.allocate(ATTRIBUTES_BYTES, 8);
                attributes.set(JAVA_INT, 0, ATTRIBUTES_BYTES);
                attributes.set(JAVA_INT, 4, SCHED_OTHER);
                attributes.set(JAVA_INT, 16, nice);
                attributes.set(JAVA_LONG, 24, shareNanos);
                return (long) SYSCALL.invokeExact(SET_ATTRIBUTES, thread, attributes, 0) == 0;
            }
        }
    }
}
