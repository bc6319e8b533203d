package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.index.scalar.ScalarIndex.Structure;
import dev.sextant.index.scalar.Sought;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Consistency;
import dev.sextant.world.FaultDisk;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScalarIndexingTest {
    private static final long BY_NUMBER = 900_001, BY_TEXT = 900_002;
    private static final int ROWS = 6_000;

    private final FaultDisk disk = new FaultDisk(5, 512);

    private static Collection filled(Shop shop) {
        var c = shop.create("c", 1);
        shop.define(
                new Change.CreateIndex(
                        c.id(), new Index(BY_NUMBER, "by number", Shop.NUMBER, Map.of("index_type", "STL_SORT"), 0)),
                new Change.CreateIndex(
                        c.id(), new Index(BY_TEXT, "by text", Shop.TEXT, Map.of("index_type", "INVERTED"), 0)));
        var numbers = new TreeMap<Long, Long>();
        for (long key = 0; key < ROWS; key++) numbers.put(key, key * 7 % ROWS);
        shop.insert(c, numbers);
        shop.flush(c);
        shop.define(new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)));
        return shop.find("c");
    }

    private static int indexes(Shop shop, Collection c, int field) {
        try (var view = view(shop, c)) {
            return view.parts().stream()
                    .filter(part -> part.rows() > 0)
                    .mapToInt(part -> part.indexes(field).size())
                    .min()
                    .orElse(0);
        }
    }

    private static View view(Shop shop, Collection c) {
        return shop.views(c, Consistency.STRONG).getFirst();
    }

    private static Bits rows(Part part, int field, Sought sought) {
        return part.indexes(field)
                .getFirst()
                .structure()
                .look(sought)
                .orElseThrow()
                .find()
                .rows();
    }

    private static void answers(Shop shop, Collection c) {
        try (var view = view(shop, c)) {
            for (var part : view.parts()) {
                if (part.rows() == 0) continue;
                assertThat(part.indexes(Shop.NUMBER)).hasSize(1);
                assertThat(part.indexes(Shop.NUMBER).getFirst().structure().structure())
                        .isEqualTo(Structure.SORTED);
                assertThat(rows(part, Shop.NUMBER, new Sought.Wholes(10, 19)).count(part.rows()))
                        .isEqualTo(10);
                assertThat(rows(part, Shop.TEXT, Sought.Texts.prefix("text 59".getBytes()))
                                .count(part.rows()))
                        .isEqualTo(1 + 5 + 50 - 1); // none for 59, which is odd
                assertThat(part.indexes(Shop.TEXT)
                                .getFirst()
                                .structure()
                                .nulls()
                                .count(part.rows()))
                        .isEqualTo(ROWS / 2);
            }
        }
    }

    private static void ready(Shop shop, Collection c) {
        Shop.eventually(() -> indexes(shop, c, Shop.NUMBER) == 1 && indexes(shop, c, Shop.TEXT) == 1);
    }

    @Test
    void anIndexIsBuiltCountedAndReadAgainAfterARestart() {
        try (var shop = new Shop(disk, Shop.config())) {
            var c = filled(shop);
            ready(shop, c);
            answers(shop, c);
            assertThat(shop.memory.byName().get("scalar index")).isPositive();
            assertThat(shop.engine.indexProgress(c.id(), BY_NUMBER))
                    .isEqualTo(new Engine.IndexProgress(ROWS, ROWS, "", false));
            assertThat(shop.engine.segments(c.id()).getFirst().indexes()).contains("by number", "by text");
        }
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.find("c");
            ready(shop, c);
            answers(shop, c);
        }
    }

    @Test
    void aDamagedIndexIsFoundAndBuiltAnew() {
        try (var shop = new Shop(disk, Shop.config())) {
            ready(shop, filled(shop));
        }
        var files = disk.list("segments").stream()
                .filter(name -> name.endsWith(".index"))
                .toList();
        assertThat(files).hasSize(2);
        for (var file : files) disk.flipBit("segments/" + file, 40_000);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.find("c");
            ready(shop, c);
            answers(shop, c);
            assertThat(shop.engine.indexProgress(c.id(), BY_TEXT).trouble()).isEmpty();
        }
    }

    @Test
    void aDroppedIndexServesTheViewsThatFoundItAndNobodyElse() {
        try (var shop = new Shop(disk, Shop.config())) {
            var c = filled(shop);
            ready(shop, c);
            try (var held = view(shop, c)) {
                var part = held.parts().stream()
                        .filter(p -> p.rows() > 0)
                        .findFirst()
                        .orElseThrow();
                var found = part.indexes(Shop.NUMBER).getFirst().structure();
                shop.define(new Change.DropIndex(c.id(), BY_NUMBER));
                Shop.eventually(() -> indexes(shop, c, Shop.NUMBER) == 0);
                assertThat(found.look(new Sought.Wholes(0, 9))
                                .orElseThrow()
                                .find()
                                .rows()
                                .count(part.rows()))
                        .isEqualTo(10);
            }
            assertThat(indexes(shop, c, Shop.TEXT)).isEqualTo(1);
            long one = shop.memory.byName().get("scalar index");
            Shop.eventually(() -> shop.memory.byName().get("scalar index") < one);
        }
    }

    @Test
    void aMergedSegmentComesWithItsIndexes() {
        try (var shop = new Shop(disk, Shop.config())) {
            var c = filled(shop);
            var more = new TreeMap<Long, Long>();
            for (long key = ROWS; key < 2 * ROWS; key++) more.put(key, key);
            shop.insert(c, more);
            shop.flush(c);
            ready(shop, c);
            shop.engine.compact(c.shards(), Compaction.MAJOR);
            Shop.eventually(() -> shop.engine.segments(c.id()).size() == 1);
            ready(shop, c);
            try (var view = view(shop, c)) {
                var part = view.parts().stream()
                        .filter(p -> p.rows() == 2 * ROWS)
                        .findFirst()
                        .orElseThrow();
                assertThat(rows(part, Shop.NUMBER, new Sought.Wholes(ROWS - 5, ROWS + 4))
                                .count(part.rows()))
                        .isEqualTo(10);
            }
        }
    }

    @Test
    void releasingLetsTheMemoryGo() {
        try (var shop = new Shop(disk, Shop.config())) {
            var c = filled(shop);
            ready(shop, c);
            shop.define(new Change.SetLoad(c.id(), Load.NOTHING));
            Shop.eventually(() -> !shop.memory.byName().containsKey("scalar index"));
            assertThat(List.of(indexes(shop, c, Shop.NUMBER), indexes(shop, c, Shop.TEXT)))
                    .containsOnly(0);
        }
    }
}
