package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Rows of floats by machine code, made from src/main/native/floats.c and several.c: from the first call on as fast as
/// [Lanes] are once they are compiled, which now and then they are in a form that makes a box of each vector. The same
/// answers, to the last bit, as those compiled. Everything else is theirs. Only where a [MachineCode] is.
final class MachineLanes extends Lanes {
    private static final int L2 = 0;
    private static final int DOT = 1;
    private static final int COSINE = 2;

    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle FLOATS =
            MachineCode.function("floats-amd64-avx512vnni.hex", SHAPE, MachineLanes::agrees);

    private static final FunctionDescriptor SEVERAL_SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS);
    private static final MethodHandle SEVERAL =
            MachineCode.function("several-amd64-avx512vnni.hex", SEVERAL_SHAPE, MachineLanes::agreesOnSeveral);
    private static final int TOGETHER = 4;

    /// Where lanes are as wide as the machine code's: sums of other widths come in another order.
    static final boolean PRESENT = FLOATS != null && SEVERAL != null && Lanes.bytes() == 64;

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

    @Override
    void l2F32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        int q = several(query, apart, queries, base, stride, lines, L2, rows, n, out);
        for (; q < queries; q++) l2F32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    @Override
    void dotF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        int q = several(query, apart, queries, base, stride, lines, DOT, rows, n, out);
        for (; q < queries; q++) dotF32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    /// As many queries as make whole tiles; returns how many.
    private static int several(
            long query,
            long apart,
            int queries,
            long base,
            long stride,
            int lines,
            int kind,
            int[] rows,
            int n,
            float[][] out) {
        int q = 0;
        try {
            for (; q + TOGETHER <= queries; q += TOGETHER)
                SEVERAL.invokeExact(
                        query + q * apart,
                        apart,
                        base,
                        stride,
                        64L * lines,
                        (long) kind,
                        MemorySegment.ofArray(rows),
                        (long) n,
                        MemorySegment.ofArray(out[q]),
                        MemorySegment.ofArray(out[q + 1]),
                        MemorySegment.ofArray(out[q + 2]),
                        MemorySegment.ofArray(out[q + 3]));
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
        return q;
    }

    /// By hand: queries of 1, 2, 3 and 4 and five rows of 20 components that are 7.
    private static boolean agreesOnSeveral(MethodHandle several) {
        try (var memory = Arena.ofConfined()) {
            var queries = memory.allocate(4 * 128, 64);
            var row = memory.allocate(128, 64);
            for (int c = 0; c < 20; c++) {
                for (int q = 0; q < TOGETHER; q++) queries.set(Raw.F32, 128L * q + 4L * c, q + 1f);
                row.set(Raw.F32, 4L * c, 7f);
            }
            for (int kind = L2; kind <= DOT; kind++) {
                var out = new float[TOGETHER][5];
                several.invokeExact(
                        queries.address(),
                        128L,
                        row.address(),
                        128L,
                        128L,
                        (long) kind,
                        MemorySegment.ofArray(new int[5]),
                        5L,
                        MemorySegment.ofArray(out[0]),
                        MemorySegment.ofArray(out[1]),
                        MemorySegment.ofArray(out[2]),
                        MemorySegment.ofArray(out[3]));
                for (int q = 0; q < TOGETHER; q++)
                    for (float found : out[q])
                        if (found != 20 * (kind == L2 ? (6 - q) * (6 - q) : 7 * (q + 1))) return false;
            }
            return true;
        } catch (Throwable unavailable) {
            return false;
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
