package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Rows;
import dev.sextant.model.Value;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What was not loaded cannot be asked for.
class LoadFieldsTest extends OverEngine {
    @BeforeEach
    void fill() {
        var fields = List.of(
                id(),
                vector("v", 2),
                vector("w", 2),
                Field.of("n", FieldType.Primitive.INT64),
                Field.of("m", FieldType.Primitive.INT64));
        run(new Define.CreateCollection("c", "", fields, true, 1, 0, ConsistencyLevel.STRONG, Map.of()));
        run(Threshold.index("c", "v"));
        run(Threshold.index("c", "w"));
        run(Write.Upsert.of(
                "c",
                Rows.of(1)
                        .with("id", Column.longs(1))
                        .with("v", Column.Dense.of(2, new float[] {1, 0}))
                        .with("w", Column.Dense.of(2, new float[] {0, 1}))
                        .with("n", Column.longs(5))
                        .with("m", Column.longs(6))
                        .build()));
    }

    private void load(boolean withoutDynamic, String... fields) {
        run(new Operate.Load("c", List.of(), 1, List.of(fields), false, List.of(), withoutDynamic));
        while (!run(new Watch.LoadState("c", List.of())).ready()) Thread.onSpinWait();
    }

    private static Filter positive(String name) {
        return new Filter(
                name + " > 0",
                new Expression.Compare(
                        Expression.Comparison.GREATER,
                        new Expression.Name(name),
                        new Expression.Literal(new Value.Int(0))),
                Map.of());
    }

    private static Read.Query query(String filtered, String... outputs) {
        return new Read.Query(
                "c", List.of(), Optional.of(positive(filtered)), List.of(outputs), OptionalInt.empty(), 0, false);
    }

    private static Read.Search search(String field) {
        return Read.Search.of("c", field, Column.Dense.of(2, new float[] {1, 1}), 1);
    }

    private void refused(String field, Read<?> read) {
        assertThat(Threshold.refusal(() -> run(read)))
                .isEqualTo(new Refusal.InvalidParameter(field, "field " + field + " is not loaded"));
    }

    private void onlySomeAreThere() {
        assertThat(run(query("n", "*")).rows().columns().keySet()).containsExactly("id", "v", "n");
        assertThat(run(search("v")).total()).isEqualTo(1);
        refused("m", query("m"));
        refused("m", query("n", "m"));
        refused("m", query("n").ordered(Read.Order.ascending("m")));
        refused("m", Read.Aggregate.of("c", List.of("m")));
        refused("m", search("v").where(positive("m")));
        refused("m", new Read.Explain(search("v").where(positive("m")), false));
        refused("w", search("w"));
        refused("$meta", query("anything"));
        refused("$meta", query("n", "anything"));
    }

    @Test
    void fieldsThatWereNotLoadedAreRefusedAlsoAfterARestart() {
        load(true, "id", "v", "n");
        onlySomeAreThere();
        reopen();
        onlySomeAreThere();
        load(false);
        assertThat(run(query("m", "*")).rows().columns().keySet()).containsExactly("id", "v", "w", "n", "m", "$meta");
        assertThat(run(search("w")).total()).isEqualTo(1);
    }

    @Test
    void rowsAreNotDeletedByWhatWasNotLoaded() {
        load(true, "id", "v", "n");
        for (var field : List.of("m", "anything"))
            assertThat(Threshold.refusal(() -> run(new Write.Delete("c", Optional.empty(), positive(field))))
                            .sentence())
                    .contains("is not loaded");
        assertThat(run(query("n")).rows().count()).isEqualTo(1);
        run(new Write.Delete("c", Optional.empty(), positive("n")));
        assertThat(run(query("n")).rows().count()).isZero();
    }

    @Test
    void theDynamicFieldIsLoadedUnlessItIsLeftOut() {
        load(false, "id", "v");
        run(query("anything"));
        refused("n", query("n"));
        run(new Operate.Release("c", List.of()));
        load(true);
        run(query("n", "m"));
        refused("$meta", query("anything"));
    }

    @Test
    void whoNamesFieldsNeedNotNameTheHiddenKeyOfNamespaces() {
        var fields = List.of(id(), vector("v", 2), vector("w", 2));
        run(new Define.CreateCollection(
                "spaces", "", fields, false, 1, 0, ConsistencyLevel.STRONG, Map.of(Properties.NAMESPACES, "true")));
        run(Threshold.index("spaces", "v"));
        run(Threshold.index("spaces", "w"));
        run(new Operate.Load("spaces", List.of(), 1, List.of("id", "v"), false));
    }
}
