package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;

/// Builds a [CodedHnsw]: the graph on 8-bit codes, as [HnswBuild] does, then its own codes, for which parts are trained
/// where there are any; the 8-bit codes go.
public final class CodedHnswBuild implements VectorBuild {
    private static final int CHUNK = 512;

    private final Memory memory;
    private final DenseRows rows;
    private final Metric metric;
    private final CodedHnswParameters parameters;
    private final Accept members;
    private final HnswBuild graph;
    private final RowCode code;
    private final Region codes;
    private final Progress progress;
    private final Phases phases;
    private Region sample;
    private boolean spent; // owner only

    CodedHnswBuild(Memory memory, DenseRows rows, Metric metric, CodedHnswParameters parameters, Accept members) {
        if (rows.type() == VectorType.BINARY)
            throw new IllegalArgumentException("binary rows are their own codes: " + parameters.coding());
        if (parameters.coding() instanceof RowCoding.Parts(int m, _, _) && rows.dimension() % m != 0)
            throw new IllegalArgumentException(m + " parts of " + rows.dimension() + " components");
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.members = members;
        graph = new HnswBuild(memory, rows, metric, parameters.graph(), members);
        RowCode begun = null;
        try {
            begun = code = RowCode.of(memory, rows, metric, parameters.coding());
            codes = RowCode.room(memory, code, rows.count());
        } catch (RuntimeException refused) {
            if (begun != null) begun.close();
            graph.close();
            throw refused;
        }
        progress = new Progress(graph.progress().total() + rows.count());
        phases = new Phases(code instanceof PartCode parts ? sample(parts) : encode());
    }

    private Phases.Phase sample(PartCode parts) {
        var order = new Surveyor(rows, metric, members, CHUNK)
                .order(parameters.graph().seed(), _ -> true);
        int n = ProductCode.sampleRows(parts.bits(), order.length), size = Points.size(rows.dimension());
        var distance = Distance.of(metric, rows.type(), rows.dimension());
        return Phases.of(
                1,
                (_, _) -> sample = memory.allocate("training", 4L * n * size),
                _ -> Phases.of(
                        Phases.ranges(n, CHUNK),
                        (chunk, _) -> {
                            var floats = new float[rows.dimension()];
                            for (int i = chunk * CHUNK, end = Math.min(n, i + CHUNK); i < end; i++)
                                Points.raw(
                                        distance,
                                        rows.address(order[i]),
                                        floats,
                                        size,
                                        sample.address() + 4L * i * size);
                        },
                        _ -> parts.train(memory, sample.address(), 4L * size, n, _ -> {
                            sample.close();
                            return encode();
                        })));
    }

    private Phases.Phase encode() {
        return Phases.of(
                Phases.ranges(rows.count(), CHUNK),
                (chunk, scratch) -> {
                    var beam = scratch.part(Beam.class, Beam::new);
                    beam.roomOf(scratch);
                    int from = chunk * CHUNK, to = Math.min(rows.count(), from + CHUNK);
                    for (int row = from; row < to; row++)
                        if (members.test(row))
                            code.encode(rows.address(row), beam, codes.address() + row * code.strideBytes());
                    progress.add(to - from);
                },
                _ -> Phases.END);
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return graph.work(scratch, stop) && phases.work(scratch, stop);
    }

    @Override
    public Progress progress() {
        long done = graph.progress().done() + progress.done();
        var both = new Progress(progress.total());
        both.add(done);
        return both;
    }

    @Override
    public CodedHnsw finish() {
        phases.expectEnd();
        var layers = graph.finish().layers;
        spent = true;
        layers.walkBy(code, codes);
        return new CodedHnsw(memory, layers, parameters);
    }

    @Override
    public void close() {
        graph.close();
        if (sample != null) sample.close();
        if (spent) return;
        spent = true;
        code.close();
        codes.close();
    }
}
