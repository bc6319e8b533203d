package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Distances of the rows at the head of node blocks by machine code, made from src/main/native/rows.c: rows that lie a
/// block apart are asked for early, which no form in Java can do. The same answers as [NodeBlocks#distance], to the
/// last bit. Present only where a [MachineCode] is.
final class MachineRows {
    private static final String RESOURCE = "rows-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);

    private static final MethodHandle ROWS = MachineCode.function(RESOURCE, SHAPE, MachineRows::agrees);
    static final boolean PRESENT = ROWS != null;

    private MachineRows() {}

    /// @param bytes the query's components, one byte each
    static void score(
            long query,
            long bytes,
            long base,
            long stride,
            int components,
            int rowBytes,
            int[] rows,
            int n,
            float[] out) {
        try {
            ROWS.invokeExact(
                    query,
                    bytes,
                    base,
                    stride,
                    (long) components,
                    (long) rowBytes,
                    MemorySegment.ofArray(rows),
                    (long) n,
                    MemorySegment.ofArray(out));
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: 70 components of 200 against 70 of 3, both with step 1 and low 0, and what stands for the lengths made
    /// so that 7 is left.
    private static boolean agrees(MethodHandle rows) {
        try (var memory = java.lang.foreign.Arena.ofConfined()) {
            var row = memory.allocate(128, 64);
            var query = memory.allocate(24 + 128, 64);
            for (int c = 0; c < 70; c++) {
                row.set(java.lang.foreign.ValueLayout.JAVA_BYTE, c, (byte) 200);
                query.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 24 + c, (byte) 3);
            }
            row.set(Raw.I64, 104, Double.doubleToRawLongBits(2 * 42_000));
            row.set(Raw.F32, 104 + 12, 1f);
            row.set(Raw.F32, 104 + 16, 70 * 200f);
            query.set(Raw.F32, 4, 1f);
            query.set(Raw.I64, 8, Double.doubleToRawLongBits(7));
            query.set(Raw.I64, 16, Double.doubleToRawLongBits(210));
            var out = new float[1];
            rows.invokeExact(
                    query.address(),
                    query.address() + 24,
                    row.address(),
                    128L,
                    70L,
                    128L,
                    MemorySegment.ofArray(new int[1]),
                    1L,
                    MemorySegment.ofArray(out));
            return out[0] == 7;
        } catch (Throwable thrown) {
            return false;
        }
    }
}
