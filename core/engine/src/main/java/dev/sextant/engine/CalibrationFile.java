package dev.sextant.engine;

import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.Out;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Calibration;
import dev.sextant.world.Disk;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What was measured of an index, beside the index: names the bytes that it was measured on, and can be thrown away.
/// Drawn in docs/formats/calibration.md.
final class CalibrationFile {
    private static final long MAGIC = 0x31_4c_41_43_58_53L; // SXCAL1
    private static final int HEAD = 8 + 8 + 4 + 4;
    private static final int STEP = 4 + 4 + 4;
    private static final int MOST_STEPS = 1000;

    private CalibrationFile() {}

    static void write(Disk disk, String path, IndexFile.Mark of, Calibration measured) {
        var temporary = path + ".new";
        if (disk.exists(temporary)) disk.delete(temporary);
        try (var file = disk.create(temporary)) {
            file.write(0, bytes(of, measured.recalls()).segment());
            file.force();
        }
        disk.rename(temporary, path);
        disk.forceDirectory(path.substring(0, path.lastIndexOf('/')));
    }

    private static Out bytes(IndexFile.Mark of, float[] recalls) {
        var out = new Out().i64(MAGIC).i64(of.bytes()).i32(of.checksum()).i32(recalls.length);
        for (int step = 0; step < recalls.length; step++) {
            var effort = Calibration.ladder(step);
            out.i32(effort.beam()).i32(effort.lists()).i32(Float.floatToRawIntBits(recalls[step]));
        }
        return out.i32(checksum(out.toBytes(), out.size()));
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /// What was measured of the index with this mark; empty where it was another index, or other efforts were tried
    /// than would be today. Anything that nobody wrote is a [CorruptFile].
    static Optional<Calibration> read(Disk disk, String path, IndexFile.Mark of) {
        var whole = whole(disk, path);
        var in = new In(path, MemorySegment.ofArray(whole));
        in.i64(); // the magic, which was looked at
        boolean ours = in.i64() == of.bytes() & in.i32() == of.checksum();
        var recalls = new float[in.i32()];
        if (!ours || recalls.length != Calibration.steps()) return Optional.empty();
        for (int step = 0; step < recalls.length; step++) {
            var effort = Calibration.ladder(step);
            if (in.i32() != effort.beam() | in.i32() != effort.lists()) return Optional.empty();
            recalls[step] = Float.intBitsToFloat(in.i32());
            if (!(recalls[step] >= 0 && recalls[step] <= 1))
                throw new CorruptFile(path, HEAD + (long) step * STEP + 8, "a share", recalls[step]);
        }
        return Optional.of(new Calibration(recalls));
    }

    /// Every checksum, whatever index it belongs to; for [Check].
    static void verify(Disk disk, String path) {
        whole(disk, path);
    }

    /// All bytes, after a look at their magic, their number and their checksum.
    private static byte[] whole(Disk disk, String path) {
        try (var file = disk.openForReading(path)) {
            if (file.size() < HEAD + 4 || file.size() > HEAD + MOST_STEPS * STEP + 4)
                throw new CorruptFile(path, 0, "the bytes of a calibration", file.size());
            var whole = new byte[(int) file.size()];
            file.read(0, MemorySegment.ofArray(whole));
            var in = new In(path, MemorySegment.ofArray(whole));
            long magic = in.i64();
            if (magic != MAGIC) throw new CorruptFile(path, 0, Long.toHexString(MAGIC), Long.toHexString(magic));
            in.i64();
            in.i32();
            int steps = in.i32();
            if (steps < 0 || HEAD + (long) steps * STEP + 4 != whole.length)
                throw new CorruptFile(path, HEAD - 4, "the number of steps", steps);
            int expected = new In(
                            path, MemorySegment.ofArray(Arrays.copyOfRange(whole, whole.length - 4, whole.length)))
                    .i32();
            int found = checksum(whole, whole.length - 4);
            if (expected != found) throw new CorruptFile(path, whole.length - 4, expected, found);
            return whole;
        }
    }
}
