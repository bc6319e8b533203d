package dev.sextant.kernel;

/// Asks for memory that will be read soon, where the machine code of [MachineCodes] serves; elsewhere it does nothing:
/// Java has no word for it, and touching the memory instead would wait for it.
public final class Prefetch {
    private Prefetch() {}

    public static boolean serves() {
        return MachineCodes.PRESENT;
    }

    /// `bytes` at `address`, inside a living region of at least 64 bytes.
    public static void ask(long address, long bytes) {
        if (MachineCodes.PRESENT) MachineCodes.fetch(address, bytes);
    }
}
