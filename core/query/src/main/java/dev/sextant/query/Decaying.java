package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Fusion.Decay;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;

/// Scores that grow less with the distance of a field's value. Pure.
final class Decaying {
    private Decaying() {}

    static void check(Decay decay) {
        check(decay.origin(), decay.scale(), decay.offset(), decay.decay());
    }

    static void check(double origin, double scale, double offset, double decay) {
        if (!Double.isFinite(origin)) throw wrong("origin", origin, "a number");
        if (!(scale > 0)) throw wrong("scale", scale, "greater than 0");
        if (!(offset >= 0)) throw wrong("offset", offset, "greater than or equal to 0");
        if (!(decay > 0 && decay < 1)) throw wrong("decay", decay, "between 0 and 1");
    }

    private static Refused wrong(String name, double value, String expected) {
        return new Refused(new Refusal.InvalidParameter(
                name, "decay function param: " + name + " must be " + expected + ", but got " + value));
    }

    static Field field(Decay decay, Schema schema) {
        var field = schema.field(decay.field())
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, decay.field(), "")));
        if (field.type() instanceof FieldType.Primitive type && type != FieldType.Primitive.BOOL) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "input_field_names",
                "decay rerank: unsupported input field type of " + field.name() + ", only numeric fields"));
    }

    /// The winners by what is left of their scores.
    static Winners decayed(Winners fused, Decay decay, Column values) {
        var scores = new float[fused.total()];
        for (int row = 0; row < scores.length; row++)
            scores[row] = values.isNull(row) ? 0 : (float) (fused.scores()[row] * factor(decay, value(values, row)));
        return ordered(fused, scores, true);
    }

    /// The same hits by other scores; ties by key.
    static Winners ordered(Winners fused, float[] scores, boolean largerIsBetter) {
        var chosen = new int[scores.length];
        int from = 0;
        for (int count : fused.counts()) {
            int begin = from;
            var sorted = Sorting.sorted(count, (a, b) -> {
                int byScore = Merging.compare(scores[begin + a], scores[begin + b], largerIsBetter);
                return byScore != 0 ? byScore : Sorting.compareKeys(fused.keys(), begin + a, fused.keys(), begin + b);
            });
            for (int i = 0; i < count; i++) chosen[begin + i] = begin + sorted[i];
            from += count;
        }
        return fused.scored(scores).take(fused.counts(), chosen);
    }

    static double value(Column values, int row) {
        return switch (values) {
            case Column.Ints(var numbers, _) -> numbers[row];
            case Column.Longs(var numbers, _) -> numbers[row];
            case Column.Floats(var numbers, _) -> numbers[row];
            case Column.Doubles(var numbers, _) -> numbers[row];
            default ->
                throw new IllegalStateException("decay of " + values.getClass().getSimpleName());
        };
    }

    /// 1 within `offset` of the origin, `decay` at `scale` beyond it.
    static double factor(Decay decay, double value) {
        return factor(decay.curve(), decay.origin(), decay.scale(), decay.offset(), decay.decay(), value);
    }

    static double factor(Read.Curve curve, double origin, double scale, double offset, double decay, double value) {
        double distance = Math.max(0, Math.abs(value - origin) - offset);
        return switch (curve) {
            case GAUSS -> Math.exp(distance * distance * Math.log(decay) / (scale * scale));
            case EXPONENTIAL -> Math.exp(distance * Math.log(decay) / scale);
            case LINEAR -> Math.max(decay, 1 - distance * (1 - decay) / scale);
        };
    }
}
