package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.world.Chance;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.SimulatedClock;
import dev.sextant.world.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WaitingReadsTest {
    @Test
    void aReadThatStillWaitsWhenTheEngineClosesIsRefused() {
        var answer = new CompletableFuture<List<View>>();
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = shop.create("c", 1);
            long soon = shop.engine.now() + HybridClock.ofMillis(30_000);
            shop.engine.views(c.shards(), new Consistency.AtLeast(soon), Long.MAX_VALUE, new Reply<>() {
                @Override
                public void complete(List<View> views) {
                    answer.complete(views);
                }

                @Override
                public void fail(Throwable why) {
                    answer.completeExceptionally(why);
                }
            });
        }
        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Closing.class));
    }

    @Test
    void readsGoOnOnceAnEntryOfUnknownFateIsInTheLogThoughNobodyWritesAgain() throws InterruptedException {
        var disk = new FaultDisk(10, 512);
        var clock = new SimulatedClock(1_800_000_000_000L);
        try (var shop = new Shop(new World(disk, clock, Chance.seeded(7), Meters.NONE), Shop.config())) {
            var c = shop.create("c", 1);
            // A force that fails while the log makes its next file refuses the write for certain; once that file is
            // there it is the entry's own force that fails. Each try is a row of its own: a second one of the same key
            // would be counted twice should the first be in the log after all.
            long taken = 0, tries = 0;
            boolean failing = true, unknown = false;
            while (!unknown) {
                disk.failForces(failing ? 1 : 0);
                var refusal = refusal(shop, c, ++tries);
                assertThat(failing && refusal.isEmpty())
                        .as("nothing is forced, and the write is acknowledged")
                        .isFalse();
                if (refusal.isEmpty()) taken++;
                unknown =
                        refusal.filter(Refusal.OutcomeUnknown.class::isInstance).isPresent();
                failing = refusal.isEmpty();
                if (refusal.isPresent()) Thread.sleep(1);
            }
            disk.failForces(0);
            long all = taken + 1;
            // Nobody looks at the disk again while time stands still. As long as the log takes nothing, reads are
            // answered without the entry that is in doubt.
            Shop.eventually(() -> {
                clock.pass(200);
                return shop.engine.rowCount(c.id(), 0) == all
                        && shop.engine.troubles().isEmpty()
                        && shop.read(c, Consistency.STRONG).size() == all;
            });
        }
    }

    private static Optional<Refusal> refusal(Shop shop, dev.sextant.catalog.Collection collection, long key) {
        try {
            shop.insert(collection, Map.of(key, key));
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.refusal());
        }
    }
}
