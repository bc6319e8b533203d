package dev.sextant.database;

import static dev.sextant.database.Threshold.id;

import dev.sextant.engine.EngineConfig;
import dev.sextant.kernel.Kernels;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;

/// A program that embeds the database as its users do: it stores rows of every type of vector, has them indexed, and
/// prints what it finds, a line a search: `type index: key=score …`.
final class Embedded {
    private static final int ROWS = 1200;
    private static final int DIMENSION = 40; // no multiple of a lane

    private final Sextant db;

    private Embedded(Sextant db) {
        this.db = db;
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("accelerated " + Kernels.accelerated());
        var e = EngineConfig.DEFAULT;
        var engine = e.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.graphRows = 1000;
        });
        var config = SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(1).with(engine);
        try (var other = Sextant.open(Path.of(arguments[0]).resolve("other"), config);
                var db = Sextant.open(Path.of(arguments[0]).resolve("db"), config)) {
            other.execute(Call.local(), new Watch.ListDatabases());
            var embedded = new Embedded(db);
            embedded.search(VectorType.FLOAT32, "FLAT", "COSINE", Map.of());
            embedded.search(VectorType.FLOAT32, "AUTOINDEX", "L2", Map.of("ef", "200"));
            embedded.search(VectorType.FLOAT32, "HNSW", "IP", Map.of("ef", "200"));
            embedded.search(VectorType.FLOAT32, "IVF_SQ8", "L2", Map.of("nprobe", "128"));
            embedded.search(VectorType.FLOAT16, "AUTOINDEX", "L2", Map.of("ef", "200"));
            embedded.search(VectorType.BFLOAT16, "HNSW", "COSINE", Map.of("ef", "200"));
            embedded.search(VectorType.INT8, "AUTOINDEX", "L2", Map.of("ef", "200"));
            embedded.search(VectorType.BINARY, "BIN_FLAT", "JACCARD", Map.of());
            embedded.search(VectorType.BINARY, "HNSW", "HAMMING", Map.of("ef", "200"));
            embedded.search(VectorType.SPARSE, "SPARSE_INVERTED_INDEX", "IP", Map.of());
        }
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void search(VectorType type, String index, String metric, Map<String, String> parameters)
            throws InterruptedException {
        var name = type + "_" + index;
        run(Define.CreateCollection.of(
                name, id(), Field.of("v", new FieldType.Vector(type, type == VectorType.SPARSE ? 0 : DIMENSION))));
        run(new Define.CreateIndex(name, "v", "", Map.of("index_type", index, "metric_type", metric)));
        run(Operate.Load.of(name));
        var rows = rows(type);
        run(Write.Insert.of(
                name,
                Rows.of(ROWS)
                        .with("id", Column.longs(LongStream.range(0, ROWS).toArray()))
                        .with("v", rows)
                        .build()));
        run(new Operate.Flush(List.of(name)));
        while (true) {
            var built = run(new Watch.DescribeIndexes(name, Optional.empty())).getFirst();
            if (built.state() == Watch.IndexState.FAILED) throw new IllegalStateException(built.failure());
            if (built.state() == Watch.IndexState.FINISHED && built.pendingRows() == 0) break;
            Thread.sleep(10);
        }
        for (int row : new int[] {0, 517, 1199}) print(name, rows.take(new int[] {row}), parameters);
    }

    private void print(String name, Column query, Map<String, String> parameters) {
        var near = new Read.Near(
                "v",
                new Read.Target.Vectors(query),
                Optional.empty(),
                parameters,
                OptionalDouble.empty(),
                OptionalDouble.empty());
        var hits = run(new Read.Search(
                name,
                List.of(),
                near,
                Optional.empty(),
                5,
                0,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                -1,
                false));
        var line = new StringBuilder(name).append(':');
        for (int i = 0; i < hits.total(); i++)
            line.append(' ')
                    .append(String.format(
                            Locale.ROOT, "%d=%.4f", ((Column.Longs) hits.keys()).values()[i], hits.scores()[i]));
        System.out.println(line);
    }

    /// The same in every process. Small whole numbers, so that sums are exact in whatever order they are added.
    private static Column rows(VectorType type) {
        var random = new Random(11);
        if (type == VectorType.SPARSE) return sparse(random);
        var bytes = ByteBuffer.allocate(ROWS * type.rowBytes(DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            float value = random.nextInt(-60, 60);
            switch (type) {
                case FLOAT32 -> bytes.putFloat(value);
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16(value));
                case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                case INT8 -> bytes.put((byte) value);
                case BINARY -> bytes.put((byte) random.nextInt(256));
                case SPARSE -> throw new IllegalStateException();
            }
        }
        return new Column.Dense(type, DIMENSION, MemorySegment.ofArray(bytes.array()), Nulls.NONE);
    }

    private static Column sparse(Random random) {
        var cells = new Slices.Builder(ROWS);
        for (int row = 0; row < ROWS; row++) {
            var bytes = ByteBuffer.allocate(8 * 12).order(ByteOrder.LITTLE_ENDIAN);
            for (int cell = 0, term = 0; cell < 12; cell++) {
                term += random.nextInt(1, 20);
                bytes.putInt(term).putFloat(random.nextInt(1, 100));
            }
            cells.add(bytes.array());
        }
        return new Column.Sparse(cells.build(), Nulls.NONE);
    }
}
