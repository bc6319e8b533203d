package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Where the bytes of a region come from: anonymous mappings of Linux for large ones (2 MiB aligned, huge pages asked
/// for), `aligned_alloc` for small ones, an arena where neither may be called. Giving back costs one call to the
/// system; closing a shared arena instead stops every thread for some 80 µs.
sealed interface Mapping {
    long PAGE = 4096;
    long HUGE = 2L << 20;

    long address();

    /// Called when the first `bytes` are about to be used.
    default void commit(long from, long bytes) {}

    void free();

    static Mapping of(long bytes) {
        if (C.LINUX && bytes >= HUGE) return Mapped.of(bytes);
        if (C.MALLOC) return Small.of(bytes);
        return Arenas.of(bytes);
    }

    record Mapped(long address, long bytes) implements Mapping {
        static Mapped of(long bytes) {
            var whole = up(bytes, PAGE);
            var got = C.mmap(whole + HUGE);
            var address = up(got, HUGE);
            if (address > got) C.munmap(got, address - got);
            var tail = got + whole + HUGE - (address + whole);
            if (tail > 0) C.munmap(address + whole, tail);
            return new Mapped(address, whole);
        }

        /// Whole huge pages inside what is used; the rest stays in small pages, so a growing region costs what it
        /// holds.
        @Override
        public void commit(long from, long to) {
            var start = from / HUGE * HUGE;
            var end = to / HUGE * HUGE;
            if (end > start) C.hugePages(address + start, end - start);
        }

        @Override
        public void free() {
            C.munmap(address, bytes);
        }
    }

    record Small(long address) implements Mapping {
        static Small of(long bytes) {
            var size = up(Math.max(bytes, 64), 64);
            var address = C.alignedAlloc(size);
            Raw.fill(address, size, (byte) 0);
            return new Small(address);
        }

        @Override
        public void free() {
            C.release(address);
        }
    }

    record Arenas(long address, Arena arena) implements Mapping {
        static Arenas of(long bytes) {
            var arena = Arena.ofShared();
            var segment = arena.allocate(up(Math.max(bytes, 64), 64), 64);
            Raw.enter(segment.address(), segment);
            return new Arenas(segment.address(), arena);
        }

        @Override
        public void free() {
            Raw.leave(address);
            arena.close();
        }
    }

    static long up(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }

    /// The five calls of the C library.
    final class C {
        private static final int READ_WRITE = 3;
        private static final int PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
        private static final int MADV_HUGEPAGE = 14;
        private static final MethodHandle MMAP = Raw.DIRECT
                ? find(
                        "mmap",
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG))
                : null;
        private static final MethodHandle MUNMAP =
                Raw.DIRECT ? find("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG)) : null;
        private static final MethodHandle MADVISE =
                Raw.DIRECT ? find("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)) : null;
        private static final MethodHandle ALIGNED_ALLOC =
                Raw.DIRECT ? find("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG)) : null;
        private static final MethodHandle FREE = Raw.DIRECT ? find("free", FunctionDescriptor.ofVoid(JAVA_LONG)) : null;

        static final boolean LINUX = MMAP != null
                && MUNMAP != null
                && MADVISE != null
                && System.getProperty("os.name").equals("Linux");
        static final boolean MALLOC = ALIGNED_ALLOC != null && FREE != null;

        private C() {}

        private static MethodHandle find(String name, FunctionDescriptor shape) {
            var linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find(name)
                    .map(at -> linker.downcallHandle(at, shape))
                    .orElse(null);
        }

        static long mmap(long bytes) {
            try {
                var address = (long) MMAP.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
                if (address == -1) throw new OutOfMemoryError("the system refused to map " + bytes + " bytes");
                return address;
            } catch (Throwable thrown) {
                throw unexpected(thrown);
            }
        }

        static void munmap(long address, long bytes) {
            try {
                var result = (int) MUNMAP.invokeExact(address, bytes);
                assert result == 0 : "munmap of " + bytes + " bytes failed";
            } catch (Throwable thrown) {
                throw unexpected(thrown);
            }
        }

        /// A wish: where it is not granted small pages serve, slower.
        static void hugePages(long address, long bytes) {
            try {
                var _ = (int) MADVISE.invokeExact(address, bytes, MADV_HUGEPAGE);
            } catch (Throwable thrown) {
                throw unexpected(thrown);
            }
        }

        static long alignedAlloc(long bytes) {
            try {
                var address = (long) ALIGNED_ALLOC.invokeExact(64L, bytes);
                if (address == 0) throw new OutOfMemoryError("the system refused " + bytes + " bytes");
                return address;
            } catch (Throwable thrown) {
                throw unexpected(thrown);
            }
        }

        static void release(long address) {
            try {
                FREE.invokeExact(address);
            } catch (Throwable thrown) {
                throw unexpected(thrown);
            }
        }

        private static RuntimeException unexpected(Throwable thrown) {
            if (thrown instanceof Error error) throw error;
            if (thrown instanceof RuntimeException exception) throw exception;
            return new IllegalStateException(thrown);
        }
    }
}
