package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Bits;
import dev.sextant.language.Filters;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.query.MemoryPart;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfElementsTest {
    private static final long SEED = new Random().nextLong();
    private static final Schema SCHEMA = new Schema(
                    1,
                    List.of(
                            Field.of("id", Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                    .withId(100),
                            part(102, "n", Primitive.INT32),
                            part(103, "w", new FieldType.Varchar(10))))
            .withStructs(List.of(new Struct(101, "s", "", true, Map.of())));

    private static Field part(int id, String name, FieldType element) {
        return Field.of("s[" + name + "]", new FieldType.Array(element, 8), Field.Trait.NULLABLE)
                .withId(id);
    }

    private record Element(int n, String w) {}

    /// The plain form of a condition on elements.
    private record On(String text, Predicate<Element> holds) {}

    private static final List<On> CONDITIONS = List.of(
            new On("$[n] > 5", e -> e.n > 5),
            new On("$[n] % 3 == 1", e -> e.n % 3 == 1),
            new On("$[n] in [1, 2, 3]", e -> e.n >= 1 && e.n <= 3),
            new On("$[w] == \"a\"", e -> e.w.equals("a")),
            new On("$[w] like \"b%\"", e -> e.w.startsWith("b")),
            new On("not ($[w] == \"a\" or $[n] < 4)", e -> !(e.w.equals("a") || e.n < 4)),
            new On("$[w] != \"a\" and 2 < $[n] <= 8", e -> !e.w.equals("a") && e.n > 2 && e.n <= 8));

    private final Random random = new Random(SEED);
    private final List<Optional<List<Element>>> rows = new ArrayList<>();

    private MemoryPart part(int count) {
        var ends = new int[count];
        var nulls = new BitSet();
        var numbers = new ArrayList<Integer>();
        var words = new ArrayList<String>();
        for (int row = 0; row < count; row++) {
            if (random.nextInt(8) == 0) {
                nulls.set(row);
                rows.add(Optional.empty());
            } else {
                var elements = new ArrayList<Element>();
                for (int e = random.nextInt(6); e > 0; e--)
                    elements.add(new Element(
                            random.nextInt(10), List.of("a", "b", "bc", "d").get(random.nextInt(4))));
                elements.forEach(e -> {
                    numbers.add(e.n);
                    words.add(e.w);
                });
                rows.add(Optional.of(elements));
            }
            ends[row] = numbers.size();
        }
        var n = new Column.Ints(numbers.stream().mapToInt(Integer::intValue).toArray(), Nulls.NONE);
        return new MemoryPart(
                1,
                false,
                Map.of(
                        100,
                                Column.longs(
                                        IntStream.range(0, count).asLongStream().toArray()),
                        102, new Column.Lists(ends, n, Nulls.of(nulls)),
                        103, new Column.Lists(ends, Column.texts(words), Nulls.of(nulls))),
                Bits.ALL,
                new long[1],
                new long[count],
                true);
    }

    private static Bound bound(String filter) {
        return Binder.bind(Filters.filter(filter, Map.of()), SCHEMA);
    }

    private void compare(MemoryPart part, String filter, Predicate<Optional<List<Element>>> holds) {
        var taken = Matching.rows(part, bound(filter), Bits.ALL, 0, () -> {});
        for (int row = 0; row < rows.size(); row++)
            assertThat(taken.get(row))
                    .as("seed %d, row %d, %s", SEED, row, filter)
                    .isEqualTo(holds.test(rows.get(row)));
    }

    @Test
    @Tag("slow")
    void rowsAreTakenByHowManyOfTheirElementsMeetTheCondition() {
        System.out.println("seed " + SEED);
        var part = part(70_000); // more than a chunk
        for (var on : CONDITIONS) {
            int k = random.nextInt(4);
            var call = "(s, " + on.text;
            Predicate<List<Element>> any = all -> all.stream().anyMatch(on.holds);
            compare(part, "match_any" + call + ")", row -> row.filter(any).isPresent());
            compare(part, "not match_any" + call + ")", row -> row.isPresent() && !any.test(row.get()));
            compare(
                    part,
                    "match_all" + call + ")",
                    row -> row.filter(all -> all.stream().allMatch(on.holds)).isPresent());
            compare(
                    part,
                    "match_least" + call + ", threshold=" + k + ")",
                    row -> row.filter(all -> count(all, on) >= k).isPresent());
            compare(
                    part,
                    "match_most" + call + ", threshold=" + k + ")",
                    row -> row.filter(all -> count(all, on) <= k).isPresent());
            compare(
                    part,
                    "match_exact" + call + ", threshold=" + k + ")",
                    row -> row.filter(all -> count(all, on) == k).isPresent());
            compare(part, "element_filter" + call + ")", row -> row.filter(any).isPresent());
            compare(
                    part,
                    "array_length(s) == 3 or s is null or match_any" + call + ")",
                    row -> row.isEmpty() || row.get().size() == 3 || any.test(row.get()));
        }
        compare(
                part,
                "s[1][n] < 5",
                row -> row.filter(all -> all.size() > 1 && all.get(1).n < 5).isPresent());
        compare(
                part,
                "array_contains(s[w], \"bc\")",
                row -> row.filter(all -> all.stream().anyMatch(e -> e.w.equals("bc")))
                        .isPresent());
    }

    private static long count(List<Element> all, On on) {
        return all.stream().filter(on.holds).count();
    }

    @Test
    void theElementsThatAreTakenAreThoseOfWantedRowsThatMeetTheCondition() {
        System.out.println("seed " + SEED);
        var part = part(70_000);
        int elements =
                rows.stream().mapToInt(row -> row.map(List::size).orElse(0)).sum();
        var wanted = Bits.builder(rows.size());
        for (int row = 0; row < rows.size(); row++) if (random.nextBoolean()) wanted.set(row);
        var some = wanted.build();
        for (var on : CONDITIONS) {
            var asked = bound("id >= 0 and (id < 100000 and element_filter(s, " + on.text + "))")
                    .elements()
                    .orElseThrow();
            var taken = asked.taken(part, some, elements, () -> {});
            int at = 0;
            for (int row = 0; row < rows.size(); row++)
                for (var element : rows.get(row).orElse(List.of()))
                    assertThat(taken.get(at++))
                            .as("seed %d, row %d, %s", SEED, row, on.text)
                            .isEqualTo(some.get(row) && on.holds.test(element));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "match_any(t, $[n] > 1)",
                "match_any(s, $[m] > 1)",
                "match_any(s, id > 1)",
                "match_any(s, match_any(s, $[n] > 1))",
                "match_any(s, $[n])",
                "match_least(s, $[n] > 1)",
                "match_least(s, $[n] > 1, threshold=-1)",
                "element_filter(s, $[n] > 1) and id > 1",
                "not element_filter(s, $[n] > 1)",
                "$[n] > 1",
                "s == 1",
                "s[0] == 1",
                "s[m] == 1"
            })
    void whatMeansNothingIsRefused(String filter) {
        assertThatThrownBy(() -> bound(filter)).isInstanceOf(Refused.class);
    }
}
