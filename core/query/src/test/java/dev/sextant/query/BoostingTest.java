package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Scanned;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoostingTest {
    private static final Winners FOUR = new Winners(
            new int[] {4},
            Column.longs(1, 2, 3, 4),
            new float[] {0.875f, 0.75f, 0.5f, 0.25f},
            new int[4],
            new long[] {10, 20, 30, 40},
            List.of(),
            Scanned.NOTHING);

    private static BitSet rows(int... set) {
        var rows = new BitSet();
        for (int row : set) rows.set(row);
        return rows;
    }

    private static Winners boosted(boolean functionsAdd, boolean scoresAdd, boolean largerIsBetter) {
        var boosts = new Read.Fusion.Boosts(List.of(), functionsAdd, scoresAdd);
        var given = List.of(new double[] {2, 2, 2, 2}, new double[] {3, 3, 3, 3});
        return Boosting.boosted(FOUR, boosts, given, List.of(rows(2, 3), rows(3)), largerIsBetter);
    }

    @Test
    void whatMeetsNoConditionKeepsItsScoreAndTheRestIsWeighed() {
        assertThat(boosted(false, false, true).scores()).containsExactly(1.5f, 1f, 0.875f, 0.75f);
        assertThat(boosted(true, false, true).scores()).containsExactly(1.25f, 1f, 0.875f, 0.75f);
        assertThat(boosted(true, true, true).scores()).containsExactly(5.25f, 2.5f, 0.875f, 0.75f);
        assertThat(boosted(false, true, true).scores()).containsExactly(6.25f, 2.5f, 0.875f, 0.75f);
        assertThat(boosted(false, false, true).place()).containsExactly(40, 30, 10, 20);
    }

    @Test
    void aDistanceThatIsWeighedIsFurtherAway() {
        var distances = boosted(false, false, false);
        assertThat(distances.scores()).containsExactly(0.75f, 0.875f, 1f, 1.5f);
        assertThat(((Column.Longs) distances.keys()).values()).containsExactly(2, 1, 3, 4);
    }

    @Test
    void chancesAreTheSameForASeedAndSpreadOverTheirRange() {
        double sum = 0;
        for (long value = 0; value < 10_000; value++) {
            double share = Boosting.random(7, value);
            assertThat(share).isBetween(0.0, Math.nextDown(1.0)).isEqualTo(Boosting.random(7, value));
            sum += share;
        }
        assertThat(sum / 10_000).isBetween(0.48, 0.52);
        assertThat(Boosting.random(7, 1)).isNotEqualTo(Boosting.random(8, 1));
    }
}
