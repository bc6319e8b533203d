package dev.sextant.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StatementsTest {
    private static final int OF_EACH = 20;

    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed()
                ? Stream.of(family.getPermittedSubclasses()).flatMap(StatementsTest::kinds)
                : Stream.of(family);
    }

    @Test
    @Tag("slow")
    void whatIsWrittenWholeReadsAsTheSameStatement() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        kinds(Statement.class).forEach(kind -> {
            for (int i = 0; i < OF_EACH; i++) {
                var statement = (Statement<?>) new StatementMaker(random.split()).make(kind);
                var text = Statements.write(statement);
                var where = "seed " + seed + ", " + kind.getSimpleName() + " " + i + ": " + text;
                Statement<?> read;
                try {
                    read = Statements.parse(text);
                } catch (Refused refused) {
                    throw new AssertionError(where + " -> " + refused.refusal().sentence(), refused);
                }
                assertThat(Statements.write(read)).as(where).isEqualTo(text);
                assertThat(same(read, statement))
                        .as(where + "\n" + read + "\n" + statement)
                        .isTrue();
                Print.statement(statement);
            }
        });
    }

    /// Equal, and where there are arrays equal in them.
    private static boolean same(Object a, Object b) {
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right)
            return left.size() == right.size()
                    && left.entrySet().stream()
                            .allMatch(each -> right.containsKey(each.getKey())
                                    && same(each.getValue(), right.get(each.getKey())));
        if (a instanceof List<?> left && b instanceof List<?> right) {
            if (left.size() != right.size()) return false;
            for (int i = 0; i < left.size(); i++) if (!same(left.get(i), right.get(i))) return false;
            return true;
        }
        if (a instanceof java.util.Optional<?> left && b instanceof java.util.Optional<?> right)
            return left.isPresent() == right.isPresent() && (left.isEmpty() || same(left.get(), right.get()));
        if (a instanceof MemorySegment left && b instanceof MemorySegment right) return left.mismatch(right) == -1;
        if (a == null || b == null || a.getClass() != b.getClass()) return Objects.equals(a, b);
        if (a.getClass().isArray()) return Arrays.deepEquals(new Object[] {a}, new Object[] {b});
        if (!(a instanceof Record) || a instanceof dev.sextant.model.Slices) return a.equals(b);
        for (var component : a.getClass().getRecordComponents())
            try {
                var read = component.getAccessor();
                if (!same(read.invoke(a), read.invoke(b))) return false;
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
            }
        return true;
    }

    @Test
    void peopleWriteWithoutQuotes() {
        assertThat(Statements.parse("drop collection docs")).isEqualTo(new Define.DropCollection("docs"));
        assertThat(Statements.parse("  LOAD docs partitions (p)  refresh "))
                .isEqualTo(new Operate.Load("docs", List.of("p"), 1, List.of(), true));
        assertThat(Statements.parse("show collections")).isEqualTo(new Watch.ListCollections());
        var search = (Read.Search) Statements.parse(
                "search docs near vec vectors(float32, 2) [[1, 2]] limit 10 where year > 2020 and kind in ['a'] group by"
                        + " author size 2 return (title, *)");
        assertThat(search.near().field()).isEqualTo("vec");
        assertThat(search.near().target().count()).isEqualTo(1);
        assertThat(search.filter().orElseThrow().text()).isEqualTo("year > 2020 and kind in [\"a\"]");
        assertThat(search.grouping().orElseThrow()).isEqualTo(new Read.Grouping("author", 2, false));
        assertThat(search.outputs()).containsExactly("title", "*");
        var rows = Statements.parse("insert 2 rows {id: longs [1, 2], t: texts ['a', \"b\"]} into docs");
        assertThat(Statements.write(rows))
                .isEqualTo("insert 2 rows {\"id\": longs [1, 2], \"t\": texts [\"a\", \"b\"]} into \"docs\"");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        for (var wrong : List.of(
                "",
                "dance",
                "drop collection",
                "drop collection a b",
                "search docs near vec [4 floats] limit 10",
                "query docs where year >",
                "insert 1 rows {id: longs [x]} into docs",
                "insert 1 rows {v: vectors(float32, 2) [[1]]} into docs",
                "query docs limit 99999999999",
                "create collection c (id int65)",
                "transfer 99999999999 nodes from a to b",
                "query docs where a == 1 at \"Nowhere/There\"",
                "explain ".repeat(1000) + "count docs",
                "query docs where " + "(".repeat(5000),
                "create collection c (id " + "array(".repeat(1000))) {
            var refused = catchThrowableOfType(Refused.class, () -> Statements.parse(wrong));
            assertThat(refused).as(wrong).isNotNull();
            assertThat(refused.refusal()).as(wrong).isInstanceOf(Refusal.InvalidParameter.class);
            assertThat(refused.refusal().sentence()).contains("at position");
        }
    }

    @Test
    void dataIsWholeToTheLastBit() {
        var column = new Column.Floats(new float[] {0.1f, Float.MIN_VALUE, -0f, 1e30f}, dev.sextant.model.Nulls.NONE);
        var read = (Column.Floats) Columns.read(new Scanner(Columns.write(column)));
        assertThat(read.values()).isEqualTo(column.values());
    }
}
