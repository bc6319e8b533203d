package dev.sextant.bench.peer;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.util.Map;

/// A library that is measured in a process of its own. One thread asks it.
interface Library extends AutoCloseable {
    /// @param threads that may work at once
    void build(Matrix base, Metric metric, Map<String, String> parameters, int threads) throws Exception;

    /// Gets ready for searches with these parameters; not timed.
    void prepare(Map<String, String> setting) throws Exception;

    /// Rows of the `k` nearest into `found` from `at` on, -1 where there are fewer.
    void search(float[] query, int k, int[] found, int at) throws Exception;

    /// CPU time of other threads that work for searches, in nanoseconds.
    default long otherCpuNanos() {
        return 0;
    }

    /// What the index takes a row, rows included, as the library tells; NaN when it does not.
    double bytesPerRow();

    String version();

    @Override
    void close() throws IOException;
}
