package dev.sextant.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.FaultDisk;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Damage of what had been forced is found, named, and never turns into fewer entries.
class RotTest {
    private final FaultDisk disk = new FaultDisk(5, 4096);
    private final ArrayList<String> entries = new ArrayList<>();

    @Test
    void aBitTurnedOverAnywhereIsFoundOrHarmless() {
        write(40, true);
        long seed = 11;
        var random = new SplittableRandom(seed);
        int found = 0;
        for (int i = 0; i < 500; i++) {
            var file = files().get(random.nextInt(files().size()));
            long bit = random.nextLong(8 * size(file));
            disk.flipBit(file, bit);
            try (var story = new Story(disk.kill()).start(1)) {
                assertThat(story.replayed())
                        .as("bit %d of %s, seed %d", bit, file, seed)
                        .isEqualTo(entries);
            } catch (CorruptFile damage) {
                assertThat(damage.path()).isEqualTo(file);
                assertThat(damage.offset()).isBetween(0L, size(file));
                found++;
            }
            disk.flipBit(file, bit);
        }
        assertThat(found).isGreaterThan(150);
    }

    @Test
    void theLastGroupOfALogThatWasClosedCannotBeTakenForATornEnd() {
        write(1, true);
        disk.flipBit(files().getLast(), 8 * (4096 + 64 + 16));
        assertThatThrownBy(() -> new Story(disk))
                .isInstanceOfSatisfying(
                        CorruptFile.class, damage -> assertThat(damage.offset()).isEqualTo(4096 + 64 + 4));
    }

    @Test
    void garbageBehindTheEndIsCutOff() {
        var random = new SplittableRandom(3);
        write(5, true);
        for (int i = 0; i < 100; i++) {
            var copy = disk.cut();
            var last = "log/" + copy.list("log").getLast();
            var noise = new byte[random.nextInt(20_000)];
            random.nextBytes(noise);
            try (var file = copy.openForWriting(last)) {
                file.write(usedEnd() + random.nextInt(3) * 1000, MemorySegment.ofArray(noise));
                file.force();
            }
            try (var story = new Story(copy).start(1)) {
                assertThat(story.replayed()).isEqualTo(entries);
                story.put("more");
                assertThat(story.durable).hasSize(1);
            }
        }
    }

    @Test
    void aFileThatEndsEarlyIsATornEndInTheNewestAndDamageInAnyOther() {
        write(40, true);
        var random = new SplittableRandom(4);
        for (int i = 0; i < 200; i++) {
            var copy = disk.cut();
            int count = copy.list("log").size();
            int which = random.nextInt(count);
            var path = "log/" + copy.list("log").get(which);
            long length = random.nextLong(size(path));
            try (var file = copy.openForWriting(path)) {
                file.truncate(length);
                file.force();
            }
            try (var story = new Story(copy).start(1)) {
                var expected = which < count - 1
                        ? entries
                        : entries.subList(0, story.replayed().size());
                assertThat(story.replayed().equals(expected))
                        .as("%d bytes of %s", length, path)
                        .isTrue();
            } catch (CorruptFile damage) {
                assertThat(damage.path()).isEqualTo(path);
            }
        }
    }

    @Test
    void bytesThatAreNoLogAreRefused() {
        write(3, true);
        var random = new SplittableRandom(6);
        for (int i = 0; i < 200; i++) {
            var copy = disk.cut();
            var path = "log/" + copy.list("log").getLast();
            var noise = new byte[random.nextInt(30_000)];
            random.nextBytes(noise);
            copy.delete(path);
            try (var file = copy.create(path)) {
                file.write(0, MemorySegment.ofArray(noise));
            }
            assertThatThrownBy(() -> new Story(copy)).isInstanceOf(CorruptFile.class);
        }
    }

    /// The checksums of heads are right, their numbers are not.
    @Test
    void headsOfLiesAreRefusedOrReadAPrefix() {
        write(12, true);
        long seed = 9;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 600; i++) {
            var copy = disk.cut();
            var path = "log/"
                    + copy.list("log").get(random.nextInt(copy.list("log").size()));
            boolean group = random.nextBoolean();
            var head = MemorySegment.ofArray(new byte[group ? Format.GROUP_HEAD : Format.BLOCK]);
            long at = group ? Format.BLOCK * random.nextLong(1, 5) : 0;
            try (var file = copy.openForWriting(path)) {
                file.read(at, head);
                for (int c = 0; c < 2; c++)
                    head.set(ValueLayout.JAVA_BYTE, 8 + random.nextInt(group ? 40 : 100), (byte)
                            (random.nextBoolean() ? 255 : random.nextInt(256)));
                long sum = head.byteSize() - 4;
                head.set(Format.I32, sum, Format.crc(head, sum));
                file.write(at, head);
            }
            try (var story = new Story(copy).start(1)) {
                assertThat(entries.subList(0, story.replayed().size())).isEqualTo(story.replayed());
            } catch (CorruptFile | LogLacks expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + i, other);
            }
        }
    }

    @Test
    void aMissingFileInTheMiddleIsMissedByWhoeverNeedsIt() {
        write(60, true);
        var files = files();
        assertThat(files).hasSizeGreaterThan(2);
        disk.delete(files.get(files.size() - 2));
        assertThatThrownBy(() -> new Story(disk).start(1)).isInstanceOf(LogLacks.class);
    }

    private void write(int count, boolean close) {
        var story = new Story(disk).start(1);
        for (int i = 0; i < count; i++) {
            entries.add(i + "x".repeat(i * 100));
            story.put(entries.getLast());
        }
        if (close) story.close();
    }

    /// Behind the last group of the newest file, the mark.
    private long usedEnd() {
        long end = 4096;
        for (var entry : entries) end += Format.up(Format.GROUP_HEAD + Format.RECORD_HEAD + entry.length());
        return end + 4096;
    }

    private List<String> files() {
        return disk.list("log").stream().map(name -> "log/" + name).toList();
    }

    private long size(String path) {
        try (var file = disk.openForReading(path)) {
            return file.size();
        }
    }
}
