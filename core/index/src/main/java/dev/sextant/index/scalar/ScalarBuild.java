package dev.sextant.index.scalar;

import dev.sextant.index.scalar.ScalarIndex.Structure;
import dev.sextant.index.scalar.ScalarIndex.Values;
import dev.sextant.index.scalar.ScalarParameters.Cast;
import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Slices;
import dev.sextant.model.Wkb;
import java.util.Optional;

/// A scalar index while it is built: takes the column in, piece by piece in the order of rows, then sorts. One thread.
/// What it needs meanwhile is reserved as it grows.
public final class ScalarBuild implements AutoCloseable {
    private final Memory memory;
    private final ScalarParameters parameters;
    private final Values values;
    private final boolean lists;
    private final int rows;
    private final Heap heap;
    private final long[] nulls, others, unsure;
    private final Pairs pairs;
    private final Optional<TermTable> terms;
    private final Optional<GramsBuild> grams;
    private final Optional<BoxesBuild> boxes;
    private final JsonCursor cursor = new JsonCursor();
    private int next;

    /// @param type of the column
    /// @param rows that will come
    public ScalarBuild(Memory memory, ScalarParameters parameters, FieldType type, int rows) {
        this.memory = memory;
        this.parameters = parameters;
        this.rows = rows;
        values = parameters.place().map(place -> place.cast().kind()).orElseGet(() -> values(type));
        lists = parameters.place().map(place -> place.cast().isArray()).orElse(type instanceof FieldType.Array);
        int words = (rows + 63) / 64;
        heap = new Heap(memory, 24L * words);
        nulls = new long[words];
        others = new long[words];
        unsure = new long[words];
        pairs = new Pairs(heap);
        boolean text = values == Values.TEXT, pieces = text && !lists && parameters.wanted() == Wanted.GRAMS;
        terms = text && !pieces ? Optional.of(new TermTable(heap)) : Optional.empty();
        grams = pieces
                ? Optional.of(new GramsBuild(memory, heap, parameters.leastGram(), parameters.mostGram()))
                : Optional.empty();
        boxes = values == Values.BOX ? Optional.of(new BoxesBuild(heap)) : Optional.empty();
    }

    private static Values values(FieldType type) {
        return switch (type) {
            case FieldType.Primitive.BOOL -> Values.TRUTH;
            case FieldType.Primitive.FLOAT, FieldType.Primitive.DOUBLE -> Values.REAL;
            case FieldType.Primitive _ -> Values.WHOLE;
            case FieldType.Varchar _ -> Values.TEXT;
            case FieldType.Array(var element, _) -> values(element);
            case FieldType.Geometry _ -> Values.BOX;
            case FieldType.Json _, FieldType.Text _, FieldType.Vector _ ->
                throw new IllegalArgumentException("no index over " + type);
        };
    }

    /// Takes the next rows in.
    public void add(Column column) {
        int count = column.rows();
        if (count > rows - next) throw new IllegalArgumentException(next + count + " rows of " + rows);
        for (int i = 0; i < count; i++, next++) {
            if (column.isNull(i)) mark(nulls);
            else if (column instanceof Column.Lists list) {
                for (int at = list.start(i); at < list.ends()[i]; at++) take(list.elements(), at);
            } else if (column instanceof Column.Jsons(var texts, _)) json(texts, i);
            else if (!take(column, i)) mark(others);
        }
    }

    private void mark(long[] set) {
        set[next >>> 6] |= 1L << next;
    }

    /// Whether there was a value; what is not a number is none.
    private boolean take(Column column, int at) {
        switch (column) {
            case Column.Ints(var all, _) -> pairs.add(all[at], next);
            case Column.Longs(var all, _) -> pairs.add(all[at], next);
            case Column.Bools(var all, _) -> pairs.add(all[at] ? 1 : 0, next);
            case Column.Floats(var all, _) -> {
                return real(all[at]);
            }
            case Column.Doubles(var all, _) -> {
                return real(all[at]);
            }
            case Column.Texts(var all, _) -> text(all.bytes(), all.start(at), all.end(at));
            case Column.Shapes(var all, _) -> {
                return geometry(all.bytes(), all.start(at), all.end(at));
            }
            case Column.Jsons _, Column.Lists _, Column.Dense _, Column.Sparse _ ->
                throw new IllegalArgumentException(
                        "no index over " + column.getClass().getSimpleName());
        }
        return true;
    }

    private boolean real(double value) {
        if (Double.isNaN(value)) return false;
        pairs.add(Keys.ordered(value), next);
        return true;
    }

    /// An empty geometry lies nowhere.
    private boolean geometry(byte[] bytes, int from, int to) {
        var box = Wkb.box(bytes, from, to);
        if (box.isNothing()) return false;
        boxes.orElseThrow().add(box, next);
        return true;
    }

    private void text(byte[] bytes, int from, int to) {
        if (grams.isPresent()) {
            if (!grams.get().add(bytes, from, to, next)) mark(unsure);
        } else pairs.add(terms.orElseThrow().of(bytes, from, to), next);
    }

    private void json(Slices texts, int at) {
        var place = parameters.place().orElseThrow();
        if (!cursor.seek(texts.bytes(), texts.start(at), texts.end(at), place.path())) {
            mark(others);
            return;
        }
        if (!place.cast().isArray()) {
            if (!scalar(place.cast())) mark(others);
            return;
        }
        if (cursor.kind() != JsonCursor.Kind.ARRAY) {
            mark(others);
            return;
        }
        cursor.enter();
        for (boolean first = true; cursor.next(first); first = false) {
            scalar(place.cast());
            cursor.skip();
        }
    }

    /// Takes the value at the cursor in; false when it is of another kind.
    private boolean scalar(Cast cast) {
        switch (cast.kind()) {
            case TRUTH -> {
                if (cursor.kind() != JsonCursor.Kind.TRUTH) return false;
                pairs.add(cursor.truth() ? 1 : 0, next);
            }
            case TEXT -> {
                if (cursor.kind() != JsonCursor.Kind.TEXT) return false;
                cursor.readText();
                text(cursor.textBytes(), cursor.textFrom(), cursor.textTo());
            }
            case REAL -> {
                if (cursor.kind() != JsonCursor.Kind.NUMBER) return false;
                boolean whole = cursor.readNumber();
                // Whole numbers beyond 2^53 lose digits here: nobody asks an index for such a number.
                if (!real(whole ? cursor.whole() : cursor.real())) mark(unsure);
            }
            case WHOLE, BOX -> throw new AssertionError(cast);
        }
        return true;
    }

    /// The index over all rows.
    public ScalarIndex finish() {
        if (next != rows) throw new IllegalStateException(next + " rows of " + rows);
        if (grams.isPresent()) return grams(grams.get());
        if (boxes.isPresent()) return boxes(boxes.get());
        terms.ifPresent(this::rank);
        pairs.sort();
        if (lists) pairs.distinct();
        return keyed(pairs.distinctKeys());
    }

    /// Numbers in the place of texts, in the order of texts.
    private void rank(TermTable table) {
        heap.grow(8L * table.count());
        order = table.sorted();
        var ranks = new int[order.length];
        for (int i = 0; i < order.length; i++) ranks[order[i]] = i;
        for (int i = 0; i < pairs.size; i++) pairs.keys[i] = ranks[(int) pairs.keys[i]];
    }

    private int[] order = new int[0]; // texts by rank

    private ScalarIndex keyed(int keys) {
        var structure = structure(keys);
        long textBytes = terms.map(TermTable::textBytes).orElse(0L);
        int written = structure == Structure.SORTED ? pairs.size : keys;
        var head = head(structure, written, pairs.size, textBytes);
        if (structure == Structure.BITMAP) head = head(structure, keys, bitmapBytes(head), textBytes);
        var region = memory.allocate("scalar index", head.bytes());
        try {
            fill(head, region);
        } catch (Throwable thrown) {
            region.close();
            throw thrown;
        }
        var standing = new Standing(head, region, memory);
        return switch (structure) {
            case SORTED -> new Sorted(standing);
            case TERMS -> new Terms(standing);
            case BITMAP -> new Bitmap(standing);
            case GRAMS, BOXES -> throw new AssertionError(structure);
        };
    }

    private Structure structure(int keys) {
        boolean few = keys <= parameters.mostBitmapKeys();
        boolean sorts = values != Values.TEXT && !lists;
        if (values == Values.TRUTH) return Structure.BITMAP;
        return switch (parameters.wanted()) {
            case SORTED -> sorts ? Structure.SORTED : Structure.TERMS;
            case TERMS -> Structure.TERMS;
            case BITMAP -> Structure.BITMAP;
            case AUTO, GRAMS, BOXES -> few ? Structure.BITMAP : sorts ? Structure.SORTED : Structure.TERMS;
        };
    }

    private Head head(Structure structure, int keys, long postings, long textBytes) {
        int sets = (isEmpty(nulls) ? 0 : Head.NULLS)
                | (isEmpty(others) ? 0 : Head.OTHERS)
                | (isEmpty(unsure) ? 0 : Head.UNSURE);
        return new Head(
                structure,
                values,
                rows,
                lists,
                sets,
                keys,
                postings,
                textBytes,
                parameters.leastGram(),
                parameters.mostGram());
    }

    private static boolean isEmpty(long[] words) {
        for (long word : words) if (word != 0) return false;
        return true;
    }

    private long bitmapBytes(Head head) {
        long bytes = 0;
        for (int i = 0; i < pairs.size; ) {
            int first = i;
            while (++i < pairs.size && pairs.keys[i] == pairs.keys[first]) {}
            bytes += Bitmap.bytes(head, i - first);
        }
        return bytes;
    }

    private void fill(Head head, Region region) {
        long base = region.address();
        head.write(base);
        fillSets(head, base);
        if (values == Values.TEXT) fillTexts(head, base);
        long postings = base + head.postingsAt();
        int key = 0;
        for (int i = 0; i < pairs.size; key++) {
            int first = i;
            while (++i < pairs.size && pairs.keys[i] == pairs.keys[first]) {}
            switch (head.structure()) {
                case SORTED -> {
                    for (int at = first; at < i; at++) {
                        Raw.putLong(base + head.keysAt() + 8L * at, pairs.keys[first]);
                        Raw.putInt(postings + 4L * at, pairs.rows[at]);
                    }
                }
                case TERMS -> {
                    fillKey(head, base, key, pairs.keys[first]);
                    Raw.putInt(base + head.startsAt() + 4L * key, first);
                    for (int at = first; at < i; at++) Raw.putInt(postings + 4L * at, pairs.rows[at]);
                }
                case BITMAP -> {
                    fillKey(head, base, key, pairs.keys[first]);
                    long offset = Raw.getLong(base + head.startsAt() + 8L * key);
                    fillRows(head, postings + offset, first, i);
                    Raw.putInt(base + head.countsAt() + 4L * key, i - first);
                    Raw.putLong(base + head.startsAt() + 8L * (key + 1), offset + Bitmap.bytes(head, i - first));
                }
                case GRAMS, BOXES -> throw new AssertionError();
            }
        }
        if (head.structure() == Structure.TERMS) Raw.putInt(base + head.startsAt() + 4L * key, pairs.size);
    }

    private void fillSets(Head head, long base) {
        fillSet(head, base, Head.NULLS, nulls);
        fillSet(head, base, Head.OTHERS, others);
        fillSet(head, base, Head.UNSURE, unsure);
    }

    private static void fillSet(Head head, long base, int set, long[] words) {
        if ((head.sets() & set) == 0) return;
        for (int word = 0; word < words.length; word++) Raw.putLong(base + head.setAt(set) + 8L * word, words[word]);
    }

    private void fillKey(Head head, long base, int key, long value) {
        if (values != Values.TEXT) Raw.putLong(base + head.keysAt() + 8L * key, value);
    }

    /// A key is in the table because a row has it, so the texts of the table are the keys.
    private void fillTexts(Head head, long base) {
        var table = terms.orElseThrow();
        int end = 0;
        for (int rank = 0; rank < order.length; rank++) {
            int from = table.start(order[rank]), bytes = table.end(order[rank]) - from;
            Raw.copyIn(java.lang.foreign.MemorySegment.ofArray(table.bytes()), from, base + head.textAt() + end, bytes);
            end += bytes;
            Raw.putInt(base + head.keysAt() + 4L * rank, end);
        }
    }

    private void fillRows(Head head, long address, int from, int to) {
        if (!Bitmap.isBits(head, to - from)) {
            for (int i = from; i < to; i++) Raw.putInt(address + 4L * (i - from), pairs.rows[i]);
            return;
        }
        for (int i = from; i < to; i++) {
            long at = address + 8L * (pairs.rows[i] >>> 6);
            Raw.putLong(at, Raw.getLong(at) | 1L << pairs.rows[i]);
        }
    }

    private ScalarIndex grams(GramsBuild build) {
        var unpacked = head(Structure.GRAMS, 0, 0, 0);
        var head = head(Structure.GRAMS, 0, build.end(unpacked.chunks()), 0);
        var region = memory.allocate("scalar index", head.bytes());
        head.write(region.address());
        fillSets(head, region.address());
        build.write(region.address() + head.keysAt(), region.address() + head.postingsAt());
        return new Grams(new Standing(head, region, memory));
    }

    private ScalarIndex boxes(BoxesBuild build) {
        var head = head(
                Structure.BOXES, build.count(), BoxLevels.over(build.count()).all(), 0);
        var region = memory.allocate("scalar index", head.bytes());
        try {
            head.write(region.address());
            fillSets(head, region.address());
            build.write(region.address() + head.keysAt(), region.address() + head.postingsAt());
        } catch (Throwable thrown) {
            region.close();
            throw thrown;
        }
        return new Boxes(new Standing(head, region, memory));
    }

    @Override
    public void close() {
        grams.ifPresent(GramsBuild::close);
        heap.close();
    }
}
