package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;

/// How long a build computes before it asks whether it should make way: the longest pieces of every structure, by
/// thread CPU time. Not a test: run by hand, `SliceBench DIRECTORY NAME ROWS type[,parameter=value …] …`.
public final class SliceBench {
    private static final long LONG_NANOS = 1_000_000;

    private SliceBench() {}

    public static void main(String[] a) throws Exception {
        var train = GraphBench.npy(Path.of(a[0]).resolve(a[1] + "-train.npy.gz"), 1);
        var memory = new Memory(16L << 30);
        try (var region = GraphBench.floats(memory, train);
                var scratch = new Scratch(memory)) {
            int count = Math.min(train.rows(), Integer.parseInt(a[2]));
            var rows = DenseRows.packed(region.address(), count, train.dimension(), VectorType.FLOAT32);
            for (var asked : Arrays.copyOfRange(a, 3, a.length)) {
                run(memory, rows, asked, scratch, true); // what is not compiled yet takes ten times as long
                run(memory, rows, asked, scratch, false);
            }
        }
    }

    /// Stops at its second look: one piece, and what follows it.
    private static Stop afterOne() {
        var looks = new int[1];
        return () -> looks[0]++ > 0;
    }

    private static void run(Memory memory, DenseRows rows, String asked, Scratch scratch, boolean warming) {
        var given = new HashMap<String, String>();
        for (var word : asked.split(",")) {
            int at = word.indexOf('=');
            given.put(at < 0 ? "index_type" : word.substring(0, at), at < 0 ? word : word.substring(at + 1));
        }
        var type = new FieldType.Vector(VectorType.FLOAT32, rows.dimension());
        var parameters = IndexParameters.of(type, Metric.L2, given, 42).orElseThrow();
        var threads = ManagementFactory.getThreadMXBean();
        var pieces = new ArrayList<long[]>(); // of a millisecond and more: how long, and which
        long n = 0;
        VectorRows over = parameters.leavesRowsOnDisk() ? StoredRows.of(rows) : rows;
        try (var build = parameters.begin(memory, over, Metric.L2, Accept.ALL)) {
            for (boolean done = false; !done; ) {
                long begun = threads.getCurrentThreadCpuTime();
                boolean ended = build.work(scratch, afterOne());
                long took = threads.getCurrentThreadCpuTime() - begun;
                if (took >= LONG_NANOS) pieces.add(new long[] {took, n});
                n++;
                if (ended && build.awaitsRows()) build.readRows();
                else done = ended;
            }
            long begun = threads.getCurrentThreadCpuTime();
            build.finish().close();
            long finish = threads.getCurrentThreadCpuTime() - begun;
            if (warming) return;
            pieces.sort(Comparator.comparingLong(piece -> -piece[0]));
            System.out.printf(
                    Locale.ROOT, "%s: %,d pieces, finish %.1f ms, longest (ms, which)", asked, n, finish / 1e6);
            pieces.stream()
                    .limit(6)
                    .forEach(piece -> System.out.printf(Locale.ROOT, " %.1f (%d)", piece[0] / 1e6, piece[1]));
            long late =
                    pieces.stream().filter(piece -> piece[0] > 5 * LONG_NANOS).count();
            System.out.printf(Locale.ROOT, "; %d above 5 ms%n", late);
        }
    }
}
