package dev.sextant.query.filter;

import dev.sextant.model.Value;
import dev.sextant.text.XxHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/// A set of values that a caller made and sent as bytes, for lists too long to be written: what `membership_match`
/// asks. A [Bloom] holds all that were put in and a few more, a [Roaring] exactly them. Both begin with 32 bytes that
/// say what follows; all is little-endian, checked when read, and looked into where it lies. Immutable.
///
///     MBF1  version 1 | format 1 | members u64 | share of false ones f64 | blocks u32 | domains u8 | 0 0 0
///           blocks of 32 bytes: a split block Bloom filter as Parquet draws it, of XXH64
///     MRB1  version 1 | format 1 | members u64 | bytes of the body u64 | 0 u64
///           a portable 64-bit Roaring bitmap of the numbers' two's complement
public sealed interface Membership {
    int HEADER_BYTES = 32;

    /// @param type the kind that is expected, or nothing
    static Membership read(byte[] bytes, String type) {
        var kind = bytes.length < HEADER_BYTES ? "" : Little.magic(bytes);
        var set = switch (kind) {
            case Bloom.MAGIC -> Bloom.read(bytes);
            case Roaring.MAGIC -> RoaringReader.read(bytes);
            default ->
                throw new Wrong("membership_match: the value is no membership filter: it begins with none of MBF1"
                        + " and MRB1, or is shorter than " + HEADER_BYTES + " bytes");
        };
        var named = set instanceof Bloom ? "bloom" : "roaring";
        if (!type.isEmpty() && !type.toLowerCase(Locale.ROOT).equals(named))
            throw new Wrong("membership_match: type=" + type + " was asked for, and the value is of type " + named);
        return set;
    }

    /// Whether a template's value is such a set that may find what was not put in.
    static boolean isApproximate(Value value) {
        return value instanceof Value.Bytes(var bytes)
                && bytes.length >= HEADER_BYTES
                && Little.magic(bytes).equals(Bloom.MAGIC);
    }

    boolean has(long value);

    /// A few that were never put in are found, none that was put in is missed.
    record Bloom(byte[] bytes, int blocks, int domains) implements Membership {
        static final String MAGIC = "MBF1";
        static final int OF_WHOLES = 1;
        static final int OF_TEXTS = 2;

        private static final int BLOCK_BYTES = 32;
        private static final int[] SALT = {
            0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
        };

        static Bloom read(byte[] bytes) {
            long blocks = Little.i32(bytes, 24) & 0xffffffffL;
            int domains = bytes[28];
            boolean known = Little.u16(bytes, 4) == 1 && Little.u16(bytes, 6) == 1;
            if (!known || blocks == 0 || blocks * BLOCK_BYTES != bytes.length - HEADER_BYTES)
                throw new Wrong("membership_match: a Bloom filter of version 1 with " + blocks + " blocks has "
                        + (HEADER_BYTES + blocks * BLOCK_BYTES) + " bytes, " + bytes.length + " came");
            if ((domains & ~(OF_WHOLES | OF_TEXTS)) != 0)
                throw new Wrong("membership_match: the Bloom filter holds values of an unknown kind: " + domains);
            return new Bloom(bytes, (int) blocks, domains);
        }

        @Override
        public boolean has(long value) {
            return holds(XxHash.of(value));
        }

        boolean has(byte[] text, int from, int to) {
            return holds(XxHash.of(text, from, to));
        }

        private boolean holds(long hash) {
            int block = (int) ((hash >>> 32) * blocks >>> 32);
            int at = HEADER_BYTES + block * BLOCK_BYTES;
            for (int i = 0; i < SALT.length; i++) {
                int bit = (int) hash * SALT[i] >>> 27;
                if ((Little.i32(bytes, at + 4 * i) >>> bit & 1) == 0) return false;
            }
            return true;
        }
    }

    /// Containers of up to 65,536 numbers each, ascending by what their numbers share.
    ///
    /// @param shared the upper 48 bits of the numbers of each container, ascending
    /// @param kinds how each is written
    /// @param sizes values in an array, runs in a list of runs
    /// @param starts where the values, bits or runs of each begin
    record Roaring(byte[] bytes, long[] shared, Kind[] kinds, int[] sizes, int[] starts) implements Membership {
        static final String MAGIC = "MRB1";

        enum Kind {
            ARRAY,
            BITS,
            RUNS
        }

        @Override
        public boolean has(long value) {
            int at = Arrays.binarySearch(shared, value >>> 16);
            if (at < 0) return false;
            int low = (int) value & 0xffff;
            return switch (kinds[at]) {
                case BITS -> (bytes[starts[at] + (low >>> 3)] >>> (low & 7) & 1) != 0;
                case ARRAY -> {
                    int found = lastAtMost(starts[at], sizes[at], 2, low);
                    yield found >= 0 && Little.u16(bytes, starts[at] + 2 * found) == low;
                }
                case RUNS -> {
                    int found = lastAtMost(starts[at], sizes[at], 4, low);
                    yield found >= 0
                            && low - Little.u16(bytes, starts[at] + 4 * found)
                                    <= Little.u16(bytes, starts[at] + 4 * found + 2);
                }
            };
        }

        /// The last of ascending numbers that is no greater; -1 where all are.
        private int lastAtMost(int start, int count, int stride, int wanted) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = low + high >>> 1;
                if (Little.u16(bytes, start + stride * middle) <= wanted) low = middle + 1;
                else high = middle;
            }
            return low - 1;
        }
    }

    /// Numbers with the lowest byte first.
    final class Little {
        private static final VarHandle LONGS =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        private static final VarHandle INTS =
                MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

        private Little() {}

        static long i64(byte[] bytes, int at) {
            return (long) LONGS.get(bytes, at);
        }

        static int i32(byte[] bytes, int at) {
            return (int) INTS.get(bytes, at);
        }

        static int u16(byte[] bytes, int at) {
            return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
        }

        static String magic(byte[] bytes) {
            return new String(bytes, 0, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }
}
