package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonCursor;
import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A place in JSON values, read as text: for grouping, and for output of dynamic keys.
public final class JsonPlace {
    private static final java.util.regex.Pattern STEP =
            java.util.regex.Pattern.compile("\\[(?:\"([^\"]*)\"|'([^']*)'|(\\d{1,9}))]");

    private final JsonPath path;

    private JsonPlace(JsonPath path) {
        this.path = path;
    }

    /// A field, and a place in it.
    public record Found(Field field, JsonPlace place) {}

    /// `field["key"][0]`, or a dynamic key, if the schema has such a field.
    public static Optional<Found> of(String name, Schema schema) {
        int bracket = name.indexOf('[');
        var root = schema.field(bracket < 0 ? name : name.substring(0, bracket));
        if (root.isPresent())
            return bracket >= 0 && root.get().type() instanceof FieldType.Json
                    ? Optional.of(new Found(root.get(), parse(name.substring(bracket))))
                    : Optional.empty();
        return schema.dynamic()
                .map(dynamic -> new Found(
                        dynamic,
                        bracket < 0
                                ? key(name)
                                : parse("[\"" + name.substring(0, bracket) + "\"]" + name.substring(bracket))));
    }

    public static JsonPlace key(String key) {
        return new JsonPlace(new JsonPath(List.of(JsonPath.key(key))));
    }

    /// `["key"][0]`
    public static JsonPlace parse(String steps) {
        return new JsonPlace(new JsonPath(steps(steps).stream()
                .<JsonPath.Step>map(step -> switch (step) {
                    case Expression.Step.Key(var key) -> JsonPath.key(key);
                    case Expression.Step.Index(var index) -> new JsonPath.Index(index);
                    case Expression.Step.Sub _ -> throw new AssertionError(step);
                })
                .toList()));
    }

    /// The same, as a filter writes it.
    public static List<Expression.Step> steps(String written) {
        var path = new ArrayList<Expression.Step>();
        var matcher = STEP.matcher(written);
        int at = 0;
        for (; at < written.length() && matcher.region(at, written.length()).lookingAt(); at = matcher.end()) {
            var key = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            path.add(
                    key != null
                            ? new Expression.Step.Key(key)
                            : new Expression.Step.Index(Integer.parseInt(matcher.group(3))));
        }
        if (at < written.length() || path.isEmpty())
            throw new Refused(new Refusal.InvalidParameter("json_path", "cannot parse identifier: " + written));
        return path;
    }

    /// What stands there; objects and lists as one item, their text.
    public Value value(byte[] json, int from, int to) {
        var cursor = new JsonCursor();
        if (!cursor.seek(json, from, to, path)) return Value.NULL;
        return switch (cursor.kind()) {
            case NULL, NOTHING -> Value.NULL;
            case TRUTH -> Value.of(cursor.truth());
            case NUMBER -> cursor.readNumber() ? Value.of(cursor.whole()) : Value.of(cursor.real());
            case TEXT -> Value.of(text(json, from, to).orElseThrow());
            case OBJECT, ARRAY ->
                new Value.Items(List.of(Value.of(text(json, from, to).orElseThrow())));
        };
    }

    /// Two of [#value], neither null: truths, numbers, texts, others.
    public static int compare(Value left, Value right) {
        int byKind = Integer.compare(kind(left), kind(right));
        if (byKind != 0) return byKind;
        return switch (left) {
            case Value.Null _ -> 0;
            case Value.Bool(var truth) -> Boolean.compare(truth, ((Value.Bool) right).value());
            case Value.Int(var number) ->
                right instanceof Value.Int(var other)
                        ? Long.compare(number, other)
                        : compareReal(number, ((Value.Real) right).value());
            case Value.Real(var number) ->
                right instanceof Value.Int(var other)
                        ? -compareReal(other, number)
                        : Double.compare(number + 0d, ((Value.Real) right).value() + 0d);
            case Value.Text(var text) ->
                Arrays.compareUnsigned(
                        text.getBytes(StandardCharsets.UTF_8),
                        ((Value.Text) right).value().getBytes(StandardCharsets.UTF_8));
            case Value.Items(var items) ->
                compare(items.getFirst(), ((Value.Items) right).items().getFirst());
            case Value.Bytes _ -> throw new AssertionError("JSON holds no bytes");
        };
    }

    /// Exactly, also where a double cannot tell whole numbers apart.
    private static int compareReal(long whole, double real) {
        if (Double.isNaN(real)) return -1;
        if (Double.isInfinite(real)) return real > 0 ? -1 : 1;
        return new BigDecimal(whole).compareTo(new BigDecimal(real));
    }

    private static int kind(Value value) {
        return switch (value) {
            case Value.Null _ -> 0;
            case Value.Bool _ -> 1;
            case Value.Int _, Value.Real _ -> 2;
            case Value.Text _ -> 3;
            case Value.Items _ -> 4;
            case Value.Bytes _ -> throw new AssertionError("JSON holds no bytes");
        };
    }

    /// Strings without quotes, everything else as it stands; nothing where nothing or null is.
    public Optional<String> text(byte[] json, int from, int to) {
        var cursor = new JsonCursor();
        if (!cursor.seek(json, from, to, path)) return Optional.empty();
        return switch (cursor.kind()) {
            case NULL, NOTHING -> Optional.empty();
            case TEXT -> {
                cursor.readText();
                yield Optional.of(new String(
                        cursor.textBytes(),
                        cursor.textFrom(),
                        cursor.textTo() - cursor.textFrom(),
                        StandardCharsets.UTF_8));
            }
            case OBJECT, ARRAY, NUMBER, TRUTH -> {
                int begin = cursor.position();
                cursor.skip();
                yield Optional.of(new String(json, begin, cursor.position() - begin, StandardCharsets.UTF_8));
            }
        };
    }
}
