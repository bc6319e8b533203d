package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a whole search allocates, from the door to its answer. Each collection stops all searches for a moment, and how
/// often there is one goes by this.
@Tag("slow")
class SearchAllocationTest {
    /// Of a search for ten without filter and output fields, with its answer: 4,320, and a quarter less where headers
    /// of objects are compact.
    private static final long MOST_BYTES = 4_600;

    private static final int ROWS = 4_000;
    private static final int DIMENSION = 32;
    private static final int QUERIES = 500;
    private static final int LIMIT = 10;
    private static final int MOST_ROUNDS = 2_000;
    private static final int IN_ORDER = 5;

    @Test
    void aPlainSearchAllocatesLittle(@TempDir Path directory) throws InterruptedException {
        var engine = EngineConfig.DEFAULT.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.graphRows = 1000;
        });
        var config = SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(1).with(engine);
        try (var db = Sextant.open(directory, config)) {
            fill(db);
            var random = new Random(2);
            var searches = Stream.generate(() -> search(random)).limit(QUERIES).toList();
            assertThat(db.execute(Call.local(), searches.getFirst()).total()).isEqualTo(LIMIT);
            settles(() -> searches.forEach(search -> db.execute(Call.local(), search)));
        }
    }

    private static void fill(Sextant db) throws InterruptedException {
        run(
                db,
                Define.CreateCollection.of(
                        "c", id(), Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        run(db, new Define.CreateIndex("c", "v", "", Map.of("index_type", "AUTOINDEX", "metric_type", "L2")));
        run(db, Operate.Load.of("c"));
        run(
                db,
                Write.Insert.of(
                        "c",
                        Rows.of(ROWS)
                                .with(
                                        "id",
                                        Column.longs(LongStream.range(0, ROWS).toArray()))
                                .with("v", vectors(new Random(1), ROWS))
                                .build()));
        run(db, new Operate.Flush(List.of("c")));
        while (true) {
            var built =
                    run(db, new Watch.DescribeIndexes("c", Optional.empty())).getFirst();
            assertThat(built.state()).isNotEqualTo(Watch.IndexState.FAILED);
            if (built.state() == Watch.IndexState.FINISHED && built.pendingRows() == 0) return;
            Thread.sleep(10);
        }
    }

    private static <R> R run(Sextant db, Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private static Column vectors(Random random, int rows) {
        var values = new float[rows * DIMENSION];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Column.Dense.of(DIMENSION, values);
    }

    private static Read.Search search(Random random) {
        var near = new Read.Near(
                "v",
                new Read.Target.Vectors(vectors(random, 1)),
                Optional.empty(),
                Map.of("ef", "32"),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        return new Read.Search(
                "c",
                List.of(),
                near,
                Optional.empty(),
                LIMIT,
                0,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
    }

    /// Until the compiler has seen enough a search allocates more; a machine that has much else to do compiles late, so
    /// rounds are what is bounded, not time.
    private static void settles(Runnable round) {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var seen = new ArrayList<Long>();
        int below = 0;
        while (below < IN_ORDER && seen.size() < MOST_ROUNDS) {
            long before = bean.getCurrentThreadAllocatedBytes();
            round.run();
            long each = (bean.getCurrentThreadAllocatedBytes() - before) / QUERIES;
            seen.add(each);
            below = each < MOST_BYTES ? below + 1 : 0;
        }
        assertThat(below)
                .as(
                        "rounds below %,d bytes a search; the last ones took %s",
                        MOST_BYTES, seen.reversed().stream().limit(10).toList())
                .isEqualTo(IN_ORDER);
    }
}
