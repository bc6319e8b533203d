package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The bytes of a quantised graph, drawn in docs/formats/quantised-graph.md: a head, the mean, the root and the blocks
/// as they lie in memory in pieces of some MiB, then its cells ([CellBytes]), each with a checksum. The reader believes
/// nothing: whatever would lead a walk outside its memory is refused here, once.
final class QuantisedBytes {
    static final int HEAD = 128;
    static final int CHECKSUM = 8;
    private static final int PIECE = 4 << 20;
    private static final int PASSED = 64 << 10;

    private QuantisedBytes() {}

    /// The first form: all codes are signs, no cells.
    private static final long SIGNS_ONLY = magic("SXQGRF01");

    /// The second form: no cells.
    private static final long NO_CELLS = magic("SXQGRF02");

    /// The third form: cells whose codes lay 32 beside each other, which are passed over.
    private static final long OTHER_CELLS = magic("SXQGRF03");

    private static final long MAGIC = magic(Frozen.Kind.QUANTISED_GRAPH.magic());

    private static long magic(String characters) {
        long bytes = 0;
        for (byte b : characters.getBytes(StandardCharsets.US_ASCII)) bytes = bytes >>> 8 | (long) b << 56;
        return bytes;
    }

    static long size(QuantisedGraph graph) {
        return size(
                        graph.points.components,
                        graph.root.blocks.blockBytes(),
                        graph.points.blocks.blockBytes(),
                        graph.count)
                + graph.cells.map(CellBytes::size).orElse(0L);
    }

    private static long size(int components, long rootBytes, long blockBytes, long count) {
        long perPiece = perPiece(blockBytes), pieces = (count + perPiece - 1) / perPiece;
        return HEAD + meanBytes(components) + CHECKSUM + rootBytes + CHECKSUM + count * blockBytes + pieces * CHECKSUM;
    }

    private static long meanBytes(int components) {
        return (4L * components + 7) / 8 * 8;
    }

    private static long perPiece(long blockBytes) {
        return Math.max(1, PIECE / blockBytes);
    }

    static void write(QuantisedGraph graph, Memory memory, Sink sink) throws IOException {
        var points = graph.points;
        try (var buffer = memory.allocate("graph writing", Math.max(HEAD, meanBytes(points.components) + CHECKSUM))) {
            head(graph, buffer.address());
            seal(buffer, HEAD - CHECKSUM, sink);
            Raw.fill(buffer.address(), buffer.size(), (byte) 0);
            for (int c = 0; c < points.components; c++) Raw.putFloat(buffer.address() + 4L * c, points.mean(c));
            seal(buffer, meanBytes(points.components), sink);
            sink.write(graph.root.region.segment());
            Raw.putLong(buffer.address(), crc(graph.root.region.segment()));
            sink.write(buffer.segment().asSlice(0, CHECKSUM));
            long bytes = points.blocks.blockBytes(), perPiece = perPiece(bytes);
            for (long from = 0; from < graph.count; from += perPiece) {
                var piece =
                        graph.blocks.segment().asSlice(from * bytes, Math.min(perPiece, graph.count - from) * bytes);
                sink.write(piece);
                Raw.putLong(buffer.address(), crc(piece));
                sink.write(buffer.segment().asSlice(0, CHECKSUM));
            }
        }
        if (graph.cells.isPresent()) CellBytes.write(graph.cells.get(), memory, sink);
    }

    private static void head(QuantisedGraph graph, long at) {
        var points = graph.points;
        var parameters = graph.parameters();
        Raw.putLong(at, MAGIC);
        Raw.putInt(at + 8, Wire.code(points.metric));
        Raw.putInt(at + 12, Wire.code(points.rows.type()));
        Raw.putInt(at + 16, points.rows.dimension());
        Raw.putInt(at + 20, graph.count);
        Raw.putInt(at + 24, parameters.degree());
        Raw.putInt(at + 28, parameters.beam());
        Raw.putInt(at + 32, parameters.bitsPerComponent());
        Raw.putInt(at + 36, points.whole ? 1 : 0);
        Raw.putLong(at + 40, parameters.seed());
        Raw.putFloat(at + 48, points.wholeLow);
        Raw.putFloat(at + 52, points.longest);
        Raw.putInt(at + 56, graph.root.blocks.degree());
        Raw.putInt(at + 60, points.code.bits());
        Raw.putLong(at + 64, points.blocks.blockBytes());
        Raw.putLong(at + 72, size(graph));
        Raw.putInt(at + 80, graph.cells.map(Cells::count).orElse(0));
        Raw.putInt(at + 84, graph.cells.map(cells -> cells.lists.slots()).orElse(0));
        Raw.putLong(at + 88, graph.cells.map(CellBytes::blockBytes).orElse(0L));
    }

    static void seal(Region buffer, long bytes, Sink sink) throws IOException {
        Raw.putLong(buffer.address() + bytes, crc(buffer.segment().asSlice(0, bytes)));
        sink.write(buffer.segment().asSlice(0, bytes + CHECKSUM));
    }

    static long crc(MemorySegment bytes) {
        var crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return crc.getValue();
    }

    static QuantisedGraph read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        if (bytes < HEAD) throw new Damaged("graph", 0, "at least " + HEAD + " bytes", bytes);
        Head head;
        try (var buffer = memory.allocate("graph reading", HEAD)) {
            source.read(buffer.segment().asSlice(0, HEAD));
            expect(
                    "checksum",
                    HEAD - CHECKSUM,
                    Raw.getLong(buffer.address() + HEAD - CHECKSUM),
                    crc(buffer.segment().asSlice(0, HEAD - CHECKSUM)));
            head = Head.of(buffer.address(), rows, bytes);
        }
        var survey = new Points.Survey(head.whole, head.wholeLow, head.longest, mean(memory, head.components, source));
        var points = new Points(memory, rows.withCount(head.count), head.metric, head.parameters, head.code, survey);
        Root root = null;
        Region blocks = null;
        try {
            root = new Root(memory, points, head.rootDegree);
            long at = HEAD + meanBytes(points.components) + CHECKSUM;
            at = readPiece(memory, root.region.segment(), at, source);
            if (!root.blocks.isSound(root.address(), head.count))
                throw new Damaged("root", at, "nodes below " + head.count, "others");
            blocks = memory.allocate("quantised graph", Math.max(64, head.count * points.blocks.blockBytes()));
            at = readBlocks(memory, points, blocks, head.count, at, source);
            if (head.otherCells) pass(memory, bytes - at, source);
            Optional<Cells> cells = head.cells == 0 || head.otherCells
                    ? Optional.empty()
                    : Optional.of(CellBytes.read(
                            memory, points, head.cells, head.slots, head.ofCells, head.count, at, source));
            return new QuantisedGraph(memory, points, root, blocks, head.parameters, head.count, cells);
        } catch (IOException | RuntimeException | Error thrown) {
            if (blocks != null) blocks.close();
            if (root != null) root.close();
            points.close();
            throw thrown;
        }
    }

    private record Head(
            Metric metric,
            int count,
            QuantisedParameters parameters,
            NodeBlocks.Code code,
            boolean whole,
            float wholeLow,
            float longest,
            int rootDegree,
            int components,
            int cells,
            int slots,
            long ofCells,
            boolean otherCells) {
        static Head of(long at, DenseRows rows, long bytes) {
            long magic = Raw.getLong(at);
            var signsOnly = magic == SIGNS_ONLY;
            var otherCells = magic == OTHER_CELLS;
            if (!signsOnly && magic != NO_CELLS && !otherCells) expect("magic", 0, magic, MAGIC);
            var metric = Wire.metric(8, Raw.getInt(at + 8));
            expect("vector type", 12, Raw.getInt(at + 12), Wire.code(rows.type()));
            expect("dimension", 16, Raw.getInt(at + 16), rows.dimension());
            if (!QuantisedGraph.fits(rows.type(), metric, rows.dimension()))
                throw new Damaged("metric", 8, "one that fits the rows", metric);
            int count = within("rows", 20, Raw.getInt(at + 20), 0, rows.count());
            int degree = within("degree", 24, Raw.getInt(at + 24), 32, 256),
                    beam = within("beam", 28, Raw.getInt(at + 28), 8, 4096);
            expect("degree", 24, degree % 32, 0);
            int bits = within("bits a component", 32, Raw.getInt(at + 32), 0, 4);
            var whole = within("whole", 36, Raw.getInt(at + 36), 0, 1) == 1;
            var parameters = new QuantisedParameters(degree, beam, bits, Raw.getLong(at + 40));
            int bitsOfCodes = signsOnly ? 1 : within("bits of a code", 60, Raw.getInt(at + 60), 1, 2);
            var code = bitsOfCodes == 1 ? NodeBlocks.Code.SIGNS : NodeBlocks.Code.FOURS;
            int rootDegree = within(
                    "degree of the root", 56, Raw.getInt(at + 56), NodeBlocks.FAN, NodeBlocks.FAN * Root.MOST_FANS);
            expect("degree of the root", 56, rootDegree % NodeBlocks.FAN, 0);
            long block = Points.blockBytes(metric, rows.dimension(), whole, parameters, code);
            expect("bytes of a block", 64, Raw.getLong(at + 64), block);
            expect("length", 72, Raw.getLong(at + 72), bytes);
            int components = Points.components(metric, rows.dimension());
            long root = Points.blockBytes(metric, rows.dimension(), whole, parameters, code, rootDegree);
            int cells = magic == MAGIC || otherCells ? within("cells", 80, Raw.getInt(at + 80), 0, count) : 0;
            int slots = cells == 0 ? 0 : within("rows in cells", 84, Raw.getInt(at + 84), 0, count);
            long ofCells = cells == 0 ? 0 : Raw.getLong(at + 88);
            if (ofCells < 0 || ofCells > bytes) throw new Damaged("bytes of cells", 88, "0 … " + bytes, ofCells);
            long directory =
                    Points.blockBytes(metric, rows.dimension(), whole, parameters, code, Directory.degree(cells));
            long behind = cells == 0 ? 0 : CellBytes.size(cells, directory, slots, ofCells);
            expect("length", 72, size(components, root, block, count) + behind, bytes);
            return new Head(
                    metric,
                    count,
                    parameters,
                    code,
                    whole,
                    Raw.getFloat(at + 48),
                    Raw.getFloat(at + 52),
                    rootDegree,
                    components,
                    cells,
                    slots,
                    ofCells,
                    otherCells);
        }
    }

    private static float[] mean(Memory memory, int components, Source source) throws IOException {
        long bytes = meanBytes(components);
        try (var buffer = memory.allocate("graph reading", bytes + CHECKSUM)) {
            source.read(buffer.segment().asSlice(0, bytes + CHECKSUM));
            expect(
                    "checksum",
                    HEAD + bytes,
                    Raw.getLong(buffer.address() + bytes),
                    crc(buffer.segment().asSlice(0, bytes)));
            var mean = new float[components];
            for (int c = 0; c < components; c++) mean[c] = Raw.getFloat(buffer.address() + 4L * c);
            return mean;
        }
    }

    private static long readBlocks(Memory memory, Points points, Region blocks, int count, long at, Source source)
            throws IOException {
        long bytes = points.blocks.blockBytes(), perPiece = perPiece(bytes);
        for (long from = 0; from < count; from += perPiece) {
            long nodes = Math.min(perPiece, count - from);
            at = readPiece(memory, blocks.segment().asSlice(from * bytes, nodes * bytes), at, source);
            for (long node = from; node < from + nodes; node++)
                if (!points.blocks.isSound(blocks.address() + node * bytes, count))
                    throw new Damaged("neighbours of node " + node, at, "nodes below " + count, "others");
        }
        return at;
    }

    /// Fills a piece and compares its checksum; returns where the next begins.
    static long readPiece(Memory memory, MemorySegment piece, long at, Source source) throws IOException {
        source.read(piece);
        try (var checksum = memory.allocate("graph reading", CHECKSUM)) {
            source.read(checksum.segment().asSlice(0, CHECKSUM));
            expect("checksum", at + piece.byteSize(), Raw.getLong(checksum.address()), crc(piece));
        }
        return at + piece.byteSize() + CHECKSUM;
    }

    /// Reads so many bytes and believes none of them.
    private static void pass(Memory memory, long bytes, Source source) throws IOException {
        try (var buffer = memory.allocate("graph reading", PASSED)) {
            for (long left = bytes; left > 0; left -= PASSED)
                source.read(buffer.segment().asSlice(0, Math.min(left, PASSED)));
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
