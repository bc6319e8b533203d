package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The best rows so far for one query, over the parts of one shard: by (score, key), one version of each key, in groups
/// when asked.
///
/// Rows arrive in any order and are only written down. When the room is full, or the best are asked for, keys are
/// fetched, as few as settle the order, and all but the best are forgotten. So most rows of a scan cost one comparison
/// with the bound. One thread.
final class Candidates {
    /// Small, since a search may come with thousands of queries; it grows where the limit asks for more.
    private static final int ROOM = 64;

    /// So many keys are told apart by looking at each.
    private static final int FEW = 16;

    /// What a row takes that is written down: its slots in the arrays, and what its group weighs.
    private static final int ROW_BYTES = 4 + 4 + 4 + 1 + 8;

    private static final int GROUP_BYTES = 8 + 32;

    /// Of a text beside its characters.
    private static final int TEXT_BYTES = 16;

    /// What settling takes for each row while it lasts: copies of the arrays, the order, the set of keys.
    private static final int SETTLING_BYTES = ROW_BYTES + 16 + 72;

    private static final byte[][] NO_TEXTS = {};
    private static final Object[] NO_GROUPS = {};
    private static final int[] NO_ELEMENTS = {};

    private final List<Part> parts;
    private final int keyField;
    private final boolean textKeys;
    private final Window window;
    private final int limit;
    private final Optional<GroupFields> groupField;
    private final int groupSize;
    private final Optional<Elements> elements; // whose hits are elements, numbered like rows in `row`
    private final Room room;
    private long textBytes;

    private Set<Object> banned = Set.of();
    private Set<Object> among = Set.of(); // groups
    private int count;
    private float[] scores;
    private int[] part;
    private int[] row;
    private boolean[] keyed;
    private long[] longs;
    private byte[][] texts;
    private Object[] groups;

    private final Slots slots;
    private final Threshold threshold;
    private boolean settled; // nothing was offered since
    private int distinct; // hits that the last settling kept
    private boolean crowded; // a version of a key came after a better one
    private int fullGroups;
    private int keptGroups;

    Candidates(
            List<Part> parts,
            int keyField,
            boolean textKeys,
            Window window,
            Threshold threshold,
            int limit,
            Optional<GroupFields> groupField,
            int groupSize,
            Optional<Elements> elements,
            Room room,
            Spare spare) {
        this.parts = parts;
        this.keyField = keyField;
        this.textKeys = textKeys;
        this.window = window;
        this.limit = limit;
        this.groupField = groupField;
        this.groupSize = groupSize;
        this.elements = elements;
        this.threshold = threshold;
        this.room = room;
        room.take(rowBytes() * ROOM);
        slots = spare.take();
        scores = slots.scores;
        part = slots.part;
        row = slots.row;
        keyed = slots.keyed;
        longs = slots.longs;
        texts = textKeys ? new byte[ROOM][] : NO_TEXTS;
        groups = groupField.isPresent() ? new Object[ROOM] : NO_GROUPS;
    }

    /// Keys that are no hits, whatever their score.
    void ban(Set<Object> keys) {
        banned = keys;
    }

    /// The only groups wanted.
    void among(Set<Object> wanted) {
        among = wanted;
    }

    /// A key as it is compared with banned ones.
    static Object key(Column keys, int at) {
        return keys instanceof Column.Texts(var texts, _)
                ? java.nio.ByteBuffer.wrap(texts.copy(at))
                : (Object) ((Column.Longs) keys).values()[at];
    }

    /// The worst score, rounded, that can still be among the best.
    float bound() {
        return threshold.bound();
    }

    /// @param score rounded, and wanted by the window
    void offer(int ofPart, int ofRow, float score) {
        if (window.compare(score, threshold.bound()) > 0) return;
        if (count == scores.length) makeRoom();
        scores[count] = score;
        part[count] = ofPart;
        row[count] = ofRow;
        keyed[count++] = false;
        settled = false;
    }

    private void makeRoom() {
        settle();
        if (count <= scores.length / 2) return;
        room.take(rowBytes() * scores.length);
        grow(2 * scores.length);
    }

    private long rowBytes() {
        return ROW_BYTES + (groupField.isPresent() ? GROUP_BYTES : 0);
    }

    private void grow(int size) {
        scores = Arrays.copyOf(scores, size);
        part = Arrays.copyOf(part, size);
        row = Arrays.copyOf(row, size);
        keyed = Arrays.copyOf(keyed, size);
        if (textKeys) texts = Arrays.copyOf(texts, size);
        longs = Arrays.copyOf(longs, textKeys ? 0 : size);
        if (groupField.isPresent()) groups = Arrays.copyOf(groups, size);
    }

    /// Rows that are written down and that the limit has room for.
    long held() {
        return groupField.isPresent() ? count : Math.min(count, limit);
    }

    /// How many hits there are now, each key once; with grouping, in the groups that count.
    int settled() {
        settle();
        return distinct;
    }

    /// Whether nothing more is needed than better hits.
    boolean isFull(boolean strict) {
        settle();
        if (groupField.isEmpty()) return distinct >= limit;
        return keptGroups >= limit && (!strict || fullGroups >= limit);
    }

    /// Keeps the best and forgets the rest.
    private void settle() {
        if (settled) return;
        long working = (long) SETTLING_BYTES * count;
        room.take(working);
        try {
            settleNow();
        } finally {
            room.give(working);
        }
        settled = true;
    }

    private void settleNow() {
        var order = count <= ROOM ? slots.order : new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        sort(order, count, (a, b) -> window.compare(scores[a], scores[b]));
        int end = groupField.isPresent() ? count : Math.min(limit, count);
        int kept;
        while (true) {
            end = withTies(order, end);
            fetchKeys(order, end);
            kept = distinctBest(order, end);
            if (groupField.isPresent() || kept >= limit || end == count) break;
            end = Math.min(count, end + limit - kept);
        }
        if (groupField.isPresent()) kept = groupBest(order, kept);
        else kept = Math.min(kept, limit);
        keep(order, kept);
        distinct = kept;
        if (groupField.isEmpty()) {
            if (kept == limit && limit > 0) threshold.tighten(scores[kept - 1]);
        } else if (keptGroups >= limit && fullGroups >= limit) threshold.tighten(worstScore());
    }

    private int withTies(int[] order, int end) {
        if (end == 0) return 0;
        float last = scores[order[end - 1]];
        while (end < count && window.compare(scores[order[end]], last) == 0) end++;
        return end;
    }

    private void fetchKeys(int[] order, int end) {
        for (int p = 0; p < parts.size(); p++) {
            int n = 0;
            for (int i = 0; i < end; i++) if (isKeyless(order[i], p)) n++;
            if (n == 0) continue;
            var rows = n <= ROOM ? slots.were : new int[n];
            for (int i = 0, to = 0; to < n; i++) if (isKeyless(order[i], p)) rows[to++] = rowOf(p, row[order[i]]);
            if (takeLongs(order, p, rows, n)) continue;
            rows = Arrays.copyOf(rows, n);
            var keys = parts.get(p).fetch(keyField, rows);
            var values = groupField.isPresent() ? groupField.get().values(parts.get(p), rows) : NO_GROUPS;
            for (int i = 0, from = 0; from < n; i++) {
                int at = order[i];
                if (!isKeyless(at, p)) continue;
                keyed[at] = true;
                if (textKeys) text(at, ((Column.Texts) keys).values().copy(from));
                else longs[at] = ((Column.Longs) keys).values()[from];
                if (groupField.isPresent()) groups[at] = values[from];
                from++;
            }
        }
    }

    /// Nothing but numbers, and those at hand: whether they were.
    private boolean takeLongs(int[] order, int ofPart, int[] rows, int n) {
        var keys = slots.keys;
        if (textKeys || groupField.isPresent() || n > ROOM || !parts.get(ofPart).longs(keyField, rows, n, keys))
            return false;
        for (int i = 0, from = 0; from < n; i++) {
            if (!isKeyless(order[i], ofPart)) continue;
            keyed[order[i]] = true;
            longs[order[i]] = keys[from++];
        }
        return true;
    }

    private boolean isKeyless(int at, int ofPart) {
        return !keyed[at] && part[at] == ofPart;
    }

    private int rowOf(int ofPart, int at) {
        return elements.isEmpty() ? at : elements.get().row(ofPart, at);
    }

    private int element(int at) {
        return elements.get().element(part[at], row[at]);
    }

    private void text(int at, byte[] text) {
        room.take(TEXT_BYTES + text.length);
        textBytes += TEXT_BYTES + text.length;
        texts[at] = text;
    }

    /// Brings the best version of each key of the first `end` to the front of `order`, by (score, key).
    private int distinctBest(int[] order, int end) {
        sort(order, end, this::compare);
        var seen = new Seen(elements.isPresent() || end <= FEW ? 0 : end);
        Set<KeyedElement> seenElements = elements.isPresent() ? new HashSet<>() : Set.of();
        var rest = NO_ELEMENTS;
        int kept = 0;
        int left = 0;
        for (int i = 0; i < end; i++) {
            int at = order[i];
            boolean wanted = isWanted(at);
            boolean fresh = wanted
                    && (elements.isPresent()
                            ? seenElements.add(new KeyedElement(key(at), element(at)))
                            : end <= FEW
                                    ? isFirst(at, order, kept)
                                    : textKeys ? seen.add(texts[at]) : seen.add(longs[at]));
            if (fresh) {
                order[kept++] = at;
                continue;
            }
            // A row that was offered twice stands beside itself.
            boolean again = i > 0 && part[order[i - 1]] == part[at] && row[order[i - 1]] == row[at];
            crowded |= wanted && !again;
            if (left == 0) rest = new int[end - i];
            rest[left++] = at;
        }
        // What is not kept stays behind, so that a longer look finds every position still there.
        System.arraycopy(rest, 0, order, kept, left);
        return kept;
    }

    private void sort(int[] order, int end, Sorting.Order by) {
        Sorting.sort(order, end, by, end <= ROOM ? slots.were : new int[end]);
    }

    private boolean isFirst(int at, int[] order, int kept) {
        for (int i = 0; i < kept; i++) if (compareKeys(order[i], at) == 0) return false;
        return true;
    }

    private int compare(int left, int right) {
        int order = window.compare(scores[left], scores[right]);
        if (order == 0) order = compareKeys(left, right);
        if (order == 0 && elements.isPresent()) order = Integer.compare(element(left), element(right));
        if (order == 0) order = Integer.compare(part[left], part[right]);
        return order != 0 ? order : Integer.compare(row[left], row[right]);
    }

    private int compareKeys(int left, int right) {
        return textKeys ? Arrays.compareUnsigned(texts[left], texts[right]) : Long.compare(longs[left], longs[right]);
    }

    /// Hits with the very score of the page before are wanted from its last key on.
    private boolean isWanted(int at) {
        if (!banned.isEmpty() && banned.contains(key(at))) return false;
        if (!among.isEmpty() && !among.contains(groups[at])) return false;
        if (window.after().isEmpty()) return true;
        var after = window.after().get();
        if (window.compare(scores[at], after.score()) != 0) return true;
        int order = switch (after.key()) {
            case dev.sextant.model.Value.Int(var key) -> Long.compare(longs[at], key);
            case dev.sextant.model.Value.Text(var key) ->
                Arrays.compareUnsigned(texts[at], key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("keys are integers or text");
        };
        if (order == 0 && elements.isPresent() && after.element().isPresent())
            order = Integer.compare(element(at), after.element().getAsInt());
        return order > 0;
    }

    private Object key(int at) {
        return textKeys ? java.nio.ByteBuffer.wrap(texts[at]) : (Object) longs[at];
    }

    /// Of the first `end`, which are best first: the best groups, each with its best hits, group after group.
    private int groupBest(int[] order, int end) {
        var members = new HashMap<Object, List<Integer>>();
        var found = new ArrayList<List<Integer>>();
        for (int i = 0; i < end; i++) {
            var group = members.computeIfAbsent(groups[order[i]], _ -> {
                var fresh = new ArrayList<Integer>();
                found.add(fresh);
                return fresh;
            });
            if (group.size() < groupSize) group.add(order[i]);
        }
        keptGroups = Math.min(limit, found.size());
        fullGroups = 0;
        int kept = 0;
        for (var group : found.subList(0, keptGroups)) {
            if (group.size() == groupSize) fullGroups++;
            for (int at : group) order[kept++] = at;
        }
        return kept;
    }

    private float worstScore() {
        float worst = scores[0];
        for (int i = 1; i < count; i++) if (window.compare(scores[i], worst) > 0) worst = scores[i];
        return worst;
    }

    /// Keeps the first `kept` of `order`, in its order.
    private void keep(int[] order, int kept) {
        boolean moved = false;
        for (int i = 0; i < kept && !moved; i++) moved = order[i] != i;
        if (moved) {
            var kin = textKeys || groupField.isPresent() ? new Object[kept] : NO_GROUPS;
            int[] were = kept <= ROOM ? slots.were : new int[kept];
            long[] keys = kept <= ROOM ? slots.keys : new long[textKeys ? 0 : kept];
            for (int i = 0; i < kept; i++) were[i] = part[order[i]];
            System.arraycopy(were, 0, part, 0, kept);
            for (int i = 0; i < kept; i++) were[i] = row[order[i]];
            System.arraycopy(were, 0, row, 0, kept);
            for (int i = 0; i < kept; i++) were[i] = Float.floatToRawIntBits(scores[order[i]]);
            for (int i = 0; i < kept; i++) scores[i] = Float.intBitsToFloat(were[i]);
            if (textKeys) {
                for (int i = 0; i < kept; i++) kin[i] = texts[order[i]];
                for (int i = 0; i < kept; i++) texts[i] = (byte[]) kin[i];
            } else {
                for (int i = 0; i < kept; i++) keys[i] = longs[order[i]];
                System.arraycopy(keys, 0, longs, 0, kept);
            }
            if (groupField.isPresent()) {
                for (int i = 0; i < kept; i++) kin[i] = groups[order[i]];
                System.arraycopy(kin, 0, groups, 0, kept);
            }
        }
        Arrays.fill(keyed, 0, kept, true); // only rows whose key is known are kept
        count = kept;
        if (textKeys) forgetTexts();
    }

    /// Rows that were forgotten hold no text.
    private void forgetTexts() {
        Arrays.fill(texts, count, texts.length, null);
        long left = 0;
        for (int i = 0; i < count; i++) if (texts[i] != null) left += TEXT_BYTES + texts[i].length;
        room.give(textBytes - left);
        textBytes = left;
    }

    /// Whether hits were left out because a better version of their key is among them.
    boolean isCrowded() {
        return crowded;
    }

    /// Takes over what another found for the same query in the same shard.
    void add(Candidates other) {
        other.settle();
        crowded |= other.crowded;
        for (int i = 0; i < other.count; i++) offer(other.part[i], other.row[i], other.scores[i]);
    }

    /// The best hits, settled, as columns; `places` name part and row.
    Best best() {
        settle();
        var places = new long[count];
        for (int i = 0; i < count; i++) places[i] = (long) part[i] << 32 | rowOf(part[i], row[i]);
        var which = elements.isPresent() ? new int[count] : NO_ELEMENTS;
        for (int i = 0; i < which.length; i++) which[i] = element(i);
        return new Best(
                keys(),
                Arrays.copyOf(scores, count),
                places,
                which,
                groupField.isPresent() ? new ArrayList<>(Arrays.asList(groups).subList(0, count)) : List.of());
    }

    /// Whose vectors are elements of rows.
    interface Elements {
        int row(int part, int node);

        /// Which one of its row.
        int element(int part, int node);
    }

    /// Lets go what others may use from now on: these are of no more use.
    void done(Spare spare) {
        spare.give(slots);
    }

    /// What a worker keeps of candidates that are done with, for the next: most searches are for one query.
    static final class Spare {
        private Optional<Slots> kept = Optional.empty();

        private Slots take() {
            var slots = kept.orElseGet(Slots::new);
            kept = Optional.empty();
            return slots;
        }

        private void give(Slots slots) {
            kept = slots.here;
        }
    }

    /// Room for so many rows, and for what settles them.
    private static final class Slots {
        private final float[] scores = new float[ROOM];
        private final int[] part = new int[ROOM];
        private final int[] row = new int[ROOM];
        private final boolean[] keyed = new boolean[ROOM];
        private final long[] longs = new long[ROOM];
        private final int[] order = new int[ROOM];
        private final int[] were = new int[ROOM];
        private final long[] keys = new long[ROOM];
        private final Optional<Slots> here = Optional.of(this);
    }

    private record KeyedElement(Object key, int element) {}

    /// @param elements which one of its row each hit is, where hits are elements
    record Best(Column keys, float[] scores, long[] places, int[] elements, List<Object> groups) {
        long bytes() {
            return Outputs.bytes(keys)
                    + 12L * scores.length
                    + 4L * elements.length
                    + GROUP_BYTES * (long) groups.size();
        }
    }

    private Column keys() {
        if (!textKeys) return new Column.Longs(Arrays.copyOf(longs, count), Nulls.NONE);
        var slices = new Slices.Builder(count);
        for (int i = 0; i < count; i++) slices.add(texts[i]);
        return new Column.Texts(slices.build(), Nulls.NONE);
    }
}
