package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// What nobody waits for, told to the operating system: a thread of the background gives its core up the moment that
/// another thread wakes there, and has a tenth of it where others never rest. Only on Linux, and for good: a thread may
/// step back but not forward again.
///
/// Linux lets a thread that computes finish its share of some milliseconds, whoever wakes beside it, unless it asked
/// for a longer share than the other; the share is looked at every 4 ms at 250 Hz. So the nice value alone does not
/// shorten the wait of a search, and the long share is what does.
public final class Background {
    private static final int NICE = 10;
    private static final long SHARE_NANOS = 100_000_000; // the longest that Linux gives
    private static final int SCHED_OTHER = 0;
    private static final int PRIO_PROCESS = 0;
    private static final int ATTRIBUTES_BYTES = 48;

    private Background() {}

    /// The thread that calls this belongs to the background from now on. Returns whether the system has agreed.
    public static boolean enter() {
        if (!Mapping.C.LINUX || Thread.currentThread().isVirtual()) return false;
        try {
            return Calls.shareAndNice() || Calls.nice();
        } catch (Throwable unavailable) {
            return false; // the wish of a thread that can do without
        }
    }

    /// A thread of the background, not started. It runs all the same where the system has none.
    public static Thread thread(String name, Runnable run) {
        return Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            enter();
            run.run();
        });
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
        private static final MethodHandle SETPRIORITY =
                handle("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private static MethodHandle handle(String name, FunctionDescriptor shape, Linker.Option... options) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
        }

        /// Kernels before 6.12 take the nice value and pass over the share.
        static boolean shareAndNice() throws Throwable {
            if (SET_ATTRIBUTES == 0) return false;
            try (var arena = Arena.ofConfined()) {
                var attributes = arena.allocate(ATTRIBUTES_BYTES, 8);
                attributes.set(JAVA_INT, 0, ATTRIBUTES_BYTES);
                attributes.set(JAVA_INT, 4, SCHED_OTHER);
                attributes.set(JAVA_INT, 16, NICE);
                attributes.set(JAVA_LONG, 24, SHARE_NANOS);
                return (long) SYSCALL.invokeExact(SET_ATTRIBUTES, 0, attributes, 0) == 0;
            }
        }

        static boolean nice() throws Throwable {
            return (int) SETPRIORITY.invokeExact(PRIO_PROCESS, 0, NICE) == 0;
        }
    }
}
