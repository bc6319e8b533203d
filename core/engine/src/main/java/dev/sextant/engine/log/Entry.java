package dev.sextant.engine.log;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// One entry on its way: its bytes, their checksum, and who waits for it. The position is set by the writer before it
/// is written.
final class Entry {
    final byte[] payload;
    final int payloadCrc;
    /// None for what was found on the disk at the start: nobody waits for it.
    final Optional<Log.Outcome> outcome;
    long position;
    /// Whether the receiver has had it, or will get it from the replay.
    boolean delivered;
    /// Whether the outcome was told.
    boolean told;

    Entry(byte[] payload, Optional<Log.Outcome> outcome) {
        this.payload = payload;
        this.payloadCrc = Format.crc(payload);
        this.outcome = outcome;
    }

    static Entry found(long position, byte[] payload) {
        var entry = new Entry(payload, Optional.empty());
        entry.position = position;
        entry.delivered = true;
        entry.told = true;
        return entry;
    }

    static byte[] join(List<MemorySegment> pieces, int bytes) {
        var joined = new byte[bytes];
        var target = MemorySegment.ofArray(joined);
        long at = 0;
        for (var piece : pieces) {
            MemorySegment.copy(piece, 0, target, at, piece.byteSize());
            at += piece.byteSize();
        }
        return joined;
    }

    long recordBytes() {
        return Format.RECORD_HEAD + (long) payload.length;
    }
}
