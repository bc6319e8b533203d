package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Column;
import dev.sextant.model.Expression;
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

/// The parts that statements are written with. A clause that says nothing is empty, and [#line] leaves it out. Whole
/// statements can be read again: names stand in quotes, nothing is cut, and data and secrets are there. Brief ones are
/// for people: data is counted, long lists are cut, and no secret is ever shown.
class Clauses {
    private static final int MOST_NAMES = 16;
    static final String SECRET = "***";
    private static final List<String> SECRET_WORDS =
            List.of("password", "secret", "token", "credential", "api_key", "apikey");

    final boolean whole;

    Clauses(boolean whole) {
        this.whole = whole;
    }

    final String near(Read.Near near) {
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

    private String target(Read.Target target) {
        return switch (target) {
            case Read.Target.Vectors(var queries) -> whole ? Columns.write(queries) : vectors(queries);
            case Read.Target.Texts(var texts, var analyzer) ->
                line(
                        whole ? "of " + texts(texts) : "[text" + times(texts.size()) + "]",
                        analyzer.isEmpty() ? "" : "analyzed as " + name(analyzer));
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

    final String keys(Column column) {
        if (whole) return Columns.write(column);
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

    final String where(Optional<Filter> filter) {
        return filter.map(this::where).orElse("");
    }

    final String where(Filter filter) {
        String values = new TreeMap<>(filter.values())
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + value(entry.getValue()))
                        .collect(joining(", ", "given {", "}"));
        return line(
                "where",
                whole ? "(" + ExpressionText.complete(filter.root()) + ")" : ExpressionText.brief(filter.root()),
                filter.values().isEmpty() ? "" : values,
                filter.zone().map(zone -> "at " + name(zone.getId())).orElse(""));
    }

    final String limit(OptionalInt limit, int offset) {
        return line(limit.isPresent() ? "limit " + limit.getAsInt() : "", offset == 0 ? "" : "offset " + offset);
    }

    static String round(int decimals) {
        return decimals < 0 ? "" : "round " + decimals;
    }

    final String change(Map<String, String> set, Set<String> unset) {
        return line(settings("set", set), names("unset", new TreeSet<>(unset)));
    }

    final String settings(String word, Map<String, String> settings) {
        if (settings.isEmpty()) return "";
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + setting(entry.getKey(), entry.getValue()))
                        .collect(joining(", ", word + " {", "}"));
    }

    private String setting(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        return !whole && SECRET_WORDS.stream().anyMatch(lower::contains) ? SECRET : value(Value.of(value));
    }

    final String names(String word, Collection<String> names) {
        return names.isEmpty() ? "" : word + " " + listed(names);
    }

    final String listed(Collection<String> names) {
        List<String> all = List.copyOf(names);
        return cut(all.size(), i -> name(all.get(i)));
    }

    final String cut(int count, Function<Integer, String> item) {
        int most = whole ? Integer.MAX_VALUE : MOST_NAMES;
        String more = count > most ? ", ... " + (count - most) + " more)" : ")";
        return IntStream.range(0, Math.min(count, most)).boxed().map(item).collect(joining(", ", "(", more));
    }

    /// Nothing when there are none.
    final String numbers(String before, List<? extends Number> numbers) {
        return numbers.isEmpty()
                ? ""
                : before + " " + cut(numbers.size(), at -> numbers.get(at).toString());
    }

    final String ofNamed(Optional<String> name) {
        return name.map(given -> "of " + name(given)).orElse("");
    }

    final String described(String description) {
        return description.isEmpty() ? "" : "described " + value(Value.of(description));
    }

    static String flag(String words, boolean set) {
        return set ? words : "";
    }

    /// A name stands bare when it is a plain word, else in quotes, so that no name can forge a clause or a line.
    final String name(String name) {
        boolean bare = ExpressionText.isPlain(name) || name.equals(Field.DYNAMIC_NAME) || name.equals("*");
        return bare && !whole ? name : Quoted.write(name);
    }

    final String value(Value value) {
        return whole ? ExpressionText.complete(new Expression.Literal(value)) : ExpressionText.brief(value);
    }

    /// Texts that are data: shown where the statement is whole.
    final String texts(Collection<String> texts) {
        return texts.stream().map(Quoted::write).collect(joining(", ", "(", ")"));
    }

    final String secret(String secret) {
        return whole ? Quoted.write(secret) : SECRET;
    }

    static String words(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String line(String... clauses) {
        return Stream.of(clauses).filter(clause -> !clause.isEmpty()).collect(joining(" "));
    }
}
