package dev.sextant.engine;

import java.time.Duration;
import java.util.function.Consumer;

/// What an operator may turn. Each setting's reason stands in docs/operating/settings.md.
///
/// @param directory of the data, relative to the disk; usually empty
/// @param durability what an acknowledgment means
/// @param logFileBytes size of one file of the log
/// @param memtableBytes a memtable this large is sealed
/// @param sealAfter a memtable this old is sealed, however small, unless it fits into a checkpoint
/// @param mergeWidth segments of one tier that are merged into one
/// @param segmentBytes merging stops at segments of this size
/// @param graphRows from this many rows on a memtable or segment gets its graph; below it is scanned, unless searches
///     come so often that they have paid for a graph
/// @param historyFor how long the past stays readable (iterators, `AS OF`)
/// @param trashFor how long a dropped collection can be restored
/// @param reservedDiskBytes below this much free space writes are refused
public record EngineConfig(
        String directory,
        Durability durability,
        long logFileBytes,
        long memtableBytes,
        Duration sealAfter,
        int mergeWidth,
        long segmentBytes,
        int graphRows,
        Duration historyFor,
        Duration trashFor,
        long reservedDiskBytes) {

    public enum Durability {
        /// Acknowledged means forced to disk: survives the loss of power.
        FORCED,
        /// Acknowledged means handed to the operating system: survives the end of the process, not of the machine.
        /// Forced every second.
        UNSAFE_OS_BUFFERED
    }

    public static final EngineConfig DEFAULT = new EngineConfig(
            "",
            Durability.FORCED,
            64L << 20,
            128L << 20,
            Duration.ofMinutes(10),
            4,
            4L << 30,
            20_000,
            Duration.ofMinutes(10),
            Duration.ofHours(24),
            256L << 20);

    /// The same, with some settings turned: `config.with(to -> to.mergeWidth = 8)`.
    public EngineConfig with(Consumer<Settings> turn) {
        var settings = new Settings(this);
        turn.accept(settings);
        return new EngineConfig(
                settings.directory,
                settings.durability,
                settings.logFileBytes,
                settings.memtableBytes,
                settings.sealAfter,
                settings.mergeWidth,
                settings.segmentBytes,
                settings.graphRows,
                settings.historyFor,
                settings.trashFor,
                settings.reservedDiskBytes);
    }

    /// The settings while they are turned.
    public static final class Settings {
        public String directory;
        public Durability durability;
        public long logFileBytes;
        public long memtableBytes;
        public Duration sealAfter;
        public int mergeWidth;
        public long segmentBytes;
        public int graphRows;
        public Duration historyFor;
        public Duration trashFor;
        public long reservedDiskBytes;

        private Settings(EngineConfig from) {
            directory = from.directory;
            durability = from.durability;
            logFileBytes = from.logFileBytes;
            memtableBytes = from.memtableBytes;
            sealAfter = from.sealAfter;
            mergeWidth = from.mergeWidth;
            segmentBytes = from.segmentBytes;
            graphRows = from.graphRows;
            historyFor = from.historyFor;
            trashFor = from.trashFor;
            reservedDiskBytes = from.reservedDiskBytes;
        }
    }
}
