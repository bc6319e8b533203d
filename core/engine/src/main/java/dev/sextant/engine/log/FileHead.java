package dev.sextant.engine.log;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.DiskFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/// The head of a log file, forced before the file gets its name; drawn in docs/formats/log.md.
///
/// @param previous number of the file that this one continues, 0 for none
/// @param first position in it; what the file before holds from there on counts for nothing
/// @param born groups that were forced before the file got its name
/// @param salt random, repeated in each group: bytes that only look like a group do not have it
/// @param chain checksum of the record before the first
record FileHead(
        UUID cluster,
        long timeline,
        long epoch,
        long number,
        long previous,
        long first,
        long born,
        long salt,
        long createdMillis,
        int chain,
        byte[] note) {

    private static final int FIXED = 128;

    static int bytes(int noteBytes) {
        return (int) Format.up(FIXED + noteBytes + 4L);
    }

    int bytes() {
        return bytes(note.length);
    }

    /// The same file with this many groups at its birth.
    FileHead born(long groups) {
        return new FileHead(
                cluster, timeline, epoch, number, previous, first, groups, salt, createdMillis, chain, note);
    }

    MemorySegment encode() {
        var bytes = MemorySegment.ofArray(new byte[bytes()]);
        bytes.set(Format.I64, 0, Format.FILE_MAGIC);
        bytes.set(Format.I32, 8, Format.VERSION);
        bytes.set(Format.I32, 12, bytes());
        bytes.set(Format.I64, 16, cluster.getMostSignificantBits());
        bytes.set(Format.I64, 24, cluster.getLeastSignificantBits());
        bytes.set(Format.I64, 32, timeline);
        bytes.set(Format.I64, 40, epoch);
        bytes.set(Format.I64, 48, number);
        bytes.set(Format.I64, 56, previous);
        bytes.set(Format.I64, 64, first);
        bytes.set(Format.I64, 72, born);
        bytes.set(Format.I64, 80, salt);
        bytes.set(Format.I64, 88, createdMillis);
        bytes.set(Format.I32, 96, chain);
        bytes.set(Format.I32, 100, note.length);
        MemorySegment.copy(MemorySegment.ofArray(note), 0, bytes, FIXED, note.length);
        bytes.set(Format.I32, bytes() - 4, Format.crc(bytes, bytes() - 4));
        return bytes;
    }

    static FileHead read(DiskFile file, String path) {
        long size = file.size();
        if (size < Format.BLOCK)
            throw new CorruptFile(path, 0, "a head of " + Format.BLOCK + " bytes", size + " bytes");
        var start = MemorySegment.ofArray(new byte[FIXED]);
        file.read(0, start);
        check(path, 0, "a log file", Format.FILE_MAGIC, start.get(Format.I64, 0));
        check(path, 8, "version", Format.VERSION, start.get(Format.I32, 8));
        int length = start.get(Format.I32, 12);
        int note = start.get(Format.I32, 100);
        if (note < 0 || note > LogConfig.MAXIMUM_NOTE || length != bytes(note) || length > size)
            throw new CorruptFile(
                    path, 12, "a head within " + size + " bytes", length + " bytes with a note of " + note);
        var bytes = MemorySegment.ofArray(new byte[length]);
        file.read(0, bytes);
        check(
                path,
                length - 4,
                "checksum",
                Integer.toUnsignedLong(Format.crc(bytes, length - 4)),
                Integer.toUnsignedLong(bytes.get(Format.I32, length - 4)));
        return new FileHead(
                new UUID(bytes.get(Format.I64, 16), bytes.get(Format.I64, 24)),
                bytes.get(Format.I64, 32),
                bytes.get(Format.I64, 40),
                bytes.get(Format.I64, 48),
                bytes.get(Format.I64, 56),
                bytes.get(Format.I64, 64),
                bytes.get(Format.I64, 72),
                bytes.get(Format.I64, 80),
                bytes.get(Format.I64, 88),
                bytes.get(Format.I32, 96),
                bytes.asSlice(FIXED, note).toArray(ValueLayout.JAVA_BYTE));
    }

    private static void check(String path, long offset, String what, long expected, long found) {
        if (expected != found)
            throw new CorruptFile(path, offset, what + " " + Long.toHexString(expected), Long.toHexString(found));
    }
}
