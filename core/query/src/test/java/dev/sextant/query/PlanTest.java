package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.index.Effort;
import dev.sextant.model.VectorType;
import dev.sextant.query.Plan.Figures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Plan.GraphCost COST = (effort, share) -> (long) (12.8 * (effort.beam() + 10) / share);

    private static Plan choose(int nodes, int matching, int graphNodes, int wanted, int dimension) {
        int graphMatching = (int) ((long) matching * graphNodes / nodes);
        double rowNanos = Costs.DEFAULT.rowNanos(VectorType.FLOAT32, dimension);
        return Plan.choose(
                new Figures(nodes, matching, graphNodes, graphMatching),
                wanted,
                Effort.ofBeam(64),
                COST,
                new Plan.RowNanos(rowNanos),
                Costs.DEFAULT,
                Prices.USUAL,
                QueryConfig.DEFAULT);
    }

    @Test
    void nothingIsDoneWhereNothingMatches() {
        assertThat(choose(1_000_000, 0, 1_000_000, 10, 128)).isEqualTo(new Plan.Nothing());
    }

    @Test
    void withoutAFilterALargePartIsWalked() {
        assertThat(choose(1_000_000, 1_000_000, 1_000_000, 10, 128)).isInstanceOf(Plan.Walk.class);
    }

    @Test
    void fewMatchingRowsAreScanned() {
        assertThat(choose(1_000_000, 400, 1_000_000, 10, 768)).isInstanceOf(Plan.Scan.class);
        assertThat(choose(1_000_000, 5_000, 1_000_000, 10, 128)).isInstanceOf(Plan.Scan.class);
    }

    @Test
    void codesAreScannedWhereTheyAreCheaperThanFullRows() {
        var few = Plan.choose(
                new Figures(1_000_000, 2_000, 1_000_000, 2_000),
                10,
                Effort.ofBeam(64),
                COST,
                new Plan.RowNanos(60, 30),
                Costs.DEFAULT,
                Prices.USUAL,
                QueryConfig.DEFAULT);
        assertThat(few)
                .isInstanceOfSatisfying(
                        Plan.Scan.class, scan -> assertThat(scan.byCodes()).isTrue());
    }

    @Test
    void aWalkThatForeseesItsCostIsTriedWhereTheScanIsDear() {
        var many = Plan.choose(
                new Figures(1_000_000, 20_000, 1_000_000, 20_000),
                10,
                Effort.ofBeam(64),
                COST,
                new Plan.RowNanos(60, 30),
                Costs.DEFAULT,
                Prices.USUAL,
                QueryConfig.DEFAULT);
        assertThat(many)
                .isInstanceOfSatisfying(
                        Plan.Walk.class,
                        walk -> assertThat(walk.estimateNanos())
                                .isLessThanOrEqualTo(601_000 + 1_000_000 * Costs.DEFAULT.bit()));
    }

    @Test
    void aPartWithoutAGraphIsScanned() {
        assertThat(choose(1_000_000, 1_000_000, 0, 10, 128)).isInstanceOf(Plan.Scan.class);
    }

    @Test
    void whoWantsNearlyEverythingGetsAScan() {
        assertThat(choose(10_000, 10_000, 10_000, 9_000, 128)).isInstanceOf(Plan.Scan.class);
    }

    @Test
    void rowsThatTheGraphLacksAreScannedBesideIt() {
        assertThat(choose(100_000, 100_000, 80_000, 10, 128))
                .isInstanceOfSatisfying(
                        Plan.Walk.class, walk -> assertThat(walk.tailRows()).isEqualTo(20_000));
    }

    @Test
    void aWalkIsNeverAllowedMoreThanTheScanWouldCost() {
        var walk = (Plan.Walk) choose(1_000_000, 500_000, 1_000_000, 10, 128);
        assertThat(walk.mostCodes() * Costs.DEFAULT.code())
                .isLessThanOrEqualTo(
                        500_000 * Costs.DEFAULT.rowNanos(VectorType.FLOAT32, 128) + 1_000_000 * Costs.DEFAULT.bit());
    }

    @Test
    void whereMissesCostMoreAScanIsChosenSooner() {
        var slow = new Costs(Map.of(), 20 * Costs.DEFAULT.code(), Costs.DEFAULT.bit());
        for (var costs : List.of(Costs.DEFAULT, slow)) {
            var plan = Plan.choose(
                    new Figures(10_000, 10_000, 10_000, 10_000),
                    10,
                    Effort.ofBeam(64),
                    COST,
                    new Plan.RowNanos(costs.rowNanos(VectorType.FLOAT32, 32)),
                    costs,
                    Prices.USUAL,
                    QueryConfig.DEFAULT);
            assertThat(plan).isInstanceOf(costs == slow ? Plan.Scan.class : Plan.Walk.class);
        }
    }
}
