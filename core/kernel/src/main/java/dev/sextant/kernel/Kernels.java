package dev.sextant.kernel;

/// Which form of the arithmetic serves in this process, chosen once: lanes where the Vector API is present and native
/// access is granted, plain loops otherwise.
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
            return new Lanes();
        }
    }
}
