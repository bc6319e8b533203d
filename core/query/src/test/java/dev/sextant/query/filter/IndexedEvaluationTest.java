package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.index.scalar.ScalarParameters;
import dev.sextant.index.scalar.ScalarParameters.Cast;
import dev.sextant.index.scalar.ScalarParameters.Place;
import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.language.Filters;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Filter;
import dev.sextant.model.Nulls;
import dev.sextant.query.MemoryPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What an index answers is what the column would have answered, row by row.
class IndexedEvaluationTest {
    private static final long SEED = new Random().nextLong();
    private static final double WHENEVER_POSSIBLE = Double.POSITIVE_INFINITY;

    private final Memory memory = new Memory(1L << 30);
    private int answered;

    @Test
    void filtersTakeTheSameRowsWithAndWithoutIndexes() {
        System.out.println("seed " + SEED);
        var chances = new Chances(SEED);
        for (int table = 0; table < 12; table++) {
            var rows = chances.rows(chances.random.nextInt(1, 200));
            try (var part = part(chances, chances.columns(rows), rows.size())) {
                index(chances, part);
                for (int i = 0; i < 200; i++) compare(part, chances.filter(3), "table " + table + ", filter " + i);
            }
        }
        assertThat(answered).isGreaterThan(1_000);
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void indexesReachOverChunks() {
        System.out.println("seed " + SEED);
        var chances = new Chances(SEED);
        var few = chances.rows(900);
        int count = Bits.CHUNK_BITS + 1_000;
        var again = IntStream.range(0, count).map(row -> row % few.size()).toArray();
        var columns = new HashMap<Integer, Column>();
        chances.columns(few).forEach((field, column) -> columns.put(field, column.take(again)));
        try (var part = part(chances, columns, count)) {
            index(chances, part);
            for (int i = 0; i < 12; i++) compare(part, chances.filter(2), "filter " + i);
        }
    }

    @Test
    void theRarestAnswerGoesFirstAndTheRestIsAskedOnlyWhereThatPays() {
        int rows = 100_000;
        var ascending = new Column.Longs(LongStream.range(0, rows).toArray(), Nulls.NONE);
        var few = new Column.Ints(
                IntStream.range(0, rows).map(row -> row * 31 % 100).toArray(), Nulls.NONE);
        try (var part = new MemoryPart(
                1, false, Map.of(102, few, 103, ascending), Bits.ALL, new long[1], new long[rows], false)) {
            for (var field : List.of(Chances.SCHEMA.field(102), Chances.SCHEMA.field(103)))
                part.withIndex(
                        memory,
                        field.orElseThrow().id(),
                        field.orElseThrow().type(),
                        new ScalarParameters(Wanted.AUTO, Optional.empty(), 2, 3, 500));
            assertThat(answers(part, "i32 < 50 and i64 < 10"))
                    .containsExactly("index 'on 103' (sorted) answers: 10 rows for sure, 0 to be looked at");
            assertThat(answers(part, "i32 == 31 or i64 < 10"))
                    .containsExactlyInAnyOrder(
                            "index 'on 102' (bitmap) answers: 1,000 rows for sure, 0 to be looked at",
                            "index 'on 103' (sorted) answers: 10 rows for sure, 0 to be looked at");
            assertThat(answers(part, "i64 + 1 < 10")).isEmpty();
        }
    }

    private static List<String> answers(MemoryPart part, String filter) {
        var bound = Binder.bind(Filters.filter(filter, Map.of()), Chances.SCHEMA);
        return Serving.plan(bound.root(), part, Bits.ALL).notes();
    }

    private static MemoryPart part(Chances chances, Map<Integer, Column> columns, int rows) {
        var visible = Bits.ALL;
        if (chances.random.nextBoolean()) {
            var bits = Bits.builder(rows);
            for (int row = 0; row < rows; row++) if (chances.random.nextInt(4) > 0) bits.set(row);
            visible = bits.build();
        }
        return new MemoryPart(1, false, columns, visible, new long[1], new long[rows], chances.random.nextBoolean());
    }

    /// An index of some kind over nearly every field, and over some places in JSON.
    private void index(Chances chances, MemoryPart part) {
        for (var field : Chances.SCHEMA.fields()) {
            if (chances.random.nextInt(6) == 0) continue;
            if (!(field.type() instanceof FieldType.Json)) {
                part.withIndex(memory, field.id(), field.type(), parameters(chances, field, Optional.empty()));
                continue;
            }
            for (var path : paths(field))
                for (var cast : Cast.values())
                    if (chances.random.nextInt(3) > 0)
                        part.withIndex(
                                memory,
                                field.id(),
                                field.type(),
                                parameters(chances, field, Optional.of(new Place(path, cast))));
        }
    }

    private static List<JsonPath> paths(Field field) {
        var a = JsonPath.key("a");
        var b = JsonPath.key("b");
        return field.name().equals(Field.DYNAMIC_NAME)
                ? List.of(new JsonPath(List.of(a)), new JsonPath(List.of(b)))
                : List.of(
                        new JsonPath(List.of()),
                        new JsonPath(List.of(a)),
                        new JsonPath(List.of(b)),
                        new JsonPath(List.of(a, new JsonPath.Index(0))),
                        new JsonPath(List.of(a, b)));
    }

    private static ScalarParameters parameters(Chances chances, Field field, Optional<Place> place) {
        var all = Wanted.values();
        var wanted = all[chances.random.nextInt(all.length)];
        boolean text = field.type() instanceof FieldType.Varchar
                || place.map(p -> p.cast() == Cast.VARCHAR).orElse(false);
        if (wanted == Wanted.GRAMS && !text || field.type() == Primitive.BOOL) wanted = Wanted.AUTO;
        int least = chances.random.nextInt(1, 3);
        return new ScalarParameters(
                wanted, place, least, least + chances.random.nextInt(2), chances.random.nextInt(3) * 4);
    }

    private static Bound bound(Expression filter) {
        return Binder.bind(new Filter("?", filter, Map.of()), Chances.SCHEMA);
    }

    private void compare(MemoryPart part, Expression filter, String which) {
        if (firstWrong(part, filter) < 0) return;
        var culprit = filter;
        for (var next = smaller(part, culprit); next.isPresent(); next = smaller(part, culprit)) culprit = next.get();
        fail(
                "seed %d, %s, row %d: %s%nbound to %s%n%s",
                SEED,
                which,
                firstWrong(part, culprit),
                culprit,
                bound(culprit).root(),
                Serving.plan(bound(culprit).root(), part, part.visible(), WHENEVER_POSSIBLE)
                        .notes());
    }

    private Optional<Expression> smaller(MemoryPart part, Expression filter) {
        var operands = switch (filter) {
            case Expression.And(var all) -> all;
            case Expression.Or(var any) -> any;
            case Expression.Not(var operand) -> List.of(operand);
            default -> List.<Expression>of();
        };
        return operands.stream()
                .filter(operand -> firstWrong(part, operand) >= 0)
                .findFirst();
    }

    private int firstWrong(MemoryPart part, Expression filter) {
        var bound = bound(filter);
        var scanned = Matching.rows(part.withoutIndexes(), bound, part.visible(), 0, () -> {});
        for (double weight : new double[] {1, WHENEVER_POSSIBLE}) {
            var found = Matching.rows(part, bound, part.visible(), 0, () -> {}, weight);
            for (int row = 0; row < part.rows(); row++) if (found.get(row) != scanned.get(row)) return row;
        }
        answered += Serving.plan(bound.root(), part, part.visible(), WHENEVER_POSSIBLE)
                .notes()
                .size();
        return -1;
    }
}
