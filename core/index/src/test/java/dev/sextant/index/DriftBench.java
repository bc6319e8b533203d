package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Recall after half of the rows were replaced, beside that of a fresh build, on real data. Not a test: run by
/// hand, `DriftBench DIRECTORY NAME [rounds]`; properties `rows` that are there at a time, and `queries`.
public final class DriftBench {
    private DriftBench() {}

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = GraphBench.npy(dir.resolve(a[1] + "-train.npy.gz"), 1);
        var test = GraphBench.npy(dir.resolve(a[1] + "-test.npy.gz"), 1);
        int rounds = a.length > 2 ? Integer.parseInt(a[2]) : 5;
        int start = Integer.getInteger("rows", train.rows() * 2 / 3);
        int queries = Integer.getInteger("queries", 2000);
        var memory = new Memory(16L << 30);
        try (var region = GraphBench.floats(memory, train);
                var scratch = new Scratch(memory)) {
            var pool = DenseRows.packed(region.address(), train.rows(), train.dimension(), VectorType.FLOAT32);
            for (var parameters : List.of(new QuantisedParameters(32, 96, 0, 42), new HnswParameters(16, 200, 42)))
                try (var drift = new Drift(memory, scratch, pool, start, parameters, 1)) {
                    for (int round = 0; round < rounds; round++) drift.replace(start / (2 * rounds));
                    int[] beams = {10, 16, 24, 32, 48, 64, 128};
                    var efforts = new Effort[beams.length];
                    for (int i = 0; i < beams.length; i++) efforts[i] = Effort.ofBeam(beams[i]);
                    var recalls = drift.recalls(q -> query(test, q), queries, efforts);
                    System.out.printf("%s, %,d rows, half of them replaced in %d rounds%n", parameters, start, rounds);
                    for (int i = 0; i < beams.length; i++)
                        System.out.printf(
                                Locale.ROOT,
                                "beam %4d: %.4f, fresh %.4f, drift %+.2f points%n",
                                beams[i],
                                recalls[2 * i],
                                recalls[2 * i + 1],
                                100 * (recalls[2 * i] - recalls[2 * i + 1]));
                }
        }
    }

    private static MemorySegment query(GraphBench.Bytes test, int query) {
        var floats = new float[test.dimension()];
        for (int c = 0; c < floats.length; c++) floats[c] = test.data()[query * floats.length + c] & 255;
        return MemorySegment.ofArray(floats);
    }
}
