package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Rows of floats by machine code, made from src/main/native/floats.c: from the first call on as fast as [Lanes] are
/// once they are compiled, which now and then they are in a form that makes a box of each vector. The same answers, to
/// the last bit, as those compiled. Everything else is theirs. Only where a [MachineCode] is.
final class MachineLanes extends Lanes {
    private static final int L2 = 0;
    private static final int DOT = 1;
    private static final int COSINE = 2;

    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle FLOATS =
            MachineCode.function("floats-amd64-avx512vnni.hex", SHAPE, MachineLanes::agrees);

    /// Where lanes are as wide as the machine code's: sums of other widths come in another order.
    static final boolean PRESENT = FLOATS != null && Lanes.bytes() == 64;

    @Override
    void l2F32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        score(query, base, stride, lines, L2, rows, n, out);
    }

    @Override
    void dotF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        score(query, base, stride, lines, DOT, rows, n, out);
    }

    @Override
    void cosF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        score(query, base, stride, lines, COSINE, rows, n, out);
    }

    private static void score(long query, long base, long stride, int lines, int kind, int[] rows, int n, float[] out) {
        try {
            FLOATS.invokeExact(
                    query,
                    base,
                    stride,
                    64L * lines,
                    (long) kind,
                    MemorySegment.ofArray(rows),
                    (long) n,
                    MemorySegment.ofArray(out));
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: a query of threes and five rows of 20 components that are 7, so 4 · 4 and 3 · 7 each, and the same
    /// direction.
    private static boolean agrees(MethodHandle floats) {
        try (var memory = Arena.ofConfined()) {
            var query = memory.allocate(128, 64);
            var row = memory.allocate(128, 64);
            for (int c = 0; c < 20; c++) {
                query.set(Raw.F32, 4L * c, 3f);
                row.set(Raw.F32, 4L * c, 7f);
            }
            float[] wanted = {20 * 16, 20 * 21, (float) (20 * 21 / Math.sqrt(20 * 49))};
            for (int kind = L2; kind <= COSINE; kind++) {
                var out = new float[5];
                floats.invokeExact(
                        query.address(),
                        row.address(),
                        128L,
                        128L,
                        (long) kind,
                        MemorySegment.ofArray(new int[5]),
                        5L,
                        MemorySegment.ofArray(out));
                for (float found : out) if (found != wanted[kind]) return false;
            }
            return true;
        } catch (Throwable unavailable) {
            return false;
        }
    }
}
