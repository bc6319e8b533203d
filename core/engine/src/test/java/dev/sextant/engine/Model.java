package dev.sextant.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the engine should say, in the plainest form: every row that ever was, with the moments at which it came and
/// went.
final class Model {
    private static final class Row {
        final long key;
        final long number;
        final long partition;
        final long came;
        long went = Long.MAX_VALUE;

        Row(long key, long number, long partition, long came) {
            this.key = key;
            this.number = number;
            this.partition = partition;
            this.came = came;
        }
    }

    private final List<Row> rows = new ArrayList<>();

    void insert(long partition, Map<Long, Long> numbers, long t) {
        numbers.forEach((key, number) -> rows.add(new Row(key, number, partition, t)));
    }

    void delete(long partition, Set<Long> keys, long t) {
        for (var row : rows)
            if (keys.contains(row.key) && (partition == 0 || row.partition == partition) && row.came < t)
                row.went = Math.min(row.went, t);
    }

    void truncate(long t) {
        for (var row : rows) if (row.came < t) row.went = Math.min(row.went, t);
    }

    void dropPartition(long partition, long t) {
        for (var row : rows) if (row.partition == partition) row.went = Math.min(row.went, t);
    }

    Map<Long, List<Long>> at(long t) {
        var seen = new TreeMap<Long, List<Long>>();
        for (var row : rows)
            if (row.came <= t && t < row.went)
                seen.computeIfAbsent(row.key, _ -> new ArrayList<>()).add(row.number);
        seen.values().forEach(numbers -> numbers.sort(null));
        return seen;
    }

    Set<Long> keys(long t) {
        return at(t).keySet();
    }
}
