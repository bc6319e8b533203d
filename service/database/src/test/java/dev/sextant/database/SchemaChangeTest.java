package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Hits;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Fields and functions that come to rows that are there, and go from them, over a real engine.
class SchemaChangeTest extends OverEngine {
    private static final Map<String, String> ANALYZED = Map.of("enable_analyzer", "true");
    private static final Map<String, String> BY_WORDS =
            Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25");
    private static final Function BM25 = Function.of("bm25", Function.Kind.BM25, "text", "words");
    private static final List<String> WORDS = List.of("red", "blue", "green", "ship", "moon", "tree", "stone");

    @Override
    <R> R run(Statement<R> statement) {
        return db.execute(Call.local().at(Consistency.STRONG), statement);
    }

    private static Define.AddFunctionField addWords(String collection) {
        return new Define.AddFunctionField(collection, TextTest.sparse("words"), BM25, "by_words", BY_WORDS);
    }

    private void create(String name) {
        run(Define.CreateCollection.of(name, id(), TextTest.text("text", ANALYZED), vector("v", 2)));
        run(new Define.CreateIndex(name, "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of(name));
    }

    private void insert(String name, int from, int to) {
        var texts = IntStream.range(from, to).mapToObj(SchemaChangeTest::text).toList();
        run(Write.Insert.of(
                name,
                Rows.of(to - from)
                        .with("id", Column.longs(LongStream.range(from, to).toArray()))
                        .with("text", Column.texts(texts))
                        .with("v", Column.Dense.of(2, new float[2 * (to - from)]))
                        .build()));
    }

    /// One to five words, by the number.
    private static String text(int number) {
        var text = new StringBuilder();
        for (int i = 0; i <= number % 5; i++)
            text.append(WORDS.get(Math.floorMod(number * 31 + i * i * 7, WORDS.size())))
                    .append(' ');
        return text.toString();
    }

    private Hits found(String name, String words) {
        return run(new Read.Search(
                name,
                List.of(),
                Read.Near.of("words", new Read.Target.Texts(List.of(words), "")),
                Optional.empty(),
                50,
                0,
                List.of("text"),
                Optional.empty(),
                Optional.empty(),
                -1,
                false));
    }

    private static void eventually(BooleanSupplier condition) {
        for (int i = 0; i < 3000; i++) {
            if (condition.getAsBoolean()) return;
            try {
                Thread.sleep(10);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
        throw new AssertionError("waited in vain");
    }

    private void awaitFilled(String name) {
        eventually(() -> {
            try {
                found(name, "moon");
                return true;
            } catch (Refused early) {
                assertThat(early.refusal()).isInstanceOf(Refusal.Busy.class);
                return false;
            }
        });
    }

    @Test
    void aFunctionThatComesLaterFindsAllRowsAsIfItHadBeenThereFromTheStart() {
        create("late");
        insert("late", 0, 400);
        run(new Operate.Flush(List.of("late")));
        insert("late", 400, 700);
        run(addWords("late"));
        insert("late", 700, 800);
        awaitFilled("late");

        create("early");
        run(addWords("early"));
        insert("early", 0, 800);
        for (var words : List.of("moon", "red ship", "stone tree green", "nothing")) {
            var late = found("late", words);
            var early = found("early", words);
            assertThat(late.scores()).as(words).isEqualTo(early.scores());
        }
        var described = run(Watch.DescribeCollection.of("late")).schema();
        assertThat(described.field("words").orElseThrow().has(Trait.FUNCTION_OUTPUT))
                .isTrue();
        assertThat(run(new Watch.DescribeIndexes("late", Optional.of("by_words"))))
                .hasSize(1);
        run(new Operate.Compact("late", true));
        assertThat(found("late", "moon").scores())
                .isEqualTo(found("early", "moon").scores());
    }

    @Test
    void aRestartGoesOnWithWhatRowsLack() {
        create("c");
        for (int i = 0; i < 5; i++) {
            insert("c", i * 200, i * 200 + 200);
            run(new Operate.Flush(List.of("c")));
        }
        run(addWords("c"));
        reopen();
        awaitFilled("c");
        assertThat(found("c", "moon").scores().length).isEqualTo(50);
    }

    @Test
    void whatCannotBeAddedIsRefused() {
        create("c");
        var words = TextTest.sparse("words");
        for (var bad : List.of(
                new Define.AddFunctionField("c", words, BM25, "", Map.of()),
                new Define.AddFunctionField(
                        "c", words, Function.of("f", Function.Kind.BM25, "id", "words"), "", BY_WORDS),
                new Define.AddFunctionField(
                        "c", words, Function.of("f", Function.Kind.BM25, "text", "v"), "", BY_WORDS),
                new Define.AddFunctionField(
                        "c", words, Function.of("f", Function.Kind.TEXT_EMBEDDING, "text", "words"), "", BY_WORDS),
                new Define.AddFunctionField("c", vector("v", 2), BM25, "", BY_WORDS),
                new Define.AddFunctionField("c", words, BM25, "", Map.of("index_type", "HNSW", "metric_type", "L2"))))
            assertThatThrownBy(() -> run(bad)).as(bad.toString()).isInstanceOf(Refused.class);
        assertThat(run(Watch.DescribeCollection.of("c")).schema().fields()).hasSize(3);
        run(addWords("c"));
        assertThatThrownBy(() -> run(addWords("c"))).isInstanceOf(Refused.class);
    }

    @Test
    void aFieldThatGoesTakesItsIndexAndItsIdAlong() {
        run(Define.CreateCollection.of(
                "c", id(), vector("v", 2), Field.of("n", FieldType.Primitive.INT64, Trait.NULLABLE), vector("w", 2)));
        run(new Define.CreateIndex("c", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(new Define.CreateIndex("c", "w", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(new Define.CreateIndex("c", "n", "", Map.of("index_type", "INVERTED")));
        run(Operate.Load.of("c"));
        run(Write.Insert.of(
                "c",
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("n", Column.longs(10, 20))
                        .with("v", Column.Dense.of(2, new float[] {1, 2, 3, 4}))
                        .with("w", Column.Dense.of(2, new float[] {1, 2, 3, 4}))
                        .build()));
        run(new Operate.Flush(List.of("c")));
        int old = run(Watch.DescribeCollection.of("c"))
                .schema()
                .field("w")
                .orElseThrow()
                .id();
        run(new Define.DropField("c", "n", 0));
        run(new Define.DropField("c", "", old));
        var info = run(Watch.DescribeCollection.of("c"));
        assertThat(info.schema().fields()).extracting(Field::name).containsExactly("id", "v");
        assertThat(run(new Watch.DescribeIndexes("c", Optional.empty())))
                .extracting(Watch.IndexInfo::field)
                .containsExactly("v");
        assertThatThrownBy(() -> run(query("n > 1", "id"))).isInstanceOf(Refused.class);
        run(new Define.AddField("c", Field.of("n", FieldType.Primitive.INT64, Trait.NULLABLE)));
        assertThat(run(Watch.DescribeCollection.of("c"))
                        .schema()
                        .field("n")
                        .orElseThrow()
                        .id())
                .isGreaterThan(old);
        assertThat(run(query("n is null", "n")).rows().count()).isEqualTo(2);
        reopen();
        assertThat(run(query("n is null", "n")).rows().count()).isEqualTo(2);
    }

    @Test
    void whatIdsWereGivenIsNotForCallersToSay() {
        run(new Define.CreateCollection(
                "c",
                "",
                List.of(id(), vector("v", 2), Field.of("n", FieldType.Primitive.INT64, Trait.NULLABLE)),
                false,
                1,
                0,
                ConsistencyLevel.BOUNDED,
                Map.of("max_field_id", "2147483647")));
        int old = idOf("n");
        run(new Define.DropField("c", "n", 0));
        assertThat(run(Watch.DescribeCollection.of("c")).properties())
                .containsEntry("max_field_id", Integer.toString(old));
        for (var value : List.of("1", "abc", "2147483647"))
            assertThatThrownBy(() -> run(new Define.AlterCollection("c", Map.of("max_field_id", value), Set.of())))
                    .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Define.AlterCollection("c", Map.of(), Set.of("max_field_id"))))
                .isInstanceOf(Refused.class);
        run(new Define.AddField("c", Field.of("n", FieldType.Primitive.INT64, Trait.NULLABLE)));
        assertThat(idOf("n")).isEqualTo(old + 1);
    }

    private int idOf(String field) {
        return run(Watch.DescribeCollection.of("c"))
                .schema()
                .field(field)
                .orElseThrow()
                .id();
    }

    private static Read.Query query(String filter, String output) {
        return new Read.Query(
                "c", List.of(), Optional.of(Sextant.filter(filter)), List.of(output), OptionalInt.empty(), 0, false);
    }

    @Test
    void whatACollectionNeedsDoesNotGo() {
        create("c");
        run(addWords("c"));
        for (var field : List.of("id", "v2", "text", "words"))
            assertThatThrownBy(() -> run(new Define.DropField("c", field, 0)))
                    .as(field)
                    .isInstanceOf(Refused.class);
        run(new Define.DropFunctionFields("c", "bm25"));
        var schema = run(Watch.DescribeCollection.of("c")).schema();
        assertThat(schema.functions()).isEmpty();
        assertThat(schema.field("words")).isEmpty();
        assertThatThrownBy(() -> run(new Define.DropField("c", "v", 0)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("last vector field");
        assertThatThrownBy(() -> run(new Define.DropFunctionFields("c", "bm25")))
                .isInstanceOf(Refused.class);
        run(addWords("c"));
    }
}
