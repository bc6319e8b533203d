package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private final Memory memory = new Memory(16 << 20);

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbersAndChangesNothing() {
        try (var held = memory.reserve("cache", 10 << 20)) {
            var refused = catchThrowableOfType(OutOfBudget.class, () -> memory.reserve("index", 7 << 20));
            assertThat(refused.what()).isEqualTo("index");
            assertThat(refused.askedBytes()).isEqualTo(7 << 20);
            assertThat(refused.inUseBytes()).isEqualTo(10 << 20);
            assertThat(refused.limitBytes()).isEqualTo(16 << 20);
            assertThat(refused.getStackTrace()).isEmpty();
            assertThat(memory.tryReserve("index", 7 << 20)).isEmpty();
            assertThatThrownBy(() -> memory.allocate("index", 7 << 20)).isInstanceOf(OutOfBudget.class);
            assertThat(memory.byName()).containsOnlyKeys("cache");
            assertThat(held.bytes()).isEqualTo(10 << 20);
        }
        assertThat(memory.inUseBytes()).isZero();
        assertThat(memory.peakBytes()).isEqualTo(10 << 20);
        assertThat(memory.byName()).isEmpty();
    }

    @Test
    void whatIsThereAlreadyIsCountedAboveTheBudgetAndTheNextIsRefused() {
        try (var held = memory.reserve("cache", 16 << 20);
                var there = memory.reserve("deletions", 0)) {
            there.count(1 << 10);
            assertThat(memory.inUseBytes()).isEqualTo((16 << 20) + (1 << 10));
            assertThat(memory.tryReserve("index", 1)).isEmpty();
            assertThat(held.bytes()).isEqualTo(16 << 20);
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void aPartLivesWithinItsReservationAndGrowsOnlyThere() {
        try (var job = memory.reserve("job", 1000);
                var part = job.part("sort", 600)) {
            assertThatThrownBy(() -> job.part("more", 401)).isInstanceOf(OutOfBudget.class);
            part.grow(400);
            assertThat(part.tryGrow(1)).isFalse();
            part.shrink(900);
            assertThat(job.usedBytes()).isEqualTo(100);
            job.grow(24);
            assertThat(memory.inUseBytes()).isEqualTo(1024);
            try (var region = job.allocate(128)) {
                assertThat(job.usedBytes()).isEqualTo(228);
                assertThat(region.size()).isEqualTo(128);
            }
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void regionsAreAlignedZeroedAndReturned() {
        var random = new Random(1);
        var regions = new ArrayList<Region>();
        for (long bytes :
                new long[] {0, 1, 63, 64, 65, 4096, 100_000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5_000_000}) {
            var region = memory.allocate("rows", bytes);
            regions.add(region);
            assertThat(region.address() % (bytes >= 2 << 20 ? 2 << 20 : 64)).isZero();
            assertThat(region.size()).isGreaterThanOrEqualTo(bytes);
            for (long at = 0; at < region.size(); at += 1 + random.nextInt(997))
                assertThat(Raw.getByte(region.address() + at)).isZero();
            region.segment().fill((byte) 7);
        }
        regions.forEach(Region::close);
        regions.forEach(Region::close);
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void aGrowingRegionKeepsItsAddressAndCountsWhatItHasGrownTo() {
        try (var region = memory.allocate("column", 100, 1L << 40)) {
            long address = region.address();
            assertThat(memory.inUseBytes()).isEqualTo(128);
            Raw.putLong(address, 42);
            region.growTo(3 << 20);
            assertThat(memory.inUseBytes()).isEqualTo(3 << 20);
            assertThat(region.address()).isEqualTo(address);
            assertThat(Raw.getLong(address)).isEqualTo(42);
            assertThat(Raw.getLong(address + (3 << 20) - 8)).isZero();
            assertThatThrownBy(() -> region.growTo(17 << 20)).isInstanceOf(OutOfBudget.class);
            assertThat(region.size()).isEqualTo(3 << 20);
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void copiesAreCheckedAgainstTheRegion() {
        try (var region = memory.allocate("rows", 64)) {
            var heap = MemorySegment.ofArray(new byte[] {1, 2, 3, 4});
            region.copyIn(60, heap, 0, 4);
            assertThatThrownBy(() -> region.copyIn(61, heap, 0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            var back = MemorySegment.ofArray(new byte[4]);
            region.copyOut(60, back, 0, 4);
            assertThat(back.mismatch(heap)).isEqualTo(-1);
        }
    }

    @Test
    void scratchCountsWhatItsPartsHoldAndGivesBackWhatWalksInTurnLeave() {
        var memory = new Memory(1 << 20);
        try (var scratch = new Scratch(memory)) {
            long before = memory.inUseBytes();
            scratch.count(MemoryTest.class, 1_000);
            scratch.count(MemoryTest.class, 900);
            assertThat(memory.inUseBytes()).isEqualTo(before + 1_000);
            scratch.ofTurn(3).room(100_000);
            long all = memory.inUseBytes();
            scratch.keepTurns(all);
            assertThat(memory.inUseBytes()).isEqualTo(all);
            scratch.keepTurns(64 << 10);
            assertThat(memory.inUseBytes()).isBetween(before + 1_001, all - 100_000);
            scratch.keepTurns(0);
            assertThat(memory.inUseBytes()).isEqualTo(before + 1_000);
        }
        assertThat(memory.inUseBytes()).isZero();
    }
}
