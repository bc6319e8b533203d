package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonCursor;

/// Tests of the JSON value that a cursor stands at.
final class JsonTests {
    enum Outcome {
        PASSES,
        FAILS,
        OTHER_KIND;

        static Outcome of(boolean passes) {
            return passes ? PASSES : FAILS;
        }
    }

    private JsonTests() {}

    static Outcome passes(JsonCursor at, JsonTest test) {
        return switch (test) {
            case JsonTest.Number number ->
                at.kind() == JsonCursor.Kind.NUMBER ? number(at, number) : Outcome.OTHER_KIND;
            case JsonTest.Text(var text) -> {
                if (at.kind() != JsonCursor.Kind.TEXT) yield Outcome.OTHER_KIND;
                at.readText();
                yield Outcome.of(text.passes(at.textBytes(), at.textFrom(), at.textTo()));
            }
            case JsonTest.Truth(var values) ->
                at.kind() == JsonCursor.Kind.TRUTH ? Outcome.of(values.find(at.truth()) >= 0) : Outcome.OTHER_KIND;
            case JsonTest.In(var members) -> Outcome.of(members.find(at) >= 0);
            case JsonTest.Exists _ -> Outcome.of(!at.isEmpty());
            case JsonTest.Same(var list) ->
                at.kind() == JsonCursor.Kind.ARRAY ? Outcome.of(at.same(list)) : Outcome.OTHER_KIND;
            case JsonTest.Contains contains ->
                at.kind() == JsonCursor.Kind.ARRAY ? Outcome.of(contains(at, contains)) : Outcome.OTHER_KIND;
            case JsonTest.Length(var length) ->
                at.kind() == JsonCursor.Kind.ARRAY ? Outcome.of(length.passes(at.length())) : Outcome.OTHER_KIND;
            case JsonTest.Member(var set) -> member(at, set);
        };
    }

    private static Outcome number(JsonCursor at, JsonTest.Number test) {
        boolean whole = at.readNumber();
        if (whole && test.whole().isPresent())
            return Outcome.of(test.whole().get().passes(at.whole()));
        double value = whole ? at.whole() : at.real();
        // A remainder is one of whole numbers.
        if (test.real().steps().needsWholes() && !whole) return Outcome.OTHER_KIND;
        return Outcome.of(test.real().passes(value));
    }

    private static Outcome member(JsonCursor at, Membership.Bloom set) {
        return switch (at.kind()) {
            case NUMBER -> at.readNumber() ? Outcome.of(set.has(at.whole())) : Outcome.OTHER_KIND;
            case TEXT -> {
                at.readText();
                yield Outcome.of(set.has(at.textBytes(), at.textFrom(), at.textTo()));
            }
            case TRUTH, ARRAY, OBJECT, NULL, NOTHING -> Outcome.OTHER_KIND;
        };
    }

    private static boolean contains(JsonCursor at, JsonTest.Contains test) {
        int all = test.members().size();
        var seen = new Arrays.Seen(all);
        at.enter();
        for (boolean first = true; at.next(first); first = false) {
            seen.add(test.members().find(at));
            if (seen.count() > 0 && test.quantity() == Predicate.Quantity.ANY) return true;
            at.skip();
        }
        return seen.count() == all;
    }
}
