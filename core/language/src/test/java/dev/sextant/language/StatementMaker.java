package dev.sextant.language;

import dev.sextant.model.Access;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Function;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Makes statements of any kind by chance, out of what their components are. What no statement can mean is left out: a
/// thing is named or numbered, ids are the catalog's to give.
final class StatementMaker {
    private static final String[] NAMES = {
        "docs", "a b", "where", "near", "on", "*", "$meta", "\"", "\\", "名前", "in", "limit", "", "x1", ")", ";", "{"
    };
    private static final int MOST = 3;

    private final SplittableRandom random;
    private int depth;

    StatementMaker(SplittableRandom random) {
        this.random = random;
    }

    Object make(Class<?> kind) {
        return fixed(record(kind));
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private Object record(Class<?> kind) {
        depth++;
        try {
            var components = kind.getRecordComponents();
            var arguments = new Object[components.length];
            var types = new Class<?>[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                arguments[i] = value(components[i]);
            }
            var constructor = kind.getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(kind.toString(), impossible);
        } finally {
            depth--;
        }
    }

    private Object value(RecordComponent component) {
        return of(component.getGenericType());
    }

    private Object of(Type type) {
        if (type instanceof ParameterizedType generic) {
            var raw = (Class<?>) generic.getRawType();
            var inner = generic.getActualTypeArguments();
            if (raw == Optional.class) return random.nextBoolean() ? Optional.empty() : Optional.of(of(inner[0]));
            if (raw == List.class) return list(() -> of(inner[0]));
            if (raw == Set.class) return new HashSet<>(list(() -> of(inner[0])));
            if (raw == Map.class) {
                var map = new HashMap<Object, Object>();
                list(() -> map.put(of(inner[0]), of(inner[1])));
                return map;
            }
            return plain(raw);
        }
        return plain((Class<?>) type);
    }

    private <T> List<T> list(Supplier<T> item) {
        var all = new ArrayList<T>();
        for (int i = random.nextInt(depth > 4 ? 1 : MOST); i > 0; i--) all.add(item.get());
        return all;
    }

    private Object plain(Class<?> type) {
        if (type == String.class) return name();
        if (type == int.class || type == Integer.class) return random.nextInt(-1, 100);
        if (type == long.class || type == Long.class) return random.nextLong(1L << 40);
        if (type == boolean.class) return random.nextBoolean();
        if (type == float.class) return (float) random.nextInt(100) / 7;
        if (type == double.class || type == Double.class) return random.nextInt(-100, 100) / 7.0;
        if (type == OptionalInt.class)
            return random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(9));
        if (type == OptionalLong.class)
            return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong(99));
        if (type == OptionalDouble.class)
            return random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextInt(99) / 8.0);
        if (type == Filter.class) return filter();
        if (type == Expression.class) return new Grower(random.split()).tree(1 + random.nextInt(4));
        if (type == Value.class) return anyValue();
        if (type == Column.class) return column(random.nextInt(4));
        if (type == Rows.class) return rows();
        if (type == FieldType.class) return type();
        if (type == Field.class) return field(name());
        if (type == Struct.class) return new Struct(0, name(), name(), random.nextBoolean(), Map.of("k", name()));
        if (type == Function.class) return function();
        if (type == Read.Cast.class) return cast();
        if (type == Read.class) return depth > 3 ? fixed(record(Read.Count.class)) : fixed(kindOf(Read.class));
        if (type.isEnum()) return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        if (type.isSealed()) return fixed(kindOf(type));
        return fixed(record(type));
    }

    private Object kindOf(Class<?> family) {
        var kinds = family.getPermittedSubclasses();
        var kind = kinds[random.nextInt(kinds.length)];
        return kind.isSealed() ? kindOf(kind) : record(kind);
    }

    private Filter filter() {
        var root = new Grower(random.split()).tree(1 + random.nextInt(4));
        var values = new HashMap<String, Value>();
        list(() -> values.put(name(), anyValue()));
        var filter = new Filter(Print.expression(root), root, values);
        return random.nextBoolean() ? filter : filter.in(ZoneId.of("Asia/Shanghai"));
    }

    private Value anyValue() {
        return switch (random.nextInt(depth > 4 ? 5 : 6)) {
            case 0 -> Value.NULL;
            case 1 -> Value.of(random.nextBoolean());
            case 2 -> Value.of(random.nextLong());
            case 3 -> Value.of(random.nextInt(-1000, 1000) / 3.0);
            case 4 -> Value.of(name());
            default -> {
                depth++;
                var items = list(this::anyValue);
                depth--;
                yield new Value.Items(items);
            }
        };
    }

    private Rows rows() {
        int count = random.nextInt(4);
        var rows = Rows.of(count);
        list(() -> rows.with(name(), column(count)));
        return rows.build();
    }

    private Column column(int rows) {
        var bits = new BitSet();
        for (int i = 0; i < rows; i++) if (random.nextInt(4) == 0) bits.set(i);
        var nulls = Nulls.of(bits);
        return switch (random.nextInt(depth > 4 ? 10 : 11)) {
            case 0 -> {
                var values = new boolean[rows];
                for (int i = 0; i < rows; i++) values[i] = random.nextBoolean();
                yield new Column.Bools(values, nulls);
            }
            case 1 -> new Column.Ints(random.ints(rows).toArray(), nulls);
            case 2 -> new Column.Longs(random.longs(rows).toArray(), nulls);
            case 3 -> new Column.Floats(floats(rows), nulls);
            case 4 -> new Column.Doubles(random.doubles(rows, -1e9, 1e9).toArray(), nulls);
            case 5 -> new Column.Texts(texts(rows), nulls);
            case 6 -> new Column.Jsons(texts(rows), nulls);
            case 7 -> new Column.Shapes(texts(rows), nulls);
            case 8 -> dense(rows, nulls);
            case 9 -> {
                var cells = new Slices.Builder(rows);
                for (int i = 0; i < rows; i++)
                    cells.add(dense(1, Nulls.NONE)
                            .bytes()
                            .asSlice(0, 0)
                            .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
                yield new Column.Sparse(random.nextBoolean() ? cells.build() : cells(rows), nulls);
            }
            default -> {
                var ends = new int[rows];
                int total = 0;
                for (int i = 0; i < rows; i++) ends[i] = total += random.nextInt(3);
                depth++;
                var elements = column(total);
                depth--;
                yield new Column.Lists(ends, elements, nulls);
            }
        };
    }

    private Slices cells(int rows) {
        var all = new Slices.Builder(rows);
        for (int i = 0; i < rows; i++) {
            int count = random.nextInt(3);
            var cells = java.nio.ByteBuffer.allocate(8 * count).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            for (int c = 0; c < count; c++) cells.putInt(random.nextInt()).putFloat(random.nextInt(99) / 9f);
            all.add(cells.array());
        }
        return all.build();
    }

    private float[] floats(int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float) random.nextDouble(-1e6, 1e6);
        return values;
    }

    private Slices texts(int rows) {
        var all = new ArrayList<String>();
        for (int i = 0; i < rows; i++) all.add(name());
        return Slices.ofTexts(all);
    }

    private Column.Dense dense(int rows, Nulls nulls) {
        var types = VectorType.values();
        var type = types[random.nextInt(types.length - 1)];
        var plain = Column.Dense.of(8, floats(8 * rows));
        if (type == VectorType.FLOAT32) return new Column.Dense(type, 8, plain.bytes(), nulls);
        var bytes = new byte[rows * type.rowBytes(8)];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) random.nextInt();
        return new Column.Dense(type, 8, MemorySegment.ofArray(bytes), nulls);
    }

    private FieldType type() {
        return switch (random.nextInt(depth > 4 ? 6 : 7)) {
            case 0 -> new FieldType.Varchar(random.nextInt(1, 99));
            case 1 -> new FieldType.Text(random.nextBoolean() ? FieldType.Text.MOST_BYTES : 9);
            case 2 -> new FieldType.Geometry();
            case 3 -> new FieldType.Json();
            case 4 ->
                random.nextBoolean()
                        ? new FieldType.Vector(VectorType.SPARSE, 0)
                        : new FieldType.Vector(VectorType.INT8, random.nextInt(2, 99));
            case 5 -> FieldType.Primitive.values()[random.nextInt(FieldType.Primitive.values().length)];
            default -> {
                depth++;
                var element = type();
                depth--;
                yield new FieldType.Array(element, random.nextInt(9));
            }
        };
    }

    @SuppressWarnings("unchecked")
    private Field field(String name) {
        return new Field(
                0,
                name,
                name(),
                type(),
                new HashSet<>(list(() -> Field.Trait.values()[random.nextInt(Field.Trait.values().length)])),
                random.nextBoolean() ? Optional.empty() : Optional.of(anyValue()),
                (Map<String, String>) (Map<?, ?>) map());
    }

    private Map<Object, Object> map() {
        var map = new HashMap<>();
        list(() -> map.put(name(), name()));
        return map;
    }

    @SuppressWarnings("unchecked")
    private Function function() {
        var kinds = Function.Kind.values();
        return new Function(
                0, name(), name(), kinds[random.nextInt(kinds.length)], list(this::name), list(this::name), (Map<
                                String, String>)
                        (Map<?, ?>) map());
    }

    private Read.Cast cast() {
        return new Read.Cast(
                random.nextBoolean() ? new FieldType.Varchar(65_535) : FieldType.Primitive.INT64, random.nextBoolean());
    }

    /// What a statement means where its components alone would contradict each other.
    private Object fixed(Object made) {
        return switch (made) {
            case Watch.DescribeCollection(var name, var id) ->
                new Watch.DescribeCollection(name, name.isEmpty() ? id : 0);
            case Watch.Replicas(var name, var id) -> new Watch.Replicas(name, name.isEmpty() ? id : 0);
            case Define.DropField(var collection, var field, var id) ->
                new Define.DropField(collection, field, field.isEmpty() ? Math.abs(id) : 0);
            case Define.AddStruct add ->
                new Define.AddStruct(
                        add.collection(),
                        add.struct(),
                        list(() -> field(add.struct().nameOf("sub"))));
            case Define.CreateCollection create -> collection(create);
            case Watch.Analyze(var parameters, var collection, var field, var analyzers, var texts) ->
                new Watch.Analyze(parameters, field.isEmpty() ? "" : collection, field, analyzers, texts);
            case Operate.Import(var collection, var partition, var files, var options) ->
                new Operate.Import(collection, partition, files, options);
            case Read.Search search -> search(search);
            case Read.HybridSearch search ->
                new Read.HybridSearch(
                        search.collection(),
                        search.partitions(),
                        search.parts(),
                        search.fusion(),
                        search.limit(),
                        Math.abs(search.offset()),
                        search.outputs(),
                        search.grouping(),
                        Math.clamp(search.roundDecimal(), -1, 6));
            case Read.Grouping by
            when by.fields().isEmpty() ->
                new Read.Grouping(List.of("f"), by.size(), by.strict(), by.scorer(), by.cast());
            case Access.GrantInfo grant -> grant;
            default -> made;
        };
    }

    private Read.Search search(Read.Search s) {
        return new Read.Search(
                s.collection(),
                s.partitions(),
                s.near(),
                s.filter(),
                s.limit(),
                s.offset(),
                s.outputs(),
                s.grouping(),
                s.after(),
                Math.clamp(s.roundDecimal(), -1, 6),
                s.sealedOnly(),
                s.order());
    }

    private Define.CreateCollection collection(Define.CreateCollection create) {
        var plain = new Define.CreateCollection(
                create.name(),
                create.description(),
                list(() -> field(name())),
                create.functions(),
                create.dynamic(),
                create.shards(),
                create.partitionCount(),
                create.consistency(),
                create.properties());
        return random.nextBoolean()
                ? plain
                : plain.with(new Struct(0, "st", "", true, Map.of()), field("a"), field("b"));
    }
}
