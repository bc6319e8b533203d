package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The bytes of a graph with codes of its own, drawn in docs/formats/coded-graph.md: a head, what was trained, the
/// codes, and the graph in the form of [GraphBytes].
final class CodedHnswBytes {
    private CodedHnswBytes() {}

    static long size(Layers layers, CodedHnswParameters parameters) {
        var code = layers.walked();
        return Pieces.HEAD
                + Pieces.size(code.model().byteSize())
                + Pieces.size(layers.count() * code.strideBytes())
                + GraphBytes.size(layers);
    }

    static void write(Memory memory, Layers layers, CodedHnswParameters parameters, Sink sink) throws IOException {
        Pieces.writeHead(memory, at -> head(layers, parameters, at), sink);
        Pieces.write(memory, layers.walked().model(), sink);
        Pieces.write(memory, layers.walkedCodes(), sink);
        GraphBytes.write(layers, sink);
    }

    private static void head(Layers layers, CodedHnswParameters parameters, long at) {
        Raw.putLong(at, Pieces.magic(Frozen.Kind.CODED_HNSW));
        Raw.putInt(at + 8, Wire.code(layers.metric));
        Raw.putInt(at + 12, Wire.code(layers.rows.type()));
        Raw.putInt(at + 16, layers.rows.dimension());
        Raw.putInt(at + 20, layers.count());
        switch (parameters.coding()) {
            case RowCoding.Scalar scalar -> Raw.putInt(at + 24, 1 + scalar.ordinal());
            case RowCoding.Parts(int m, int levels, int bits) -> {
                Raw.putInt(at + 24, 16);
                Raw.putInt(at + 28, m);
                Raw.putInt(at + 32, levels);
                Raw.putInt(at + 36, bits);
            }
        }
        Raw.putInt(at + 40, parameters.refine() ? 1 : 0);
        Raw.putLong(at + 48, GraphBytes.size(layers));
        Raw.putLong(at + 56, size(layers, parameters));
    }

    private record Head(RowCoding coding, int count, boolean refine, long graphBytes, int metric) {
        static Head of(long at, DenseRows rows, long bytes) {
            Pieces.expect("magic", 0, Raw.getLong(at), Pieces.magic(Frozen.Kind.CODED_HNSW));
            var metric = Wire.metric(8, Raw.getInt(at + 8));
            Pieces.expect("vector type", 12, Raw.getInt(at + 12), Wire.code(rows.type()));
            Pieces.expect("dimension", 16, Raw.getInt(at + 16), rows.dimension());
            if (!Straight.fits(rows.type(), metric)) throw new Damaged("metric", 8, "one that fits the rows", metric);
            int count = Pieces.within("rows", 20, Raw.getInt(at + 20), 0, rows.count());
            boolean refine = Pieces.within("refine", 40, Raw.getInt(at + 40), 0, 1) == 1;
            Pieces.expect("length", 56, Raw.getLong(at + 56), bytes);
            long graph = Raw.getLong(at + 48);
            if (graph < 0 || graph > bytes) throw new Damaged("bytes of the graph", 48, "at most " + bytes, graph);
            return new Head(coding(at, rows.dimension()), count, refine, graph, Raw.getInt(at + 8));
        }

        private static RowCoding coding(long at, int dimension) {
            int tag = Raw.getInt(at + 24);
            var scalars = RowCoding.Scalar.values();
            if (tag >= 1 && tag <= scalars.length) return scalars[tag - 1];
            Pieces.expect("coding", 24, tag, 16);
            int m = Pieces.within("parts", 28, Raw.getInt(at + 28), 1, dimension);
            Pieces.expect("parts", 28, dimension % m, 0);
            return new RowCoding.Parts(
                    m,
                    Pieces.within("levels", 32, Raw.getInt(at + 32), 1, 16),
                    Pieces.within("bits", 36, Raw.getInt(at + 36), 1, Coding.Products.MOST_BITS));
        }
    }

    static CodedHnsw read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        var head = Pieces.readHead(memory, "graph", bytes, source, at -> Head.of(at, rows, bytes));
        var metric = Wire.metric(8, head.metric);
        if (head.coding instanceof RowCoding.Parts(int m, int levels, int bits)) {
            long model = Books.bytes(rows.dimension(), m, levels, 1 << bits);
            if (model > bytes) throw new Damaged("length", 56, "at least " + model, bytes);
        }
        RowCode code = null;
        Region codes = null;
        Layers layers = null;
        try {
            code = RowCode.of(memory, rows, metric, head.coding);
            long codeBytes = head.count * code.strideBytes();
            long expected =
                    Pieces.HEAD + Pieces.size(code.model().byteSize()) + Pieces.size(codeBytes) + head.graphBytes;
            Pieces.expect("length", 56, bytes, expected);
            long at = Pieces.read(memory, code.model(), Pieces.HEAD, source);
            codes = RowCode.room(memory, code, head.count);
            MemorySegment all = codes.segment().asSlice(0, codeBytes);
            at = Pieces.read(memory, all, at, source);
            if (code instanceof PartCode parts && !parts.isSound(codes.address(), head.count))
                throw new Damaged("codes", at, "parts that were trained", "others");
            layers = GraphBytes.read(memory, rows, head.graphBytes, source, false);
            Pieces.expect("rows", 20, layers.count(), head.count);
            if (layers.metric != metric) throw new Damaged("metric", 8, metric, layers.metric);
            layers.walkBy(code, codes);
            return new CodedHnsw(memory, layers, new CodedHnswParameters(layers.parameters, head.coding, head.refine));
        } catch (IOException | RuntimeException | Error thrown) {
            if (layers != null) layers.close();
            if (codes != null) codes.close();
            if (code != null) code.close();
            throw thrown;
        }
    }
}
