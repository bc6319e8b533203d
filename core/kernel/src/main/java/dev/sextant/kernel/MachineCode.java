package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;

/// A few hundred bytes of machine code, kept as text beside the classes (src/main/native says from what) and mapped
/// executable. Only on Linux and a processor with AVX-512 VNNI, where native access is granted and pages may be made
/// executable.
final class MachineCode {
    private static final int READ_WRITE = 3;
    private static final int READ_EXECUTE = 5;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private static final boolean SERVES = Mapping.C.LINUX
            && System.getProperty("os.arch").equals("amd64")
            && !Boolean.getBoolean("sextant.plain")
            && knowsTheInstructions();

    private final MemorySegment code;

    private MachineCode(MemorySegment code) {
        this.code = code;
    }

    /// Whether this system and its processor may run it.
    static boolean serves() {
        return SERVES;
    }

    /// What stands in a resource, mapped, where it can be had. An accelerator that cannot is no fault:
    /// [Kernels#description()] says what serves.
    static Optional<MachineCode> of(String resource) {
        try {
            return SERVES ? map(resource).map(MachineCode::new) : Optional.empty();
        } catch (Throwable unavailable) {
            return Optional.empty();
        }
    }

    /// The function that stands in a resource, once it gave the answers of the plain form; null where it may not or
    /// cannot be used.
    static MethodHandle function(String resource, FunctionDescriptor shape, Predicate<MethodHandle> agrees) {
        return of(resource).map(code -> code.function(shape)).filter(agrees).orElse(null);
    }

    /// The function that it is, as seen by a caller of this shape.
    MethodHandle function(FunctionDescriptor shape) {
        return Linker.nativeLinker().downcallHandle(code, shape, Linker.Option.critical(true));
    }

    private static boolean knowsTheInstructions() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            var flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("") + " ";
            for (var flag : new String[] {"avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni", "bmi2", "fma"})
                if (!flags.contains(" " + flag + " ")) return false;
            return true;
        } catch (IOException | UncheckedIOException unreadable) {
            return false;
        }
    }

    private static Optional<MemorySegment> map(String resource) throws Throwable {
        var code = code(resource);
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
        return Optional.of(MemorySegment.ofAddress(at));
    }

    private static byte[] code(String resource) throws IOException {
        try (var in = MachineCode.class.getResourceAsStream(resource)) {
            if (in == null) throw new IOException(resource + " is missing");
            return HexFormat.of()
                    .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        }
    }
}
