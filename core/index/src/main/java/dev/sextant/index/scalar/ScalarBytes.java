package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.index.Sink;
import dev.sextant.index.Source;
import dev.sextant.kernel.Memory;
import java.io.IOException;

/// Writes indexes down and reads them: what is written is what is in memory. Whatever is read is looked at before it is
/// believed: no row, key or text leads outside.
final class ScalarBytes {
    private static final long PIECE = 1 << 20;

    private ScalarBytes() {}

    static void write(Standing standing, Sink sink) throws IOException {
        long bytes = standing.head.bytes();
        var all = standing.region.segment();
        for (long at = 0; at < bytes; at += PIECE) sink.write(all.asSlice(at, Math.min(PIECE, bytes - at)));
    }

    static ScalarIndex read(String form, Memory memory, int rows, long bytes, Source source) throws IOException {
        if (bytes < Head.BYTES) throw new Damaged("length", 0, "at least " + Head.BYTES, bytes);
        var region = memory.allocate("scalar index", bytes);
        Standing standing;
        try {
            var all = region.segment();
            for (long at = 0; at < bytes; at += PIECE) source.read(all.asSlice(at, Math.min(PIECE, bytes - at)));
            standing = new Standing(Head.read(region.address(), rows, bytes), region, memory);
        } catch (Throwable thrown) {
            region.close();
            throw thrown;
        }
        try {
            if (!standing.head.structure().form().equals(form))
                throw new Damaged(
                        "structure", 8, form, standing.head.structure().form());
            return checked(standing);
        } catch (Throwable thrown) {
            standing.close();
            throw thrown;
        }
    }

    private static ScalarIndex checked(Standing standing) {
        return switch (standing.head.structure()) {
            case SORTED -> {
                var sorted = new Sorted(standing);
                sorted.check();
                yield sorted;
            }
            case TERMS -> {
                var terms = new Terms(standing);
                terms.check();
                yield terms;
            }
            case BITMAP -> {
                var bitmap = new Bitmap(standing);
                bitmap.check();
                yield bitmap;
            }
            case BOXES -> {
                var boxes = new Boxes(standing);
                boxes.check();
                yield boxes;
            }
            case GRAMS -> {
                var grams = new Grams(standing);
                grams.check();
                yield grams;
            }
        };
    }
}
