package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Distances of codes by a few hundred bytes of machine code, made from src/main/native/codes.c and mapped executable:
/// Java has neither the multiply-add of bytes nor prefetch, which together are worth a factor of two where codes come
/// from memory. Present only where a [MachineCode] is and gives the answers of the plain form; everything else goes on
/// without it.
final class MachineCodes {
    private static final String RESOURCE = "codes-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    /// The same without rows: for whoever has none it takes no arrays, which would be wrapped at each call.
    private static final FunctionDescriptor NO_ROWS = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);

    private static final Optional<MachineCode> CODE = MachineCode.of(RESOURCE);

    /// Null where it may not or cannot be used.
    private static final MethodHandle CODES =
            CODE.map(code -> code.function(SHAPE)).filter(MachineCodes::agrees).orElse(null);

    static final boolean PRESENT = CODES != null;
    private static final MethodHandle FETCH =
            CODE.filter(_ -> PRESENT).map(code -> code.function(NO_ROWS)).orElse(null);

    /// What stands for a query where there is none: the code reads a query's head whatever it is called for, and a head
    /// that is not in the cache would be waited for.
    private static final long NO_QUERY = Arena.global().allocate(64, 64).address();

    private MachineCodes() {}

    /// Touches `soonBytes` at `soon` meanwhile.
    static void score(
            long query,
            long base,
            long stride,
            int dimension,
            boolean inner,
            int[] rows,
            int n,
            float[] out,
            long soon,
            long soonBytes) {
        try {
            CODES.invokeExact(
                    query,
                    base,
                    stride,
                    (long) dimension,
                    inner ? 1L : 0L,
                    MemorySegment.ofArray(rows),
                    (long) n,
                    MemorySegment.ofArray(out),
                    soon,
                    soonBytes);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// Touches `bytes` at `address` and nothing else.
    static void fetch(long address, long bytes) {
        try {
            FETCH.invokeExact(NO_QUERY, NO_QUERY, 64L, 0L, 0L, 0L, 0L, 0L, address, bytes);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// One row against itself, by hand: 70 codes of 1 with step 1 and low 0 are at distance 140 − 2 · 70 = 0, and their
    /// inner product is 70.
    private static boolean agrees(MethodHandle codes) {
        try (var memory = Arena.ofConfined()) {
            var row = memory.allocate(128, 64);
            for (int c = 0; c < 70; c++) row.set(java.lang.foreign.ValueLayout.JAVA_BYTE, c, (byte) 1);
            row.set(Raw.F32, 112 + 4, 1f);
            row.set(Raw.F32, 112 + 8, 70f);
            row.set(Raw.F32, 112 + 12, 70f);
            var out = new float[1];
            var rows = MemorySegment.ofArray(new int[1]);
            codes.invokeExact(
                    row.address(), row.address(), 128L, 70L, 0L, rows, 1L, MemorySegment.ofArray(out), 0L, 0L);
            if (out[0] != 0) return false;
            codes.invokeExact(
                    row.address(), row.address(), 128L, 70L, 1L, rows, 1L, MemorySegment.ofArray(out), 0L, 0L);
            return out[0] == -70;
        } catch (Throwable thrown) {
            return false;
        }
    }
}
