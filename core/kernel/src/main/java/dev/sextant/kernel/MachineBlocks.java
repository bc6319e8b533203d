package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// Codes by machine code, made from src/main/native/coding.c; everything else as [LaneBlocks] has it. The codes are the
/// same, the sums as near to those as sums in another order are. Only where a [MachineCode] is.
final class MachineBlocks extends LaneBlocks {
    private static final String RESOURCE = "coding-amd64-avx512vnni.hex";
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /// Null where it may not or cannot be used.
    private static final MethodHandle CODING = MachineCode.of(RESOURCE)
            .map(code -> code.function(SHAPE))
            .filter(MachineBlocks::agrees)
            .orElse(null);
    static final boolean PRESENT = CODING != null;

    @Override
    void signs(long x, long y, int n, long bits, long out) {
        code(x, y, n, 1, bits, out);
    }

    @Override
    void fours(long x, long y, int n, long codes, long out) {
        code(x, y, n, 2, codes, out);
    }

    private static void code(long x, long y, int n, int bits, long codes, long out) {
        try {
            CODING.invokeExact(x, y, (long) n, (long) bits, codes, out);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// By hand: of 64 components, 1 and −3 in turn, every second has a sign, and is large.
    private static boolean agrees(MethodHandle coding) {
        try (var memory = Arena.ofConfined()) {
            var x = memory.allocate(256, 64);
            var codes = memory.allocate(64, 64);
            var out = memory.allocate(64, 64);
            for (int i = 0; i < 64; i++) x.set(Raw.F32, 4L * i, i % 2 == 0 ? 1 : -3);
            coding.invokeExact(x.address(), x.address(), 64L, 1L, codes.address(), out.address());
            if (codes.get(Raw.I64, 0) != 0x5555555555555555L || !sums(out, 320, 128)) return false;
            coding.invokeExact(x.address(), x.address(), 64L, 2L, codes.address(), out.address());
            return codes.get(Raw.I64, 0) == 0x2222222222222222L
                    && codes.get(Raw.I64, 8) == 0x2222222222222222L
                    && sums(out, 320, 320);
        } catch (Throwable thrown) {
            return false;
        }
    }

    private static boolean sums(java.lang.foreign.MemorySegment out, float squares, float product) {
        return out.get(Raw.F32, 0) == squares && out.get(Raw.F32, 4) == product && out.get(Raw.F32, 8) == product;
    }
}
