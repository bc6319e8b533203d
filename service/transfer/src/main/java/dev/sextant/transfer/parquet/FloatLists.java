package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Bytes;
import dev.sextant.transfer.cell.Unfit;
import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.column.Encoding;

/// Lists of floats, read page by page and copied row by row: this is where nearly all bytes of an import are. A row of
/// the expected length whose values lie together is one comparison of levels and one copy.
final class FloatLists {
    private final int mostDefinition;
    private final int listLevel;
    private Optional<Pages> pages = Optional.empty();
    private byte[] dictionary = {};
    private byte[] repetitions = {};
    private byte[] definitions = {};
    private byte[] values = {};
    private int valueAt; // in bytes
    private int at;
    private boolean begun;

    FloatLists(int mostDefinition, int listLevel) {
        this.mostDefinition = mostDefinition;
        this.listLevel = listLevel;
    }

    void begin(Pages group) {
        pages = Optional.of(group);
        dictionary = group.rawDictionary();
        repetitions = definitions = values = new byte[0];
        at = valueAt = 0;
        begun = false;
    }

    /// Appends a row of `dimension` floats; returns whether it is there, or appends zeros.
    boolean row(int dimension, Bytes out) {
        if (at == repetitions.length && !load()) throw new Unfit("the column ends before its group of rows does");
        if (repetitions[at] != 0)
            throw new Unfit(
                    begun
                            ? "the vector has more than " + dimension + " numbers"
                            : "the column begins in the middle of a list");
        begun = true;
        int level = definitions[at];
        if (level < listLevel) {
            at++;
            out.skip(4 * dimension);
            return false;
        }
        if (level == listLevel) throw wrong(0, dimension);
        if (!whole(dimension)) slowly(dimension, out);
        else {
            out.put(values, valueAt, 4 * dimension);
            valueAt += 4 * dimension;
            at += dimension;
        }
        return true;
    }

    /// Whether the next values are one row, without gaps, on this page.
    private boolean whole(int dimension) {
        int end = at + dimension;
        if (end > repetitions.length || end < repetitions.length && repetitions[end] != 0) return false;
        return filled(repetitions, at + 1, end, 1) && filled(definitions, at, end, mostDefinition);
    }

    private static final byte[][] FILLED = new byte[4][];

    static {
        for (int value = 0; value < FILLED.length; value++) {
            FILLED[value] = new byte[1 << 15];
            Arrays.fill(FILLED[value], (byte) value);
        }
    }

    private static boolean filled(byte[] bytes, int from, int to, int value) {
        if (value < FILLED.length && to - from <= 1 << 15)
            return Arrays.equals(bytes, from, to, FILLED[value], 0, to - from);
        for (int i = from; i < to; i++) if (bytes[i] != value) return false;
        return true;
    }

    private void slowly(int dimension, Bytes out) {
        int count = 0;
        do {
            if (definitions[at] < mostDefinition) throw new Unfit("an element of the list is null");
            if (count < dimension) out.put(values, valueAt, 4);
            valueAt += 4;
            at++;
            count++;
            if (at == repetitions.length && !load()) break;
        } while (repetitions[at] != 0);
        if (count != dimension) throw wrong(count, dimension);
    }

    private static Unfit wrong(int numbers, int wanted) {
        return new Unfit("the vector has " + numbers + " numbers, its dimension needs " + wanted);
    }

    private boolean load() {
        var next = pages.orElseThrow().readRaw();
        if (next.isEmpty()) return false;
        var page = next.get();
        repetitions = Levels.levels(page.bytes(), page.repetitionsAt(), page.repetitionsBytes(), 1, page.values());
        definitions = Levels.levels(
                page.bytes(), page.definitionsAt(), page.definitionsBytes(), mostDefinition, page.values());
        int there = 0;
        for (byte level : definitions) if (level == mostDefinition) there++;
        values = values(page, there);
        at = valueAt = 0;
        return page.values() > 0 || load();
    }

    private byte[] values(Pages.Raw page, int there) {
        var encoding = page.encoding();
        int length = page.data().length - page.dataAt();
        if (encoding == Encoding.PLAIN) {
            if (length < 4L * there) throw tooShort(4L * there, length);
            return page.dataAt() == 0
                    ? page.data()
                    : Arrays.copyOfRange(page.data(), page.dataAt(), page.data().length);
        }
        if (encoding.usesDictionary()) {
            if (there == 0) return new byte[0];
            if (length < 1) throw tooShort(1, length);
            int width = page.data()[page.dataAt()];
            var indices = Levels.indices(page.data(), page.dataAt() + 1, length - 1, width & 0xFF, there);
            return looked(indices);
        }
        if (encoding == Encoding.BYTE_STREAM_SPLIT) {
            if (length < 4L * there) throw tooShort(4L * there, length);
            int stride = length / 4;
            var joined = new byte[4 * there];
            for (int i = 0; i < there; i++)
                for (int part = 0; part < 4; part++)
                    joined[4 * i + part] = page.data()[page.dataAt() + part * stride + i];
            return joined;
        }
        throw new Unfit("pages of floats in the encoding " + encoding + " are not read");
    }

    private byte[] looked(int[] indices) {
        int entries = dictionary.length / 4;
        var found = new byte[4 * indices.length];
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] >= entries || indices[i] < 0)
                throw new Unfit("a page is broken: entry " + indices[i] + " of a dictionary of " + entries);
            System.arraycopy(dictionary, 4 * indices[i], found, 4 * i, 4);
        }
        return found;
    }

    private static Unfit tooShort(long expected, long found) {
        return new Unfit("a page is broken: expected " + expected + " bytes of values, found " + found);
    }
}
