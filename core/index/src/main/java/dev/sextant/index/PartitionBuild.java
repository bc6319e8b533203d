package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Arrays;
import java.util.Optional;

/// Builds a [Partition] over rows that are all there, in phases whose items do not touch each other:
///
/// ```text
/// survey    lengths of all rows                    assign    each row to its nearest centre
/// sample    some rows as points, in random order   train     what codes need, on differences from centres
/// cluster   rounds of k-means on the sample        write     lists and codes
/// ```
public final class PartitionBuild implements VectorBuild {
    private static final int CHUNK = 512;
    private static final int ROUNDS = 10;
    private static final int SAMPLE_A_LIST = 128;
    private static final long MOST_SAMPLE_BYTES = 512L << 20;

    private final Memory memory;
    private final DenseRows rows;
    private final Metric metric;
    private final PartitionParameters parameters;
    private final Accept members;
    private final Optional<Partition> old;
    private final Progress progress;
    private final Phases phases;
    private final Surveyor surveyor;
    private int[] listOf = {};
    private Optional<Grouping> grouping = Optional.empty(); // of points, not of bits
    private Straight points;
    private float longest;
    private int[] order; // members in random order
    private int sampled;
    private Guide guide;
    private Lists lists;
    private ListCode code;
    private boolean taken; // what was trained is the old one's
    private boolean spent; // owner only

    /// `old` has been trained on rows of the same kind.
    PartitionBuild(
            Memory memory,
            DenseRows rows,
            Metric metric,
            PartitionParameters parameters,
            Accept members,
            Optional<Partition> old) {
        boolean binary = rows.type() == VectorType.BINARY;
        if (binary
                ? metric != Metric.HAMMING && metric != Metric.JACCARD || !(parameters.coding() instanceof Coding.Full)
                : !Straight.fits(rows.type(), metric))
            throw new IllegalArgumentException(
                    "no partition for %s of %s with %s".formatted(metric, rows.type(), parameters.coding()));
        if (parameters.coding() instanceof Coding.Products(int m, _) && rows.dimension() % m != 0)
            throw new IllegalArgumentException(m + " parts of " + rows.dimension() + " components");
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.members = members;
        this.old = old;
        surveyor = new Surveyor(rows, metric, members, CHUNK);
        progress = new Progress(3L * rows.count());
        phases = new Phases(
                binary
                        ? Phases.of(0, (_, _) -> {}, _ -> clusterBits())
                        : Phases.of(chunks(), surveyor::chunk, _ -> sample()));
    }

    private int chunks() {
        return Phases.ranges(rows.count(), CHUNK);
    }

    private void drawSample(long rowBytes) {
        order = surveyor.order(parameters.seed(), _ -> true);
        int lists = listCount();
        long most = Math.max(lists, Math.min((long) SAMPLE_A_LIST * lists, MOST_SAMPLE_BYTES / rowBytes));
        if (parameters.coding() instanceof Coding.Products(_, int bits))
            most = Math.max(most, ProductCode.sampleRows(bits, order.length));
        if (parameters.coding() instanceof Coding.Scan) most = Math.max(most, ProductCode.sampleRows(4, order.length));
        sampled = (int) Math.min(order.length, most);
        progress.total(2L * rows.count() + (long) (ROUNDS + 1) * sampled);
    }

    private int listCount() {
        return Math.min(parameters.lists(), order.length);
    }

    private Phases.Phase sample() {
        longest = surveyor.survey().longest();
        if (old.isPresent() && (metric != Metric.IP || longest <= old.get().longest)) return takeOver(old.get());
        points = new Straight(rows, metric, longest);
        drawSample(points.bytes());
        var grouping = group(order, listCount(), sampled);
        return grouping.train(() -> grouping.assign(this::train));
    }

    private Grouping group(int[] order, int lists, int sampled) {
        var centres = new Guide.OfPoints(points, new Centres(memory, "centres", lists, points.components));
        guide = centres;
        var made = new Grouping(memory, centres, members, order, sampled, ROUNDS, progress);
        grouping = Optional.of(made);
        listOf = made.listOf;
        return made;
    }

    private Phases.Phase takeOver(Partition from) {
        taken = true;
        longest = from.longest;
        points = new Straight(rows, metric, longest);
        progress.total(2L * rows.count());
        var grouping = group(new int[0], from.guide.lists(), 0);
        guide.segment().copyFrom(from.guide.segment());
        return grouping.assign(this::train);
    }

    private Phases.Phase clusterBits() {
        drawSample(DenseRows.strideBytes(rows.type(), rows.dimension()));
        var bits = Guide.OfBits.of(
                memory, rows, dev.sextant.kernel.Distance.of(metric, rows.type(), rows.dimension()), listCount());
        guide = bits;
        listOf = new int[rows.count()];
        Arrays.fill(listOf, -1);
        return Grouping.rounds(
                new Lloyd(new BitClustering(rows, order, bits), sampled),
                sampled,
                ROUNDS,
                progress,
                () -> Phases.of(
                        chunks(),
                        (chunk, scratch) -> {
                            var buffers = scratch.part(ListScan.class, ListScan::new);
                            int from = chunk * CHUNK, to = Math.min(rows.count(), from + CHUNK);
                            for (int row = from; row < to; row++)
                                if (members.test(row)) listOf[row] = bits.nearest(rows.address(row), buffers);
                            progress.add(to - from);
                        },
                        _ -> train()));
    }

    private Phases.Phase train() {
        lists = Lists.of(memory, listOf, guide.lists(), ListCode.align(parameters.coding()));
        code = code(memory, rows, metric, parameters, points, guide, lists);
        if (taken) code.model().copyFrom(old.orElseThrow().code.model());
        if (taken || !(code instanceof ProductCode products)) return write();
        int n = Math.min(sampled, products.sampleRows());
        var place = new ListCode.Place(points, ((Guide.OfPoints) guide).centres(), lists);
        long sample = grouping.orElseThrow().sample();
        return Phases.of(
                Phases.ranges(n, CHUNK),
                (chunk, _) -> {
                    for (int i = chunk * CHUNK, end = Math.min(n, i + CHUNK); i < end; i++)
                        place.subtractCentre(sample + i * points.bytes(), listOf[order[i]]);
                },
                _ -> products.train(sample, points.bytes(), n, _ -> write()));
    }

    /// The codes that a partition of these parameters has; not written yet.
    static ListCode code(
            Memory memory,
            DenseRows rows,
            Metric metric,
            PartitionParameters parameters,
            Straight points,
            Guide guide,
            Lists lists) {
        return switch (guide) {
            case Guide.OfPoints(_, var centres) ->
                ListCode.of(memory, new ListCode.Place(points, centres, lists), parameters.coding(), parameters.seed());
            case Guide.OfBits _ -> new FullCode(rows, metric, lists);
        };
    }

    private Phases.Phase write() {
        grouping.ifPresent(Grouping::close);
        return Phases.of(
                Phases.ranges(lists.slots(), ListCode.RANGE),
                (range, scratch) -> {
                    int from = range * ListCode.RANGE, to = Math.min(lists.slots(), from + ListCode.RANGE);
                    code.write(from, to, scratch);
                    progress.add(to - from);
                },
                _ -> {
                    progress.add(Math.max(0, progress.total() - progress.done()));
                    return Phases.END;
                });
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Partition finish() {
        phases.expectEnd();
        spent = true;
        return new Partition(memory, rows, metric, parameters, longest, guide, lists, code);
    }

    @Override
    public void close() {
        grouping.ifPresent(Grouping::close);
        if (spent) return;
        spent = true;
        if (guide != null) guide.close();
        if (lists != null) lists.close();
        if (code != null) code.close();
    }
}
