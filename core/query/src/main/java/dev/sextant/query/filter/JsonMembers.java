package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonCursor;
import dev.sextant.index.scalar.JsonPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The members of JSON objects, moved about as they are written: values are never taken apart.
public final class JsonMembers {
    private static final JsonPath ROOT = new JsonPath(List.of());

    private JsonMembers() {}

    /// Reads the members of an object, later ones over earlier; keys are as written between their quotes.
    public static void read(byte[] json, int from, int to, SequencedMap<String, byte[]> into) {
        var cursor = new JsonCursor();
        if (!cursor.seek(json, from, to, ROOT) || cursor.kind() != JsonCursor.Kind.OBJECT) return;
        cursor.enter();
        for (boolean first = true; cursor.next(first); first = false) {
            cursor.key();
            var key = new String(
                    cursor.textBytes(), cursor.textFrom(), cursor.textTo() - cursor.textFrom(), StandardCharsets.UTF_8);
            int begin = cursor.position();
            cursor.skip();
            into.put(key, Arrays.copyOfRange(json, begin, cursor.position()));
        }
    }

    /// An object of these members.
    public static byte[] write(Map<String, byte[]> members) {
        var object = new ByteArrayOutputStream();
        object.write('{');
        boolean first = true;
        for (var member : members.entrySet()) {
            if (!first) object.write(',');
            first = false;
            object.writeBytes(quoted(member.getKey()));
            object.write(':');
            object.writeBytes(member.getValue());
        }
        object.write('}');
        return object.toByteArray();
    }

    private static byte[] quoted(String key) {
        return ('"'
                        + new String(com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance()
                                .quoteAsString(key))
                        + '"')
                .getBytes(StandardCharsets.UTF_8);
    }

    /// The object with these keys only, in its own order.
    public static byte[] only(List<byte[]> keys, byte[] json, int from, int to) {
        var cursor = new JsonCursor();
        var object = new ByteArrayOutputStream();
        object.write('{');
        if (cursor.seek(json, from, to, ROOT) && cursor.kind() == JsonCursor.Kind.OBJECT) {
            cursor.enter();
            for (boolean first = true; cursor.next(first); first = false) {
                int begin = cursor.position();
                cursor.key();
                boolean wanted = false;
                for (var key : keys)
                    wanted |= Arrays.equals(cursor.textBytes(), cursor.textFrom(), cursor.textTo(), key, 0, key.length);
                cursor.skip();
                if (!wanted) continue;
                if (object.size() > 1) object.write(',');
                object.write(json, begin, cursor.position() - begin);
            }
        }
        object.write('}');
        return object.toByteArray();
    }
}
