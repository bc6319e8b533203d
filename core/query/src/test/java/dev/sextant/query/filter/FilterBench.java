package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.index.scalar.ScalarParameters;
import dev.sextant.index.scalar.ScalarParameters.Cast;
import dev.sextant.index.scalar.ScalarParameters.Place;
import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.language.Filters;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.query.MemoryPart;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// How long filters take with and without indexes, decoded columns, one thread: `FilterBench ROWS`.
final class FilterBench {
    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("k", Primitive.INT64, Trait.PRIMARY_KEY).withId(100),
                    Field.of("n", Primitive.INT64).withId(101),
                    Field.of("c", Primitive.INT32).withId(102),
                    Field.of("s", new FieldType.Varchar(100)).withId(103),
                    Field.of("j", new FieldType.Json()).withId(104)));
    private static final double ALWAYS = Double.POSITIVE_INFINITY;

    private FilterBench() {}

    public static void main(String[] arguments) {
        int rows = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        var random = new Random(7);
        var memory = new Memory(4L << 30);
        var numbers = random.longs(rows, 0, rows).toArray();
        var texts = Slices.ofTexts(Arrays.stream(numbers)
                .mapToObj(n -> "item-%07d of shelf %d".formatted(n, n % 1000))
                .toList());
        var jsons = Slices.ofTexts(Arrays.stream(numbers)
                .mapToObj(n -> "{\"colour\":\"c" + n % 97 + "\",\"price\":" + n + "}")
                .toList());
        var columns = Map.<Integer, Column>of(
                101, Column.longs(numbers),
                102,
                        new Column.Ints(
                                IntStream.range(0, rows)
                                        .map(_ -> random.nextInt(100))
                                        .toArray(),
                                Nulls.NONE),
                103, new Column.Texts(texts, Nulls.NONE),
                104, new Column.Jsons(jsons, Nulls.NONE));
        var price = new Place(new JsonPath(List.of(JsonPath.key("price"))), Cast.DOUBLE);
        try (var plain = new Cached(columns, rows);
                var sorted = new Cached(columns, rows)
                        .with(memory, 101, Wanted.SORTED, Optional.empty())
                        .with(memory, 102, Wanted.BITMAP, Optional.empty())
                        .with(memory, 103, Wanted.TERMS, Optional.empty())
                        .with(memory, 104, Wanted.AUTO, Optional.of(price));
                var grams = new Cached(columns, rows).with(memory, 103, Wanted.GRAMS, Optional.empty())) {
            System.out.println(
                    "| filter | rows | columns, µs | indexes, µs | as planned, µs | by |\n|---|---:|---:|---:|---:|---|");
            for (double share : new double[] {0.0001, 0.001, 0.01, 0.1, 0.2, 0.5}) {
                long most = (long) (share * rows);
                line(plain, sorted, "n < " + most);
                line(plain, sorted, "s < \"item-%07d\"".formatted(most));
                line(plain, sorted, "j[\"price\"] < " + most);
            }
            line(plain, sorted, "n == 4711");
            line(plain, sorted, "n in [1, 20, 300, 4000, 50000]");
            line(plain, sorted, "n != 4711");
            line(plain, sorted, "c == 7");
            line(plain, sorted, "c < 50");
            line(plain, sorted, "c < 50 and n < " + rows / 1000);
            line(plain, sorted, "c == 7 and s like \"%shelf 7\"");
            line(plain, sorted, "s == \"item-0004711 of shelf 711\"");
            line(plain, sorted, "s like \"item-00047%\"");
            line(plain, sorted, "s like \"%4711%\"");
            line(plain, grams, "s like \"%4711%\"");
            line(plain, grams, "s like \"%of%\"");
        }
    }

    /// A part whose chunks are decoded.
    private static final class Cached extends MemoryPart {
        private final Map<Integer, Column> columns;
        private final Map<Long, Column> chunks = new HashMap<>();

        Cached(Map<Integer, Column> columns, int rows) {
            super(1, false, columns, Bits.ALL, new long[1], new long[rows], false);
            this.columns = columns;
        }

        Cached with(Memory memory, int field, Wanted wanted, Optional<Place> place) {
            long begun = System.nanoTime(), before = memory.inUseBytes();
            withIndex(
                    memory,
                    field,
                    SCHEMA.field(field).orElseThrow().type(),
                    new ScalarParameters(wanted, place, 2, 3, 500));
            System.out.printf(
                    Locale.ROOT,
                    "%s over %s: %.2f s, %.1f bytes a row%n",
                    wanted,
                    SCHEMA.field(field).orElseThrow().name(),
                    (System.nanoTime() - begun) / 1e9,
                    (double) (memory.inUseBytes() - before) / rows());
            return this;
        }

        @Override
        public Column chunk(int field, int chunk) {
            return columns.isEmpty()
                    ? super.chunk(field, chunk)
                    : chunks.computeIfAbsent((long) field << 32 | chunk, _ -> super.chunk(field, chunk));
        }
    }

    private static void line(MemoryPart plain, MemoryPart indexed, String filter) {
        var bound = Binder.bind(Filters.filter(filter, Map.of()), SCHEMA);
        int found = Matching.rows(plain, bound, Bits.ALL, 0, () -> {}).count(plain.rows());
        double scanned = micros(() -> Matching.rows(plain, bound, Bits.ALL, 0, () -> {}, 1));
        double answered = micros(() -> Matching.rows(indexed, bound, Bits.ALL, 0, () -> {}, ALWAYS));
        double planned = micros(() -> Matching.rows(indexed, bound, Bits.ALL, 0, () -> {}, 1));
        int answers = Serving.plan(bound.root(), indexed, Bits.ALL).notes().size();
        System.out.printf(
                Locale.ROOT,
                "| `%s` | %,d | %,.0f | %,.0f | %,.0f | %s |%n",
                filter,
                found,
                scanned,
                answered,
                planned,
                answers == 0 ? "column" : answers == 1 ? "index" : answers + " indexes");
    }

    /// The least of many times: what else runs on the machine only adds.
    private static double micros(Runnable run) {
        long least = Long.MAX_VALUE, end = System.nanoTime() + 400_000_000;
        for (int i = 0; i < 5 || i < 300 && System.nanoTime() < end; i++) {
            long begun = System.nanoTime();
            run.run();
            least = Math.min(least, System.nanoTime() - begun);
        }
        return least / 1e3;
    }
}
