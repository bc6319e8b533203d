package dev.sextant.engine.log;

import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.DiskFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The file that a log is writing. Used by the log's writer alone. After any failure but a refused reservation it is of
/// no more use.
final class FileAppend implements AutoCloseable {
    private static final long FIRST_RESERVE = 256 << 10;
    private static final long MOST_RESERVE = 16 << 20;
    private static final MemorySegment ZEROS =
            MemorySegment.ofArray(new byte[256 << 10]).asReadOnly();

    private final Disk disk;
    private final LogConfig config;
    private final DiskFile file;
    private final Staging staging;
    final FileHead head;
    private long offset;
    private long reserved;
    private long group = 1;
    private long forcedGroup;
    private long position;
    private int chain;

    /// @param head as it will be but for `born`, which [#finishBirth] sets
    FileAppend(Disk disk, LogConfig config, DiskFile file, Staging staging, FileHead head) {
        this.disk = disk;
        this.config = config;
        this.file = file;
        this.staging = staging;
        this.head = head;
        offset = head.bytes();
        position = head.first();
        chain = head.chain();
    }

    /// Writes entries in groups before the file has its name. They count as forced with it: it gets the name only then.
    void fill(List<Entry> entries, long groupBytes) {
        for (int from = 0; from < entries.size(); ) {
            int to = from + 1;
            long bytes = entries.get(from).recordBytes();
            while (to < entries.size() && bytes + entries.get(to).recordBytes() <= groupBytes)
                bytes += entries.get(to++).recordBytes();
            var group = entries.subList(from, to);
            reserve(bytes(group));
            write(group);
            forcedGroup = this.group - 1;
            from = to;
        }
    }

    /// Writes the head, now that it is known how many groups the file is born with, and forces everything.
    void finishBirth() {
        file.write(0, head.born(group - 1).encode());
        force();
    }

    /// Whether a group of these bytes should go into another file.
    boolean isFullFor(long bytes) {
        return group > 1 && offset + bytes > config.fileBytes();
    }

    /// Makes sure of the room for a group, so that writing it cannot fail for want of space. Grows in steps that
    /// double.
    void reserve(long bytes) {
        long needed = offset + bytes;
        if (needed <= reserved) return;
        long step = Math.clamp(reserved, FIRST_RESERVE, MOST_RESERVE);
        long target = Math.max(needed, Math.min(reserved + step, config.fileBytes()));
        long usable = disk.usableBytes();
        if (usable < config.reservedBytes() + target - reserved)
            throw new DiskFailure.NoSpace(
                    file.path(),
                    new IOException(usable + " bytes left, " + config.reservedBytes() + " of them reserved"));
        for (long at = reserved; at < target; at += ZEROS.byteSize())
            file.write(at, ZEROS.asSlice(0, Math.min(ZEROS.byteSize(), target - at)));
        reserved = target;
    }

    static long bytes(List<Entry> entries) {
        long body = entries.stream().mapToLong(Entry::recordBytes).sum();
        return Format.up(Format.GROUP_HEAD + body);
    }

    /// Writes one group; none of it is durable before [#force]. With no entries it only says what was forced.
    void write(List<Entry> entries) {
        long body = entries.stream().mapToLong(Entry::recordBytes).sum();
        var start = new Format.GroupHead(
                Math.toIntExact(body), group, head.salt(), forcedGroup, position, entries.size(), chain);
        staging.begin(file, offset);
        staging.put(start.encode());
        var record = MemorySegment.ofArray(new byte[Format.RECORD_HEAD]);
        for (var entry : entries) {
            assert entry.position == position : entry.position + " at " + position;
            chain = Format.chain(chain, position, entry.payload.length, entry.payloadCrc);
            record.set(Format.I32, 0, entry.payload.length);
            record.set(Format.I32, 4, chain);
            record.set(Format.I64, 8, position);
            staging.put(record);
            staging.put(MemorySegment.ofArray(entry.payload));
            position++;
        }
        staging.finish(Format.BLOCK);
        offset += start.extent();
        group++;
    }

    void force() {
        file.force();
        forcedGroup = group - 1;
    }

    long position() {
        return position;
    }

    int chain() {
        return chain;
    }

    @Override
    public void close() {
        file.close();
    }
}
