package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.SignCodes;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// The bytes of a lean graph, drawn in docs/formats/lean-graph.md: a head, then the mean, the centres, the entries, the
/// codes and the edges, each in pieces of some MiB with a checksum. The reader believes nothing: whatever would lead a
/// walk outside its memory is refused here, once.
final class LeanBytes {
    private static final int HEAD = 128;
    private static final int CHECKSUM = 8;
    private static final long PIECE = 4 << 20;

    private LeanBytes() {}

    private static long magic() {
        long bytes = 0;
        for (byte b : Frozen.Kind.LEAN_GRAPH.magic().getBytes(StandardCharsets.US_ASCII))
            bytes = bytes >>> 8 | (long) b << 56;
        return bytes;
    }

    /// How long the parts behind the head are.
    private record Parts(long mean, long centres, long entries, long codes, long edges) {
        static Parts of(int components, int bits, LeanParameters parameters, int stride, int entries, int count) {
            boolean signs = parameters.keep() == LeanParameters.Keep.SIGNS;
            return new Parts(
                    up(4L * components),
                    signs ? 4L * bits * LeanGraph.CENTRES : 0,
                    up(4L * entries),
                    up((long) stride * count),
                    4L * parameters.degree() * count);
        }

        private static long up(long bytes) {
            return (bytes + 7) / 8 * 8;
        }

        long all() {
            return HEAD + sealed(mean) + sealed(centres) + sealed(entries) + sealed(codes) + sealed(edges);
        }

        private static long sealed(long bytes) {
            return bytes + (bytes + PIECE - 1) / PIECE * CHECKSUM;
        }
    }

    private static Parts parts(LeanGraph graph) {
        return Parts.of(
                graph.points.components,
                graph.points.turned,
                graph.parameters(),
                graph.code.strideBytes(),
                graph.entries.length,
                graph.count);
    }

    static long size(LeanGraph graph) {
        return parts(graph).all();
    }

    static void write(LeanGraph graph, Memory memory, Sink sink) throws IOException {
        var parts = parts(graph);
        long most = Math.max(HEAD, Math.max(parts.mean, parts.entries));
        try (var buffer = memory.allocate("graph writing", most)) {
            head(graph, parts, buffer.address());
            Raw.putLong(buffer.address() + HEAD - CHECKSUM, crc(buffer.segment().asSlice(0, HEAD - CHECKSUM)));
            sink.write(buffer.segment().asSlice(0, HEAD));
            Raw.fill(buffer.address(), most, (byte) 0);
            for (int c = 0; c < graph.points.components; c++)
                Raw.putFloat(buffer.address() + 4L * c, graph.points.mean(c));
            write(buffer.segment().asSlice(0, parts.mean), memory, sink);
            if (graph.code instanceof LeanCode.Signs signs)
                write(signs.centres().segment().asSlice(0, parts.centres), memory, sink);
            Raw.fill(buffer.address(), most, (byte) 0);
            for (int i = 0; i < graph.entries.length; i++) Raw.putInt(buffer.address() + 4L * i, graph.entries[i]);
            write(buffer.segment().asSlice(0, parts.entries), memory, sink);
        }
        write(graph.codes.segment().asSlice(0, parts.codes), memory, sink);
        write(graph.edges.segment().asSlice(0, parts.edges), memory, sink);
    }

    private static void head(LeanGraph graph, Parts parts, long at) {
        var parameters = graph.parameters();
        Raw.putLong(at, magic());
        Raw.putInt(at + 8, Wire.code(graph.metric()));
        Raw.putInt(at + 12, Wire.code(graph.rows.type()));
        Raw.putInt(at + 16, graph.rows.dimension());
        Raw.putInt(at + 20, graph.count);
        Raw.putInt(at + 24, parameters.degree());
        Raw.putInt(at + 28, parameters.beam());
        Raw.putInt(at + 32, parameters.keep() == LeanParameters.Keep.SIGNS ? 1 : 7);
        Raw.putInt(at + 36, graph.entries.length);
        Raw.putLong(at + 40, parameters.seed());
        Raw.putFloat(at + 48, graph.points.longest);
        Raw.putLong(at + 56, parts.all());
    }

    private static void write(MemorySegment part, Memory memory, Sink sink) throws IOException {
        try (var checksum = memory.allocate("graph writing", CHECKSUM)) {
            for (long at = 0; at < part.byteSize(); at += PIECE) {
                var piece = part.asSlice(at, Math.min(PIECE, part.byteSize() - at));
                sink.write(piece);
                Raw.putLong(checksum.address(), crc(piece));
                sink.write(checksum.segment().asSlice(0, CHECKSUM));
            }
        }
    }

    private static long crc(MemorySegment bytes) {
        var crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return crc.getValue();
    }

    static LeanGraph read(Memory memory, StoredRows rows, long bytes, Source source) throws IOException {
        return new Reading(memory, rows, bytes, source).graph();
    }

    private record Head(Metric metric, int count, LeanParameters parameters, int entries, float longest) {}

    /// One graph on its way in; what was made is closed when it turns out to be damaged.
    private static final class Reading {
        private final Memory memory;
        private final StoredRows rows;
        private final long bytes;
        private final Source source;
        private long at;

        Reading(Memory memory, StoredRows rows, long bytes, Source source) {
            this.memory = memory;
            this.rows = rows;
            this.bytes = bytes;
            this.source = source;
        }

        LeanGraph graph() throws IOException {
            if (bytes < HEAD) throw new Damaged("graph", 0, "at least " + HEAD + " bytes", bytes);
            var head = head();
            int components = Points.components(head.metric, rows.dimension()),
                    bits = LeanCode.bits(rows.dimension(), head.metric, head.parameters.keep()),
                    stride = LeanCode.strideBytes(rows.dimension(), head.metric, head.parameters.keep());
            var parts = Parts.of(components, bits, head.parameters, stride, head.entries, head.count);
            expect("length", 56, bytes, parts.all());
            var survey = new Points.Survey(false, 0, head.longest, floats(parts.mean, components));
            var made = new java.util.ArrayList<AutoCloseable>();
            try {
                var points = LeanGraph.points(memory, rows, head.metric, head.parameters, survey);
                made.add(points::close);
                LeanCode code = new LeanCode.Bytes(new Codes(bits, Metric.L2), bits);
                if (head.parameters.keep() == LeanParameters.Keep.SIGNS) {
                    var centres = part("graph codes", parts.centres, parts.centres, made);
                    code = new LeanCode.Signs(new SignCodes(bits), bits, centres, LeanGraph.CENTRES);
                }
                var entries = entries(parts.entries, head.entries, head.count);
                var codes = part("graph codes", parts.codes, code.roomBytes(head.count), made);
                if (code instanceof LeanCode.Signs signs) checkCentres(signs, codes, head.count);
                var edges = part("graph edges", parts.edges, parts.edges, made);
                checkEdges(edges, head.count, head.parameters.degree());
                return new LeanGraph(memory, rows, points, code, codes, edges, entries, head.parameters, head.count);
            } catch (IOException | RuntimeException | Error thrown) {
                for (var each : made) close(each);
                throw thrown;
            }
        }

        private Head head() throws IOException {
            try (var buffer = memory.allocate("graph reading", HEAD)) {
                source.read(buffer.segment().asSlice(0, HEAD));
                this.at = HEAD;
                long at = buffer.address();
                var body = buffer.segment().asSlice(0, HEAD - CHECKSUM);
                expect("checksum", HEAD - CHECKSUM, Raw.getLong(at + HEAD - CHECKSUM), crc(body));
                expect("magic", 0, Raw.getLong(at), magic());
                var metric = Wire.metric(8, Raw.getInt(at + 8));
                expect("vector type", 12, Raw.getInt(at + 12), Wire.code(rows.type()));
                expect("dimension", 16, Raw.getInt(at + 16), rows.dimension());
                if (!LeanGraph.fits(rows.type(), metric, rows.dimension()))
                    throw new Damaged("metric", 8, "one that fits the rows", metric);
                int count = within("rows", 20, Raw.getInt(at + 20), 0, rows.count());
                int degree = within("degree", 24, Raw.getInt(at + 24), 32, 256);
                expect("degree", 24, degree % 32, 0);
                int beam = within("beam", 28, Raw.getInt(at + 28), 8, 4096);
                int kept = Raw.getInt(at + 32);
                if (kept != 1 && kept != 7) throw new Damaged("bits", 32, "1 or 7", kept);
                var keep = kept == 1 ? LeanParameters.Keep.SIGNS : LeanParameters.Keep.BYTES;
                int entries = within("entries", 36, Raw.getInt(at + 36), 0, count);
                var parameters = new LeanParameters(keep, degree, beam, Raw.getLong(at + 40));
                expect("length", 56, Raw.getLong(at + 56), bytes);
                return new Head(metric, count, parameters, entries, Raw.getFloat(at + 48));
            }
        }

        private Region part(String what, long length, long room, java.util.List<AutoCloseable> made)
                throws IOException {
            var region = memory.allocate(what, Math.max(64, Math.max(length, room)));
            made.add(region);
            read(region.segment().asSlice(0, length));
            return region;
        }

        private void read(MemorySegment part) throws IOException {
            try (var checksum = memory.allocate("graph reading", CHECKSUM)) {
                for (long done = 0; done < part.byteSize(); done += PIECE) {
                    var piece = part.asSlice(done, Math.min(PIECE, part.byteSize() - done));
                    source.read(piece);
                    source.read(checksum.segment().asSlice(0, CHECKSUM));
                    expect("checksum", at + piece.byteSize(), Raw.getLong(checksum.address()), crc(piece));
                    at += piece.byteSize() + CHECKSUM;
                }
            }
        }

        private float[] floats(long length, int n) throws IOException {
            try (var buffer = memory.allocate("graph reading", length)) {
                read(buffer.segment().asSlice(0, length));
                var floats = new float[n];
                for (int i = 0; i < n; i++) floats[i] = Raw.getFloat(buffer.address() + 4L * i);
                return floats;
            }
        }

        private int[] entries(long length, int n, int count) throws IOException {
            try (var buffer = memory.allocate("graph reading", Math.max(64, length))) {
                read(buffer.segment().asSlice(0, length));
                var entries = new int[n];
                for (int i = 0; i < n; i++)
                    entries[i] = within("entry", at, Raw.getInt(buffer.address() + 4L * i), 0, count - 1);
                return entries;
            }
        }

        private void checkCentres(LeanCode.Signs signs, Region codes, int count) {
            for (long row = 0; row < count; row++)
                within(
                        "centre of node " + row,
                        at,
                        signs.codes().centre(codes.address() + row * signs.strideBytes()),
                        0,
                        LeanGraph.CENTRES - 1);
        }

        private void checkEdges(Region edges, int count, int degree) {
            for (long i = 0; i < (long) count * degree; i++)
                within("an edge of node " + i / degree, at, Raw.getInt(edges.address() + 4 * i), -1, count - 1);
        }

        private static void close(AutoCloseable each) {
            try {
                each.close();
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static void expect(String what, long at, long found, long expected) {
        if (found != expected) throw new Damaged(what, at, expected, found);
    }

    private static int within(String what, long at, int found, int low, int high) {
        if (found < low || found > high) throw new Damaged(what, at, low + " … " + high, found);
        return found;
    }
}
