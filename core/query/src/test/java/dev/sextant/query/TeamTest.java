package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.query.House.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workers that share a search.
@Timeout(60)
class TeamTest {
    /// Every search is worth sharing.
    private static final QueryConfig SHARED =
            new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 128, 0, 100, 1 << 20);

    private final List<String> told = new ArrayList<>();

    private Team<String> team(int pieces) {
        var all = new ArrayList<Piece>();
        for (int i = 0; i < pieces; i++)
            all.add(new Piece(i, 1, null, new PartSearch.Range(0, 1), 1)); // nobody asks what there is to search
        return new Team<>(all, new Reply<>() {
            @Override
            public void complete(List<String> found) {
                told.add("found " + found);
            }

            @Override
            public void fail(Throwable reason) {
                told.add("failed: " + reason.getMessage());
            }
        });
    }

    private static int query(Team<String> team) {
        return team.next().orElseThrow().query();
    }

    @Test
    void nobodyWaitsForWhoHasNotBegun() {
        var team = team(2);
        assertThat(query(team)).isEqualTo(0);
        assertThat(query(team)).isEqualTo(1);
        team.complete("all");
        assertThat(told).containsExactly("found [all]");
        assertThat(team.join()).isFalse();
    }

    @Test
    void whoHasBegunIsWaitedFor() {
        var team = team(2);
        assertThat(team.join()).isTrue();
        assertThat(query(team)).isEqualTo(0);
        assertThat(query(team)).isEqualTo(1);
        assertThat(team.join()).as("nothing is left").isFalse();
        team.complete("first");
        assertThat(told).isEmpty();
        team.complete("second");
        assertThat(told).containsExactly("found [first, second]");
    }

    @Test
    void whatIsGivenBackIsNext() {
        var team = team(3);
        var first = team.next().orElseThrow();
        team.giveBack(List.of(first));
        assertThat(query(team)).isEqualTo(0);
        assertThat(query(team)).isEqualTo(1);
    }

    @Test
    void afterAFailureNothingIsBegunAndTheFirstIsToldWhenAllHaveLeft() {
        var team = team(3);
        assertThat(team.join()).isTrue();
        assertThat(query(team)).isEqualTo(0);
        team.fail(new IllegalStateException("one"));
        assertThat(team.next()).isEmpty();
        assertThat(told).as("somebody still reads").isEmpty();
        team.fail(new IllegalStateException("two"));
        assertThat(told).containsExactly("failed: one");
    }

    @Test
    void aSearchEndsThoughTheOtherWorkerIsTaken() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1), over = new CountDownLatch(1);
        try (var house = new House(1, new Shape(1, 3, 2_000, 0, false, Metric.L2, false), SHARED)) {
            house.work.search(_ -> {
                begun.countDown();
                try {
                    over.await();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            });
            begun.await();
            try {
                assertThat(house.run(search(house)).total()).isEqualTo(10);
            } finally {
                over.countDown();
            }
        }
    }

    private static Read.Search search(House house) {
        return Read.Search.of("c", "vector", House.vectors(List.of(house.vector())), 10);
    }
}
