package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.View;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The first rows of one shard in an order of fields, ties by key: of each key the newest version that matches. Only a
/// small multiple of the limit is ever held; most rows cost one comparison with the last that is kept. One thread.
final class FirstRows {
    private static final int ROOM = 4_096;

    private final View view;
    private final List<Part> parts;
    private final List<PartRows.Selected> matching;
    private final List<OrderField> order;
    private final int limit;
    private final Room room;
    private final Field key;
    private final SortKey[] values;
    private final SortKey keys;

    private int count;
    private long[] places = new long[0];
    private boolean[] newest = new boolean[0]; // known to be the newest version of its key
    private boolean bounded; // so many are kept that what comes behind the last is of no use

    /// @param matching the rows of each part of the view
    FirstRows(View view, List<PartRows.Selected> matching, Reader.Matching question, Room room) {
        this.view = view;
        this.matching = matching;
        this.room = room;
        parts = view.parts();
        order = OrderField.scalars(question.order(), view.schema());
        limit = question.limit().orElse(Integer.MAX_VALUE);
        key = view.schema().primaryKey();
        values = order.stream()
                .map(by -> new SortKey(
                        by.field().type(), by.order().descending(), by.order().nullsFirst(), room))
                .toArray(SortKey[]::new);
        keys = new SortKey(key.type(), false, false, room);
        grow(ROOM);
    }

    private void grow(int size) {
        room.take(9L * (size - places.length));
        places = Arrays.copyOf(places, size);
        newest = Arrays.copyOf(newest, size);
        for (var value : values) value.grow(size);
        keys.grow(size);
    }

    /// Takes the rows of one part in.
    void add(int at, Patience patience) {
        var selected = matching.get(at);
        if (selected.count() == 0) return;
        var part = selected.part();
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < part.rows(); chunk++) {
            patience.run();
            int first = chunk * Bits.CHUNK_BITS;
            int end = Math.min(part.rows(), first + Bits.CHUNK_BITS);
            int row = selected.rows().next(first, end);
            if (row < 0 || isBeyond(part, chunk)) continue;
            var columns = new Column[values.length];
            for (int i = 0; i < columns.length; i++)
                columns[i] = part.chunk(order.get(i).field().id(), chunk);
            var keyColumn = part.chunk(key.id(), chunk);
            for (; row >= 0; row = selected.rows().next(row + 1, end))
                offer(columns, keyColumn, row - first, (long) at << 32 | row, patience);
        }
    }

    /// Whether no row of a chunk can be among the first any more.
    private boolean isBeyond(Part part, int chunk) {
        return bounded && values[0].isBehind(part.zone(order.getFirst().field().id(), chunk), limit - 1);
    }

    private void offer(Column[] columns, Column keyColumn, int row, long place, Patience patience) {
        if (bounded && isBehind(columns, keyColumn, row)) return;
        if (count == places.length) makeRoom(patience);
        for (int i = 0; i < values.length; i++) values[i].put(count, columns[i], row);
        keys.put(count, keyColumn, row);
        newest[count] = false;
        places[count++] = place;
    }

    private boolean isBehind(Column[] columns, Column keyColumn, int row) {
        for (int i = 0; i < values.length; i++) {
            int compared = values[i].compare(columns[i], row, limit - 1);
            if (compared != 0) return compared > 0;
        }
        return keys.compare(keyColumn, row, limit - 1) > 0;
    }

    private void makeRoom(Patience patience) {
        settle(patience);
        if (count > places.length / 2) grow(2 * places.length);
    }

    /// Keeps the first `limit` newest versions, in their order, and forgets the rest.
    private void settle(Patience patience) {
        long working = 24L * count;
        room.take(working);
        try {
            var sorted = Sorting.sorted(count, this::compare);
            var kept = new int[Math.min(limit, count)];
            int n = 0;
            for (int from = 0; from < count && n < kept.length; ) {
                patience.run();
                int to = (int) Math.min(count, (long) from + kept.length - n);
                for (int at : newest(Arrays.copyOfRange(sorted, from, to))) kept[n++] = at;
                from = to;
            }
            keep(Arrays.copyOf(kept, n));
        } finally {
            room.give(working);
        }
        bounded = count == limit;
    }

    private int compare(int left, int right) {
        for (var value : values) {
            int compared = value.compare(left, right);
            if (compared != 0) return compared;
        }
        int byKey = keys.compare(left, right);
        return byKey != 0 ? byKey : Long.compare(places[left], places[right]);
    }

    /// Those of some rows that have no newer version among all that match.
    private int[] newest(int[] at) {
        var unsure = Arrays.stream(at).filter(i -> !newest[i]).toArray();
        var old = new boolean[unsure.length];
        if (unsure.length > 0) {
            var found = view.find(keys.column(unsure), 0);
            for (int i = 0; i < found.count(); i++) {
                int which = found.key()[i];
                long other = (long) found.part()[i] << 32 | found.row()[i];
                if (matching.get(found.part()[i]).rows().get(found.row()[i]) && isNewer(other, places[unsure[which]]))
                    old[which] = true;
            }
        }
        for (int i = 0; i < unsure.length; i++) newest[unsure[i]] = !old[i];
        return Arrays.stream(at).filter(i -> newest[i]).toArray();
    }

    /// Of one moment, the one written later.
    private boolean isNewer(long left, long right) {
        int byTime = Long.compare(insertedAt(left), insertedAt(right));
        return byTime != 0 ? byTime > 0 : left > right;
    }

    private long insertedAt(long place) {
        return parts.get((int) (place >>> 32)).insertedAt((int) place);
    }

    private void keep(int[] at) {
        var old = places.clone();
        for (int i = 0; i < at.length; i++) places[i] = old[at[i]];
        for (var value : values) value.keep(at, count);
        keys.keep(at, count);
        count = at.length;
        Arrays.fill(newest, 0, count, true);
    }

    Reader.Selected selected(Patience patience) {
        settle(patience);
        var kept = Arrays.copyOf(places, count);
        var columns = new ArrayList<Column>();
        for (var by : order)
            columns.add(LocalReader.fetch(view, kept, by.field().id()));
        return new Reader.Selected(keys.column(Sorting.range(0, count)), kept, columns);
    }
}
