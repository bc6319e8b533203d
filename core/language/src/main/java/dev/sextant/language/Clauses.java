package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The parts that statements are written with. A clause that says nothing is empty, and [#line] leaves it out.
final class Clauses {
    private static final int MOST_NAMES = 16;
    static final String SECRET = "***";
    private static final List<String> SECRET_WORDS =
            List.of("password", "secret", "token", "credential", "api_key", "apikey");

    private Clauses() {}

    static String near(Read.Near near) {
        return line(
                "near",
                near.field().isEmpty() ? "" : name(near.field()),
                target(near.target()),
                near.metric().map(metric -> "by " + metric).orElse(""),
                settings("with", near.parameters()),
                near.radius().isPresent() ? "radius " + near.radius().getAsDouble() : "",
                near.rangeFilter().isPresent()
                        ? "range filter " + near.rangeFilter().getAsDouble()
                        : "");
    }

    private static String target(Read.Target target) {
        return switch (target) {
            case Read.Target.Vectors(var queries) -> vectors(queries);
            case Read.Target.Texts(var texts, var analyzer) ->
                line("[text" + times(texts.size()) + "]", analyzer.isEmpty() ? "" : "analyzed as " + name(analyzer));
            case Read.Target.Keys(var keys) -> "keys " + keys(keys);
        };
    }

    private static String vectors(Column column) {
        return switch (column) {
            case Column.Dense dense ->
                "[" + dense.dimension() + " " + components(dense.type()) + times(dense.rows()) + "]";
            case Column.Sparse sparse -> "[sparse" + times(sparse.rows()) + "]";
            case Column.Texts texts -> "[text" + times(texts.rows()) + "]";
            case Column.Lists lists -> "[list of " + vectors(lists.elements()) + times(lists.rows()) + "]";
            case Column.Bools _,
                    Column.Ints _,
                    Column.Longs _,
                    Column.Floats _,
                    Column.Doubles _,
                    Column.Jsons _,
                    Column.Shapes _ -> "[" + column.rows() + " rows]";
        };
    }

    private static String times(int rows) {
        return rows == 1 ? "" : " x " + rows;
    }

    private static String components(VectorType type) {
        return switch (type) {
            case FLOAT32 -> "floats";
            case FLOAT16 -> "float16";
            case BFLOAT16 -> "bfloat16";
            case INT8 -> "int8";
            case BINARY -> "bits";
            case SPARSE -> "cells";
        };
    }

    static String keys(Column column) {
        return switch (column) {
            case Column.Longs(var values, _) -> cut(values.length, row -> Long.toString(values[row]));
            case Column.Texts(var values, _) -> cut(values.count(), row -> value(Value.of(values.text(row))));
            case Column.Bools _,
                    Column.Ints _,
                    Column.Floats _,
                    Column.Doubles _,
                    Column.Jsons _,
                    Column.Shapes _,
                    Column.Lists _ -> "(" + column.rows() + " keys)";
            case Column.Dense _, Column.Sparse _ -> "(" + column.rows() + " keys)";
        };
    }

    static String where(Optional<Filter> filter) {
        return filter.map(Clauses::where).orElse("");
    }

    static String where(Filter filter) {
        String values = new TreeMap<>(filter.values())
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + value(entry.getValue()))
                        .collect(joining(", ", "given {", "}"));
        return line(
                "where", ExpressionText.brief(filter.root()), filter.values().isEmpty() ? "" : values);
    }

    static String limit(OptionalInt limit, int offset) {
        return line(limit.isPresent() ? "limit " + limit.getAsInt() : "", offset == 0 ? "" : "offset " + offset);
    }

    static String round(int decimals) {
        return decimals < 0 ? "" : "round " + decimals;
    }

    static String change(Map<String, String> set, Set<String> unset) {
        return line(settings("set", set), names("unset", new TreeSet<>(unset)));
    }

    static String settings(String word, Map<String, String> settings) {
        if (settings.isEmpty()) return "";
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + setting(entry.getKey(), entry.getValue()))
                        .collect(joining(", ", word + " {", "}"));
    }

    private static String setting(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains) ? SECRET : value(Value.of(value));
    }

    static String names(String word, Collection<String> names) {
        return names.isEmpty() ? "" : word + " " + listed(names);
    }

    static String listed(Collection<String> names) {
        List<String> all = List.copyOf(names);
        return cut(all.size(), i -> name(all.get(i)));
    }

    static String cut(int count, Function<Integer, String> item) {
        String more = count > MOST_NAMES ? ", ... " + (count - MOST_NAMES) + " more)" : ")";
        return IntStream.range(0, Math.min(count, MOST_NAMES)).boxed().map(item).collect(joining(", ", "(", more));
    }

    static String ofNamed(Optional<String> name) {
        return name.map(given -> "of " + name(given)).orElse("");
    }

    static String described(String description) {
        return description.isEmpty() ? "" : "described " + value(Value.of(description));
    }

    static String flag(String words, boolean set) {
        return set ? words : "";
    }

    /// A name stands bare when it is a plain word, else in quotes, so that no name can forge a clause or a line.
    static String name(String name) {
        return ExpressionText.isPlain(name) || name.equals(Field.DYNAMIC_NAME) || name.equals("*")
                ? name
                : Quoted.write(name);
    }

    static String value(Value value) {
        return ExpressionText.brief(value);
    }

    static String words(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String line(String... clauses) {
        return Stream.of(clauses).filter(clause -> !clause.isEmpty()).collect(joining(" "));
    }
}
