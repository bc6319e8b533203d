package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What a hop, a query and a code need of [LaneBlocks], by machine code, made from src/main/native/coding.c, estimate.c
/// and tables.c, and by [MachinePasses]. Until lanes are compiled they take a hundred times as long, and an index is
/// measured, and a first client answered, by the first walks of a process. Codes, tables and estimates are the same,
/// sums as near as sums in another order are. Only where a [MachineCode] is.
final class MachineBlocks extends LaneBlocks {
    private static final MethodHandle CODING = function(
            "coding", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TABLES = function(
            "tables",
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ESTIMATE = function(
            "estimate",
            FunctionDescriptor.of(
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_LONG));

    static final boolean PRESENT =
            CODING != null && TABLES != null && ESTIMATE != null && MachinePasses.PRESENT && agrees();

    /// Null where it may not or cannot be used.
    private static MethodHandle function(String name, FunctionDescriptor shape) {
        return MachineCode.of(name + "-amd64-avx512vnni.hex")
                .map(code -> code.function(shape))
                .orElse(null);
    }

    @Override
    long quantise(long x, int n, float low, float scale, long out) {
        return MachinePasses.quantise(x, n, low, scale, out);
    }

    @Override
    void split(long bytes, int n, long even, long odd) {
        MachinePasses.split(bytes, n, even, odd);
    }

    @Override
    int dot(long row, long even, long odd, int n) {
        return MachinePasses.dot(row, even, odd, n);
    }

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

    @Override
    void tables(long x, int n, int levels, long room, long tables, long out) {
        tables(x, n, 1, levels, room, tables, out);
    }

    @Override
    void fourTables(long x, int n, int levels, long room, long tables, long out) {
        tables(x, n, 2, levels, room, tables, out);
    }

    private static void tables(long x, int n, int bits, int levels, long room, long tables, long out) {
        try {
            TABLES.invokeExact(x, (long) n, (long) bits, (long) levels, room, tables, out);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    @Override
    int estimate(
            long codes,
            long tables,
            int bytes,
            long factors,
            float base,
            float scale,
            float shift,
            float limit,
            long out) {
        try {
            return (int)
                    (long) ESTIMATE.invokeExact(codes, tables, (long) bytes, factors, base, scale, shift, limit, out);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    /// With the plain form, on whole numbers, whose sums are exact in any order.
    private static boolean agrees() {
        try (var memory = Arena.ofConfined()) {
            var given = memory.allocate(1024, 64);
            for (int i = 0; i < 128; i++) given.set(Raw.F32, 4L * i, (i * 37 & 15) - 7);
            for (int i = 0; i < 512; i++) given.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 512 + i, (byte) (i * 11));
            return made(new MachineBlocks(), given, memory).mismatch(made(PLAIN, given, memory)) < 0;
        }
    }

    private static MemorySegment made(BlockArithmetic form, MemorySegment given, Arena memory) {
        var made = memory.allocate(4096, 64);
        var room = memory.allocate(256, 64).address();
        long x = given.address(), to = made.address();
        form.signs(x, x + 256, 64, to + 64, to);
        form.fours(x, x + 256, 64, to + 192, to + 128);
        form.tables(x, 64, 255, room, to + 320, to + 256);
        form.fourTables(x, 64, 255, room, to + 1088, to + 1024);
        long below = form.estimate(x + 512, to + 320, 256, x, 9, 1, 2, 5000, to + 2048);
        made.set(Raw.I64, 2304, below);
        return made;
    }
}
