package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonCursor;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// A test of a JSON value that may be of any kind. A value of another kind than the test's counts as missing.
public sealed interface JsonTest {
    /// Numbers. A whole number is compared as such with whole constants, otherwise both are compared as doubles.
    record Number(Optional<Test.WholeRange> whole, Test.RealRange real) implements JsonTest {}

    record Text(Test.Text test) implements JsonTest {}

    record Truth(Test.TruthSet values) implements JsonTest {}

    record In(Members members) implements JsonTest {}

    /// Something is there: not null, and not an object or array with nothing in it, however deep.
    record Exists() implements JsonTest {}

    record Same(Value.Items list) implements JsonTest {}

    record Contains(Predicate.Quantity quantity, Members members) implements JsonTest {}

    record Length(Test.WholeRange test) implements JsonTest {}

    /// A whole number or a text of a set that a caller made.
    record Member(Membership.Bloom set) implements JsonTest {}

    JsonTest EXISTS = new Exists();

    /// Constants of any kinds, numbered: whole numbers first, then reals, texts, truths, lists.
    record Members(
            Test.WholeSet wholes,
            Test.RealSet reals,
            Test.TextSet texts,
            Test.TruthSet truths,
            List<Value.Items> lists) {

        static Members of(List<Value> values) {
            var wholes = new ArrayList<Long>();
            var reals = new ArrayList<Double>();
            var texts = new ArrayList<byte[]>();
            var truths = new ArrayList<Boolean>();
            var lists = new ArrayList<Value.Items>();
            for (var value : values)
                switch (value) {
                    case Value.Int(var number) -> wholes.add(number);
                    case Value.Real(var number) -> reals.add(number);
                    case Value.Text(var text) -> texts.add(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    case Value.Bool(var truth) -> truths.add(truth);
                    case Value.Items items -> lists.add(items);
                    case Value.Null _ -> throw new IllegalArgumentException("null is no constant");
                    case Value.Bytes _ -> throw new Wrong("bytes are compared with nothing");
                }
            // A real that is a whole number would be a second name for it.
            var known = new HashSet<Double>();
            for (long whole : wholes) known.add((double) whole);
            reals.removeIf(known::contains);
            return new Members(
                    Test.wholes(wholes.stream().mapToLong(Long::longValue).toArray()),
                    Test.reals(reals.stream().mapToDouble(Double::doubleValue).toArray()),
                    Test.texts(texts),
                    Test.truths(truths),
                    lists.stream().distinct().toList());
        }

        int size() {
            return wholes.size() + reals.size() + texts.size() + truths.size() + lists.size();
        }

        /// Which member the value at the cursor is; negative when it is none.
        int find(JsonCursor at) {
            return switch (at.kind()) {
                case NUMBER -> at.readNumber() ? find(at.whole()) : find(at.real());
                case TEXT -> {
                    at.readText();
                    yield shifted(texts.find(at.textBytes(), at.textFrom(), at.textTo()), wholes.size() + reals.size());
                }
                case TRUTH -> shifted(truths.find(at.truth()), wholes.size() + reals.size() + texts.size());
                case ARRAY -> {
                    for (int i = 0; i < lists.size(); i++) if (at.same(lists.get(i))) yield size() - lists.size() + i;
                    yield -1;
                }
                case OBJECT, NULL, NOTHING -> -1;
            };
        }

        private int find(long value) {
            int at = wholes.find(value);
            return at >= 0 ? at : shifted(reals.find((double) value), wholes.size());
        }

        private int find(double value) {
            if (value == (long) value && Math.abs(value) < 0x1p63) {
                int at = wholes.find((long) value);
                if (at >= 0) return at;
            }
            return shifted(reals.find(value), wholes.size());
        }

        private static int shifted(int found, int by) {
            return found < 0 ? found : found + by;
        }
    }
}
