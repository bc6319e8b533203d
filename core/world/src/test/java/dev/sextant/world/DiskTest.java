package dev.sextant.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What every disk does, real or simulated.
class DiskTest {
    @TempDir
    Path directory;

    private int count;

    private Stream<DynamicTest> onEach(java.util.function.Consumer<Disk> rule) {
        Supplier<Disk> real = () -> RealDisk.at(directory.resolve("disk" + count++));
        return Stream.of(
                DynamicTest.dynamicTest("real", () -> rule.accept(real.get())),
                DynamicTest.dynamicTest("memory", () -> rule.accept(new MemoryDisk())),
                DynamicTest.dynamicTest("simulated", () -> rule.accept(new FaultDisk(1, 512))));
    }

    @TestFactory
    Stream<DynamicTest> whatIsWrittenIsReadWhereverItLies() {
        return onEach(disk -> {
            try (var file = disk.create("a");
                    var arena = Arena.ofConfined()) {
                file.write(3, bytes("hello"));
                assertThat(file.size()).isEqualTo(8);
                assertThat(read(file, 0, 8)).isEqualTo("\0\0\0hello");
                var nativeBytes = arena.allocate(4);
                nativeBytes.copyFrom(bytes("HELL"));
                file.write(1 << 20, nativeBytes);
                nativeBytes.fill((byte) 0);
                file.read(1 << 20, nativeBytes);
                assertThat(nativeBytes.toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo("HELL".getBytes(StandardCharsets.UTF_8));
                file.write(0, MemorySegment.ofArray(new byte[0]));
                file.truncate(5);
                file.truncate(100);
                assertThat(file.size()).isEqualTo(5);
                assertThatThrownBy(() -> read(file, 3, 3)).isInstanceOf(DiskFailure.Ended.class);
                file.force();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> largeReadsAndWritesAreWhole() {
        return onEach(disk -> {
            var noise = new byte[3_000_000];
            new SplittableRandom(1).nextBytes(noise);
            try (var file = disk.create("a")) {
                file.write(7, MemorySegment.ofArray(noise));
                var back = new byte[noise.length];
                file.read(7, MemorySegment.ofArray(back));
                assertThat(back).isEqualTo(noise);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> namesCanBeMadeListedMovedAndRemoved() {
        return onEach(disk -> {
            assertThat(disk.list("nowhere")).isEmpty();
            disk.createDirectories("x/y");
            disk.createDirectories("x/y");
            disk.create("x/y/b").close();
            disk.create("x/y/a").close();
            assertThat(disk.list("x/y")).isEqualTo(List.of("a", "b"));
            assertThatThrownBy(() -> disk.create("x/y/a")).isInstanceOf(DiskFailure.Exists.class);
            disk.rename("x/y/a", "x/y/b");
            assertThat(disk.list("x/y")).isEqualTo(List.of("b"));
            disk.rename("x/y/b", "x/c");
            disk.forceDirectory("x");
            disk.forceDirectory("");
            assertThat(disk.exists("x/c")).isTrue();
            assertThat(disk.exists("x/y/b")).isFalse();
            disk.delete("x/c");
            assertThatThrownBy(() -> disk.delete("x/c")).isInstanceOf(DiskFailure.NotFound.class);
            assertThatThrownBy(() -> disk.openForReading("x/c")).isInstanceOf(DiskFailure.NotFound.class);
            disk.delete("x/y");
            assertThat(disk.list("x")).isEmpty();
            assertThat(disk.usableBytes()).isPositive();
        });
    }

    @TestFactory
    Stream<DynamicTest> aFileIsNoDirectory() {
        return onEach(disk -> {
            disk.create("a").close();
            assertThat(disk.list("a")).isEmpty();
            assertThat(disk.list("a/b")).isEmpty();
            assertThat(disk.exists("a/b")).isFalse();
            assertThatThrownBy(() -> disk.openForReading("a/b")).isInstanceOf(DiskFailure.class);
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatTheSystemCannotTellIsNotTakenForAbsent() {
        var disk = RealDisk.at(directory);
        assertThatThrownBy(() -> disk.exists("x".repeat(300))).isInstanceOf(DiskFailure.class);
        assertThatThrownBy(() -> disk.list("x".repeat(300))).isInstanceOf(DiskFailure.class);
    }

    @TestFactory
    Stream<DynamicTest> aFileOpenedForReadingTakesNoWrites() {
        return onEach(disk -> {
            disk.create("a").close();
            try (var file = disk.openForReading("a")) {
                assertThatThrownBy(() -> file.write(0, bytes("x"))).isInstanceOf(DiskFailure.ReadOnly.class);
            }
            try (var file = disk.openForWriting("a")) {
                file.write(0, bytes("x"));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> whatIsOutsideIsNeverNamed() {
        return onEach(disk -> {
            for (var path : List.of("../a", "x/../../a", "/etc/passwd"))
                assertThatThrownBy(() -> disk.exists(path)).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> aLockIsHeldByOneUntilItIsClosed() {
        return onEach(disk -> {
            try (var held = disk.lock("LOCK")) {
                assertThat(held).isNotNull();
                assertThatThrownBy(() -> disk.lock("LOCK")).isInstanceOf(DiskFailure.Locked.class);
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
            try (var again = disk.lock("LOCK")) {
                assertThat(again).isNotNull();
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aFileStaysReadableWhenItsNameIsGone() {
        return onEach(disk -> {
            try (var file = disk.create("a")) {
                file.write(0, bytes("kept"));
                disk.delete("a");
                assertThat(read(file, 0, 4)).isEqualTo("kept");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> anInterruptedThreadFinishesAndStaysInterrupted() {
        return onEach(disk -> {
            try (var file = disk.create("a")) {
                Thread.currentThread().interrupt();
                file.write(0, bytes("whole"));
                assertThat(read(file, 0, 5)).isEqualTo("whole");
                file.force();
                assertThat(Thread.interrupted()).isTrue();
            }
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDeviceIsToldFromOtherTrouble() {
        try (var full = RealDisk.at(Path.of("/dev")).openForWriting("full")) {
            assertThatThrownBy(() -> full.write(0, bytes("x"))).isInstanceOf(DiskFailure.NoSpace.class);
        }
    }

    static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    static String read(DiskFile file, long offset, int count) {
        var bytes = new byte[count];
        file.read(offset, MemorySegment.ofArray(bytes));
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
