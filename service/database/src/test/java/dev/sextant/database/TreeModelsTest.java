package dev.sextant.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Hits;
import dev.sextant.model.Link;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import dev.sextant.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hits that a model of trees scores, from the name of its file to what a restart leaves of it.
class TreeModelsTest {
    private static final SextantConfig SMALL =
            SextantConfig.DEFAULT.withMemory(128L << 20).withWorkers(2);

    @TempDir
    Path directory;

    private final Map<String, byte[]> held = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private Sextant db;

    private final RowFiles files = new RowFiles() {
        @Override
        public Optional<byte[]> read(String name, Reach reach, int mostBytes) {
            if (mostBytes > 0) reads.incrementAndGet(); // else it is only asked whether it is there
            return Optional.ofNullable(held.get(name))
                    .map(bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, mostBytes)));
        }

        @Override
        public void check(List<String> group) {
            throw new AssertionError("nothing is imported");
        }

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            throw new AssertionError("nothing is imported");
        }
    };

    @BeforeEach
    void open() throws IOException {
        for (var name : List.of("squares", "logistic", "classes"))
            try (var in = TreeModelsTest.class.getResourceAsStream("/trees/" + name + ".ubj")) {
                held.put("models/" + name + ".ubj", in.readAllBytes());
            }
        held.put("models/words.txt", "words".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        db = Sextant.open(World.real(directory), SMALL, files, ImportConfig.DEFAULT);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void fill() {
        run(Define.CreateCollection.of(
                "goods",
                Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                Field.of("a", FieldType.Primitive.FLOAT),
                Field.of("b", FieldType.Primitive.FLOAT),
                Field.of("c", FieldType.Primitive.FLOAT, Field.Trait.NULLABLE),
                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 2))));
        run(new Define.CreateIndex("goods", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("goods"));
        run(Write.Insert.of(
                "goods",
                Rows.of(3)
                        .with("id", Column.longs(1, 2, 3))
                        .with("a", Column.floats(22.52f, 80, 1))
                        .with("b", Column.floats(30.02f, 10, 90))
                        .with("c", Column.floats(87.36f, 4, 60))
                        .with("v", Column.Dense.of(2, new float[] {0, 0, 1, 0, 2, 0}))
                        .build()));
    }

    private Hits scored(String model, boolean margin, String... columns) {
        var term = new Link.Term.Trees(List.of(columns), model, margin);
        var near = Read.Near.of("v", Column.Dense.of(2, new float[] {0, 0}));
        return run(new Read.HybridSearch(
                "goods",
                List.of(),
                List.of(new Read.Part(near, Optional.empty(), 3)),
                new Read.Fusion.Chain(
                        List.of(new Link.Put(Link.SCORE, term), new Link.Sort(Link.SCORE, true, Optional.empty()))),
                3,
                0,
                List.of(),
                Optional.empty(),
                -1));
    }

    @Test
    void aModelIsReadOnceAndScoresTheHitsOfEverySearch() {
        fill();
        run(new Operate.AddFileResource("ranker", "models/logistic.ubj"));
        for (int i = 0; i < 3; i++) {
            var hits = scored("ranker", true, "a", "b", "c");
            assertThat(hits.scores()).isSortedAccordingTo((x, y) -> Float.compare(y, x));
            int one = Arrays.stream(((Column.Longs) hits.keys()).values())
                    .boxed()
                    .toList()
                    .indexOf(1L);
            assertThat(hits.scores()[one]).as("as XGBoost says").isCloseTo(2.31151f, within(1e-4f));
        }
        for (float score : scored("ranker", false, "a", "b", "c").scores())
            assertThat(score).isBetween(0f, 1f);
        assertThat(reads).hasValue(1);
        db.close();
        db = Sextant.open(World.real(directory), SMALL, files, ImportConfig.DEFAULT);
        assertThat(scored("ranker", true, "a", "b", "c").total()).isEqualTo(3);
        assertThat(reads).as("once a life").hasValue(2);
    }

    @Test
    void aNameThatIsGivenAnewHasAnotherModel() {
        fill();
        run(new Operate.AddFileResource("ranker", "models/logistic.ubj"));
        var before = scored("ranker", true, "a", "b", "c").scores();
        run(new Operate.RemoveFileResource("ranker"));
        assertThatThrownBy(() -> scored("ranker", true, "a", "b", "c"))
                .hasMessageContaining("not found in local resource list");
        run(new Operate.AddFileResource("ranker", "models/squares.ubj"));
        assertThat(scored("ranker", true, "a", "b", "c").scores()).isNotEqualTo(before);
    }

    @Test
    void whatIsNoModelIsRefused() {
        fill();
        run(new Operate.AddFileResource("classes", "models/classes.ubj"));
        run(new Operate.AddFileResource("words", "models/words.txt"));
        run(new Operate.AddFileResource("gone", "models/squares.ubj"));
        held.remove("models/squares.ubj");
        assertThatThrownBy(() -> scored("nobody", true, "a", "b", "c")).hasMessageContaining("not found");
        assertThatThrownBy(() -> scored("words", true, "a", "b", "c")).hasMessageContaining("is no .ubj file");
        assertThatThrownBy(() -> scored("classes", true, "a", "b", "c")).hasMessageContaining("several classes");
        assertThatThrownBy(() -> scored("gone", true, "a", "b", "c")).hasMessageContaining("No such file");
        run(new Operate.AddFileResource("ranker", "models/logistic.ubj"));
        assertThatThrownBy(() -> scored("ranker", true, "a", "b"))
                .hasMessageContaining("takes 3 feature columns, got 2");
    }
}
