package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.model.Consistency;
import dev.sextant.world.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A segment is searched as quickly in the moment it is published as later: its vectors are in memory then, and what
/// had a graph before has one.
class PreparedTest {
    private static final int ROWS = 600;

    private final MemoryDisk disk = new MemoryDisk();

    private static Collection loaded(Shop shop, String type) {
        return loaded(shop, type, "speed");
    }

    private static Collection loaded(Shop shop, String type, String memory) {
        var c = shop.create("c", 1);
        var parameters = Map.of("index_type", type, "metric_type", "L2", "memory", memory);
        shop.define(
                new Change.CreateIndex(
                        c.id(), new Index(shop.engine.allocateIds(1), "near", Shop.VECTOR, parameters, 0)),
                new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)));
        return shop.find("c");
    }

    private static void insert(Shop shop, Collection c, int from, int to) {
        var rows = new TreeMap<Long, Long>();
        for (long i = from; i < to; i++) rows.put(i, i);
        shop.insert(c, rows);
    }

    private static List<Part> parts(Shop shop, Collection c) {
        try (var view = shop.views(c, Consistency.STRONG).getFirst()) {
            return List.copyOf(view.parts());
        }
    }

    /// Searches until the memtable has a graph over all its rows.
    private static void search(Shop shop, Collection c) {
        Shop.eventually(() -> {
            try (var view = shop.views(c, Consistency.STRONG).getFirst()) {
                var memtable = view.parts().getLast();
                for (int i = 0; i < Feeding.WORTHWHILE; i++) memtable.index(Shop.VECTOR);
                return memtable.index(Shop.VECTOR)
                        .filter(graph -> graph.count() == memtable.rows())
                        .isPresent();
            }
        });
    }

    /// Looks at the collection all the time, while something happens to it.
    private static final class Watching implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<String> unready = new ArrayList<>();
        private final Thread thread;
        private int sealed;

        /// @param least rows of a segment that is looked at
        Watching(Shop shop, Collection c, int least) {
            thread = Thread.ofPlatform().start(() -> {
                while (!over.get())
                    try (var view = shop.views(c, Consistency.STRONG).getFirst()) {
                        view.parts().stream()
                                .filter(part -> !part.growing() && part.rows() >= least)
                                .forEach(this::look);
                    }
            });
        }

        private void look(Part part) {
            sealed++;
            if (!part.isReady(Shop.VECTOR)) unready.add("segment " + part.id() + " without its vectors");
            else if (part.index(Shop.VECTOR).isEmpty()) unready.add("segment " + part.id() + " without a graph");
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
            assertThat(sealed).isPositive();
            assertThat(unready).isEmpty();
        }
    }

    @Test
    void whatHasAGraphInMemoryHasOneInItsFileFromTheFirstMomentOn() {
        try (var shop = new Shop(disk, Shop.with(EngineConfig.DEFAULT, 1 << 20, 32 << 20))) {
            var c = loaded(shop, "AUTOINDEX");
            try (var _ = new Watching(shop, c, 1)) {
                for (int round = 0; round < 12; round++) {
                    insert(shop, c, round * ROWS, (round + 1) * ROWS);
                    search(shop, c);
                    shop.flush(c);
                }
            }
        }
        // And it has it again after a restart, though it is too small for an index of its own.
        try (var shop = new Shop(disk, Shop.with(EngineConfig.DEFAULT, 1 << 20, 32 << 20))) {
            var c = shop.find("c");
            Shop.eventually(() -> parts(shop, c).stream()
                    .filter(part -> !part.growing())
                    .allMatch(part -> part.index(Shop.VECTOR).isPresent()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"speed", "compact"})
    void whatIsMergedIsInMemoryFromTheFirstMomentOn(String rows) {
        var config = Shop.with(EngineConfig.DEFAULT, 1 << 20, 32 << 20).with(to -> {
            to.graphRows = 300;
            to.mergeWidth = 2;
        });
        try (var shop = new Shop(disk, config)) {
            var c = loaded(shop, "AUTOINDEX", rows);
            insert(shop, c, 0, 2 * ROWS);
            shop.flush(c);
            Shop.eventually(() -> parts(shop, c).getFirst().index(Shop.VECTOR).isPresent());
            // What has just been written may be without, what is merged may not.
            try (var _ = new Watching(shop, c, 2 * ROWS)) {
                for (int round = 2; round < 9; round++) {
                    insert(shop, c, round * ROWS, (round + 1) * ROWS);
                    shop.flush(c);
                    Shop.eventually(() -> parts(shop, c).stream()
                                    .filter(part -> !part.growing())
                                    .count()
                            == 1);
                }
            }
        }
    }

    @Test
    void aSmallSegmentThatIsScannedAgainAndAgainGetsItsIndex() {
        try (var shop = new Shop(disk, Shop.with(EngineConfig.DEFAULT, 1 << 20, 32 << 20))) {
            var c = loaded(shop, "IVF_FLAT");
            insert(shop, c, 0, 2_000);
            shop.flush(c);
            Part sealed = parts(shop, c).getFirst();
            assertThat(sealed.index(Shop.VECTOR)).isEmpty();
            for (int i = 1; i < Feeding.WORTHWHILE; i++) sealed.index(Shop.VECTOR);
            Shop.eventually(() -> parts(shop, c).getFirst().index(Shop.VECTOR).isPresent());
        }
    }
}
