package dev.sextant.query;

import dev.sextant.model.Column;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows of several shards in one ascending order of keys.
///
/// @param reader which reader a row comes from
/// @param place where it is there
record Ordered(Column keys, int[] reader, long[] place) implements Fetching.Placed {
    /// The first `limit` rows.
    static Ordered merge(List<Reader.Selected> selected, int limit) {
        return merge(selected, List.of(), limit);
    }

    /// @param by what the rows are ordered by before their keys decide
    static Ordered merge(List<Reader.Selected> selected, List<OrderField> by, int limit) {
        int total = selected.stream().mapToInt(one -> one.places().length).sum();
        var keys = Column.concat(selected.stream().map(Reader.Selected::keys).toList());
        var reader = new int[total];
        var place = new long[total];
        for (int r = 0, at = 0; r < selected.size(); at += selected.get(r++).places().length) {
            var places = selected.get(r).places();
            System.arraycopy(places, 0, place, at, places.length);
            Arrays.fill(reader, at, at + places.length, r);
        }
        var order = Sorting.sorted(total, order(selected, by, keys));
        return new Ordered(keys, reader, place).take(Arrays.copyOf(order, Math.min(limit, total)));
    }

    private static Sorting.Order order(List<Reader.Selected> selected, List<OrderField> by, Column keys) {
        Sorting.Order byKey = (a, b) -> Sorting.compareKeys(keys, a, keys, b);
        if (by.isEmpty()) return byKey;
        var columns = IntStream.range(0, by.size())
                .mapToObj(i -> Column.concat(
                        selected.stream().map(one -> one.order().get(i)).toList()))
                .toList();
        return Sorting.first(OrderField.all(by, columns), byKey);
    }

    Ordered from(int offset) {
        return take(Sorting.range(Math.min(offset, place.length), place.length));
    }

    Ordered range(int from, int to) {
        return take(Sorting.range(from, to));
    }

    private Ordered take(int[] at) {
        var newReader = new int[at.length];
        var newPlace = new long[at.length];
        for (int i = 0; i < at.length; i++) {
            newReader[i] = reader[at[i]];
            newPlace[i] = place[at[i]];
        }
        return new Ordered(keys.take(at), newReader, newPlace);
    }
}
