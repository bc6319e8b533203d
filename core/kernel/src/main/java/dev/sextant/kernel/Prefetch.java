package dev.sextant.kernel;

/// Asks for memory that will be read soon, where the machine code of [MachineCodes] serves; elsewhere it does nothing:
/// Java has no word for it, and touching the memory instead would wait for it.
public final class Prefetch {
    private static final int[] NO_ROWS = new int[1];
    private static final float[] NO_SCORES = new float[1];

    private Prefetch() {}

    public static boolean serves() {
        return MachineCodes.PRESENT;
    }

    /// `bytes` at `address`, inside a living region of at least 64 bytes.
    public static void ask(long address, long bytes) {
        if (MachineCodes.PRESENT)
            MachineCodes.score(address, address, 64, 0, false, NO_ROWS, 0, NO_SCORES, address, bytes);
    }
}
