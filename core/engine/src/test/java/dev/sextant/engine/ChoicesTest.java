package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Choices.Candidate;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChoicesTest {
    private static final long MIB = 1 << 20;

    private static List<Candidate> segments(int count, long bytes, int rows) {
        return LongStream.range(0, count)
                .mapToObj(id -> new Candidate(id, bytes, rows, 0))
                .toList();
    }

    private static Candidate of(long id, long bytes) {
        return new Candidate(id, bytes, 100, 0);
    }

    @Test
    void segmentsOfOneTierAreMergedWhenThereAreEnough() {
        assertThat(Choices.chooseMerge(List.of(of(1, 10), of(2, 12), of(3, 11)), 4, 1000, 16))
                .isEmpty();
        assertThat(Choices.chooseMerge(List.of(of(1, 10), of(2, 12), of(3, 11), of(4, 5)), 4, 1000, 16))
                .hasSize(4);
    }

    @Test
    void aLargeSegmentIsNotMergedWithSmallOnes() {
        var chosen = Choices.chooseMerge(List.of(of(1, 500), of(2, 12), of(3, 11), of(4, 5), of(5, 6)), 4, 1000, 16);
        assertThat(chosen).extracting(Candidate::segment).containsExactlyInAnyOrder(2L, 3L, 4L, 5L);
    }

    @Test
    void nothingGrowsBeyondTheLargestSegment() {
        assertThat(Choices.chooseMerge(List.of(of(1, 400), of(2, 400), of(3, 400)), 3, 1000, 16))
                .isEmpty();
    }

    @Test
    void aSegmentThatIsMostlyGoneIsWrittenAnewAndAnEmptyOneDropped() {
        var dead = new Candidate(1, 500, 100, 30);
        assertThat(Choices.chooseMerge(List.of(dead, of(2, 400)), 4, 1000, 16)).containsExactly(dead);
        assertThat(Choices.chooseMerge(List.of(new Candidate(1, 500, 100, 10)), 4, 1000, 16))
                .isEmpty();
        var empty = new Candidate(3, 5000, 100, 100);
        assertThat(Choices.chooseMerge(List.of(of(1, 1), empty), 4, 1000, 16)).containsExactly(empty);
    }

    @Test
    void aMajorMergeTakesWhatFitsAndLeavesOneCleanSegmentAlone() {
        assertThat(Choices.chooseMajor(List.of(of(1, 10), of(2, 500), of(3, 600)), 1000))
                .extracting(Candidate::segment)
                .containsExactly(1L, 2L);
        assertThat(Choices.chooseMajor(List.of(of(1, 10)), 1000)).isEmpty();
        assertThat(Choices.chooseMajor(List.of(new Candidate(1, 10, 100, 1)), 1000))
                .hasSize(1);
    }

    @Test
    void whoAsksHasSmallSegmentsMergedAndLargeOnesLeftAlone() {
        assertThat(Choices.chooseAsked(List.of(of(1, 10), of(2, 900), of(3, 20), of(4, 30)), 1000))
                .extracting(Candidate::segment)
                .containsExactly(1L, 3L, 4L);
        assertThat(Choices.chooseAsked(List.of(of(1, 10), of(2, 900), of(3, 950)), 1000))
                .isEmpty();
        assertThat(Choices.chooseAsked(List.of(of(1, 10), new Candidate(2, 900, 100, 1)), 1000))
                .extracting(Candidate::segment)
                .containsExactly(2L);
    }

    @Test
    void smallMemtablesStayInCheckpointsAndLargeOnesAreWrittenOutWhenOldOrInTheWay() {
        assertThat(Choices.chooseSeal(100, Long.MAX_VALUE, Long.MAX_VALUE, 100, 1000, 1000))
                .isFalse();
        assertThat(Choices.chooseSeal(101, 1001, 0, 100, 1000, 1000)).isTrue();
        assertThat(Choices.chooseSeal(101, 0, 1001, 100, 1000, 1000)).isTrue();
        assertThat(Choices.chooseSeal(101, 0, 0, 100, 1000, 1000)).isFalse();
    }

    @Test
    void theLogIsKeptForTheOldestCheckpointThatIsKept() {
        assertThat(Checkpoints.cutPosition(List.of(5L, 9L))).isEqualTo(5);
        assertThat(Checkpoints.cutPosition(List.of())).isZero();
    }

    @Test
    void narrowRowsAreMergedUpToTheSizeOfASegment() {
        assertThat(Choices.chooseMerge(segments(4, 900 * MIB, 3_000_000), 4, 4096 * MIB, 128 * MIB))
                .hasSize(4);
        assertThat(Choices.chooseMajor(segments(8, 900 * MIB, 3_000_000), 4096 * MIB))
                .hasSize(4);
    }

    @Test
    void wideRowsAreNotMergedIntoChunksThatNoArrayHolds() {
        // vectors of 8192 floats: 65,536 of them are 2 GiB
        assertThat(Choices.chooseMerge(segments(4, 128 * MIB, 4096), 4, 4096 * MIB, 128 * MIB))
                .hasSize(4);
        assertThat(Choices.chooseMerge(segments(4, 512 * MIB, 16_384), 4, 4096 * MIB, 128 * MIB))
                .isEmpty();
        assertThat(Choices.chooseMajor(segments(16, 128 * MIB, 4096), 4096 * MIB))
                .hasSize(4);
    }
}
