package dev.sextant.engine.log;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.Disk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Reads every record of a log that nobody has open, and changes nothing.
public final class LogCheck {
    private record Place(String path, FileHead head) {}

    private LogCheck() {}

    /// Told of each file that was read.
    public interface Progress {
        void read(String path, long bytes);
    }

    /// @param damages in sentences; none when every record can be read
    /// @param begin the first position that is here; only where nothing is damaged
    /// @param end the position behind the last; equal to `begin` when there is none
    public record Result(List<String> damages, long begin, long end) {
        public Result {
            damages = List.copyOf(damages);
        }

        /// Whether everything from a position on is here, up to another one at least.
        public boolean holds(long from, long upTo) {
            return begin <= from && upTo < end;
        }
    }

    /// Reads all of it. A torn end, which no force had confirmed, is no damage.
    public static Result run(Disk disk, String directory, Progress progress) {
        var damages = new ArrayList<String>();
        var places = new ArrayList<Place>();
        for (var name : disk.list(directory)) {
            if (!name.endsWith(".log")) continue;
            var path = directory + "/" + name;
            try (var file = disk.openForReading(path)) {
                places.add(new Place(path, FileHead.read(file, path)));
            } catch (CorruptFile damaged) {
                damages.add(damaged.getMessage());
            }
        }
        places.sort(Comparator.comparingLong(place -> place.head.number()));
        long end = 1;
        for (int i = 0; i < places.size(); i++) {
            var place = places.get(i);
            try (var file = disk.openForReading(place.path)) {
                var walk = new FileWalk(file, place.path, place.head);
                if (i + 1 < places.size()) readUntil(walk, places.get(i + 1).head);
                else readAll(walk);
                end = walk.position();
                progress.read(place.path, file.size());
            } catch (CorruptFile damaged) {
                damages.add(damaged.getMessage());
            }
        }
        return new Result(damages, places.isEmpty() ? 1 : places.getFirst().head.first(), end);
    }

    /// What the next file takes over counts for nothing here.
    private static void readUntil(FileWalk walk, FileHead next) {
        while (walk.position() < next.first()) walk.read(walk.peek(), (_, _) -> {});
        if (walk.position() == next.first()) walk.mustEndWith(next.chain());
    }

    private static void readAll(FileWalk walk) {
        while (true) {
            try {
                walk.read(walk.peek(), (_, _) -> {});
            } catch (CorruptFile end) {
                if (walk.wasForced()) throw end;
                return;
            }
        }
    }
}
