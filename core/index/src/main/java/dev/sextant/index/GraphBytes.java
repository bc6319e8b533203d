package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// The bytes of a frozen graph, drawn in docs/formats/index.md: a header of 64 bytes, the level of each node, its edge
/// lists, a checksum. Codes are not among them: they follow from the rows. The reader believes nothing: whatever would
/// lead a walk outside its memory is refused here, once.
final class GraphBytes {
    private static final long MAGIC = magic("SXHNSW01");
    private static final int HEADER = 64;
    private static final int CHECKSUM = 8;
    private static final int BUFFER = 256 << 10;
    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private GraphBytes() {}

    private static long magic(String text) {
        long bytes = 0;
        for (byte b : text.getBytes(StandardCharsets.US_ASCII)) bytes = bytes >>> 8 | (long) b << 56;
        return bytes;
    }

    static long size(Layers layers) {
        long bytes = HEADER + layers.count() + CHECKSUM;
        for (int node = 0; node < layers.count(); node++)
            for (int level = 0; level <= layers.level(node); level++) bytes += 2 + 4L * degree(layers, node, level);
        return bytes;
    }

    private static int degree(Layers layers, int node, int level) {
        long list = layers.edges(node, level);
        int degree = 0;
        while (degree < layers.edgeRoom(level) && Raw.getInt(list + 4L * degree) != 0) degree++;
        return degree;
    }

    static void write(Layers layers, Sink sink) throws IOException {
        try (var out = new Out(sink)) {
            int count = layers.count();
            out.i64(MAGIC);
            out.i32(Wire.code(layers.metric));
            out.i32(Wire.code(layers.rows.type()));
            out.i32(layers.rows.dimension());
            out.i32(count);
            out.i32(layers.parameters.m());
            out.i32(layers.parameters.efConstruction());
            out.i64(layers.parameters.seed());
            out.i64(layers.entry());
            out.i64(size(layers));
            out.i64(0);
            for (int node = 0; node < count; node++) out.i8(layers.level(node));
            for (int node = 0; node < count; node++)
                for (int level = 0; level <= layers.level(node); level++) {
                    int degree = degree(layers, node, level);
                    long list = layers.edges(node, level);
                    out.i16(degree);
                    for (int i = 0; i < degree; i++) out.i32(Raw.getInt(list + 4L * i) - 1);
                }
            out.checksum();
        }
    }

    static Layers read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return read(memory, rows, bytes, source, true);
    }

    /// `coded` says whether it will be walked by the codes that it was linked by.
    static Layers read(Memory memory, DenseRows rows, long bytes, Source source, boolean coded) throws IOException {
        if (bytes < HEADER + CHECKSUM)
            throw new Damaged("graph", 0, "at least " + (HEADER + CHECKSUM) + " bytes", bytes);
        try (var in = new In(memory, source, bytes)) {
            in.expect("magic", in.i64(), MAGIC);
            var metric = Wire.metric(8, in.i32());
            in.expect("vector type", in.i32(), Wire.code(rows.type()));
            in.expect("dimension", in.i32(), rows.dimension());
            int count = in.within("rows", in.i32(), 0, rows.count());
            int m = in.within("m", in.i32(), 2, 2048);
            int efConstruction = in.within("efConstruction", in.i32(), 1, Integer.MAX_VALUE);
            var parameters = new HnswParameters(m, efConstruction, in.i64());
            long entry = in.i64();
            in.expect("length", in.i64(), bytes);
            in.expect("reserved", in.i64(), 0L);
            if (!metric.fits(rows.type())) throw new Damaged("metric", 8, "one that fits " + rows.type(), metric);
            return read(memory, rows.withCount(count), metric, parameters, entry, in, coded);
        }
    }

    private static Layers read(
            Memory memory, DenseRows rows, Metric metric, HnswParameters parameters, long entry, In in, boolean coded)
            throws IOException {
        int count = rows.count();
        in.enough(count + 2L * count);
        var levels = new byte[count];
        long slots = 0;
        for (int node = 0; node < count; node++)
            slots += levels[node] = (byte) in.within("level", in.i8(), 0, Layers.TOP_LEVEL);
        in.enough(2 * (count + slots));
        if (slots > Integer.MAX_VALUE) throw new Damaged("levels", in.at(), "fewer upper lists", slots);
        var layers = new Layers(memory, rows, metric, parameters, count, count, (int) slots, (int) slots);
        try {
            for (int node = 0; node < count; node++) layers.raise(node, levels[node]);
            for (int node = 0; node < count; node++)
                for (int level = 0; level <= levels[node]; level++) readList(layers, levels, node, level, in);
            in.checksum();
            if (entry != Layers.NO_ENTRY) {
                in.within("entry", (int) entry, 0, count - 1);
                in.expect("entry level", entry >>> 32, (long) levels[(int) entry]);
                layers.offerEntry((int) entry, (int) (entry >>> 32));
            }
            if (coded) encode(memory, layers);
            layers.publish(count);
            return layers;
        } catch (IOException | RuntimeException | Error thrown) {
            layers.close();
            throw thrown;
        }
    }

    private static void readList(Layers layers, byte[] levels, int node, int level, In in) throws IOException {
        int degree = in.within("edges of a node", in.i16(), 0, layers.edgeRoom(level));
        long list = layers.edges(node, level);
        for (int i = 0; i < degree; i++) {
            int edge = in.within("edge", in.i32(), 0, levels.length - 1);
            if (levels[edge] < level)
                throw new Damaged("edge", in.at(), "a node of level " + level, "level " + levels[edge]);
            Raw.putInt(list + 4L * i, edge + 1);
        }
    }

    private static void encode(Memory memory, Layers layers) {
        try (var scratch = new Scratch(memory)) {
            var beam = scratch.part(Beam.class, Beam::new);
            for (int node = 0; node < layers.rows.count(); node++) layers.encode(node, beam);
        }
    }

    private static final class Out implements AutoCloseable {
        private final Sink sink;
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment buffer = arena.allocate(BUFFER, 64);
        private final CRC32C crc = new CRC32C();
        private int at;

        Out(Sink sink) {
            this.sink = sink;
        }

        void i8(int value) throws IOException {
            room(1);
            buffer.set(ValueLayout.JAVA_BYTE, at++, (byte) value);
        }

        void i16(int value) throws IOException {
            i8(value);
            i8(value >> 8);
        }

        void i32(int value) throws IOException {
            room(4);
            buffer.set(LE32, at, value);
            at += 4;
        }

        void i64(long value) throws IOException {
            i32((int) value);
            i32((int) (value >>> 32));
        }

        void checksum() throws IOException {
            flush();
            i64(crc.getValue());
            flush();
        }

        private void room(int bytes) throws IOException {
            if (at + bytes > BUFFER) flush();
        }

        private void flush() throws IOException {
            crc.update(buffer.asSlice(0, at).asByteBuffer());
            sink.write(buffer.asSlice(0, at));
            at = 0;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static final class In implements AutoCloseable {
        private final Source source;
        private final Region buffer;
        private final long bytes;
        private final CRC32C crc = new CRC32C();
        private long base; // offset of the buffer's first byte
        private int at;
        private int filled;

        In(Memory memory, Source source, long bytes) {
            this.source = source;
            this.bytes = bytes;
            buffer = memory.allocate("graph reading", BUFFER);
        }

        long at() {
            return base + at;
        }

        int i8() throws IOException {
            if (at == filled) fill();
            return Raw.getByte(buffer.address() + at++);
        }

        int i16() throws IOException {
            return i8() & 255 | (i8() & 255) << 8;
        }

        int i32() throws IOException {
            if (at + 4 > filled) return i16() | i16() << 16;
            at += 4;
            return Raw.getInt(buffer.address() + at - 4);
        }

        long i64() throws IOException {
            return i32() & 0xffffffffL | (long) i32() << 32;
        }

        void expect(String what, long found, long expected) {
            if (found != expected) throw new Damaged(what, at(), expected, found);
        }

        int within(String what, int found, int low, int high) {
            if (found < low || found > high) throw new Damaged(what, at(), low + " … " + high, found);
            return found;
        }

        /// Whether the bytes can hold what the header promises: asked before anything of that size is made.
        void enough(long needed) {
            if (needed > bytes - CHECKSUM - at())
                throw new Damaged("length", at(), "at least " + needed + " more bytes", bytes);
        }

        void checksum() throws IOException {
            expect("end of the lists", at(), bytes - CHECKSUM);
            var sum = crc.getValue();
            expect("checksum", i64(), sum);
        }

        /// The checksum covers all but itself, so a fill stops short of it.
        private void fill() throws IOException {
            base += filled;
            at = 0;
            long left = bytes - CHECKSUM - base;
            if (left < 0 || left == 0 && bytes - base != CHECKSUM) throw new Damaged("length", base, bytes, "more");
            filled = (int) (left == 0 ? CHECKSUM : Math.min(left, BUFFER));
            var piece = buffer.segment().asSlice(0, filled);
            source.read(piece);
            if (left > 0) crc.update(piece.asByteBuffer());
        }

        @Override
        public void close() {
            buffer.close();
        }
    }
}
