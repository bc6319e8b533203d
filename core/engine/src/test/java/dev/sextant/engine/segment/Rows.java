package dev.sextant.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Random rows of every type there is.
final class Rows {
    static final int KEY = 100;

    private Rows() {}

    static Schema schema(boolean textKeys) {
        return schema(
                textKeys,
                java.util.stream.Stream.of(FIRST, LATER, ARRAYS_OF_VECTORS)
                        .flatMap(List::stream)
                        .toList());
    }

    /// What the first released version knew.
    static final List<FieldType> FIRST = List.of(
            FieldType.Primitive.BOOL,
            FieldType.Primitive.INT8,
            FieldType.Primitive.INT32,
            FieldType.Primitive.INT64,
            FieldType.Primitive.FLOAT,
            FieldType.Primitive.DOUBLE,
            new FieldType.Varchar(200),
            new FieldType.Json(),
            new FieldType.Array(FieldType.Primitive.INT16, 8),
            new FieldType.Array(new FieldType.Varchar(10), 8),
            new FieldType.Vector(VectorType.FLOAT32, 5),
            new FieldType.Vector(VectorType.FLOAT16, 32),
            new FieldType.Vector(VectorType.BFLOAT16, 3),
            new FieldType.Vector(VectorType.INT8, 7),
            new FieldType.Vector(VectorType.BINARY, 24),
            new FieldType.Vector(VectorType.SPARSE, 0));

    static final List<FieldType> LATER =
            List.of(FieldType.Primitive.TIMESTAMPTZ, new FieldType.Text(300), new FieldType.Geometry());

    /// Of these an element is a node.
    static final List<FieldType> ARRAYS_OF_VECTORS = List.of(
            new FieldType.Array(new FieldType.Vector(VectorType.FLOAT32, 5), 6),
            new FieldType.Array(new FieldType.Vector(VectorType.BINARY, 24), 6));

    static Schema schema(boolean textKeys, List<FieldType> types) {
        var fields = new java.util.ArrayList<Field>();
        fields.add(Field.of(
                        "key",
                        textKeys ? new FieldType.Varchar(64) : FieldType.Primitive.INT64,
                        Field.Trait.PRIMARY_KEY)
                .withId(KEY));
        for (int i = 0; i < types.size(); i++) {
            fields.add(Field.of("plain" + i, types.get(i)).withId(101 + i));
            fields.add(
                    Field.of("nullable" + i, types.get(i), Field.Trait.NULLABLE).withId(201 + i));
        }
        return new Schema(3, fields);
    }

    static Map<Integer, Column> columns(Schema schema, int rows, SplittableRandom random) {
        var columns = new HashMap<Integer, Column>();
        for (var field : schema.fields()) columns.put(field.id(), column(field, rows, random));
        return columns;
    }

    /// Arrays of vectors, some empty, some null.
    static Column.Lists lists(FieldType.Vector type, int rows, int mostElements, SplittableRandom random) {
        var ends = new int[rows];
        var nulls = new BitSet();
        for (int row = 0, end = 0; row < rows; row++) {
            if (random.nextInt(10) == 0) nulls.set(row);
            else end += random.nextInt(mostElements + 1);
            ends[row] = end;
        }
        int elements = rows == 0 ? 0 : ends[rows - 1];
        return new Column.Lists(ends, values(type, elements, Nulls.NONE, random), Nulls.of(nulls));
    }

    static Column column(Field field, int rows, SplittableRandom random) {
        var bits = new BitSet();
        if (field.isNullable()) {
            double share = random.nextInt(3) == 0 ? 1 : random.nextDouble() * 0.5;
            for (int i = 0; i < rows; i++) if (random.nextDouble() < share) bits.set(i);
        }
        return values(field.type(), rows, Nulls.of(bits), random);
    }

    static Column values(FieldType type, int rows, Nulls nulls, SplittableRandom random) {
        var present =
                IntStream.range(0, rows).map(row -> nulls.isNull(row) ? 0 : 1).toArray();
        return switch (type) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case BOOL -> {
                        var values = new boolean[rows];
                        for (int i = 0; i < rows; i++) values[i] = present[i] == 1 && random.nextBoolean();
                        yield new Column.Bools(values, nulls);
                    }
                    case INT8, INT16, INT32 -> {
                        int bound = 1 << random.nextInt(1, primitive == FieldType.Primitive.INT8 ? 7 : 15);
                        yield new Column.Ints(
                                IntStream.of(present)
                                        .map(p -> p * random.nextInt(-bound, bound))
                                        .toArray(),
                                nulls);
                    }
                    case INT64, TIMESTAMPTZ -> {
                        int way = random.nextInt(3);
                        long start = random.nextLong();
                        yield new Column.Longs(
                                IntStream.range(0, rows)
                                        .mapToLong(i -> present[i]
                                                * (way == 0 ? random.nextLong() : way == 1 ? start + 3L * i : i % 7))
                                        .toArray(),
                                nulls);
                    }
                    case FLOAT -> {
                        var values = new float[rows];
                        for (int i = 0; i < rows; i++) values[i] = present[i] * (float) random.nextDouble(-1, 1);
                        yield new Column.Floats(values, nulls);
                    }
                    case DOUBLE ->
                        new Column.Doubles(
                                IntStream.of(present)
                                        .mapToDouble(p -> p * random.nextDouble(-1e9, 1e9))
                                        .toArray(),
                                nulls);
                };
            case FieldType.Varchar _, FieldType.Text _ -> new Column.Texts(texts(rows, present, random), nulls);
            case FieldType.Geometry _ -> {
                var builder = new Slices.Builder(rows);
                for (int i = 0; i < rows; i++)
                    builder.add(
                            present[i] == 0
                                    ? new byte[0]
                                    : dev.sextant.geometry.Shapes.wkb("POINT (" + random.nextInt(90) + " 1.5)"));
                yield new Column.Shapes(builder.build(), nulls);
            }
            case FieldType.Json _ -> {
                var builder = new Slices.Builder(rows);
                for (int i = 0; i < rows; i++)
                    builder.add(
                            present[i] == 0
                                    ? new byte[0]
                                    : ("{\"a\":" + random.nextInt(100) + ",\"name\":\"row\"}").getBytes());
                yield new Column.Jsons(builder.build(), nulls);
            }
            case FieldType.Array(var element, int most) -> {
                var ends = new int[rows];
                int total = 0;
                for (int i = 0; i < rows; i++) ends[i] = total += present[i] * random.nextInt(most + 1);
                yield new Column.Lists(ends, values(element, total, Nulls.NONE, random), nulls);
            }
            case FieldType.Vector(var vector, int dimension) -> {
                if (!vector.isDense()) {
                    var builder = new Slices.Builder(rows);
                    for (int i = 0; i < rows; i++) {
                        var cells = new byte[8 * present[i] * random.nextInt(6)];
                        random.nextBytes(cells);
                        builder.add(cells);
                    }
                    yield new Column.Sparse(builder.build(), nulls);
                }
                int size = vector.rowBytes(dimension);
                var bytes = new byte[rows * size];
                random.nextBytes(bytes);
                for (int i = 0; i < rows; i++)
                    if (present[i] == 0) java.util.Arrays.fill(bytes, i * size, (i + 1) * size, (byte) 0);
                yield new Column.Dense(vector, dimension, MemorySegment.ofArray(bytes), nulls);
            }
        };
    }

    private static Slices texts(int rows, int[] present, SplittableRandom random) {
        int words = random.nextBoolean() ? 5 : 1 << 30;
        var builder = new Slices.Builder(rows);
        for (int i = 0; i < rows; i++)
            builder.add(
                    present[i] == 0
                            ? new byte[0]
                            : ("wort-ü-" + random.nextInt(words)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return builder.build();
    }

    /// Columns compare by content; arrays and segments do not by themselves.
    static void assertSame(Column actual, Column expected) {
        assertThat(actual.getClass()).isEqualTo(expected.getClass());
        assertThat(actual.nulls()).isEqualTo(expected.nulls());
        switch (expected) {
            case Column.Bools bools ->
                assertThat(((Column.Bools) actual).values()).isEqualTo(bools.values());
            case Column.Ints ints -> assertThat(((Column.Ints) actual).values()).isEqualTo(ints.values());
            case Column.Longs longs ->
                assertThat(((Column.Longs) actual).values()).isEqualTo(longs.values());
            case Column.Floats floats ->
                assertThat(((Column.Floats) actual).values()).isEqualTo(floats.values());
            case Column.Doubles doubles ->
                assertThat(((Column.Doubles) actual).values()).isEqualTo(doubles.values());
            case Column.Texts texts ->
                assertThat(((Column.Texts) actual).values()).isEqualTo(texts.values());
            case Column.Jsons jsons ->
                assertThat(((Column.Jsons) actual).values()).isEqualTo(jsons.values());
            case Column.Shapes shapes ->
                assertThat(((Column.Shapes) actual).values()).isEqualTo(shapes.values());
            case Column.Sparse sparse ->
                assertThat(((Column.Sparse) actual).cells()).isEqualTo(sparse.cells());
            case Column.Lists lists -> {
                assertThat(((Column.Lists) actual).ends()).isEqualTo(lists.ends());
                assertSame(((Column.Lists) actual).elements(), lists.elements());
            }
            case Column.Dense dense ->
                assertThat(((Column.Dense) actual).bytes().toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(dense.bytes().toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
