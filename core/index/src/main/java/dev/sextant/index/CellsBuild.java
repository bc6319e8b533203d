package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.RowCodes;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sieve;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/// Puts the rows of a quantised graph into [Cells], as phases of its build, and measures how far they have to be read:
/// for some of the rows, which look for what is nearest to them besides themselves.
final class CellsBuild implements AutoCloseable {
    private static final int LEAST_SAMPLES = 32;
    private static final int MOST_SAMPLES = 192;
    /// Rows for each sample, where that is between the two.
    private static final int ROWS_A_SAMPLE = 128;
    /// Of so many rows near a sample one in [Margins#RARE] is enough to find the nearest of those.
    private static final int NEAR = 200;
    private static final int NEAR_BEAM = 400;
    /// Of the estimates of near rows so many must not exceed what is allowed for.
    private static final double CERTAIN = 0.99;
    /// The golden ratio of 2³²: rows that it brings to a remainder are as good as drawn at random.
    private static final int SCRAMBLE = 0x9e3779b9;
    /// More than any walk of a sample scores: it is not looked at meanwhile.
    private static final int ENDLESS = 1 << 16;

    private final Memory memory;
    private final QuantisedGraph graph; // without cells
    private final int[] order;
    private final Gathering gathering;
    private final NodeBlocks blocks;
    private final RowCodes codes;
    private final int samples;
    private final float[][] keys;
    private final Margins.Found[] all;
    private final Margins.Found[] rare;
    private final float[][] tooLarge; // estimates of near rows, as a part of how far their centres are
    private final int[][] right; // of each sample and beam
    private Directory directory;
    private Region blocksOfCells;
    private Lists lists;
    private Optional<Cells> cells = Optional.empty();

    /// What one worker needs.
    private static final class Buffers {
        private int[] numbers = new int[NEAR];
        private float[] distances = new float[NEAR];
        private final float[] scores = new float[Margins.K];

        private void room(int n) {
            if (numbers.length >= n) return;
            numbers = new int[n];
            distances = new float[n];
        }
    }

    /// @param order members in a random order, at least [Cells#LEAST_ROWS]
    /// @param gathering the members in groups, which are there already; closed with this
    CellsBuild(Memory memory, QuantisedGraph graph, int[] order, Gathering gathering) {
        this.memory = memory;
        this.graph = graph;
        this.order = order;
        this.gathering = gathering;
        blocks = graph.points.blocks(0);
        codes = graph.points.rowCodes;
        samples = Math.clamp(order.length / ROWS_A_SAMPLE, LEAST_SAMPLES, MOST_SAMPLES);
        keys = new float[samples][];
        all = new Margins.Found[samples];
        rare = new Margins.Found[samples];
        tooLarge = new float[samples][];
        right = new int[samples][Margins.BEAMS.length];
    }

    Phases.Phase begin(Supplier<Phases.Phase> then) {
        int count = gathering.groups();
        lists = Lists.of(memory, gathering.groupOf(), count, 1);
        directory = new Directory(memory, graph.points, count);
        blocksOfCells =
                memory.allocate("quantised graph", Math.max(64, Cells.bytes(blocks, codes, count, lists.slots())));
        var written = with(Margins.NONE);
        return Phases.of(
                1,
                (_, scratch) -> directory.write(graph.points, gathering, scratch),
                _ -> Phases.of(
                        count,
                        (cell, scratch) -> write(written, cell, scratch),
                        _ -> Phases.of(samples, (sample, scratch) -> sample(written, sample, scratch), _ -> {
                            finish();
                            return then.get();
                        })));
    }

    private Cells with(Margins margins) {
        return new Cells(directory, blocks, codes, blocksOfCells, lists, margins);
    }

    private void write(Cells cells, int cell, Scratch scratch) {
        var points = graph.points;
        int first = lists.starts[cell];
        var floats = new float[points.rows.dimension()];
        var around = new BlockWriter.Rows(points, floats, lists.sizes[cell], i -> lists.row(first + i));
        BlockWriter.write(
                points,
                blocks,
                codes,
                cells.centre(cell),
                cells.codes(cell),
                out -> gathering.straight(cell, out),
                around,
                scratch);
    }

    private void sample(Cells cells, int number, Scratch scratch) {
        int self = order[(int) ((long) number * order.length / samples)];
        var query = vector(self);
        var b = scratch.part(Buffers.class, Buffers::new);
        var walk = new QuantisedWalk(graph, Target.of(query, NEAR, NEAR_BEAM, Accept.ALL), scratch);
        int left = finish(walk), n = 0;
        b.room(left);
        for (int i = 0; i < left; i++)
            if (walk.hits().rows()[i] != self) b.numbers[n++] = walk.hits().rows()[i];
        graph.points.blocks.distances(walk.query, graph.block(0), b.numbers, n, b.distances);
        var near = new long[n];
        for (int i = 0; i < n; i++) near[i] = Pool.key(b.numbers[i], Math.max(0, b.distances[i]));
        Arrays.sort(near);
        all[number] = found(near, 1);
        rare[number] = found(near, Margins.RARE);
        var reader = new CellWalk(graph, cells, Target.of(query, NEAR, NEAR_BEAM, Accept.ALL), scratch);
        tooLarge[number] = new float[near.length];
        var estimates = reader.estimating();
        for (int i = 0; i < near.length; i++) tooLarge[number][i] = tooLarge(reader, estimates, near[i]);
        keys[number] = cells.directory.distances(reader.query);
        for (int i = 0; i < Margins.BEAMS.length; i++) {
            var target = Target.of(query, Margins.K + 1, Margins.BEAMS[i], Accept.ALL);
            var narrow = new QuantisedWalk(graph, target, scratch);
            left = finish(narrow);
            for (int h = 0; h < left; h++) if (isAmong(narrow.hits().rows()[h], near)) right[number][i]++;
        }
    }

    private static int finish(QuantisedWalk walk) {
        while (walk.advance(ENDLESS) instanceof Step.More) {}
        return walk.hits().count();
    }

    private static boolean isAmong(int row, long[] near) {
        for (int i = 0; i < Math.min(Margins.K, near.length); i++) if ((int) near[i] == row) return true;
        return false;
    }

    /// The nearest of those rows of which one in `of` is taken.
    private Margins.Found found(long[] near, int of) {
        var found = new int[Margins.K];
        int n = 0;
        float last = 0;
        for (int i = 0; i < near.length && n < found.length; i++) {
            int row = (int) near[i];
            if ((row * SCRAMBLE >>> 8) % of != 0) continue;
            found[n++] = gathering.groupOf()[row];
            last = Pool.distance(near[i]);
        }
        return new Margins.Found(Arrays.copyOf(found, n), last);
    }

    private MemorySegment vector(int row) {
        var rows = graph.rows();
        var bytes = MemorySegment.ofArray(new byte[rows.type().rowBytes(rows.dimension())]);
        Raw.copyOut(rows.address(row), bytes, 0, bytes.byteSize());
        return bytes;
    }

    private void finish() {
        var recalls = new float[Margins.BEAMS.length];
        int wanted = 0;
        for (var found : all) wanted += found.cells().length;
        for (int i = 0; i < recalls.length; i++) {
            int sum = 0;
            for (var of : right) sum += of[i];
            recalls[i] = (float) sum / Math.max(1, wanted);
        }
        cells = Optional.of(with(Margins.of(keys, all, rare, lists.sizes, recalls, slack())));
        gathering.close();
    }

    /// By how much the estimate of a row exceeds its distance, as a part of how far its centre is.
    private float tooLarge(CellWalk reader, Sieve estimates, long near) {
        int cell = gathering.groupOf()[(int) near];
        float centre = reader.distance(cell);
        if (centre == 0) return 0;
        for (int place = 0; place < lists.sizes[cell]; place++)
            if (lists.row(lists.starts[cell] + place) == (int) near)
                return (estimates.estimate(lists.starts[cell] + place, centre) - Pool.distance(near)) / centre;
        throw new AssertionError("row " + (int) near + " is not in cell " + cell);
    }

    private float slack() {
        var sorted = new float[Arrays.stream(tooLarge).mapToInt(e -> e.length).sum()];
        int n = 0;
        for (var of : tooLarge) for (float part : of) sorted[n++] = part;
        Arrays.sort(sorted);
        return n == 0 ? 0 : Math.max(0, sorted[(int) (CERTAIN * n)]);
    }

    /// When the last phase has ended; from then on the caller's.
    Cells take() {
        return cells.orElseThrow();
    }

    @Override
    public void close() {
        gathering.close();
        if (lists != null) lists.close();
        if (directory != null) directory.close();
        if (blocksOfCells != null) blocksOfCells.close();
    }
}
