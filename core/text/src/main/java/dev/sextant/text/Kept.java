package dev.sextant.text;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What was made from descriptions: making it builds dictionaries, and the same few descriptions come with every write
/// and search. Any thread; bounded, because descriptions come from callers.
final class Kept<T> {
    private static final int MOST = 256;
    private static final int LONGEST = 16 * 1024;

    private final Map<String, T> made = new ConcurrentHashMap<>();

    T of(String description, Function<String, T> making) {
        var known = made.get(description);
        if (known != null) return known;
        var fresh = making.apply(description);
        if (description.length() > LONGEST) return fresh;
        if (made.size() >= MOST) made.clear();
        made.put(description, fresh);
        return fresh;
    }
}
