package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// What is measured: an engine in this process, or any server that speaks Milvus. It knows no types of index: their
/// names and parameters are passed on as they came.
public interface Subject extends AutoCloseable {
    String description();

    /// A collection of vectors under the key `id`, with the scalar fields of `scalars`.
    void create(int dimension, Scalars scalars);

    /// Goes through all that comes later while there are no rows: makes the index, loads, asks, and takes the index
    /// away again. What the subject does not take is refused here, and not after hours of inserting.
    void rehearse(List<Question> questions);

    /// Stores rows `from` to `to` of the matrix under their numbers; returns when they are acknowledged.
    void insert(Matrix base, Scalars scalars, int from, int to);

    /// What is in memory alone is written to files of its own; returns when it is.
    void flush();

    /// Flushes, merges into as few segments as may be, builds the index and loads; returns when searches use it.
    void build();

    /// One or more clients, each for one thread.
    Client client();

    /// What the rows take; read when nothing else is going on.
    Footprint footprint();

    /// @param memory bytes in memory, NaN when nobody can say
    /// @param disk bytes of files without the log, NaN when nobody can say
    /// @param byUse bytes in memory by what they are used for
    record Footprint(double memory, double disk, Map<String, Long> byUse) {
        static final Footprint UNKNOWN = new Footprint(Double.NaN, Double.NaN, Map.of());
    }

    /// CPU time that the subject has used, in nanoseconds; -1 when it cannot be told. In process that of all threads
    /// but `callers`, who count their own.
    long cpuNanos(Set<Long> callers);

    /// Whether a search uses CPU of the calling thread that belongs to the subject.
    boolean worksForCallers();

    /// One request of `count` queries, one after the other.
    ///
    /// @param filter a condition, empty for none
    record Question(float[] vectors, int count, int k, Map<String, String> parameters, String filter) {
        public static Question of(float[] vector, int k, Map<String, String> parameters) {
            return new Question(vector, 1, k, parameters, "");
        }
    }

    /// @param ids keys of the hits, query by query
    /// @param counts hits of each query
    /// @param evaluations rows and codes scored, as the subject tells; -1 when it does not
    /// @param bytes of rows, codes, edges and postings touched, as the subject tells; -1 when it does not
    record Found(long[] ids, int[] counts, long evaluations, long bytes) {}

    interface Client extends AutoCloseable {
        Found search(Question question);

        /// A search whose request is made now, once, and asked with again and again.
        Supplier<Found> prepared(Question question);

        /// How many rows match.
        long count(String filter);

        /// One insert more, of rows of the matrix under keys of their own; returns when acknowledged.
        void insert(Matrix base, Scalars scalars, int from, int to, long firstKey);

        @Override
        void close();
    }

    @Override
    void close();
}
