package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.model.VectorType;
import dev.sextant.world.MemoryDisk;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Rows whose field holds several vectors: row `key` has `key % 5` of them, none at all where `key % 7` is 6.
class ArraysOfVectorsTest {
    private static final int VECTORS = 102;
    private static final int DIMENSION = 4;

    private final MemoryDisk disk = new MemoryDisk();

    private Shop open() {
        var c = Shop.config();
        var config = c.with(to -> to.graphRows = 100);
        return new Shop(disk, config);
    }

    private static Schema schema() {
        var vector = new FieldType.Vector(VectorType.FLOAT32, DIMENSION);
        return new Schema(
                        1,
                        List.of(
                                Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                        .withId(Shop.KEY),
                                Field.of("s[v]", new FieldType.Array(vector, 8), Field.Trait.NULLABLE)
                                        .withId(VECTORS)))
                .withStructs(List.of(new Struct(101, "s", "several", true, Map.of("max_capacity", "8"))));
    }

    private static int elements(long key) {
        return key % 7 == 6 ? 0 : (int) (key % 5);
    }

    private static void insert(Shop shop, Collection c, long from, long to) {
        int rows = (int) (to - from);
        var keys = new long[rows];
        var ends = new int[rows];
        var nulls = new BitSet();
        var numbers = new ArrayList<Float>();
        for (int i = 0; i < rows; i++) {
            keys[i] = from + i;
            if (keys[i] % 7 == 6) nulls.set(i);
            for (int e = 0; e < elements(keys[i]); e++)
                for (int d = 0; d < DIMENSION; d++) numbers.add(value(keys[i], e, d));
            ends[i] = numbers.size() / DIMENSION;
        }
        var values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) values[i] = numbers.get(i);
        var lists = new Column.Lists(ends, Column.Dense.of(DIMENSION, values), Nulls.of(nulls));
        var insertion = new Mutation.Insertion(
                rows,
                new long[] {c.partitions().getFirst().id()},
                Map.of(Shop.KEY, Column.longs(keys), VECTORS, lists));
        shop.write(new Mutation(
                c.id(),
                c.altered(),
                List.of(new Mutation.Part(c.shards().getFirst(), Optional.empty(), Optional.of(insertion))),
                Long.MAX_VALUE));
    }

    private static float value(long key, int element, int component) {
        return key * 100 + element * 10 + component;
    }

    /// Everything that a view shows, by every way of reading it.
    private static void check(Shop shop, Set<Long> keys) {
        var seen = new TreeMap<Long, Integer>();
        for (var view : shop.views(shop.find("c"), Consistency.STRONG))
            try (view) {
                for (var part : view.parts()) check(part, seen);
            }
        assertThat(seen.keySet()).isEqualTo(keys);
        seen.forEach((key, elements) -> assertThat(elements).as("row " + key).isEqualTo(elements(key)));
    }

    private static void check(Part part, Map<Long, Integer> seen) {
        var all = new int[part.rows()];
        for (int row = 0; row < all.length; row++) all[row] = all.length - 1 - row;
        var keys = ((Column.Longs) part.fetch(Shop.KEY, all)).values();
        var fetched = (Column.Lists) part.fetch(VECTORS, all);
        var vectors = (Vectors.Lists) part.vectors(VECTORS);
        var nodes = part.nodes(VECTORS, part.visible());
        for (int i = 0; i < all.length; i++) {
            int row = all[i];
            boolean visible = part.visible().get(row);
            if (visible) seen.put(keys[i], fetched.length(i));
            var chunk = (Column.Lists) part.chunk(VECTORS, row / Bits.CHUNK_BITS);
            assertThat(fetched.isNull(i)).isEqualTo(keys[i] % 7 == 6);
            assertThat(chunk.isNull(row)).isEqualTo(fetched.isNull(i));
            assertThat(chunk.length(row)).isEqualTo(fetched.length(i));
            int first = vectors.first(row);
            assertThat(vectors.first(row + 1) - first).isEqualTo(fetched.length(i));
            for (int e = 0; e < fetched.length(i); e++) {
                assertThat(nodes.get(first + e)).isEqualTo(visible);
                for (int d = 0; d < DIMENSION; d++) {
                    float expected = value(keys[i], e, d);
                    assertThat(number(fetched, fetched.start(i) + e, d)).isEqualTo(expected);
                    assertThat(number(chunk, chunk.start(row) + e, d)).isEqualTo(expected);
                    int bits = dev.sextant.kernel.Raw.getInt(vectors.rows().address(first + e) + 4L * d);
                    assertThat(Float.intBitsToFloat(bits)).isEqualTo(expected);
                }
            }
        }
    }

    private static float number(Column.Lists lists, int element, int component) {
        return ((Column.Dense) lists.elements())
                .bytes()
                .get(Column.LITTLE_FLOAT, 4L * (element * DIMENSION + component));
    }

    private static Set<Long> keys(long to) {
        var keys = new java.util.TreeSet<Long>();
        for (long key = 0; key < to; key++) keys.add(key);
        return keys;
    }

    @Test
    void theyAreTheSameInAMemtableAfterARestartInASegmentAndAfterAMerge() {
        var keys = keys(500);
        try (var shop = open()) {
            var c = shop.create("c", schema(), 1);
            for (long from = 0; from < 300; from += 60) insert(shop, c, from, from + 60);
            check(shop, keys(300));
        }
        try (var shop = open()) {
            assertThat(shop.find("c").schema()).isEqualTo(schema());
            check(shop, keys(300));
            shop.flush(shop.find("c"));
            check(shop, keys(300));
            insert(shop, shop.find("c"), 300, 500);
            shop.delete(shop.find("c"), 5L, 8L, 400L);
            keys.removeAll(Set.of(5L, 8L, 400L));
            check(shop, keys);
        }
        try (var shop = open()) {
            check(shop, keys);
            shop.flush(shop.find("c"));
            shop.engine.compact(shop.find("c").shards(), Compaction.MAJOR);
            Shop.eventually(() -> shop.engine.segments(shop.find("c").id()).size() == 1);
            check(shop, keys);
        }
        try (var shop = open()) {
            check(shop, keys);
        }
    }

    @Test
    void theirElementsGetAnIndexThatOutlivesARestart() {
        try (var shop = open()) {
            var c = shop.create("c", schema(), 1);
            shop.define(
                    new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)),
                    new Change.CreateIndex(
                            c.id(),
                            new Index(
                                    900,
                                    "near",
                                    VECTORS,
                                    Map.of("index_type", "HNSW", "metric_type", "MAX_SIM_L2"),
                                    0)));
            insert(shop, shop.find("c"), 0, 300);
            shop.flush(c);
            checkIndex(shop);
        }
        try (var shop = open()) {
            checkIndex(shop);
            check(shop, keys(300));
        }
    }

    private static void checkIndex(Shop shop) {
        int elements =
                keys(300).stream().mapToInt(ArraysOfVectorsTest::elements).sum();
        Shop.eventually(() -> {
            for (var view : shop.views(shop.find("c"), Consistency.STRONG))
                try (view) {
                    for (var part : view.parts()) {
                        if (part.rows() == 0) continue;
                        var index = part.index(VECTORS);
                        if (index.isEmpty() || index.get().count() != elements) return false;
                    }
                }
            return true;
        });
    }
}
