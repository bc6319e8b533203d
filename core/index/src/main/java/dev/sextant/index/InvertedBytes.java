package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The bytes of posting lists, drawn in docs/formats/sparse.md: a head and the sections as they lie in memory. The file
/// around them has the checksums. The reader believes nothing: whatever would lead a search outside its memory, or past
/// a row, is refused here, once.
final class InvertedBytes {
    static final int HEAD = 128;

    private InvertedBytes() {}

    private static long magic() {
        long bytes = 0;
        for (byte b : Frozen.Kind.INVERTED.magic().getBytes(StandardCharsets.US_ASCII))
            bytes = bytes >>> 8 | (long) b << 56;
        return bytes;
    }

    static void write(Inverted index, Memory memory, Sink sink) throws IOException {
        var shape = index.shape;
        try (var head = memory.allocate("posting lists, writing", HEAD)) {
            long at = head.address();
            Raw.putLong(at, magic());
            Raw.putInt(at + 8, shape.metric() == Metric.BM25 ? 1 : 0);
            Raw.putInt(at + 12, shape.parameters().algorithm().ordinal());
            Raw.putFloat(at + 16, shape.parameters().k1());
            Raw.putFloat(at + 20, shape.parameters().b());
            Raw.putInt(at + 24, shape.rows());
            Raw.putInt(at + 28, shape.terms());
            Raw.putInt(at + 32, shape.blocks());
            Raw.putInt(at + 36, shape.irregular() ? 1 : 0);
            Raw.putLong(at + 40, shape.postings());
            Raw.putLong(at + 48, shape.postingBytes());
            Raw.putLong(at + 56, Double.doubleToRawLongBits(shape.totalLength()));
            Raw.putLong(at + 64, Double.doubleToRawLongBits(shape.meanList()));
            Raw.putFloat(at + 72, shape.averageLength());
            sink.write(head.segment().asSlice(0, HEAD));
        }
        sink.write(index.region.segment().asSlice(0, shape.bytes()));
    }

    static Inverted read(Memory memory, SparseRows rows, long bytes, Source source) throws IOException {
        if (bytes < HEAD) throw new Damaged("posting lists", 0, "at least " + HEAD + " bytes", bytes);
        Inverted.Shape shape;
        try (var head = memory.allocate("posting lists, reading", HEAD)) {
            source.read(head.segment().asSlice(0, HEAD));
            shape = shape(head.address(), rows, bytes);
        }
        var region = memory.allocate("posting lists", shape.bytes() + Inverted.PAD);
        try {
            source.read(region.segment().asSlice(0, shape.bytes()));
            var index = new Inverted(memory, shape, rows, region);
            new Check(index).run();
            return index;
        } catch (RuntimeException | IOException | Error thrown) {
            region.close();
            throw thrown;
        }
    }

    private static Inverted.Shape shape(long at, SparseRows rows, long bytes) {
        expect("magic", 0, magic(), Raw.getLong(at));
        int metric = within("metric", at, 8, 0, 1);
        var algorithms = SparseParameters.Algorithm.values();
        var algorithm = algorithms[within("algorithm", at, 12, 0, algorithms.length - 1)];
        float k1 = Raw.getFloat(at + 16), b = Raw.getFloat(at + 20);
        if (!(k1 >= 0 && k1 <= 1000)) throw new Damaged("k1", 16, "0 … 1000", k1);
        if (!(b >= 0 && b <= 1)) throw new Damaged("b", 20, "0 … 1", b);
        expect("rows", 24, rows.count(), Raw.getInt(at + 24));
        int terms = within("terms", at, 28, 0, Integer.MAX_VALUE - 1);
        int blocks = within("blocks", at, 32, 0, Integer.MAX_VALUE - 1);
        int irregular = within("regularity", at, 36, 0, 1);
        long postings = Raw.getLong(at + 40), postingBytes = Raw.getLong(at + 48);
        if (postings < 0 || postings > (long) blocks * Inverted.BLOCK)
            throw new Damaged("postings", 40, "those of " + blocks + " blocks", postings);
        if (postingBytes < 0 || postingBytes > bytes) throw new Damaged("bytes", 48, "at most " + bytes, postingBytes);
        double total = Double.longBitsToDouble(Raw.getLong(at + 56));
        double mean = Double.longBitsToDouble(Raw.getLong(at + 64));
        if (!(mean >= 0 && mean <= rows.count())) throw new Damaged("mean list", 64, "rows", mean);
        float average = Raw.getFloat(at + 72);
        if (!(average >= 0 && average < Float.POSITIVE_INFINITY)) throw new Damaged("length", 72, "a length", average);
        var shape = new Inverted.Shape(
                metric == 1 ? Metric.BM25 : Metric.IP,
                new SparseParameters(algorithm, k1, b),
                rows.count(),
                terms,
                blocks,
                postingBytes,
                postings,
                total,
                average,
                irregular == 1,
                mean);
        expect("size", 48, bytes, HEAD + shape.bytes());
        return shape;
    }

    private static int within(String what, long at, int offset, int least, int most) {
        int value = Raw.getInt(at + offset);
        if (value < least || value > most) throw new Damaged(what, offset, least + " … " + most, value);
        return value;
    }

    private static void expect(String what, long offset, Object expected, Object found) {
        if (!expected.equals(found)) throw new Damaged(what, offset, expected, found);
    }

    /// Everything that a search follows without looking.
    private static final class Check {
        private final Inverted index;
        private final long origin;
        private int block;
        private long bytes;
        private long postings;

        Check(Inverted index) {
            this.index = index;
            origin = index.region.address() - HEAD;
        }

        void run() {
            int terms = index.shape.terms();
            for (int list = 0; list < terms; list++) {
                long term = index.terms + 4L * list, entry = index.listAt(list);
                if (list > 0 && Integer.compareUnsigned(Raw.getInt(term - 4), Raw.getInt(term)) >= 0)
                    throw new Damaged("term", term - origin, "ascending terms", Raw.getInt(term));
                expect("first block", entry - origin, block, Raw.getInt(entry));
                list(entry);
            }
            expect("first block", index.listAt(terms) - origin, block, Raw.getInt(index.listAt(terms)));
            expect("blocks", 32, index.shape.blocks(), block);
            expect("posting bytes", 48, index.shape.postingBytes(), bytes);
            expect("postings", 40, index.shape.postings(), postings);
        }

        private void list(long entry) {
            int left = Raw.getInt(entry + 4);
            if (left < 1 || left > index.shape.rows()) throw new Damaged("rows", entry + 4 - origin, "rows", left);
            float low = Raw.getFloat(entry + 8), step = Raw.getFloat(entry + 12);
            if (!(low <= 0 && low > Float.NEGATIVE_INFINITY)) throw new Damaged("low", entry + 8 - origin, "≤ 0", low);
            if (!(step > 0 && step < Float.POSITIVE_INFINITY))
                throw new Damaged("step", entry + 12 - origin, "> 0", step);
            postings += left;
            int before = -1;
            for (; left > 0; left -= Inverted.BLOCK, block++) {
                if (block >= index.shape.blocks()) throw new Damaged("block", 32, index.shape.blocks(), block);
                before = block(
                        index.blocks + (long) Inverted.BLOCK_BYTES * block, Math.min(left, Inverted.BLOCK), before);
            }
        }

        private int block(long at, int count, int before) {
            int first = Inverted.Block.first(at), last = Inverted.Block.last(at);
            if (first <= before || last < first || last >= index.shape.rows())
                throw new Damaged("block", at - origin, "rows behind " + before, first + " … " + last);
            expect("count", at + 14 - origin, count, Inverted.Block.count(at));
            boolean wide = Inverted.Block.isWide(at);
            expect("width", at + 15 - origin, last - first > 0xffff, wide);
            expect("place", at + 8 - origin, bytes, Inverted.Block.place(at));
            long places = index.postings + bytes, codes = places + (wide ? 4L : 2L) * count;
            bytes += Inverted.Block.bytes(count, wide);
            if (bytes > index.shape.postingBytes()) throw new Damaged("place", at + 8 - origin, "postings", bytes);
            int row = -1, most = 0, least = 255;
            for (int i = 0; i < count; i++) {
                int place = dev.sextant.kernel.Postings.place(places, wide, i);
                if (place <= row || i == 0 && place != 0)
                    throw new Damaged("posting", places - origin, "a row behind " + row, place);
                row = place;
                int code = Raw.getByte(codes + i) & 255;
                most = Math.max(most, code);
                least = Math.min(least, code);
            }
            expect("last row", at + 4 - origin, last, first + row);
            expect("greatest code", at + 12 - origin, Inverted.Block.most(at), most);
            expect("least code", at + 13 - origin, Inverted.Block.least(at), least);
            if (least == 0) throw new Damaged("code", codes - origin, "1 … 255", 0);
            return last;
        }
    }
}
