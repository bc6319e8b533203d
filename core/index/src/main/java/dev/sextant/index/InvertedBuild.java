package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Builds posting lists in passes over the rows, each pass in tasks that any worker takes: first the terms are counted,
/// strip by strip of rows; then, for as many terms at a time as [#STRIPE] allows, postings are laid out in order of
/// rows (each strip knows where its share of every list begins) and packed into blocks. So the memory that building
/// takes is bounded, whatever the number of rows.
final class InvertedBuild implements VectorBuild {
    /// Postings that are laid out at a time, in eight bytes each.
    static final int STRIPE = 16 << 20;
    private static final int STRIPS = 8;
    private static final int ROWS_A_STEP = 128;
    private static final int POSTINGS_A_TASK = 1 << 16;

    private final Memory memory;
    private final SparseRows rows;
    private final Metric metric;
    private final SparseParameters parameters;
    private final Accept members;
    private final int stripePostings;
    private final Progress progress;
    private final Reservation heap;
    private final List<Strip> strips = new ArrayList<>();

    private volatile Pass pass;
    private volatile boolean failed;

    // What follows changes between passes only, by the one worker that ended the last.
    private Region lengths;
    private Region built;
    private Region laid; // rows, then values
    private Inverted index;
    private int[] terms;
    private Vocabulary numbers;
    private int[][] places; // of each strip: where its next posting of each list goes, within the stripe
    private int[] frequencies; // of each list
    private int[] firstBlock; // of each list
    private float averageLength;
    private double totalLength;
    private boolean irregular;
    private long stripeFrom;
    private int listFrom;
    private int listTo;
    private long postingBytes;
    private long[] postingsAt; // of the lists of this stripe
    private boolean spent;

    /// One range of rows, in which one worker goes on at a time.
    private final class Strip {
        private final int from;
        private final int to;
        private final Vocabulary counts = new Vocabulary(1024);
        private int at;
        private double length;
        private boolean odd;
        private int memberRows;

        Strip(int from, int to) {
            this.from = from;
            this.to = to;
            at = from;
        }
    }

    /// Tasks of which the last to end begins the next pass.
    private static final class Pass {
        private final ConcurrentLinkedQueue<Task> open;
        private final AtomicInteger left;

        Pass(List<? extends Task> tasks) {
            open = new ConcurrentLinkedQueue<>(tasks);
            left = new AtomicInteger(tasks.size());
        }
    }

    @FunctionalInterface
    private interface Task {
        /// Whether it is done; otherwise it was told to stop and goes on later.
        boolean run(Stop stop);
    }

    InvertedBuild(Memory memory, SparseRows rows, Metric metric, SparseParameters parameters, Accept members) {
        this(memory, rows, metric, parameters, members, STRIPE);
    }

    InvertedBuild(
            Memory memory,
            SparseRows rows,
            Metric metric,
            SparseParameters parameters,
            Accept members,
            int stripePostings) {
        if (!metric.fits(dev.sextant.model.VectorType.SPARSE))
            throw new IllegalArgumentException("posting lists for " + metric);
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.members = members;
        this.stripePostings = stripePostings;
        progress = new Progress(3L * rows.count());
        heap = memory.reserve("posting lists, building", STRIPS * Vocabulary.bytes(1024));
        int per = (rows.count() + STRIPS - 1) / STRIPS;
        for (int from = 0; from < rows.count(); from += per)
            strips.add(new Strip(from, Math.min(rows.count(), from + per)));
        try {
            if (metric == Metric.BM25) lengths = memory.allocate("posting lists, building", 4L * rows.count() + 64);
        } catch (RuntimeException refused) {
            heap.close();
            throw refused;
        }
        pass = new Pass(
                strips.stream().map(strip -> (Task) stop -> count(strip, stop)).toList());
        if (strips.isEmpty()) lists();
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        try {
            while (!stop.stopped()) {
                if (failed || index != null && pass == null) return true;
                var now = pass;
                if (now == null) return true;
                var task = now.open.poll();
                if (task == null) Thread.yield(); // the last tasks of this pass are under way
                else if (!task.run(stop)) now.open.add(task);
                else if (now.left.decrementAndGet() == 0) next();
            }
            return pass == null;
        } catch (RuntimeException | Error thrown) {
            failed = true;
            throw thrown;
        }
    }

    private void next() {
        if (terms == null) lists();
        else if (laid != null && postingsAt == null) measure();
        else stripe();
    }

    private long cells(int row) {
        return rows.cells() + Raw.getLong(rows.offsets() + 8L * row);
    }

    private boolean count(Strip strip, Stop stop) {
        while (strip.at < strip.to) {
            if (stop.stopped()) return false;
            int end = Math.min(strip.to, strip.at + ROWS_A_STEP);
            long held = Vocabulary.bytes(strip.counts.size());
            for (int row = strip.at; row < end; row++) if (members.test(row)) count(strip, row);
            long more = Vocabulary.bytes(strip.counts.size()) - held;
            if (more > 0) heap.grow(more);
            progress.add(end - strip.at);
            strip.at = end;
        }
        return true;
    }

    private void count(Strip strip, int row) {
        float length = 0;
        for (long at = cells(row), end = cells(row + 1); at < end; at += 8) {
            strip.counts.count(Raw.getInt(at));
            float value = Raw.getFloat(at + 4);
            length += value;
            strip.odd |= !(value > 0);
        }
        strip.odd |= !Float.isFinite(length);
        strip.length += length;
        strip.memberRows++;
        if (metric == Metric.BM25) Raw.putFloat(lengths.address() + 4L * row, length);
    }

    /// Which lists there are, and where each strip's share of them begins.
    private void lists() {
        var all = new Vocabulary(1024);
        long most = 0;
        for (var strip : strips) most += strip.counts.size();
        heap.grow(Vocabulary.bytes(most) + (STRIPS + 4L) * 4 * most);
        int memberRows = 0;
        for (var strip : strips) {
            for (int term : strip.counts.sorted()) all.count(term);
            totalLength += strip.length;
            irregular |= metric == Metric.BM25 && strip.odd;
            memberRows += strip.memberRows;
        }
        averageLength = memberRows == 0 || irregular ? 0 : (float) (totalLength / memberRows);
        terms = all.sorted();
        numbers = all;
        frequencies = new int[terms.length];
        firstBlock = new int[terms.length + 1];
        places = new int[strips.size()][terms.length];
        long blocks = 0, postings = 0;
        double squares = 0;
        for (int list = 0; list < terms.length; list++) {
            numbers.put(terms[list], list);
            firstBlock[list] = Math.toIntExact(blocks);
            for (int s = 0; s < strips.size(); s++) {
                places[s][list] = frequencies[list]; // until its stripe comes: behind the strips before
                frequencies[list] += strips.get(s).counts.get(terms[list]);
            }
            blocks += (frequencies[list] + Inverted.BLOCK - 1) / Inverted.BLOCK;
            postings += frequencies[list];
            squares += (double) frequencies[list] * frequencies[list];
        }
        firstBlock[terms.length] = Math.toIntExact(blocks);
        allocate(postings, postings == 0 ? 0 : squares / postings);
        stripe();
    }

    private void allocate(long postings, double meanList) {
        var shape = shape(postings, 0, meanList);
        long fixed = shape.bytes(), most = fixed + 5 * postings + 4L * shape.blocks() + Inverted.PAD;
        built = memory.allocate("posting lists", fixed + Inverted.PAD, most);
        index = new Inverted(memory, shape, rows, built);
        if (metric == Metric.BM25 && rows.count() > 0) Raw.copy(lengths.address(), index.lengths, 4L * rows.count());
        for (int list = 0; list < terms.length; list++) Raw.putInt(index.terms + 4L * list, terms[list]);
        long last = index.listAt(terms.length);
        Raw.putInt(last, shape.blocks());
    }

    private Inverted.Shape shape(long postings, long bytes, double meanList) {
        return new Inverted.Shape(
                metric,
                parameters,
                rows.count(),
                terms.length,
                firstBlock[terms.length],
                bytes,
                postings,
                totalLength,
                averageLength,
                irregular,
                meanList);
    }

    /// Begins the next stripe of lists, or ends.
    private void stripe() {
        if (laid != null) laid.close();
        laid = null;
        postingsAt = null;
        listFrom = listTo;
        if (listFrom == terms.length) {
            index = new Inverted(
                    memory, shape(index.shape.postings(), postingBytes, index.shape.meanList()), rows, built);
            progress.add(Math.max(0, progress.total() - progress.done()));
            pass = null;
            return;
        }
        long size = 0;
        while (listTo < terms.length && (listTo == listFrom || size + frequencies[listTo] <= stripePostings)) {
            for (var strip : places) strip[listTo] += (int) size;
            size += frequencies[listTo++];
        }
        stripeFrom = size;
        laid = memory.allocate("posting lists, building", 8 * size + 64);
        for (var strip : strips) strip.at = strip.from;
        pass = new Pass(
                strips.stream().map(strip -> (Task) stop -> lay(strip, stop)).toList());
    }

    private boolean lay(Strip strip, Stop stop) {
        var next = places[strips.indexOf(strip)];
        long laidRows = laid.address(), laidValues = laidRows + 4 * stripeFrom;
        while (strip.at < strip.to) {
            if (stop.stopped()) return false;
            int end = Math.min(strip.to, strip.at + ROWS_A_STEP);
            for (int row = strip.at; row < end; row++) {
                if (!members.test(row)) continue;
                for (long at = cells(row), to = cells(row + 1); at < to; at += 8) {
                    int list = numbers.get(Raw.getInt(at));
                    if (list < listFrom || list >= listTo) continue;
                    int place = next[list]++;
                    Raw.putInt(laidRows + 4L * place, row);
                    Raw.putInt(laidValues + 4L * place, Raw.getInt(at + 4));
                }
            }
            strip.at = end;
        }
        return true;
    }

    /// Where the postings of each list of the stripe will lie, then packs them. After [#lay] the first place of a list
    /// is where the last strip's share of it ended, less its frequency.
    private void measure() {
        postingsAt = new long[listTo - listFrom];
        long at = postingBytes;
        for (int list = listFrom; list < listTo; list++) {
            postingsAt[list - listFrom] = at;
            long from = laid.address() + 4L * begin(list);
            for (int done = 0; done < frequencies[list]; done += Inverted.BLOCK) {
                int count = Math.min(Inverted.BLOCK, frequencies[list] - done);
                at += Inverted.Block.bytes(count, isWide(from + 4L * done, count));
            }
        }
        postingBytes = at;
        built.growTo(index.postings - built.address() + at + Inverted.PAD);
        var tasks = new ArrayList<Task>();
        for (int from = listFrom; from < listTo; ) {
            int to = from;
            for (long size = 0; to < listTo && size < POSTINGS_A_TASK; ) size += frequencies[to++];
            int first = from, end = to;
            tasks.add(_ -> pack(first, end));
            from = to;
        }
        progress.add(rows.count() / 2);
        pass = new Pass(tasks);
    }

    private int begin(int list) {
        return places[places.length - 1][list] - frequencies[list];
    }

    private static boolean isWide(long rowsAt, int count) {
        return Raw.getInt(rowsAt + 4L * (count - 1)) - Raw.getInt(rowsAt) > 0xffff;
    }

    private boolean pack(int from, int to) {
        for (int list = from; list < to; list++) pack(list);
        return true;
    }

    private void pack(int list) {
        int count = frequencies[list];
        long rowsAt = laid.address() + 4L * begin(list), valuesAt = rowsAt + 4 * stripeFrom;
        if (metric == Metric.BM25 && !irregular) toFactors(rowsAt, valuesAt, count);
        float low = 0, high = 0;
        for (int i = 0; i < count; i++) {
            float value = irregular ? 1 : Raw.getFloat(valuesAt + 4L * i);
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        float step = Math.max(Math.nextUp((float) (((double) high - low) / 255)), Float.MIN_NORMAL);
        long entry = index.listAt(list);
        Raw.putInt(entry, firstBlock[list]);
        Raw.putInt(entry + 4, count);
        Raw.putFloat(entry + 8, low);
        Raw.putFloat(entry + 12, step);
        long at = postingsAt[list - listFrom];
        for (int done = 0, block = firstBlock[list]; done < count; done += Inverted.BLOCK, block++)
            at += pack(
                    rowsAt + 4L * done,
                    valuesAt + 4L * done,
                    Math.min(Inverted.BLOCK, count - done),
                    low,
                    step,
                    at,
                    index.blocks + (long) Inverted.BLOCK_BYTES * block);
    }

    private void toFactors(long rowsAt, long valuesAt, int count) {
        var bm25 = new Bm25(parameters.k1(), parameters.b(), averageLength);
        for (int i = 0; i < count; i++) {
            float length = Raw.getFloat(lengths.address() + 4L * Raw.getInt(rowsAt + 4L * i));
            Raw.putFloat(valuesAt + 4L * i, bm25.factor(Raw.getFloat(valuesAt + 4L * i), length));
        }
    }

    private long pack(long rowsAt, long valuesAt, int count, float low, float step, long at, long block) {
        int first = Raw.getInt(rowsAt), most = 0, least = 255;
        boolean wide = isWide(rowsAt, count);
        long places = index.postings + at, codes = places + (wide ? 4L : 2L) * count;
        for (int i = 0; i < count; i++) {
            int place = Raw.getInt(rowsAt + 4L * i) - first;
            if (wide) Raw.putInt(places + 4L * i, place);
            else Raw.putShort(places + 2L * i, (short) place);
            int code = irregular ? 255 : code(Raw.getFloat(valuesAt + 4L * i), low, step);
            Raw.putByte(codes + i, (byte) code);
            most = Math.max(most, code);
            least = Math.min(least, code);
        }
        Inverted.Block.put(block, first, Raw.getInt(rowsAt + 4L * (count - 1)), at, most, least, count, wide);
        return Inverted.Block.bytes(count, wide);
    }

    /// The least code, from 1 on, whose value is not less; the one before it is less.
    static int code(float value, float low, float step) {
        int code = (int) Math.clamp(Math.ceil(((double) value - low) / step), 1, 255);
        while (code < 255 && low + (double) step * code < value) code++;
        while (code > 1 && low + (double) step * (code - 1) >= value) code--;
        return code;
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Inverted finish() {
        if (failed || pass != null)
            throw new IllegalStateException("posting lists are not done" + (failed ? ": a worker failed" : ""));
        spent = true;
        return index;
    }

    @Override
    public void close() {
        if (laid != null) laid.close();
        if (lengths != null) lengths.close();
        if (!spent && built != null) built.close();
        heap.close();
    }
}
