package dev.sextant.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that understands sentences, without a network.
@Tag("slow")
class MiniLmTest {
    @TempDir
    private Path directory;

    private Sextant db;

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private static Define.CreateCollection sentences(int dimension, String model) {
        return Define.CreateCollection.of(
                        "sentences",
                        Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                        Field.of("text", new FieldType.Varchar(1000)),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, dimension)))
                .with(new Function(
                        0,
                        "meaning",
                        "",
                        Function.Kind.TEXT_EMBEDDING,
                        List.of("text"),
                        List.of("v"),
                        Map.of("provider", "local", "model_name", model)));
    }

    @Test
    void sentencesAreFoundByWhatTheyMean() {
        try (var opened = Sextant.open(
                directory, SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(2))) {
            db = opened;
            run(sentences(384, "all-minilm-l6-v2"));
            run(new Define.CreateIndex("sentences", "v", "", Map.of("index_type", "FLAT", "metric_type", "COSINE")));
            run(Operate.Load.of("sentences"));
            run(Write.Insert.of(
                    "sentences",
                    Rows.of(3)
                            .with("id", Column.longs(1, 2, 3))
                            .with(
                                    "text",
                                    Column.texts(List.of(
                                            "The cat sleeps on the warm sofa.",
                                            "Interest rates were raised by the central bank.",
                                            "A bicycle needs two wheels.")))
                            .build()));
            var hits = run(Read.Search.of("sentences", "v", Column.longs(), 1)
                    .looking(Read.Near.of(
                            "v",
                            new Read.Target.Texts(
                                    List.of("a kitten naps on the couch", "monetary policy gets tighter"), ""))));
            assertThat(((Column.Longs) hits.keys()).values()).containsExactly(1, 2);
            assertThat(hits.scores()[0]).isGreaterThan(0.5f);
            run(new Define.DropCollection("sentences"));
            assertThatThrownBy(() -> run(sentences(100, "all-minilm-l6-v2"))).hasMessageContaining("384");
            assertThatThrownBy(() -> run(sentences(384, "nothing"))).hasMessageContaining("all-minilm-l6-v2");
        }
    }
}
