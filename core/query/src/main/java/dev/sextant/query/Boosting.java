package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Hits that are worth more than their score. Pure.
final class Boosting {
    private static final long HIT_BYTES = 160; // a literal of the condition, and a place in the set of those found

    private Boosting() {}

    /// What finding those takes for a while that meet one condition.
    static long bytes(Column keys) {
        long texts = keys instanceof Column.Texts(var values, _) ? 4L * values.bytes().length : 0;
        return HIT_BYTES * keys.rows() + texts;
    }

    /// The condition of a boost, over the hits alone.
    static Filter among(Filter filter, String key, Column keys) {
        var named = new ArrayList<Expression>();
        for (int row = 0; row < keys.rows(); row++) named.add(new Expression.Literal(value(keys, row)));
        var operands = new ArrayList<Expression>();
        operands.add(new Expression.In(new Expression.Name(key), new Expression.Items(named), false));
        // A sample must stay the last operand of the outermost `and`.
        if (filter.root() instanceof Expression.And(var all)) operands.addAll(all);
        else operands.add(filter.root());
        return filter.with(filter.text() + " among the hits", new Expression.And(operands));
    }

    private static Value value(Column keys, int row) {
        return keys instanceof Column.Texts(var texts, _)
                ? Value.of(texts.text(row))
                : Value.of(((Column.Longs) keys).values()[row]);
    }

    /// The hits whose keys are among those found.
    static BitSet rows(Column keys, List<Column> found) {
        Set<Value> meant = new HashSet<>();
        for (var column : found) for (int row = 0; row < column.rows(); row++) meant.add(value(column, row));
        var rows = new BitSet();
        for (int row = 0; row < keys.rows(); row++) if (meant.contains(value(keys, row))) rows.set(row);
        return rows;
    }

    /// What a boost gives each hit.
    ///
    /// @param values that its chance depends on
    static double[] shares(Read.Boost boost, Column values, int rows) {
        var shares = new double[rows];
        java.util.Arrays.fill(shares, boost.weight());
        boost.chance().ifPresent(chance -> {
            for (int row = 0; row < rows; row++) shares[row] *= random(chance.seed(), whole(values, row));
        });
        return shares;
    }

    private static long whole(Column values, int row) {
        return switch (values) {
            case Column.Longs(var numbers, _) -> numbers[row];
            case Column.Ints(var numbers, _) -> numbers[row];
            case Column.Texts(var texts, _) -> texts.text(row).hashCode();
            default ->
                throw new Refused(new Refusal.InvalidParameter(
                        "random_score", "random_score depends on a field of whole numbers"));
        };
    }

    /// At least 0 and less than 1.
    static double random(long seed, long value) {
        long mixed = (seed ^ value * 0xc6a4a7935bd1e995L) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 30) * 0x94d049bb133111ebL;
        return ((mixed ^ mixed >>> 31) >>> 11) * 0x1p-53;
    }

    /// The hits by their scores with what all boosts gave.
    ///
    /// @param given for each boost what it gives
    /// @param taken for each boost the hits that meet its condition
    static Winners boosted(
            Winners fused,
            Read.Fusion.Boosts boosts,
            List<double[]> given,
            List<BitSet> taken,
            boolean largerIsBetter) {
        var scores = fused.scores().clone();
        for (int row = 0; row < scores.length; row++) {
            boolean any = false;
            double all = boosts.functionsAdd() ? 0 : 1;
            for (int i = 0; i < given.size(); i++)
                if (taken.get(i).get(row)) {
                    any = true;
                    all = boosts.functionsAdd() ? all + given.get(i)[row] : all * given.get(i)[row];
                }
            if (any) scores[row] = (float) (boosts.scoresAdd() ? scores[row] + all : scores[row] * all);
        }
        return Decaying.ordered(fused, scores, largerIsBetter);
    }
}
