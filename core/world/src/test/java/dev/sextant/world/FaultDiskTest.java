package dev.sextant.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FaultDiskTest {
    @Test
    void onlyWhatWasForcedSurvivesForSure() {
        var states = new TreeSet<String>();
        for (int seed = 0; seed < 200; seed++) {
            var disk = new FaultDisk(seed, 512);
            disk.nonsense(0);
            var file = disk.create("a");
            file.write(0, DiskTest.bytes("old"));
            file.force();
            disk.forceDirectory("");
            file.write(0, DiskTest.bytes("new"));
            file.write(512, DiskTest.bytes("next"));
            try (var cut = disk.cut().openForReading("a")) {
                assertThat(cut.size()).isIn(3L, 516L);
                states.add(DiskTest.read(cut, 0, 3) + (cut.size() > 3 ? DiskTest.read(cut, 512, 4) : ""));
            }
        }
        assertThat(states).containsExactlyInAnyOrder("old", "new", "old\0\0\0\0", "oldnext", "new\0\0\0\0", "newnext");
    }

    @Test
    void namesThatWereNotForcedMayGoAndNeverDifferFromEveryMoment() {
        var states = new TreeSet<String>();
        for (int seed = 0; seed < 200; seed++) {
            var disk = new FaultDisk(seed, 512);
            disk.create("a").close();
            disk.forceDirectory("");
            disk.create("b").close();
            disk.rename("b", "c");
            disk.delete("a");
            states.add(disk.cut().list("").toString());
        }
        assertThat(states).containsExactlyInAnyOrder("[a]", "[a, b]", "[a, c]", "[c]");
    }

    @Test
    void aForceThatFailedIsNotMadeGoodByTheNext() {
        boolean lost = false;
        for (int seed = 0; seed < 100; seed++) {
            var disk = new FaultDisk(seed, 512);
            var file = disk.create("a");
            disk.forceDirectory("");
            file.write(0, DiskTest.bytes("x"));
            disk.failForces(1);
            assertThatThrownBy(file::force).isInstanceOf(DiskFailure.Other.class);
            disk.failForces(0);
            file.force();
            assertThat(DiskTest.read(file, 0, 1)).isEqualTo("x");
            try (var cut = disk.cut().openForReading("a")) {
                lost |= cut.size() == 0 || !DiskTest.read(cut, 0, 1).equals("x");
            }
        }
        assertThat(lost).isTrue();
    }

    @Test
    void thePowerGoesWhenItWasSaidAndNothingWorksAfterwards() {
        var disk = new FaultDisk(1, 512);
        disk.powerOffAfter(2);
        var file = disk.create("a");
        file.write(0, DiskTest.bytes("x"));
        assertThatThrownBy(file::force).isInstanceOf(DiskFailure.Other.class);
        assertThatThrownBy(() -> disk.openForReading("a")).isInstanceOf(DiskFailure.Other.class);
        assertThat(disk.changes()).isEqualTo(2);
        disk.cut().create("b").close();
    }

    @Test
    void equalSeedsGiveEqualCuts() {
        assertThat(history(7)).isEqualTo(history(7));
    }

    private static String history(long seed) {
        var disk = new FaultDisk(seed, 512);
        var all = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            try (var file = disk.create("f" + i)) {
                file.write(i * 100L, DiskTest.bytes("content " + i));
                if (i % 3 == 0) file.force();
            }
            if (i % 5 == 0) disk.forceDirectory("");
            var cut = disk.cut();
            for (var name : cut.list(""))
                try (var file = cut.openForReading(name)) {
                    all.append(name)
                            .append(' ')
                            .append(DiskTest.read(file, 0, (int) file.size()).hashCode())
                            .append('\n');
                }
        }
        return all.toString();
    }

    @Test
    void aFullDiskTakesNothingMoreUntilThereIsRoom() {
        var disk = new FaultDisk(1, 512);
        disk.setCapacity(100_000);
        try (var file = disk.create("a")) {
            var block = java.lang.foreign.MemorySegment.ofArray(new byte[50_000]);
            file.write(0, block);
            assertThatThrownBy(() -> file.write(50_000, block)).isInstanceOf(DiskFailure.NoSpace.class);
            assertThat(file.size()).isEqualTo(50_000);
            file.write(0, block);
            disk.setCapacity(1_000_000);
            file.write(50_000, block);
        }
        disk.setReadOnly(true);
        assertThatThrownBy(() -> disk.create("b")).isInstanceOf(DiskFailure.ReadOnly.class);
    }

    @Test
    void theWallClockCanBeSetBackAndTheOtherOneCannot() {
        var clock = new SimulatedClock(1000);
        clock.pass(5);
        clock.stepWall(-500);
        assertThat(clock.wallMillis()).isEqualTo(505);
        assertThat(clock.monotonicNanos()).isEqualTo(5_000_000);
        assertThatThrownBy(() -> clock.pass(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
