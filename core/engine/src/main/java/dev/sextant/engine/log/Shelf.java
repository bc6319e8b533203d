package dev.sextant.engine.log;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The files of a log as they are found when it is opened: which of them count, where the log ends, and what of its end
/// the disk may not have confirmed.
///
/// @param files that count, oldest first; each continues the one before
/// @param strays what was left behind: superseded, or before a file that has been cut off
/// @param end position after the last entry that can be read
/// @param uncertain the last entries, which were readable but perhaps never forced, oldest first
/// @param sureEnd,sureChain position of the first uncertain entry, and the checksum of the record before it
/// @param highest number that any name has
record Shelf(
        List<Place> files,
        List<String> strays,
        long end,
        List<Entry> uncertain,
        long sureEnd,
        int sureChain,
        long highest) {
    static final String UNFINISHED = ".new";

    private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}\\.log");

    /// A file and what its head says.
    record Place(String path, FileHead head) {}

    static String path(String directory, long number) {
        return (directory.isEmpty() ? "" : directory + "/") + "%016x.log".formatted(number);
    }

    static Shelf read(Disk disk, LogConfig config) {
        var all = new TreeMap<Long, Place>();
        long highest = 0;
        for (var name : disk.list(config.directory())) {
            if (name.endsWith(UNFINISHED))
                deleteQuietly(disk, config.directory().isEmpty() ? name : config.directory() + "/" + name);
            if (!NAME.matcher(name).matches()) continue;
            long number = Long.parseUnsignedLong(name.substring(0, 16), 16);
            all.put(number, new Place(path(config.directory(), number), readHead(disk, config, number)));
            highest = Math.max(highest, number);
        }
        var files = linked(all);
        var strays = all.values().stream()
                .filter(place -> !files.contains(place))
                .map(Place::path)
                .toList();
        return files.isEmpty()
                ? new Shelf(files, strays, 1, List.of(), 1, 0, highest)
                : withEnd(disk, files, strays, highest);
    }

    static void deleteQuietly(Disk disk, String path) {
        try {
            disk.delete(path);
        } catch (DiskFailure leftLying) {
            // Nothing names it, and the next opening tries again.
        }
    }

    private static FileHead readHead(Disk disk, LogConfig config, long number) {
        var path = path(config.directory(), number);
        try (var file = disk.openForReading(path)) {
            var head = FileHead.read(file, path);
            if (!head.cluster().equals(config.cluster()))
                throw new CorruptFile(path, 16, "cluster " + config.cluster(), head.cluster());
            if (head.timeline() > config.timeline())
                throw new CorruptFile(path, 32, "timeline " + config.timeline() + " or before", head.timeline());
            if (head.number() != number) throw new CorruptFile(path, 48, "number " + number, head.number());
            return head;
        }
    }

    /// From the newest file backwards as long as each finds the one that it continues.
    private static List<Place> linked(TreeMap<Long, Place> all) {
        var linked = new ArrayDeque<Place>();
        for (var at = all.lastEntry(); at != null; ) {
            linked.addFirst(at.getValue());
            long previous = at.getValue().head().previous();
            at = previous < at.getKey() && all.containsKey(previous) ? all.floorEntry(previous) : null;
        }
        return List.copyOf(linked);
    }

    private static Shelf withEnd(Disk disk, List<Place> files, List<String> strays, long highest) {
        var last = files.getLast();
        try (var file = disk.openForReading(last.path())) {
            var walk = new FileWalk(file, last.path(), last.head());
            var uncertain = new ArrayList<Entry>();
            var groups = new ArrayDeque<long[]>(); // of the uncertain: number, entries, chain before
            long sureEnd = walk.position();
            int sureChain = walk.chain();
            while (true) {
                try {
                    var found = walk.peek();
                    long confirmed = Math.max(found.forced(), last.head().born());
                    groups.addLast(new long[] {found.number(), found.records(), found.chain()});
                    var entries = new ArrayList<Entry>();
                    walk.read(
                            found,
                            (position, payload) ->
                                    entries.add(Entry.found(position, payload.toArray(ValueLayout.JAVA_BYTE))));
                    uncertain.addAll(entries);
                    while (!groups.isEmpty() && groups.peekFirst()[0] <= confirmed) {
                        int sure = (int) groups.removeFirst()[1];
                        sureEnd += sure;
                        uncertain.subList(0, sure).clear();
                    }
                    sureChain = groups.isEmpty() ? walk.chain() : (int) groups.peekFirst()[2];
                } catch (CorruptFile unreadable) {
                    if (walk.wasForced()) throw unreadable;
                    break;
                }
            }
            return new Shelf(files, strays, walk.position(), List.copyOf(uncertain), sureEnd, sureChain, highest);
        }
    }
}
