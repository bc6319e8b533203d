package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;
import io.airlift.compress.v3.Decompressor;
import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.parquet.format.CompressionCodec;

/// How pages are compressed. What comes out never grows over what was said beforehand.
interface Codec {
    /// Exactly `size` bytes, or [Unfit].
    byte[] decompress(byte[] from, int at, int length, int size);

    static Codec of(CompressionCodec codec) {
        return switch (codec) {
            case UNCOMPRESSED -> Codec::plain;
            case SNAPPY -> with(new SnappyJavaDecompressor());
            case ZSTD -> with(new ZstdJavaDecompressor());
            case LZ4_RAW -> with(new Lz4JavaDecompressor());
            case GZIP -> Codec::gzip;
            case LZO, BROTLI, LZ4 ->
                throw new Unfit(
                        "pages are compressed with " + codec + "; known are UNCOMPRESSED, SNAPPY, GZIP, ZSTD, LZ4_RAW");
        };
    }

    private static byte[] plain(byte[] from, int at, int length, int size) {
        if (length != size) throw wrong(size, length);
        return java.util.Arrays.copyOfRange(from, at, at + length);
    }

    private static Codec with(Decompressor decompressor) {
        return (from, at, length, size) -> {
            var out = new byte[size];
            int count = size == 0 && length == 0 ? 0 : decompressor.decompress(from, at, length, out, 0, size);
            if (count != size) throw wrong(size, count);
            return out;
        };
    }

    private static byte[] gzip(byte[] from, int at, int length, int size) {
        // Its head may hold a name; what comes behind is checked by its length.
        try (var inflater = new Inflater(true)) {
            int head = GzipHead.length(from, at, length);
            inflater.setInput(from, at + head, length - head);
            var out = new byte[size];
            int count = 0;
            while (count < size && !inflater.finished()) {
                int more = inflater.inflate(out, count, size - count);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) break;
                count += more;
            }
            if (count != size) throw wrong(size, count);
            return out;
        } catch (DataFormatException broken) {
            throw new Unfit("a page is broken: " + broken.getMessage());
        }
    }

    private static Unfit wrong(int expected, int found) {
        return new Unfit("a page is broken: expected " + expected + " bytes, found " + found);
    }

    /// The head of a gzip member.
    final class GzipHead {
        private static final int FIXED = 10;
        private static final int EXTRA = 4, NAME = 8, COMMENT = 16, CHECKSUM = 2;

        private GzipHead() {}

        static int length(byte[] from, int at, int length) {
            if (length < FIXED || (from[at] & 0xFF) != 0x1F || (from[at + 1] & 0xFF) != 0x8B)
                throw new Unfit("a page is broken: it does not begin as gzip does");
            int flags = from[at + 3], end = FIXED;
            if ((flags & EXTRA) != 0 && length >= end + 2)
                end += 2 + (from[at + end] & 0xFF | (from[at + end + 1] & 0xFF) << 8);
            for (int text : new int[] {NAME, COMMENT})
                if ((flags & text) != 0) {
                    while (end < length && from[at + end] != 0) end++;
                    end++;
                }
            if ((flags & CHECKSUM) != 0) end += 2;
            if (end > length) throw new Unfit("a page is broken: its gzip head has no end");
            return end;
        }
    }
}
