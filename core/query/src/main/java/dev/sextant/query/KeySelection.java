package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.View;
import dev.sextant.engine.Zone;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// The rows with the smallest keys, the newest version of each, over the parts of one shard. With a limit only a small
/// multiple of it is ever held; rows arrive in any order, and all but the smallest are forgotten whenever the room is
/// full. One thread.
final class KeySelection {
    private static final int ROOM = 4_096;

    /// What a row takes that is written down: its key, or the reference to it, and its place.
    private static final int ROW_BYTES = 8 + 8;

    /// Of a text beside its characters.
    private static final int TEXT_BYTES = 16;

    /// What settling takes for each row while it lasts: copies of the arrays, and the order.
    private static final int SETTLING_BYTES = ROW_BYTES + 12;

    private final List<Part> parts;
    private final Field key;
    private final boolean textKeys;
    private final int limit;
    private final QueryConfig config;
    private final Room room;

    private int count;
    private long bytes;
    private long[] longs = new long[0];
    private byte[][] texts = new byte[0][];
    private long[] places = new long[0];
    private boolean bounded; // the limit is reached: keys above the last kept one are of no use
    private long longBound;
    private byte[] textBound = new byte[0];

    KeySelection(View view, OptionalInt limit, QueryConfig config, Room room) {
        parts = view.parts();
        key = view.schema().primaryKey();
        textKeys = key.type() instanceof FieldType.Varchar;
        this.limit = limit.orElse(Integer.MAX_VALUE);
        this.config = config;
        this.room = room;
        room.take((long) ROW_BYTES * ROOM);
        grow(ROOM);
    }

    /// Takes the rows of one part in.
    void add(int at, PartRows.Selected selected, Patience patience) {
        var part = selected.part();
        for (int chunk = 0; chunk * (long) Bits.CHUNK_BITS < part.rows(); chunk++) {
            patience.run();
            int first = chunk * Bits.CHUNK_BITS;
            int end = Math.min(part.rows(), first + Bits.CHUNK_BITS);
            int row = selected.rows().next(first, end);
            if (row < 0 || isBeyond(part.zone(key.id(), chunk))) continue;
            var keys = part.chunk(key.id(), chunk);
            for (; row >= 0; row = selected.rows().next(row + 1, end)) offer(keys, row - first, (long) at << 32 | row);
        }
    }

    /// Whether no key of a chunk can be among the smallest any more.
    private boolean isBeyond(Zone zone) {
        if (!bounded || !(zone instanceof Zone.Between(var least, _, _))) return false;
        return switch (least) {
            case Value.Int(var value) -> !textKeys && value > longBound;
            case Value.Text(var value) ->
                textKeys
                        && Arrays.compareUnsigned(value.getBytes(java.nio.charset.StandardCharsets.UTF_8), textBound)
                                > 0;
            default -> false;
        };
    }

    /// A key read at `place`.
    void offer(Column keys, int at, long place) {
        if (textKeys) {
            var values = ((Column.Texts) keys).values();
            if (bounded
                    && Arrays.compareUnsigned(
                                    values.bytes(), values.start(at), values.end(at), textBound, 0, textBound.length)
                            > 0) return;
            if (count == places.length) makeRoom();
            texts[count] = values.copy(at);
            bytes += texts[count].length;
            room.take(TEXT_BYTES + texts[count].length);
        } else {
            long value = ((Column.Longs) keys).values()[at];
            if (bounded && value > longBound) return;
            if (count == places.length) makeRoom();
            longs[count] = value;
        }
        places[count++] = place;
    }

    private void makeRoom() {
        settle();
        // Keys alone that exceed what may be answered cannot become an answer.
        if (limit == Integer.MAX_VALUE && bytes + 8L * count > config.maxOutputSize())
            throw new Refused(new Refusal.LimitExceeded(
                    "the size of a query's answer in bytes",
                    bytes + 8L * count,
                    config.maxOutputSize(),
                    "maxOutputSize"));
        if (count <= places.length / 2) return;
        room.take((long) ROW_BYTES * places.length);
        grow(2 * places.length);
    }

    private void grow(int size) {
        places = Arrays.copyOf(places, size);
        if (textKeys) texts = Arrays.copyOf(texts, size);
        else longs = Arrays.copyOf(longs, size);
    }

    private void settle() {
        long working = (long) SETTLING_BYTES * count;
        room.take(working);
        try {
            settleNow();
        } finally {
            room.give(working);
        }
    }

    private void settleNow() {
        long texted = bytes + (textKeys ? (long) TEXT_BYTES * count : 0);
        var order = Sorting.sorted(count, (a, b) -> {
            int byKey = compareKeys(a, b);
            return byKey != 0 ? byKey : newer(places[a], places[b]);
        });
        int kept = 0;
        for (int i = 0; i < count && kept < limit; i++)
            if (kept == 0 || compareKeys(order[kept - 1], order[i]) != 0) order[kept++] = order[i];
        keep(Arrays.copyOf(order, kept));
        bytes = 0;
        if (textKeys) {
            for (int i = 0; i < count; i++) bytes += texts[i].length;
            Arrays.fill(texts, count, texts.length, null);
        }
        room.give(texted - bytes - (textKeys ? (long) TEXT_BYTES * count : 0));
        if (kept == limit && kept > 0) {
            bounded = true;
            if (textKeys) textBound = texts[kept - 1];
            else longBound = longs[kept - 1];
        }
    }

    private int compareKeys(int left, int right) {
        return textKeys ? Arrays.compareUnsigned(texts[left], texts[right]) : Long.compare(longs[left], longs[right]);
    }

    /// The newer first; of one moment, the one written later.
    private int newer(long left, long right) {
        int order = Long.compare(insertedAt(right), insertedAt(left));
        return order != 0 ? order : Long.compare(right, left);
    }

    private long insertedAt(long place) {
        return parts.get((int) (place >>> 32)).insertedAt((int) place);
    }

    private void keep(int[] order) {
        var oldPlaces = places.clone();
        var oldLongs = longs.clone();
        var oldTexts = texts.clone();
        for (int i = 0; i < order.length; i++) {
            places[i] = oldPlaces[order[i]];
            if (textKeys) texts[i] = oldTexts[order[i]];
            else longs[i] = oldLongs[order[i]];
        }
        count = order.length;
    }

    Reader.Selected selected() {
        settle();
        room.take(bytes + (long) ROW_BYTES * count);
        return new Reader.Selected(keys(), Arrays.copyOf(places, count));
    }

    private Column keys() {
        if (!textKeys) return new Column.Longs(Arrays.copyOf(longs, count), Nulls.NONE);
        var slices = new Slices.Builder(count);
        for (int i = 0; i < count; i++) slices.add(texts[i]);
        return new Column.Texts(slices.build(), Nulls.NONE);
    }
}
