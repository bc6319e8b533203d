package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// Rotations by machine code, made from src/main/native/rotate.c: a transform that stays in registers, where the Java
/// form goes through memory once for each doubling. The same results as [Rotation#apply(long, FloatArithmetic)], to the
/// last bit. Present only where a [MachineCode] is.
final class MachineRotation {
    private static final String RESOURCE = "rotate-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);

    private static final MethodHandle ROTATE = MachineCode.function(RESOURCE, SHAPE, MachineRotation::agrees);
    static final boolean PRESENT = ROTATE != null;

    private MachineRotation() {}

    /// @param signs `size` floats for each round
    static void apply(long floats, int size, int power, int rounds, long signs, float scale) {
        difference(floats, size, power, rounds, signs, scale, 0, 0, 0, 0, 0);
    }

    /// What the `n` floats at `row` are more than those at `less`; touches `soonBytes` at `soon` meanwhile.
    static void difference(
            long floats,
            int size,
            int power,
            int rounds,
            long signs,
            float scale,
            long row,
            long less,
            int n,
            long soon,
            long soonBytes) {
        try {
            ROTATE.invokeExact(
                    floats,
                    (long) size,
                    (long) power,
                    (long) rounds,
                    signs,
                    scale,
                    row,
                    less,
                    (long) n,
                    soon,
                    soonBytes);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: one component of 64, of which every second is turned over, becomes the same in all.
    private static boolean agrees(MethodHandle rotate) {
        try (var memory = Arena.ofConfined()) {
            var floats = memory.allocate(256, 64);
            var signs = memory.allocate(256, 64);
            for (int i = 0; i < 64; i++) signs.set(Raw.F32, 4L * i, i % 2 == 0 ? 1 : -1);
            floats.set(Raw.F32, 0, 8f);
            rotate.invokeExact(
                    floats.address(), 64L, 64L, 1L, signs.address(), 0.125f, 0L, 0L, 0L, floats.address(), 64L);
            for (int i = 0; i < 64; i++) if (floats.get(Raw.F32, 4L * i) != 1) return false;
            return true;
        } catch (Throwable thrown) {
            return false;
        }
    }
}
