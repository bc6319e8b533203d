package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// One pass over floats, or over the bytes that they become, by machine code, made from src/main/native/passes.c: from
/// the first call on as fast as [LaneFloats] and [LaneBlocks] are once they are compiled. A build begins with passes
/// over all rows, and half of what it took was waiting for the compiler. The same results as those, to the last bit.
/// Present only where a [MachineCode] is.
final class MachinePasses {
    private static final int SUBTRACT = 0;
    private static final int SCALE = 1;
    private static final int SQUARES = 2;
    private static final int BOUNDS = 3;
    private static final int QUANTISE = 4;
    private static final int DOT = 5;
    private static final int SUM_UP = 6;
    private static final int SPLIT = 7;

    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_FLOAT, JAVA_LONG);

    private static final MethodHandle PASSES =
            MachineCode.function("passes-amd64-avx512vnni.hex", SHAPE, MachinePasses::agrees);
    static final boolean PRESENT = PASSES != null;

    private MachinePasses() {}

    /// [FloatArithmetic] by it.
    static final class ForFloats extends LaneFloats {
        @Override
        void subtract(long x, long y, int n) {
            pass(SUBTRACT, x, n, y, 0, 0, 0);
        }

        @Override
        void scale(long x, float by, int n) {
            pass(SCALE, x, n, 0, 0, by, 0);
        }

        @Override
        float squares(long x, int n) {
            return Float.intBitsToFloat((int) pass(SQUARES, x, n, 0, 0, 0, 0));
        }

        @Override
        boolean bounds(long x, int n, long out) {
            return pass(BOUNDS, x, n, 0, 0, 0, out) != 0;
        }

        @Override
        void sumUp(long x, int n, long sums) {
            pass(SUM_UP, x, n, 0, 0, 0, sums);
        }
    }

    /// See [BlockArithmetic#quantise].
    static long quantise(long x, int n, float low, float scale, long out) {
        return pass(QUANTISE, x, n, 0, low, scale, out);
    }

    /// See [BlockArithmetic#split].
    static void split(long bytes, int n, long even, long odd) {
        pass(SPLIT, bytes, n, even, 0, 0, odd);
    }

    /// See [BlockArithmetic#dot].
    static int dot(long row, long even, long odd, int n) {
        return (int) pass(DOT, row, n, even, 0, 0, odd);
    }

    private static long pass(int kind, long x, int n, long y, float low, float by, long out) {
        try {
            return (long) PASSES.invokeExact((long) kind, x, (long) n, y, low, by, out);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: 64 twos and a half, of which fours become; the bounds of 17 of them; as bytes in steps of 2 from 1 on.
    private static boolean agrees(MethodHandle passes) {
        try (var memory = Arena.ofConfined()) {
            long x = memory.allocate(256, 64).address(),
                    y = memory.allocate(256, 64).address();
            long out = memory.allocate(64, 64).address();
            for (int i = 0; i < 64; i++) {
                Raw.putFloat(x + 4L * i, 2.5f);
                Raw.putFloat(y + 4L * i, .5f);
            }
            var none = (long) passes.invokeExact((long) SUBTRACT, x, 64L, y, 0f, 0f, 0L)
                    + (long) passes.invokeExact((long) SCALE, x, 64L, 0L, 0f, 2f, 0L);
            var squares = (long) passes.invokeExact((long) SQUARES, x, 64L, 0L, 0f, 0f, 0L);
            var whole = (long) passes.invokeExact((long) BOUNDS, x, 17L, 0L, 0f, 0f, out);
            var bounded = Raw.getFloat(out) == 4 && Raw.getFloat(out + 4) == 4 && whole == 1;
            var sums = (long) passes.invokeExact((long) QUANTISE, x, 17L, 0L, 1f, .5f, out);
            var bytes = sums == (17L * 4 << 32) + 17 * 2 && Raw.getByte(out + 16) == 2 && Raw.getByte(out + 17) == 0;
            for (int i = 0; i < 64; i++) Raw.putShort(x + 2L * i, (short) 3);
            // Every second byte of a row is 3, the others 0.
            var dot = (long) passes.invokeExact((long) DOT, x, 64L, x, 0f, 0f, x);
            return none == 0 && Float.intBitsToFloat((int) squares) == 64 * 16 && bounded && bytes && dot == 32 * 9;
        } catch (Throwable unavailable) {
            return false;
        }
    }
}
