package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Picks from lists of rows those that pass, by machine code made from src/main/native/sieve.c where a [MachineCode]
/// is: then the bits lie side by side in native memory of the caller, 16 rows are tested at once, and what will be read
/// of those that pass is asked for. Elsewhere it is [Bits#among].
public final class Sieve {
    private static final String RESOURCE = "sieve-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /// Numbers that may be written behind those that pass.
    public static final int SLACK = 16;

    /// Null where it may not or cannot be used.
    private static final MethodHandle SIEVE = MachineCode.of(RESOURCE)
            .map(code -> code.function(SHAPE))
            .filter(Sieve::agrees)
            .orElse(null);

    private static final boolean PRESENT = SIEVE != null;

    private Sieve() {}

    /// Native room for the bits of so many rows, a multiple of 64; 0 where none is used.
    public static long bytes(int rows) {
        return PRESENT ? (rows + 511L) / 512 * 64 : 0;
    }

    /// Lays the bits of rows below `rows` down at `room`.
    public static void prepare(Bits bits, int rows, long room) {
        if (PRESENT) bits.copyTo(room, bytes(rows));
    }

    /// Of the `count` row numbers of four bytes at `list` writes those that pass to `out`, from `n` on, where there is
    /// room for all and [#SLACK] more; returns where they end. Of each, `bytes` at `base + row · stride` are on their
    /// way then.
    public static int among(
            Bits bits, long room, long list, int count, int[] out, int n, long base, long stride, int bytes) {
        return PRESENT ? call(SIEVE, room, list, count, out, n, base, stride, bytes) : bits.among(list, count, out, n);
    }

    private static int call(
            MethodHandle sieve, long room, long list, int count, int[] out, int n, long base, long stride, int bytes) {
        try {
            return (int) (long) sieve.invokeExact(
                    room, list, (long) count, MemorySegment.ofArray(out), (long) n, base, stride, (long) bytes);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: of rows 0 … 39 each third, from a list backwards.
    private static boolean agrees(MethodHandle sieve) {
        try (var memory = java.lang.foreign.Arena.ofConfined()) {
            var bits = memory.allocate(64, 64);
            var list = memory.allocate(4 * 40, 64);
            for (int row = 0; row < 40; row += 3) bits.set(Raw.I64, 0, bits.get(Raw.I64, 0) | 1L << row);
            for (int i = 0; i < 40; i++) list.set(Raw.I32, 4L * i, 39 - i);
            var out = new int[1 + 14 + SLACK];
            if (call(sieve, bits.address(), list.address(), 40, out, 1, bits.address(), 0, 0) != 15) return false;
            for (int i = 0; i < 14; i++) if (out[1 + i] != 39 - 3 * i) return false;
            return true;
        } catch (RuntimeException thrown) {
            return false;
        }
    }
}
