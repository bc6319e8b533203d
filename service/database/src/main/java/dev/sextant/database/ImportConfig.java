package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// How imports may burden the machine.
///
/// @param jobs that run at once; more of them wait
/// @param memoryBytes that each may hold, taken from the memory budget while it runs
/// @param maxFiles of one job
/// @param maxFileBytes of one group of files
/// @param maxWaiting jobs that are not over
/// @param remembered jobs that are over and still told of
/// @param maxOutside files under the source of an external collection
public record ImportConfig(
        int jobs, long memoryBytes, int maxFiles, long maxFileBytes, int maxWaiting, int remembered, int maxOutside) {
    private static final int USUAL_OUTSIDE = 10_000;
    private static final long LEAST_MEMORY = 16L << 20;

    public static final ImportConfig DEFAULT = new ImportConfig(2, 256L << 20, 1024, 16L << 30, 1024, 1000);

    public ImportConfig {
        if (jobs < 1) throw refused("jobs", jobs, "[1, …]");
        if (memoryBytes < LEAST_MEMORY) throw refused("memoryBytes", memoryBytes, "[" + LEAST_MEMORY + ", …]");
        if (maxFiles < 1) throw refused("maxFiles", maxFiles, "[1, …]");
        if (maxFileBytes < 1) throw refused("maxFileBytes", maxFileBytes, "[1, …]");
        if (maxWaiting < 1) throw refused("maxWaiting", maxWaiting, "[1, …]");
        if (remembered < 1) throw refused("remembered", remembered, "[1, …]");
        if (maxOutside < 1) throw refused("maxOutside", maxOutside, "[1, …]");
    }

    public ImportConfig(int jobs, long memoryBytes, int maxFiles, long maxFileBytes, int maxWaiting, int remembered) {
        this(jobs, memoryBytes, maxFiles, maxFileBytes, maxWaiting, remembered, USUAL_OUTSIDE);
    }

    public ImportConfig with(int otherJobs, long otherMemoryBytes) {
        return new ImportConfig(
                otherJobs, otherMemoryBytes, maxFiles, maxFileBytes, maxWaiting, remembered, maxOutside);
    }

    private static Refused refused(String name, long value, String range) {
        return new Refused(new Refusal.OutOfRange(name, Long.toString(value), range));
    }
}
