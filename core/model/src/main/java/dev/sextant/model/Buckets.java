package dev.sextant.model;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Hits of a search in buckets, and buckets in those: how they are asked for, and the answer.
public final class Buckets {
    private Buckets() {}

    /// Buckets by the values of some fields together.
    ///
    /// @param size how many are answered with
    /// @param candidates how many are looked at; at least `size`
    /// @param figures over the hits of a bucket, of a field or of `_score`; `*` counts hits
    /// @param order by the name of a figure, `_count` or `_key`; none means by the best score
    /// @param top which hits of each bucket are shown
    /// @param inner the buckets inside each
    public record Level(
            List<String> fields,
            int size,
            int candidates,
            List<Read.Figure> figures,
            List<Read.Order> order,
            Optional<Top> top,
            Optional<Level> inner) {
        public Level {
            fields = List.copyOf(fields);
            figures = List.copyOf(figures);
            order = List.copyOf(order);
        }

        public static Level of(List<String> fields, int size) {
            return new Level(fields, size, size, List.of(), List.of(), Optional.empty(), Optional.empty());
        }
    }

    /// @param order by fields or `_score`; none means the best score first
    public record Top(int size, List<Read.Order> order) {
        public Top {
            order = List.copyOf(order);
        }
    }

    /// The answer: the hits that were looked at, and for each query its buckets.
    public record Found(Hits hits, List<List<Bucket>> buckets) {
        public Found {
            buckets = List.copyOf(buckets);
        }
    }

    /// @param key a value for each field of the level
    /// @param count hits that were looked at and are in it
    /// @param figures by name
    /// @param hits rows of [Found#hits] that are shown
    public record Bucket(
            SequencedMap<String, Value> key,
            long count,
            SequencedMap<String, Value> figures,
            List<Integer> hits,
            List<Bucket> inner) {
        public Bucket {
            hits = List.copyOf(hits);
            inner = List.copyOf(inner);
        }
    }
}
