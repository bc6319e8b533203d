package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Distances of many codes to many others by machine code, made from src/main/native/tiles.c: four by four, so that
/// what was read serves four times. The same distances as [Codes#scoreAll] makes without it. Present only where a
/// [MachineCode] is.
final class MachineTiles {
    private static final String RESOURCE = "tiles-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);

    private static final MethodHandle TILES = MachineCode.function(RESOURCE, SHAPE, MachineTiles::agrees);
    static final boolean PRESENT = TILES != null;

    private MachineTiles() {}

    static void score(long base, long stride, int dimension, int[] queries, int m, int[] rows, int n, float[] out) {
        try {
            TILES.invokeExact(
                    base,
                    stride,
                    (long) dimension,
                    MemorySegment.ofArray(queries),
                    (long) m,
                    MemorySegment.ofArray(rows),
                    (long) n,
                    MemorySegment.ofArray(out));
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: points on a line at 3, 4 and 9, the first beside all of them.
    private static boolean agrees(MethodHandle tiles) {
        try (var memory = Arena.ofConfined()) {
            var codes = memory.allocate(3 * 64, 64);
            int[] places = {3, 4, 9};
            for (int i = 0; i < 3; i++) {
                codes.set(JAVA_BYTE, 64L * i, (byte) places[i]);
                codes.set(Raw.F32, 64L * i + 48 + 4, 1f);
                codes.set(Raw.F32, 64L * i + 48 + 8, places[i]);
                codes.set(Raw.F32, 64L * i + 48 + 12, places[i] * places[i]);
            }
            var out = new float[3];
            tiles.invokeExact(
                    codes.address(),
                    64L,
                    2L,
                    MemorySegment.ofArray(new int[1]),
                    1L,
                    MemorySegment.ofArray(new int[] {0, 1, 2}),
                    3L,
                    MemorySegment.ofArray(out));
            return out[0] == 0 && out[1] == 1 && out[2] == 36;
        } catch (Throwable thrown) {
            return false;
        }
    }
}
