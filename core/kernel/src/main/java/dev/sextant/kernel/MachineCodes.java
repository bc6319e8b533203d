package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/// Distances of codes by a few hundred bytes of machine code, made from src/main/native/codes.c and mapped executable:
/// Java has neither the multiply-add of bytes nor prefetch, which together are worth a factor of two where codes come
/// from memory. Present only on Linux and a processor with AVX-512 VNNI, where native access is granted and pages may
/// be made executable, and where it gives the answers of the plain form; everything else goes on without it.
final class MachineCodes {
    private static final String RESOURCE = "codes-amd64-avx512vnni.hex";
    private static final int READ_WRITE = 3;
    private static final int READ_EXECUTE = 5;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.ofVoid(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    /// Null where it may not or cannot be used.
    private static final MethodHandle CODES = handle().orElse(null);
    static final boolean PRESENT = CODES != null;

    private MachineCodes() {}

    /// Touches `soonBytes` at `soon` meanwhile.
    static void score(
            long query,
            long base,
            long stride,
            int dimension,
            boolean inner,
            int[] rows,
            int n,
            float[] out,
            long soon,
            long soonBytes) {
        try {
            CODES.invokeExact(
                    query,
                    base,
                    stride,
                    (long) dimension,
                    inner ? 1L : 0L,
                    MemorySegment.ofArray(rows),
                    (long) n,
                    MemorySegment.ofArray(out),
                    soon,
                    soonBytes);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static Optional<MethodHandle> handle() {
        if (!Mapping.C.LINUX || !System.getProperty("os.arch").equals("amd64") || Boolean.getBoolean("sextant.plain"))
            return Optional.empty();
        try {
            return knowsTheInstructions() ? map().filter(MachineCodes::agrees) : Optional.empty();
        } catch (Throwable unavailable) {
            return Optional
                    .empty(); // an accelerator that cannot be had is no fault: Kernels.description() says what serves
        }
    }

    private static boolean knowsTheInstructions() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            var flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("") + " ";
            for (var flag : new String[] {"avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni", "bmi2", "fma"})
                if (!flags.contains(" " + flag + " ")) return false;
            return true;
        }
    }

    private static Optional<MethodHandle> map() throws Throwable {
        var code = code();
        var linker = Linker.nativeLinker();
        var lookup = linker.defaultLookup();
        var mmap = linker.downcallHandle(
                lookup.findOrThrow("mmap"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        var mprotect = linker.downcallHandle(
                lookup.findOrThrow("mprotect"), FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        long bytes = Mapping.up(code.length, Mapping.PAGE);
        long at = (long) mmap.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        if (at == -1) return Optional.empty();
        Raw.copyIn(MemorySegment.ofArray(code), 0, at, code.length);
        if ((int) mprotect.invokeExact(at, bytes, READ_EXECUTE) != 0) {
            Mapping.C.munmap(at, bytes);
            return Optional.empty();
        }
        return Optional.of(linker.downcallHandle(MemorySegment.ofAddress(at), SHAPE, Linker.Option.critical(true)));
    }

    private static byte[] code() throws IOException {
        try (var in = MachineCodes.class.getResourceAsStream(RESOURCE)) {
            if (in == null) throw new IOException(RESOURCE + " is missing");
            return HexFormat.of()
                    .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        }
    }

    /// One row against itself, by hand: 70 codes of 1 with step 1 and low 0 are at distance 140 − 2 · 70 = 0, and their
    /// inner product is 70.
    private static boolean agrees(MethodHandle codes) {
        try (var memory = java.lang.foreign.Arena.ofConfined()) {
            var row = memory.allocate(128, 64);
            for (int c = 0; c < 70; c++) row.set(java.lang.foreign.ValueLayout.JAVA_BYTE, c, (byte) 1);
            row.set(Raw.F32, 112 + 4, 1f);
            row.set(Raw.F32, 112 + 8, 70f);
            row.set(Raw.F32, 112 + 12, 70f);
            var out = new float[1];
            var rows = MemorySegment.ofArray(new int[1]);
            codes.invokeExact(
                    row.address(), row.address(), 128L, 70L, 0L, rows, 1L, MemorySegment.ofArray(out), 0L, 0L);
            if (out[0] != 0) return false;
            codes.invokeExact(
                    row.address(), row.address(), 128L, 70L, 1L, rows, 1L, MemorySegment.ofArray(out), 0L, 0L);
            return out[0] == -70;
        } catch (Throwable thrown) {
            return false;
        }
    }
}
