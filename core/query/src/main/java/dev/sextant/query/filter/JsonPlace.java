package dev.sextant.query.filter;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A place in JSON values, read as text: for grouping, and for output of dynamic keys.
public final class JsonPlace {
    private static final java.util.regex.Pattern STEP = java.util.regex.Pattern.compile("\\[(?:\"([^\"]*)\"|'([^']*)'|(\\d{1,9}))]");

    private final JsonPath path;

    private JsonPlace(JsonPath path) {
        this.path = path;
    }

    public static JsonPlace key(String key) {
        return new JsonPlace(new JsonPath(List.of(JsonPath.key(key))));
    }

    /// `["key"][0]`
    public static JsonPlace parse(String steps) {
        var path = new ArrayList<JsonPath.Step>();
        var matcher = STEP.matcher(steps);
        int at = 0;
        for (; at < steps.length() && matcher.region(at, steps.length()).lookingAt(); at = matcher.end()) {
            var key = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            path.add(key != null ? JsonPath.key(key) : new JsonPath.Index(Integer.parseInt(matcher.group(3))));
        }
        if (at < steps.length() || path.isEmpty())
            throw new Refused(new Refusal.InvalidParameter("json_path", "cannot parse identifier: " + steps));
        return new JsonPlace(new JsonPath(path));
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
                        cursor.textBytes(), cursor.textFrom(), cursor.textTo() - cursor.textFrom(), StandardCharsets.UTF_8));
            }
            case OBJECT, ARRAY, NUMBER, TRUTH -> {
                int begin = cursor.position();
                cursor.skip();
                yield Optional.of(new String(json, begin, cursor.position() - begin, StandardCharsets.UTF_8));
            }
        };
    }
}
