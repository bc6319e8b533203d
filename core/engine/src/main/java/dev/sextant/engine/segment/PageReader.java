package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.model.Sha256;
import dev.sextant.world.DiskFile;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// Reads places of a file and holds them against their checksums. Any thread.
record PageReader(DiskFile file, String path) implements AutoCloseable {
    private static final int PIECE = 1 << 20;

    ByteInput input(Place place) {
        return new ByteInput(path, place.offset(), bytes(place));
    }

    MemorySegment bytes(Place place) {
        var bytes = MemorySegment.ofArray(new byte[place.bytes()]);
        read(place.offset(), bytes);
        Footer.check(path, place.offset(), place.crc(), Footer.crc(bytes));
        return bytes;
    }

    /// Reads without checking: for many pages at once, which the caller checks one by one.
    void read(long offset, MemorySegment target) {
        file.read(offset, target);
    }

    void verifyDigest(Footer footer) {
        var digest = Sha256.begin();
        var piece = MemorySegment.ofArray(new byte[PIECE]);
        long end = footer.bytes() - Footer.BYTES;
        for (long at = 0; at < end; at += PIECE) {
            var part = piece.asSlice(0, Math.min(PIECE, end - at));
            file.read(at, part);
            digest.update(part.asByteBuffer());
        }
        var found = digest.digest();
        if (!java.util.Arrays.equals(found, footer.digest()))
            throw new CorruptFile(
                    path,
                    0,
                    "digest " + HexFormat.of().formatHex(footer.digest()),
                    HexFormat.of().formatHex(found));
    }

    @Override
    public void close() {
        file.close();
    }
}
