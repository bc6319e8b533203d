package dev.sextant.cli.bench;

import java.util.Map;

/// What is measured: an engine in this process, or any server that speaks Milvus.
public interface Subject extends AutoCloseable {
    String description();

    void create(int dimension);

    /// Stores rows `from` to `to` of the file under their numbers; returns when they are acknowledged.
    void insert(VectorFile base, int from, int to);

    /// Seals, builds the index and loads; returns when searches use it.
    void build();

    /// One or more clients, each for one thread.
    Client client();

    /// Bytes a row in memory and on disk, or NaN when nobody can say.
    Footprint footprint(long rows);

    record Footprint(double memory, double disk) {}

    /// CPU time that the subject's threads have used, in nanoseconds; -1 when it cannot be told.
    long cpuNanos();

    interface Client extends AutoCloseable {
        /// Scores of the k best, best first.
        float[] search(float[] query, int k, Map<String, String> parameters);

        @Override
        void close();
    }

    @Override
    void close();
}
