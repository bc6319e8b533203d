package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import java.io.IOException;

/// A graph that is walked by codes of a form that was asked for (`HNSW_SQ`, `HNSW_PQ`, `HNSW_PRQ`). No longer changes.
public final class CodedHnsw extends Layered implements Frozen {
    private final Memory memory;
    private final CodedHnswParameters parameters;

    CodedHnsw(Memory memory, Layers layers, CodedHnswParameters parameters) {
        super(layers);
        this.memory = memory;
        this.parameters = parameters;
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        double times = target.effort().refine();
        int again = parameters.refine() || times > 0
                ? (int) Math.min(1 << 28, Math.ceil(target.k() * Math.max(1, times)))
                : target.k();
        var wide = target.effort().withBeam(Math.max(target.effort().beam(), Math.min(again, Math.max(1, count()))));
        return new GraphWalk(
                layers, new Target(target.query(), target.k(), wide, target.accept(), target.bm25()), again, scratch);
    }

    @Override
    public Effort rescored(Effort effort, int k) {
        return effort.rescored(k);
    }

    @Override
    public Kind kind() {
        return Kind.CODED_HNSW;
    }

    public CodedHnswParameters parameters() {
        return parameters;
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    public static CodedHnsw read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return CodedHnswBytes.read(memory, rows, bytes, source);
    }

    @Override
    public long serializedBytes() {
        return CodedHnswBytes.size(layers, parameters);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/coded-graph.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        CodedHnswBytes.write(memory, layers, parameters, sink);
    }

    @Override
    public void close() {
        layers.close();
    }
}
