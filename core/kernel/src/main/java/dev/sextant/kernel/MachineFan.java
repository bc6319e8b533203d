package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Fans of node blocks by machine code, made from src/main/native/fan.c: the difference of a neighbour is made where it
/// is coded. The same bytes as [NodeBlocks#putFanBy] with the codes of [MachineBlocks]. Present only where a
/// [MachineCode] is.
final class MachineFan {
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle FAN = MachineCode.function("fan-amd64-avx512vnni.hex", SHAPE, MachineFan::agrees);
    static final boolean PRESENT = FAN != null;

    private MachineFan() {}

    /// @param bits of the code of a component
    /// @param room for a byte of each eight bits of 32 codes
    static void put(
            long turned, int size, int[] places, int[] nodes, int n, long centre, int bits, long fan, long room) {
        try {
            FAN.invokeExact(
                    turned,
                    (long) size,
                    MemorySegment.ofArray(places),
                    MemorySegment.ofArray(nodes),
                    (long) n,
                    centre,
                    (long) bits,
                    fan,
                    room);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: from a centre of ones to a neighbour of threes all signs are positive, Σ x² is 256 and Σ |x| 128.
    private static boolean agrees(MethodHandle fan) {
        try (var memory = Arena.ofConfined()) {
            var turned = memory.allocate(2 * 256, 64);
            for (int c = 0; c < 64; c++) {
                turned.set(Raw.F32, 4L * c, 1f);
                turned.set(Raw.F32, 256 + 4L * c, 3f);
            }
            long out = memory.allocate(256 + 3 * 128, 64).address(),
                    room = memory.allocate(256, 64).address();
            fan.invokeExact(
                    turned.address(),
                    64L,
                    MemorySegment.ofArray(new int[] {1}),
                    MemorySegment.ofArray(new int[] {7}),
                    1L,
                    turned.address(),
                    1L,
                    out,
                    room);
            for (int eight = 0; eight < 8; eight++)
                if (Raw.getByte(out + 32 * eight) != 15 || Raw.getByte(out + 32 * eight + 1) != 0) return false;
            return Raw.getFloat(out + 256) == 256 + 2 * 2 * 64
                    && Raw.getFloat(out + 256 + 4) == Float.MAX_VALUE
                    && Raw.getFloat(out + 384) == -4
                    && Raw.getInt(out + 512) == 7
                    && Raw.getInt(out + 516) == -1;
        } catch (Throwable unavailable) {
            return false;
        }
    }
}
