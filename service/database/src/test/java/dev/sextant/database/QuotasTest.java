package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Rows;
import dev.sextant.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private static final Write DELETE = new Write.DeleteKeys("c", Optional.empty(), Column.longs(1));

    private static DatabaseConfig rates(Map<Metered, Double> rates) {
        return DatabaseConfig.DEFAULT.with(to -> to.quotas = new DatabaseConfig.Quotas(rates, Set.of(), -1, -1, -1));
    }

    private static void begin(Threshold door) {
        door.run(Define.CreateCollection.of("c", id(), vector()));
    }

    @Test
    void nothingIsLimitedByItself() {
        try (var door = new Threshold()) {
            begin(door);
            for (int i = 0; i < 1000; i++) door.run(new Operate.Flush(List.of("c")));
        }
    }

    @Test
    void whoComesTooOftenIsToldAndMayComeAgainLater() {
        try (var door = new Threshold(rates(Map.of(Metered.FLUSHES, 0.1)))) {
            begin(door);
            door.run(Define.CreateCollection.of("d", id(), vector()));
            door.run(new Operate.Flush(List.of("c")));
            assertThat(door.refusal(new Operate.Flush(List.of("c"))))
                    .isEqualTo(new Refusal.RateExceeded("flushes", 0.1, "quotas.rates"));
            door.run(new Operate.Flush(List.of("d")));
            door.nanos.addAndGet(Duration.ofSeconds(9).toNanos());
            assertThat(door.refusal(new Operate.Flush(List.of("c")))).isInstanceOf(Refusal.RateExceeded.class);
            door.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            door.run(new Operate.Flush(List.of("c")));
        }
    }

    @Test
    void aLargeRequestPassesAndHoldsUpThoseAfterIt() {
        try (var door = new Threshold(rates(Map.of(Metered.DELETES, 10.0)))) {
            begin(door);
            var large = new Write.DeleteKeys("c", Optional.empty(), Column.longs(1, 2, 3, 4, 5));
            door.run(large); // forty bytes, at ten a second
            assertThat(door.refusal(DELETE)).isInstanceOf(Refusal.RateExceeded.class);
            door.nanos.addAndGet(Duration.ofSeconds(3).toNanos());
            assertThat(door.refusal(DELETE)).isInstanceOf(Refusal.RateExceeded.class);
            door.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            door.run(DELETE);
        }
    }

    @Test
    void whatIsSwitchedOffStaysOffUntilItIsSwitchedOn() {
        try (var door = new Threshold()) {
            begin(door);
            door.run(new Define.AlterDatabase("default", Map.of("database.force.deny.writing", "true"), Set.of()));
            assertThat(door.refusal(DELETE))
                    .isInstanceOfSatisfying(
                            Refusal.Denied.class,
                            denied -> assertThat(denied.reason())
                                    .isEqualTo("access has been disabled by the administrator"));
            assertThat(door.refusal(new Define.AlterDatabase(
                            "default", Map.of("database.force.deny.reading", "perhaps"), Set.of())))
                    .isInstanceOf(Refusal.InvalidSchema.class);
            door.run(new Define.AlterDatabase("default", Map.of(), Set.of("database.force.deny.writing")));
            door.run(DELETE);
            door.run(
                    new Define.AlterDatabase("default", Map.of("database.force.deny.collectionDDL", "true"), Set.of()));
            assertThat(door.refusal(Define.CreateCollection.of("e", id(), vector())))
                    .isInstanceOf(Refusal.Denied.class);
            door.run(new Define.CreatePartition("c", "p"));
            door.run(new Define.AlterDatabase("default", Map.of("database.force.deny.ddl", "true"), Set.of()));
            assertThat(door.refusal(new Define.CreatePartition("c", "q"))).isInstanceOf(Refusal.Denied.class);
        }
    }

    @Test
    void whatTheSettingsSwitchOffIsRefusedAndNothingElse() {
        var config = DatabaseConfig.DEFAULT.with(
                to -> to.quotas = new DatabaseConfig.Quotas(Map.of(), Set.of(Metered.Sort.WRITING), -1, -1, -1));
        try (var door = new Threshold(config)) {
            begin(door);
            assertThat(door.refusal(DELETE))
                    .isInstanceOfSatisfying(
                            Refusal.Denied.class,
                            denied -> assertThat(denied.setting()).isEqualTo("quotas.denied"));
            door.run(new Operate.Flush(List.of("c")));
        }
    }

    @Test
    void aCollectionTakesNoMoreRowsThanItMayHoldWhichIsLookedAtEachSecond() {
        try (var door = new Threshold()) {
            begin(door);
            door.run(new Define.AlterCollection("c", Map.of("collection.max.entities", "2"), Set.of()));
            var insert = Write.Insert.of(
                    "c",
                    Rows.of(1)
                            .with("id", Column.longs(1))
                            .with("v", Column.Dense.of(4, new float[4]))
                            .build());
            door.shards.rowCount = 1;
            door.run(insert);
            door.shards.rowCount = 2;
            door.run(insert);
            door.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(door.refusal(insert))
                    .isInstanceOfSatisfying(
                            Refusal.Denied.class,
                            full -> assertThat(full.setting()).isEqualTo("collection.max.entities"));
            door.run(DELETE);
            door.shards.rowCount = 1;
            door.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            door.run(insert);
        }
    }

    @Test
    void aRateThatIsChangedCountsAtOnce() {
        try (var door = new Threshold()) {
            begin(door);
            var count = new Read.Count("c", List.of(), Optional.empty(), false);
            door.run(new Define.AlterCollection("c", Map.of("collection.queryRate.max.qps", "1"), Set.of()));
            assertThat(door.refusal(count)).isNotInstanceOf(Refusal.RateExceeded.class);
            assertThat(door.refusal(count)).isInstanceOf(Refusal.RateExceeded.class);
            door.run(new Define.AlterCollection("c", Map.of("collection.queryRate.max.qps", "100"), Set.of()));
            assertThat(door.refusal(count)).isNotInstanceOf(Refusal.RateExceeded.class);
        }
    }

    @Test
    void aDatabaseMayHoldFewCollections() {
        try (var door = new Threshold()) {
            door.run(new Define.AlterDatabase("default", Map.of("database.max.collections", "1"), Set.of()));
            begin(door);
            assertThat(door.refusal(Define.CreateCollection.of("d", id(), vector())))
                    .isInstanceOfSatisfying(
                            Refusal.LimitExceeded.class,
                            limit -> assertThat(limit.setting()).isEqualTo("database.max.collections"));
        }
    }

    @Test
    void aCollectionHasRatesOfItsOwn() {
        try (var door = new Threshold()) {
            begin(door);
            door.run(new Define.AlterCollection("c", Map.of("collection.queryRate.max.qps", "0"), Set.of()));
            var count = new Read.Count("c", List.of(), Optional.empty(), false);
            assertThat(door.refusal(count)).isInstanceOf(Refusal.RateExceeded.class);
            assertThat(door.refusal(
                            new Define.AlterCollection("c", Map.of("collection.searchRate.max.vps", "many"), Set.of())))
                    .isInstanceOf(Refusal.InvalidSchema.class);
        }
    }

    @Test
    void whatDoesNotExistIsNotLimited() {
        try (var door = new Threshold(rates(Map.of(Metered.QUERIES, 0.0)))) {
            assertThat(door.refusal(new Read.Count("nowhere", List.of(), Optional.empty(), false)))
                    .isInstanceOf(Refusal.NotFound.class);
        }
    }
}
