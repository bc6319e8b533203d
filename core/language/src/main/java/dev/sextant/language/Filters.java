package dev.sextant.language;

import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import java.util.Map;

/// Reads filters. The time is linear in the text, the memory in proportion to it, and the depth of the tree is bounded,
/// so whoever walks a tree that was parsed here may recurse. Everything wrong with a text is a [Refusal.InvalidFilter];
/// nothing else is ever thrown.
public final class Filters {
    /// Operators, brackets and calls may stand inside each other this deep. A chain of `and` or `or` is one level,
    /// however long.
    public static final int MAX_DEPTH = 256;

    /// The longest text, in UTF-16 units: the most that a message of the Milvus protocol carries.
    public static final int MAX_LENGTH = 64 << 20;

    private Filters() {}

    /// The tree of a filter; of a blank text, `true`.
    public static Expression parse(String text) {
        if (text.length() > MAX_LENGTH) throw tooLong(text);
        return text.isBlank() ? new Expression.Literal(Value.of(true)) : new Parser(text).parse();
    }

    /// A filter with the values of its templates. Whether each template has a value is seen when the filter is bound.
    public static Filter filter(String text, Map<String, Value> values) {
        return new Filter(text, parse(text), values);
    }

    private static Refused tooLong(String text) {
        String reason = "the filter has " + text.length() + " characters, at most " + MAX_LENGTH + " are read";
        return new Refused(new Refusal.InvalidFilter(text.substring(0, 80) + "...", reason, MAX_LENGTH));
    }
}
