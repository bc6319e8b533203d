package dev.sextant.engine.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The bytes of a log file, little-endian; drawn in docs/formats/log.md.
///
/// A file is a head and then groups, each beginning at a multiple of [#BLOCK]. A group is what was forced at once: a
/// head, then records. No block that has been forced is ever written again, so a failing write can only harm what
/// nobody was promised.
final class Format {
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// What every disk of today writes as a whole, or less.
    static final int BLOCK = 4096;
    static final int VERSION = 1;
    static final long FILE_MAGIC = 0x31474f_4c54584553L; // "SEXTLOG1"
    static final int GROUP_MAGIC = 0x47584553; // "SEXG"
    static final int GROUP_HEAD = 64;
    static final int RECORD_HEAD = 16;

    private Format() {}

    static long up(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    /// The checksum of a record: it vouches for everything before it too.
    static int chain(int before, long position, int length, int payloadCrc) {
        var bytes = MemorySegment.ofArray(new byte[20]);
        bytes.set(I32, 0, before);
        bytes.set(I64, 4, position);
        bytes.set(I32, 12, length);
        bytes.set(I32, 16, payloadCrc);
        return crc(bytes, 20);
    }

    static int crc(byte[] payload) {
        var crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    static int crc(MemorySegment bytes, long length) {
        var crc = new CRC32C();
        crc.update(bytes.asSlice(0, length).asByteBuffer());
        return (int) crc.getValue();
    }

    /// The head of a group.
    ///
    /// @param forced the last group of this file that was forced when this one was written
    /// @param first position of the first record, or of the next one when there is none
    /// @param chain checksum of the record before
    record GroupHead(int bodyBytes, long number, long salt, long forced, long first, int records, int chain) {
        MemorySegment encode() {
            var bytes = MemorySegment.ofArray(new byte[GROUP_HEAD]);
            bytes.set(I32, 0, GROUP_MAGIC);
            bytes.set(I32, 4, bodyBytes);
            bytes.set(I64, 8, number);
            bytes.set(I64, 16, salt);
            bytes.set(I64, 24, forced);
            bytes.set(I64, 32, first);
            bytes.set(I32, 40, records);
            bytes.set(I32, 44, chain);
            bytes.set(I32, 60, crc(bytes, 60));
            return bytes;
        }

        static boolean isValid(MemorySegment bytes, long salt) {
            return bytes.get(I32, 0) == GROUP_MAGIC
                    && bytes.get(I64, 16) == salt
                    && bytes.get(I32, 60) == crc(bytes, 60);
        }

        /// Only of bytes that are valid.
        static GroupHead decode(MemorySegment bytes) {
            return new GroupHead(
                    bytes.get(I32, 4),
                    bytes.get(I64, 8),
                    bytes.get(I64, 16),
                    bytes.get(I64, 24),
                    bytes.get(I64, 32),
                    bytes.get(I32, 40),
                    bytes.get(I32, 44));
        }

        /// Bytes from the head of this group to that of the next.
        long extent() {
            return up(GROUP_HEAD + (long) bodyBytes);
        }

        long end() {
            return first + records;
        }
    }
}
