package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonCursor;
import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Expression;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
