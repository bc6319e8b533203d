package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The choice of edges by machine code, made from src/main/native/apart.c: all candidates in one call, each compared
/// with one choice after the other until one is nearer. The same choice as [Codes#apart] makes without it. Present only
/// where a [MachineCode] is.
final class MachineApart {
    private static final String RESOURCE = "apart-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, ADDRESS);

    private static final MethodHandle APART = MachineCode.function(RESOURCE, SHAPE, MachineApart::agrees);
    static final boolean PRESENT = APART != null;

    private MachineApart() {}

    static int choose(long base, long stride, int dimension, long[] order, int n, int most, float slack, int[] kept) {
        try {
            return (int) (long) APART.invokeExact(
                    base,
                    stride,
                    (long) dimension,
                    MemorySegment.ofArray(order),
                    (long) n,
                    (long) most,
                    slack,
                    MemorySegment.ofArray(kept));
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: three points on a line, at 3, 4 and 9 from 0. The second is nearer to the first than to 0, the third is
    /// not where its distance is said to be small.
    private static boolean agrees(MethodHandle apart) {
        try (var memory = Arena.ofConfined()) {
            var codes = memory.allocate(3 * 64, 64);
            for (int i = 0; i < 3; i++) {
                int at = i == 0 ? 3 : i == 1 ? 4 : 9;
                codes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 64L * i, (byte) at);
                codes.set(Raw.F32, 64L * i + 48 + 4, 1f);
                codes.set(Raw.F32, 64L * i + 48 + 8, at);
                codes.set(Raw.F32, 64L * i + 48 + 12, at * at);
            }
            var order = new long[] {key(9, 0), key(16, 1), key(20, 2)};
            var kept = new int[3];
            long n = (long) apart.invokeExact(
                    codes.address(), 64L, 2L, MemorySegment.ofArray(order), 3L, 3L, 1f, MemorySegment.ofArray(kept));
            return n == 2 && kept[0] == 0 && kept[1] == 2;
        } catch (Throwable thrown) {
            return false;
        }
    }

    private static long key(float distance, int node) {
        return (long) Float.floatToRawIntBits(distance) << 32 | node;
    }
}
