package dev.sextant.engine.log;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.DiskFile;
import java.lang.foreign.MemorySegment;

/// Reads one log file from its first group on, checking everything. Every length is held against the file before it is
/// believed. One thread.
final class FileWalk {
    private static final int SCAN = 1 << 20;

    private final DiskFile file;
    private final String path;
    private final FileHead head;
    private final long size;
    private long offset;
    private long group = 1;
    private long position;
    private int chain;
    private boolean chainKnown = true; // not after records that were skipped

    FileWalk(DiskFile file, String path, FileHead head) {
        this.file = file;
        this.path = path;
        this.head = head;
        size = file.size();
        offset = head.bytes();
        position = head.first();
        chain = head.chain();
    }

    interface Records {
        /// @param payload part of what was read for the whole group; nobody changes it
        void record(long position, MemorySegment payload);
    }

    /// Position of the next record.
    long position() {
        return position;
    }

    /// Checksum of the record before it.
    int chain() {
        return chain;
    }

    /// The next group's head; throws when there is none.
    Format.GroupHead peek() {
        if (size - offset < Format.GROUP_HEAD)
            throw new CorruptFile(path, offset, "group " + group, "the end of the file");
        var bytes = MemorySegment.ofArray(new byte[Format.GROUP_HEAD]);
        file.read(offset, bytes);
        if (!Format.GroupHead.isValid(bytes, head.salt()))
            throw new CorruptFile(path, offset, "group " + group, "other bytes");
        var found = Format.GroupHead.decode(bytes);
        if (found.number() != group) throw new CorruptFile(path, offset + 8, "group " + group, found.number());
        if (found.first() != position) throw new CorruptFile(path, offset + 32, "position " + position, found.first());
        if (chainKnown && found.chain() != chain)
            throw new CorruptFile(path, offset + 44, "chain " + hex(chain), hex(found.chain()));
        if (found.bodyBytes() < 0
                || found.records() < 0
                || found.bodyBytes() > size - offset - Format.GROUP_HEAD
                || found.records() > found.bodyBytes() / Format.RECORD_HEAD)
            throw new CorruptFile(
                    path,
                    offset + 4,
                    "a group within " + size + " bytes",
                    found.records() + " records in " + found.bodyBytes());
        chain = found.chain();
        chainKnown = true;
        return found;
    }

    /// Reads the group that was peeked at, whole.
    void read(Format.GroupHead found, Records records) {
        var body = MemorySegment.ofArray(new byte[found.bodyBytes()]);
        long from = offset + Format.GROUP_HEAD;
        file.read(from, body);
        long at = 0;
        long next = position;
        int before = chain;
        for (int i = 0; i < found.records(); i++, next++) {
            long left = body.byteSize() - at - Format.RECORD_HEAD;
            if (left < 0) throw new CorruptFile(path, from + at, "record " + next, "the end of its group");
            int length = body.get(Format.I32, at);
            int stored = body.get(Format.I32, at + 4);
            if (length < 0 || length > left)
                throw new CorruptFile(path, from + at, "at most " + left + " bytes", length);
            long numbered = body.get(Format.I64, at + 8);
            if (numbered != next) throw new CorruptFile(path, from + at + 8, "position " + next, numbered);
            var payload = body.asSlice(at + Format.RECORD_HEAD, length);
            int computed = Format.chain(before, next, length, Format.crc(payload, length));
            if (computed != stored)
                throw new CorruptFile(path, from + at + 4, "checksum " + hex(computed), hex(stored));
            records.record(next, payload);
            before = stored;
            at += Format.RECORD_HEAD + length;
        }
        if (at != body.byteSize())
            throw new CorruptFile(path, from + at, "the end of the group", body.byteSize() - at + " more bytes");
        position = next;
        chain = before;
        offset += found.extent();
        group++;
    }

    /// Goes past a group whose records nobody needs, without reading them.
    void skip(Format.GroupHead found) {
        offset += found.extent();
        group++;
        position = found.end();
        chainKnown = found.records() == 0 && chainKnown;
    }

    /// Holds the checksums of this file against what the next one says of it.
    void mustEndWith(int expected) {
        if (chainKnown && chain != expected) throw new CorruptFile(path, offset, "chain " + hex(expected), hex(chain));
    }

    /// Whether the disk had confirmed the next group: some group behind it says so. If it did, its being unreadable is
    /// rot; if not, it is the torn end of a log that was cut short.
    boolean wasForced() {
        if (head.born() >= group) return true;
        var window = MemorySegment.ofArray(new byte[SCAN]);
        for (long from = offset + Format.BLOCK; size - from >= Format.GROUP_HEAD; from += SCAN) {
            long count = Math.min(SCAN, size - from);
            file.read(from, window.asSlice(0, count));
            for (long at = 0; count - at >= Format.GROUP_HEAD; at += Format.BLOCK) {
                var bytes = window.asSlice(at, Format.GROUP_HEAD);
                if (Format.GroupHead.isValid(bytes, head.salt())
                        && Format.GroupHead.decode(bytes).forced() >= group) return true;
            }
        }
        return false;
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }
}
