package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.MemoryDisk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final MemoryDisk disk = new MemoryDisk();

    private Shop open() {
        return new Shop(disk, Shop.config());
    }

    @Test
    void anAcknowledgedRowIsSeenByTheNextViewAndAfterARestart() {
        try (var shop = open()) {
            var c = shop.create("c", 2);
            shop.insert(c, Map.of(1L, 10L, 2L, 20L));
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(1L, List.of(10L), 2L, List.of(20L)));
        }
        try (var shop = open()) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                    .isEqualTo(Map.of(1L, List.of(10L), 2L, List.of(20L)));
        }
    }

    @Test
    void aDeletedRowStaysDeletedAfterRestartAndComesBackOnlyWhenInsertedAgain() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 10L, 2L, 20L));
            shop.delete(c, 1L);
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(2L);
        }
        try (var shop = open()) {
            var c = shop.find("c");
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(2L);
            shop.insert(c, Map.of(1L, 30L));
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).containsExactly(30L);
        }
    }

    @Test
    void historiesOfOneKeyEndAsInMilvus() {
        try (var shop = open()) {
            var c = shop.create("c", 1, "other");
            shop.insert(c, Map.of(1L, 1L));
            shop.insert(c, Map.of(1L, 2L));
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).containsExactly(1L, 2L);
            shop.upsert(c, Map.of(1L, 3L));
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).containsExactly(3L);
            long other = c.partition("other").orElseThrow().id();
            shop.write(Shop.mutation(c, false, other, Map.of(1L, 4L)));
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).containsExactly(3L, 4L);
            shop.write(Shop.removal(c, other, Set.of(1L)));
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).containsExactly(3L);
            shop.delete(c, 99L);
            assertThat(shop.delete(c, 99L).removed()).isEqualTo(1);
        }
    }

    @Test
    void aViewAtATimestampRepeats() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            long first = shop.insert(c, Map.of(1L, 10L)).timestamp();
            long second = shop.upsert(c, Map.of(1L, 11L, 2L, 20L)).timestamp();
            shop.delete(c, 1L, 2L);
            assertThat(shop.read(c, Consistency.STRONG)).isEmpty();
            assertThat(shop.read(c, new Consistency.Exactly(first))).isEqualTo(Map.of(1L, List.of(10L)));
            assertThat(shop.read(c, new Consistency.Exactly(second)))
                    .isEqualTo(Map.of(1L, List.of(11L), 2L, List.of(20L)));
            assertThat(shop.read(c, new Consistency.Exactly(first - 1))).isEmpty();
        }
    }

    @Test
    void aResolvedWriteSeesEverythingOrderedBeforeIt() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 0L));
            var counters = new java.util.ArrayList<java.util.concurrent.CompletableFuture<Outcome>>();
            for (int i = 0; i < 50; i++) {
                var done = new java.util.concurrent.CompletableFuture<Outcome>();
                counters.add(done);
                shop.engine.write(
                        Set.copyOf(c.shards()),
                        views -> plusOne(c, views),
                        Long.MAX_VALUE,
                        new dev.sextant.model.Reply<>() {
                            @Override
                            public void complete(Outcome answer) {
                                done.complete(answer);
                            }

                            @Override
                            public void fail(Throwable reason) {
                                done.completeExceptionally(reason);
                            }
                        });
            }
            counters.forEach(java.util.concurrent.CompletableFuture::join);
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(1L, List.of(50L)));
        }
    }

    private static Mutation plusOne(dev.sextant.catalog.Collection c, Map<Long, View> views) {
        var view = views.get(c.shards().getFirst());
        var places = view.find(Column.longs(1), 0);
        assertThat(places.count()).isEqualTo(1);
        var number = (Column.Longs) view.parts().get(places.part()[0]).fetch(Shop.NUMBER, new int[] {places.row()[0]});
        return Shop.mutation(c, true, c.partitions().getFirst().id(), Map.of(1L, number.values()[0] + 1));
    }

    @Test
    void aWriteCheckedAgainstAnOlderSchemaIsRefused() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            shop.define(new dev.sextant.catalog.Change.AlterSchema(c.id(), Shop.schema()));
            assertThatThrownBy(() -> shop.insert(c, Map.of(1L, 1L)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.SchemaMismatch.class));
            assertThat(Optional.of(shop.insert(shop.find("c"), Map.of(1L, 1L)))).isPresent();
        }
    }

    @Test
    void aKeyThatWasWrittenAgainAndAgainIsFoundInItsNewestVersionAlone() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = shop.create("c", 1);
            for (long i = 0; i < 3_000; i++) shop.upsert(c, Map.of(1L, i));
            shop.flush(c);
            shop.upsert(c, Map.of(1L, 3_000L));
            shop.flush(c);
            var shard = ((Node) shop.engine).shard(c.shards().getFirst());
            var stores = shard.layout().segments();
            assertThat(stores.stream().mapToInt(Segment::rows).sum()).isGreaterThan(1);
            int left = 0;
            for (var store : stores)
                left += store.findToRemove(Column.longs(1), true).count();
            assertThat(left).isEqualTo(1);
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(Map.of(1L, List.of(3_000L)));
        }
    }
}
