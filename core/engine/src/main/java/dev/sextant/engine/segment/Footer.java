package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.CorruptFile;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The last bytes of a segment file, and the first; drawn in docs/formats/segment.md.
///
/// @param bytes of the whole file
/// @param digest SHA-256 of everything before the footer
record Footer(Place directory, long bytes, byte[] digest) {
    static final int BYTES = 72;
    static final int VERSION = 1;
    private static final long MAGIC = 0x31474553_54584553L; // "SEXTSEG1"
    private static final int DIGEST_BYTES = 32;

    static byte[] head(long segment) {
        return new ByteOutput(SegmentFile.HEAD_BYTES)
                .writeLong(MAGIC)
                .writeInt(VERSION)
                .writeInt(0)
                .writeLong(segment)
                .align(SegmentFile.HEAD_BYTES)
                .toBytes();
    }

    byte[] encode() {
        var out = new ByteOutput(BYTES)
                .writeLong(directory.offset())
                .writeInt(directory.bytes())
                .writeInt(directory.crc())
                .writeLong(bytes)
                .writeBytes(MemorySegment.ofArray(digest))
                .writeInt(VERSION);
        var fields = out.toBytes();
        return new ByteOutput(BYTES)
                .writeBytes(MemorySegment.ofArray(fields))
                .writeInt(crc(MemorySegment.ofArray(fields)))
                .writeLong(MAGIC)
                .toBytes();
    }

    static Footer read(String path, long size, MemorySegment bytes) {
        long at = size - BYTES;
        var in = new ByteInput(path, at, bytes);
        var directory = new Place(in.readLong(), in.readInt(), in.readInt());
        long length = in.readLong();
        var digest = in.readBytes(DIGEST_BYTES);
        int version = in.readInt();
        int stored = in.readInt();
        long magic = in.readLong();
        if (magic != MAGIC) throw new CorruptFile(path, size - 8, "the end of a segment", Long.toHexString(magic));
        check(path, size - 12, crc(bytes.asSlice(0, BYTES - 12)), stored);
        if (version != VERSION) throw new CorruptFile(path, size - 16, "version " + VERSION, version);
        if (length != size) throw new CorruptFile(path, at + 16, size + " bytes", length);
        if (directory.bytes() < 0
                || directory.offset() < SegmentFile.HEAD_BYTES
                || directory.offset() != at - directory.bytes())
            throw new CorruptFile(
                    path,
                    at,
                    "a directory before the footer",
                    directory.offset() + " and " + directory.bytes() + " bytes");
        return new Footer(directory, length, digest);
    }

    static int crc(MemorySegment bytes) {
        var crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    static void check(String path, long offset, int expected, int found) {
        if (expected != found)
            throw new CorruptFile(
                    path, offset, "checksum " + Integer.toHexString(expected), Integer.toHexString(found));
    }
}
