package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/// Which scores a search wants at all, and how it rounds them.
final class Window {
    /// Where a score stands.
    enum Place {
        /// Better than the caller wants: behind it there may be wanted ones.
        BEFORE,
        INSIDE,
        /// Worse than the caller wants; so is everything behind it.
        BEHIND
    }

    private final boolean larger;
    private final boolean sparse;
    private final OptionalDouble radius;
    private final OptionalDouble rangeFilter;
    private final Optional<Read.After> after;
    private final double unit; // 0 when scores are not rounded

    Window(Reader.Nearest question, boolean sparse) {
        larger = question.metric().largerIsBetter();
        this.sparse = sparse;
        radius = question.radius();
        rangeFilter = question.rangeFilter();
        after = question.after();
        unit = question.roundDecimal() < 0 ? 0 : Math.pow(10, question.roundDecimal());
    }

    /// Half away from zero.
    float round(float score) {
        return unit == 0 || !Float.isFinite(score)
                ? score
                : (float) (Math.copySign(Math.floor(Math.abs((double) score) * unit + 0.5), score) / unit);
    }

    /// @param score as the metric gives it
    Place place(float score) {
        if (Float.isNaN(score)) return Place.BEHIND;
        // A sparse row that shares no term with the query is not near: it is unrelated.
        if (sparse && score == 0) return Place.BEHIND;
        if (radius.isPresent() && (larger ? score <= radius.getAsDouble() : score >= radius.getAsDouble()))
            return Place.BEHIND;
        if (rangeFilter.isPresent() && (larger ? score > rangeFilter.getAsDouble() : score < rangeFilter.getAsDouble()))
            return Place.BEFORE;
        if (after.isPresent() && better(after.get().score(), round(score)) < 0) return Place.BEFORE;
        return Place.INSIDE;
    }

    /// Whether the caller looks only for a part of the scores.
    boolean isOpen() {
        return radius.isEmpty() && rangeFilter.isEmpty() && after.isEmpty();
    }

    /// Whether only its key tells whether a hit stands on the page before.
    boolean ties(float score) {
        return after.isPresent() && better(after.get().score(), round(score)) == 0;
    }

    /// Whether hits nearer than those that are wanted may be met first.
    boolean skips() {
        return rangeFilter.isPresent() || after.isPresent();
    }

    /// Whether a hit stands at the end of the page before, or ahead of it.
    boolean isBefore(float score, Column keys, int key) {
        var cursor = after.orElseThrow();
        int order = compare(round(score), cursor.score());
        if (order != 0) return order < 0;
        return switch (cursor.key()) {
            case Value.Int(var last) -> ((Column.Longs) keys).values()[key] <= last;
            case Value.Text(var last) -> {
                var texts = ((Column.Texts) keys).values();
                var bytes = last.getBytes(StandardCharsets.UTF_8);
                yield Arrays.compareUnsigned(texts.bytes(), texts.start(key), texts.end(key), bytes, 0, bytes.length)
                        <= 0;
            }
            default -> throw new IllegalArgumentException("keys are integers or text");
        };
    }

    Optional<Read.After> after() {
        return after;
    }

    /// The worst score as the metric gives it that can still be `bound` after rounding.
    float loosened(float bound) {
        if (unit == 0) return bound;
        double half = 0.5000001 / unit;
        return larger ? Math.nextDown((float) (bound - half)) : Math.nextUp((float) (bound + half));
    }

    /// Negative when `left` ranks before `right`.
    int compare(float left, float right) {
        return -better(left, right);
    }

    private int better(float left, float right) {
        // Adding zero makes -0.0 and 0.0 one.
        int order = Float.compare(left + 0f, right + 0f);
        return larger ? order : -order;
    }

    float worst() {
        return larger ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    }
}
