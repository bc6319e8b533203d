package dev.sextant.database;

import dev.sextant.model.Refusal.InvalidIndex.Rule;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One parameter of an index, with what it may be. All values come as text; one that did not come takes its default and
/// is fine.
sealed interface Parameter {
    String name();

    void check(String field, String text, int dimension);

    default void check(String field, Map<String, String> given, int dimension) {
        var text = given.get(name());
        if (text != null && !text.strip().equals("null")) check(field, text.strip(), dimension); // null: the default
    }

    record Whole(String name, long least, long most) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            parsed(field, name, text, least, most);
        }
    }

    /// A number of whole bytes.
    record Bytes(String name, long least, long most) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            long bits = parsed(field, name, text, least, most);
            if (bits % 8 != 0 || dimension % bits != 0)
                throw Indexes.refused(
                        field,
                        Rule.PARAMETER,
                        "param '" + name + "' (" + bits + ") should be a multiple of 8 that divides the dimension "
                                + dimension + ": invalid parameter");
        }
    }

    /// Bits of the number of a trained part: what the range of Milvus takes, and what can be trained.
    record Bits(String name, long most, long possible) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            long bits = parsed(field, name, text, 1, most);
            if (bits > possible)
                throw Indexes.refused(
                        field,
                        Rule.PARAMETER,
                        "param '" + name + "' (" + bits + ") is beyond " + possible + ": 2^" + bits
                                + " trained parts are more than a segment has rows to train them on");
        }
    }

    /// A number that divides the dimension.
    record Divisor(String name, long least, long most) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            long value = parsed(field, name, text, least, most);
            if (dimension % value != 0)
                throw Indexes.refused(
                        field,
                        Rule.PARAMETER,
                        "The dimension of the vector (dim) should be a multiple of the number of subquantizers (" + name
                                + "). Dimension: " + dimension + ", " + name + ": " + value);
        }
    }

    record Real(String name, double least, double most) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException _) {
                throw Indexes.refused(
                        field,
                        Rule.PARAMETER,
                        "invalid float value, key: '" + name + "', value: '" + text + "': invalid parameter");
            }
            if (!(value >= least && value <= most)) throw outOfRange(field, name, text, plain(least), plain(most));
        }
    }

    /// As [Real], `most` itself being too much.
    record Below(String name, double least, double most) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            new Real(name, least, most).check(field, text, dimension);
            if (Double.parseDouble(text) >= most) throw outOfRange(field, name, text, plain(least), plain(most), ')');
        }
    }

    record Truth(String name) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            if (!Names.isBoolean(text))
                throw Indexes.refused(
                        field, Rule.PARAMETER, "'" + name + "' should be a boolean: invalid parameter, got " + text);
        }
    }

    /// @param called what a refusal calls it
    record Word(String name, String called, List<String> words) implements Parameter {
        @Override
        public void check(String field, String text, int dimension) {
            if (!words.contains(text.toLowerCase(Locale.ROOT)))
                throw Indexes.refused(
                        field,
                        Rule.PARAMETER,
                        "invalid " + called + " : " + text + ", optional types are " + words + ": invalid parameter");
        }
    }

    private static long parsed(String field, String name, String text, long least, long most) {
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException _) {
            var problem = text.matches("[-+]?[0-9]*\\.[0-9]+([eE][-+]?[0-9]+)?")
                    ? "wrong data type in json, key: '"
                    : "invalid integer value, key: '";
            throw Indexes.refused(
                    field, Rule.PARAMETER, problem + name + "', value: '" + text + "': invalid parameter");
        }
        if (value < least || value > most)
            throw outOfRange(field, name, text, Long.toString(least), Long.toString(most));
        return value;
    }

    private static Refused outOfRange(String field, String name, String text, String least, String most) {
        return outOfRange(field, name, text, least, most, ']');
    }

    private static Refused outOfRange(String field, String name, String text, String least, String most, char closing) {
        return Indexes.refused(
                field,
                Rule.PARAMETER,
                "Out of range in json: param '" + name + "' (" + text + ") should be in range [" + least + ", " + most
                        + closing);
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
