package dev.sextant.query.filter;

import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Expression.Comparison;
import dev.sextant.model.Expression.Operator;
import dev.sextant.model.Expression.Step;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// Rows and filters by chance, over one schema with a field of every kind.
final class Chances {
    static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("k", Primitive.INT64, Trait.PRIMARY_KEY).withId(100),
                    Field.of("i8", Primitive.INT8).withId(101),
                    Field.of("i32", Primitive.INT32, Trait.NULLABLE).withId(102),
                    Field.of("i64", Primitive.INT64, Trait.NULLABLE).withId(103),
                    Field.of("f", Primitive.FLOAT, Trait.NULLABLE).withId(104),
                    Field.of("d", Primitive.DOUBLE).withId(105),
                    Field.of("b", Primitive.BOOL, Trait.NULLABLE).withId(106),
                    Field.of("s", new FieldType.Varchar(100), Trait.NULLABLE).withId(107),
                    Field.of("t", new FieldType.Varchar(100)).withId(108),
                    Field.of("j", new FieldType.Json(), Trait.NULLABLE).withId(109),
                    Field.of("ai", new FieldType.Array(Primitive.INT32, 10), Trait.NULLABLE)
                            .withId(110),
                    Field.of("as", new FieldType.Array(new FieldType.Varchar(20), 10))
                            .withId(111),
                    Field.of(Field.DYNAMIC_NAME, new FieldType.Json(), Trait.DYNAMIC)
                            .withId(112)));

    private static final String[] TEXTS = {
        "", "a", "ab", "abc", "b", "bab", "ba%", "a_c", "é", "aéb", "日本", "x\ny", "\"q\"", "𝄞"
    };
    private static final String[] LIKES = {
        "%", "a%", "%b", "%a%", "_", "a_c", "%_b%", "a%c", "é%", "_b", "ba\\%", "a\\_c", "%日%", "__", "a", "%a%b%"
    };
    private static final String[] REGEXES = {"^a", "b$", "a.c", "[ab]+", "x.y", "^$", "é", "(ab|ba)"};

    final Random random;

    Chances(long seed) {
        random = new Random(seed);
    }

    /// Rows as plain objects.
    List<Map<String, Object>> rows(int count) {
        var rows = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < count; i++) {
            var row = new HashMap<String, Object>();
            row.put("k", (long) i);
            row.put("i8", (long) random.nextInt(-6, 7));
            row.put("i32", nullable(() -> (long) random.nextInt(-6, 7)));
            row.put("i64", nullable(() -> random.nextInt(20) == 0 ? Long.MAX_VALUE : (long) random.nextInt(-6, 7)));
            row.put("f", nullable(() -> random.nextInt(-8, 9) * 0.1f));
            row.put("d", random.nextInt(-8, 9) * 0.5);
            row.put("b", nullable(random::nextBoolean));
            row.put("s", nullable(this::text));
            row.put("t", text());
            row.put("j", nullable(() -> json(0)));
            row.put("ai", nullable(() -> new Plainly.Elements(list(() -> (long) random.nextInt(4)))));
            row.put("as", new Plainly.Elements(list(this::text)));
            row.put("$meta", object(0));
            rows.add(row);
        }
        return rows;
    }

    private <T> T nullable(Supplier<T> value) {
        return random.nextInt(5) == 0 ? null : value.get();
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private <T> List<T> list(Supplier<T> element) {
        var list = new ArrayList<T>();
        for (int i = random.nextInt(4); i > 0; i--) list.add(element.get());
        return list;
    }

    private Object json(int depth) {
        return switch (random.nextInt(depth > 2 ? 5 : 9)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt(10) == 0 ? (1L << 53) + random.nextInt(3) : (long) random.nextInt(-3, 4);
            case 2 -> random.nextInt(-6, 7) * 0.5;
            case 3 -> text();
            case 4 -> depth == 0 ? object(0) : null;
            case 5, 6 -> list(() -> json(depth + 1));
            default -> object(depth);
        };
    }

    private Map<String, Object> object(int depth) {
        var object = new LinkedHashMap<String, Object>();
        for (var key : new String[] {"a", "b", "c\"", "é"}) if (random.nextInt(3) > 0) object.put(key, json(depth + 1));
        return object;
    }

    /// The JSON text of a value, with blanks and escapes by chance.
    String written(Object value) {
        var blank = random.nextInt(4) == 0 ? " " : "";
        return blank
                + switch (value) {
                    case null -> "null";
                    case Map<?, ?> map ->
                        map.entrySet().stream()
                                .map(member -> written(member.getKey()) + ":" + written(member.getValue()))
                                .collect(java.util.stream.Collectors.joining("," + blank, "{", blank + "}"));
                    case List<?> list ->
                        list.stream()
                                .map(this::written)
                                .collect(java.util.stream.Collectors.joining(",", "[", blank + "]"));
                    case String text -> quoted(text);
                    case Double real when random.nextInt(3) == 0 -> String.format(java.util.Locale.ROOT, "%.3e", real);
                    default -> value.toString();
                }
                + blank;
    }

    private String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') quoted.append('\\').appendCodePoint(c);
            else if (c == '\n') quoted.append("\\n");
            else if (random.nextInt(4) == 0)
                for (char unit : Character.toChars(c)) quoted.append(String.format("\\u%04x", (int) unit));
            else quoted.appendCodePoint(c);
        });
        return quoted.append('"').toString();
    }

    Map<Integer, Column> columns(List<Map<String, Object>> rows) {
        var columns = new HashMap<Integer, Column>();
        for (var field : SCHEMA.fields())
            columns.put(
                    field.id(),
                    column(
                            field.type(),
                            rows.stream().map(row -> row.get(field.name())).toList()));
        return columns;
    }

    private Column column(FieldType type, List<Object> values) {
        var bits = new BitSet();
        for (int i = 0; i < values.size(); i++) if (values.get(i) == null) bits.set(i);
        var nulls = Nulls.of(bits);
        int rows = values.size();
        return switch (type) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> {
                        var truths = new boolean[rows];
                        for (int i = 0; i < rows; i++) truths[i] = values.get(i) != null && (Boolean) values.get(i);
                        yield new Column.Bools(truths, nulls);
                    }
                    case INT8, INT16, INT32 ->
                        new Column.Ints(
                                values.stream()
                                        .mapToInt(v -> v == null ? 0 : ((Long) v).intValue())
                                        .toArray(),
                                nulls);
                    case INT64, TIMESTAMPTZ ->
                        new Column.Longs(
                                values.stream()
                                        .mapToLong(v -> v == null ? 0 : (Long) v)
                                        .toArray(),
                                nulls);
                    case FLOAT -> {
                        var floats = new float[rows];
                        for (int i = 0; i < rows; i++) floats[i] = values.get(i) == null ? 0 : (Float) values.get(i);
                        yield new Column.Floats(floats, nulls);
                    }
                    case DOUBLE ->
                        new Column.Doubles(
                                values.stream()
                                        .mapToDouble(v -> v == null ? 0 : (Double) v)
                                        .toArray(),
                                nulls);
                };
            case FieldType.Varchar _, FieldType.Text _ ->
                new Column.Texts(
                        Slices.ofTexts(values.stream()
                                .map(v -> v == null ? "" : (String) v)
                                .toList()),
                        nulls);
            case FieldType.Json _ ->
                new Column.Jsons(
                        Slices.ofTexts(java.util.stream.IntStream.range(0, rows)
                                .mapToObj(i -> bits.get(i) ? "" : written(values.get(i)))
                                .toList()),
                        nulls);
            case FieldType.Array(var element, _) -> {
                var ends = new int[rows];
                var elements = new ArrayList<Object>();
                for (int i = 0; i < rows; i++) {
                    if (values.get(i) instanceof List<?> list) elements.addAll(list);
                    ends[i] = elements.size();
                }
                yield new Column.Lists(ends, column(element, elements), nulls);
            }
            case FieldType.Geometry _, FieldType.Vector _ -> throw new AssertionError(type);
        };
    }

    Expression filter(int depth) {
        if (depth > 0 && random.nextInt(3) > 0)
            return switch (random.nextInt(5)) {
                case 0, 1 -> new Expression.And(operands(depth));
                case 2, 3 -> new Expression.Or(operands(depth));
                default -> new Expression.Not(filter(depth - 1));
            };
        return leaf();
    }

    private List<Expression> operands(int depth) {
        var operands = new ArrayList<Expression>();
        for (int i = random.nextInt(2, 4); i > 0; i--) operands.add(filter(depth - 1));
        return operands;
    }

    private Expression leaf() {
        return switch (random.nextInt(17)) {
            case 0 -> numeric(whole(), this::wholeValue);
            case 1 -> numeric(real(), this::number);
            case 2 -> either(comparison(), name(random.nextBoolean() ? "s" : "t"), Value.of(text()));
            case 3 ->
                either(
                        random.nextBoolean() ? Comparison.EQUAL : Comparison.NOT_EQUAL,
                        name("b"),
                        Value.of(random.nextBoolean()));
            case 4 -> new Expression.IsNull(random.nextBoolean() ? name(anyField()) : path(), random.nextBoolean());
            case 5 -> new Expression.In(name(whole()), items(this::wholeValue), random.nextBoolean());
            case 6 ->
                new Expression.In(
                        name(random.nextBoolean() ? "s" : "t"), items(() -> Value.of(text())), random.nextBoolean());
            case 7 -> new Expression.In(name(real()), items(this::number), random.nextBoolean());
            case 8 ->
                random.nextBoolean()
                        ? new Expression.Like(textPlace(), literal(Value.of(LIKES[random.nextInt(LIKES.length)])))
                        : new Expression.Regex(
                                textPlace(),
                                literal(Value.of(REGEXES[random.nextInt(REGEXES.length)])),
                                random.nextBoolean());
            case 9 ->
                random.nextBoolean()
                        ? new Expression.Compare(
                                comparison(), name(number(random.nextInt(5))), name(number(random.nextInt(5))))
                        : new Expression.Compare(comparison(), name("s"), name("t"));
            case 10 -> jsonCompare();
            case 11 -> new Expression.In(path(), items(this::jsonScalar), random.nextBoolean());
            case 12 -> new Expression.Exists(path());
            case 13 -> contains();
            case 14 -> new Expression.Compare(comparison(), length(), literal(Value.of((long) random.nextInt(4))));
            case 15 -> array();
            default -> between();
        };
    }

    private Expression numeric(String field, Supplier<Value> value) {
        Expression place = name(field);
        for (int i = random.nextInt(4) - 1; i > 0; i--)
            place = step(place, value, field.equals("f") || field.equals("d"));
        return place instanceof Expression.Arithmetic
                ? new Expression.Compare(comparison(), place, literal(value.get()))
                : either(comparison(), place, value.get());
    }

    private Expression step(Expression place, Supplier<Value> value, boolean real) {
        boolean whole = value.get() instanceof Value.Int;
        var operators = whole && !real
                ? new Operator[] {
                    Operator.ADD,
                    Operator.SUBTRACT,
                    Operator.MULTIPLY,
                    Operator.DIVIDE,
                    Operator.MODULO,
                    Operator.POWER,
                    Operator.BIT_AND,
                    Operator.BIT_OR,
                    Operator.BIT_XOR
                }
                : new Operator[] {Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE, Operator.POWER};
        return new Expression.Arithmetic(
                operators[random.nextInt(operators.length)],
                place,
                literal(whole ? Value.of(random.nextInt(1, 5)) : Value.of(random.nextInt(1, 5) * 0.5)));
    }

    private Expression between() {
        if (random.nextBoolean()) {
            long low = random.nextInt(-5, 5);
            return new Expression.Between(
                    literal(Value.of(low)),
                    random.nextBoolean(),
                    random.nextBoolean() ? name(whole()) : path(),
                    literal(Value.of(low + 1 + random.nextInt(4))),
                    random.nextBoolean());
        }
        return new Expression.Between(
                literal(Value.of("a")),
                random.nextBoolean(),
                random.nextBoolean() ? name("s") : path(),
                literal(Value.of("b")),
                random.nextBoolean());
    }

    private Expression jsonCompare() {
        return switch (random.nextInt(5)) {
            case 0 ->
                new Expression.Compare(
                        comparison(),
                        new Expression.Arithmetic(
                                random.nextBoolean() ? Operator.ADD : Operator.MODULO, path(), literal(Value.of(2L))),
                        literal(Value.of((long) random.nextInt(-3, 4))));
            case 1 ->
                new Expression.Compare(
                        random.nextBoolean() ? Comparison.EQUAL : Comparison.NOT_EQUAL,
                        path(),
                        new Expression.Items(list(() -> literal(jsonScalar()))));
            default -> either(comparison(), path(), jsonScalar());
        };
    }

    private Value jsonScalar() {
        return switch (random.nextInt(4)) {
            case 0 -> Value.of(random.nextInt(6) == 0 ? (1L << 53) + random.nextInt(3) : random.nextInt(-3, 4));
            case 1 -> Value.of(random.nextInt(-6, 7) * 0.5);
            case 2 -> Value.of(text());
            default -> Value.of(random.nextBoolean());
        };
    }

    private Expression contains() {
        var kinds = new String[] {"", "_all", "_any"};
        var kind = kinds[random.nextInt(3)];
        boolean many = !kind.isEmpty();
        return switch (random.nextInt(3)) {
            case 0 ->
                call(
                        "array_contains" + kind,
                        name("ai"),
                        many
                                ? items(() -> Value.of((long) random.nextInt(4)))
                                : literal(Value.of((long) random.nextInt(4))));
            case 1 ->
                call(
                        "array_contains" + kind,
                        name("as"),
                        many ? items(() -> Value.of(text())) : literal(Value.of(text())));
            default -> call("json_contains" + kind, path(), many ? items(this::jsonScalar) : literal(jsonScalar()));
        };
    }

    private Expression array() {
        return switch (random.nextInt(5)) {
            case 0 -> new Expression.Compare(comparison(), element("ai"), literal(Value.of((long) random.nextInt(4))));
            case 1 -> new Expression.Compare(comparison(), element("as"), literal(Value.of(text())));
            case 2 ->
                new Expression.In(element("ai"), items(() -> Value.of((long) random.nextInt(4))), random.nextBoolean());
            case 3 ->
                random.nextBoolean()
                        ? call("starts_with", name("s"), literal(Value.of(text())))
                        : call("empty", name("s"));
            default ->
                new Expression.Compare(
                        random.nextBoolean() ? Comparison.EQUAL : Comparison.NOT_EQUAL,
                        name("ai"),
                        new Expression.Items(list(() -> literal(Value.of((long) random.nextInt(4))))));
        };
    }

    private Expression element(String array) {
        return new Expression.Path(array, List.of(new Step.Index(random.nextInt(4))));
    }

    private Expression length() {
        var arrays = new Expression[] {name("ai"), name("as"), path()};
        return call("array_length", arrays[random.nextInt(3)]);
    }

    private Expression textPlace() {
        var places = new Expression[] {name("s"), name("t"), path()};
        return places[random.nextInt(3)];
    }

    /// A place in `j` or `$meta`.
    private Expression path() {
        var steps = new ArrayList<Step>();
        for (int i = random.nextInt(1, 4); i > 0; i--)
            steps.add(
                    random.nextInt(3) > 0 || steps.isEmpty()
                            ? new Step.Key(new String[] {"a", "b", "c\"", "é", "zz"}[random.nextInt(5)])
                            : new Step.Index(random.nextInt(3)));
        return switch (random.nextInt(3)) {
            case 0 -> new Expression.Path("j", steps);
            case 1 -> new Expression.Path("$meta", steps);
            default -> new Expression.Name(random.nextBoolean() ? "a" : "zz");
        };
    }

    private Expression either(Comparison comparison, Expression place, Value value) {
        return random.nextBoolean()
                ? new Expression.Compare(comparison, place, literal(value))
                : new Expression.Compare(comparison, literal(value), place);
    }

    private Comparison comparison() {
        return Comparison.values()[random.nextInt(Comparison.values().length)];
    }

    private String whole() {
        return new String[] {"i8", "i32", "i64", "k"}[random.nextInt(4)];
    }

    private String real() {
        return random.nextBoolean() ? "f" : "d";
    }

    private static String number(int which) {
        return new String[] {"i8", "i32", "i64", "f", "d"}[which];
    }

    private String anyField() {
        return SCHEMA.fields().get(random.nextInt(SCHEMA.fields().size())).name();
    }

    private Value wholeValue() {
        return Value.of(random.nextInt(10) == 0 ? random.nextLong() : random.nextInt(-7, 8));
    }

    private Value number() {
        return random.nextBoolean() ? Value.of((long) random.nextInt(-5, 6)) : Value.of(random.nextInt(-9, 10) * 0.1);
    }

    private static Expression name(String name) {
        return new Expression.Name(name);
    }

    private static Expression literal(Value value) {
        return new Expression.Literal(value);
    }

    private Expression items(Supplier<Value> value) {
        return new Expression.Items(list(() -> literal(value.get())));
    }

    private static Expression call(String function, Expression... arguments) {
        return new Expression.Call(function, List.of(arguments), Map.of());
    }
}
