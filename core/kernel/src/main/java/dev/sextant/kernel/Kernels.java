package dev.sextant.kernel;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Optional;

/// Which form of the arithmetic serves in this process, chosen once: lanes where the Vector API is present and native
/// access is granted, plain loops otherwise; `-Dsextant.plain=true` asks for plain loops.
public final class Kernels {
    static final Arithmetic PLAIN = new Plain();
    static final Arithmetic BEST = choose();

    private Kernels() {}

    /// One sentence for the log: which form, how wide.
    public static String description() {
        return BEST.description() + (MachineCodes.PRESENT ? ", codes by VNNI" : "");
    }

    public static boolean accelerated() {
        return BEST != PLAIN;
    }

    /// What to do about plain loops, as a sentence for whoever starts the process; empty where lanes serve, and where
    /// plain loops were asked for.
    public static Optional<String> advice() {
        return accelerated() || Boolean.getBoolean("sextant.plain")
                ? Optional.empty()
                : Optional.of("searches are several times slower than they could be: " + BEST.description());
    }

    /// Runs the arithmetic of one kind of vector until the compiler has seen enough of it, some tens of milliseconds:
    /// the first thousands of calls are many times slower than the rest.
    public static void warm(Memory memory, Metric metric, VectorType type, int dimension) {
        var distance = Distance.of(metric, type, dimension);
        var rows = new int[35];
        var out = new float[rows.length];
        var sums = new int[rows.length];
        long stride = Math.max(Distance.strideBytes(type, dimension), dimension + 128L & -64);
        try (var region = memory.allocate("warming", rows.length * stride + distance.queryBytes())) {
            for (int i = 0; i < rows.length; i++) rows[i] = i;
            long query = region.address() + rows.length * stride;
            for (int call = 0; call < 12_000; call++)
                distance.score(query, region.address(), stride, rows, call % rows.length, out);
            if (type == VectorType.BINARY) return;
            var codes = new Codes(dimension, metric);
            for (int call = 0; call < 12_000; call++)
                codes.score(region.address(), region.address(), rows, call % rows.length, sums, out);
        }
    }

    /// Classes that mention vectors are loaded only after the probe.
    private static Arithmetic choose() {
        if (!Raw.DIRECT || Boolean.getBoolean("sextant.plain")) return PLAIN;
        try {
            Class.forName("jdk.incubator.vector.FloatVector");
        } catch (ClassNotFoundException absent) {
            return PLAIN;
        }
        return Accelerated.arithmetic();
    }

    private static final class Accelerated {
        static Arithmetic arithmetic() {
            return MachineLanes.PRESENT ? new MachineLanes() : new Lanes();
        }
    }
}
