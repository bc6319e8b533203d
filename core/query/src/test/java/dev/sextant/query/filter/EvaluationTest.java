package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.fail;

import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.query.MemoryPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final long SEED = new Random().nextLong();

    @Test
    void everyFilterTakesTheRowsForWhichItIsPlainlyTrue() {
        System.out.println("seed " + SEED);
        var chances = new Chances(SEED);
        for (int table = 0; table < 12; table++) {
            var rows = chances.rows(chances.random.nextInt(1, 150));
            var part = part(chances, rows);
            for (int i = 0; i < 150; i++) compare(rows, part, chances.filter(4), "table " + table + ", filter " + i);
        }
    }

    @Test
    void chunksAreEvaluatedApart() {
        System.out.println("seed " + SEED);
        var chances = new Chances(SEED);
        var few = chances.rows(1_000);
        int count = Bits.CHUNK_BITS + 1_000;
        var again = IntStream.range(0, count).map(row -> row % few.size()).toArray();
        var columns = new HashMap<Integer, Column>();
        chances.columns(few).forEach((field, column) -> columns.put(field, column.take(again)));
        var part = new MemoryPart(1, false, columns, visible(chances, count), new long[1], new long[count], true);
        for (int i = 0; i < 20; i++) {
            var filter = chances.filter(2);
            var matching = Matching.rows(part, bound(filter), part.visible(), 0, () -> {});
            var plainly = new Plainly(Map.of());
            var holds = new boolean[few.size()];
            for (int row = 0; row < holds.length; row++)
                holds[row] = Boolean.TRUE.equals(plainly.holds(filter, few.get(row)));
            for (int row = 0; row < count; row++)
                if (matching.get(row) != (part.visible().get(row) && holds[again[row]]))
                    fail("seed %d, row %d, %s", SEED, row, filter);
        }
    }

    private static MemoryPart part(Chances chances, List<Map<String, Object>> rows) {
        return new MemoryPart(
                1,
                false,
                chances.columns(rows),
                visible(chances, rows.size()),
                new long[1],
                new long[rows.size()],
                chances.random.nextBoolean());
    }

    private static Bits visible(Chances chances, int rows) {
        if (chances.random.nextBoolean()) return Bits.ALL;
        var bits = Bits.builder(rows);
        for (int row = 0; row < rows; row++) if (chances.random.nextInt(4) > 0) bits.set(row);
        return bits.build();
    }

    private static void compare(List<Map<String, Object>> rows, MemoryPart part, Expression filter, String which) {
        int row = firstWrong(rows, part, filter);
        if (row < 0) return;
        var culprit = filter;
        while (smaller(rows, part, culprit).isPresent())
            culprit = smaller(rows, part, culprit).get();
        row = firstWrong(rows, part, culprit);
        fail(
                "seed %d, %s, row %d %s%n%s%nbound to %s",
                SEED, which, row, rows.get(row), culprit, bound(culprit).root());
    }

    /// An operand that is wrong by itself.
    private static Optional<Expression> smaller(List<Map<String, Object>> rows, MemoryPart part, Expression filter) {
        var operands = switch (filter) {
            case Expression.And(var all) -> all;
            case Expression.Or(var any) -> any;
            case Expression.Not(var operand) -> List.of(operand);
            default -> List.<Expression>of();
        };
        return operands.stream()
                .filter(operand -> firstWrong(rows, part, operand) >= 0)
                .findFirst();
    }

    private static Bound bound(Expression filter) {
        return Binder.bind(new Filter("?", filter, Map.of()), Chances.SCHEMA);
    }

    private static int firstWrong(List<Map<String, Object>> rows, MemoryPart part, Expression filter) {
        var matching = Matching.rows(part, bound(filter), part.visible(), 0, () -> {});
        var plainly = new Plainly(Map.of());
        for (int row = 0; row < rows.size(); row++)
            if (matching.get(row)
                    != (part.visible().get(row) && Boolean.TRUE.equals(plainly.holds(filter, rows.get(row)))))
                return row;
        return -1;
    }
}
