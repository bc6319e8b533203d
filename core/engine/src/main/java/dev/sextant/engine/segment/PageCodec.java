package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;

/// One page of a scalar column as bytes, in whichever way is short: drawn in docs/formats/segment.md.
final class PageCodec {
    private static final int PLAIN = 0;
    private static final int PACKED = 1;
    private static final int DICTIONARY = 2;
    private static final int COMPRESSED = 3;

    private static final int BOOLS = 1;
    private static final int INTS = 2;
    private static final int LONGS = 3;

    private static final int MOST_WORDS = 4096;
    private static final int LITTLE = 512;
    /// A dictionary can say much in few bytes; more than this is said in full.
    private static final long MOST_SPELLED = 64 << 20;

    private PageCodec() {}

    static byte[] encode(Column column) {
        var out = new ByteOutput(1024);
        switch (column) {
            case Column.Bools bools -> {
                var values = new long[bools.rows()];
                for (int i = 0; i < values.length; i++) values[i] = bools.values()[i] ? 1 : 0;
                writePacked(BOOLS, values, bools.nulls(), out);
            }
            case Column.Ints ints ->
                writePacked(INTS, Arrays.stream(ints.values()).asLongStream().toArray(), ints.nulls(), out);
            case Column.Longs longs -> writePacked(LONGS, longs.values(), longs.nulls(), out);
            case Column.Texts texts -> {
                if (!writeDictionary(texts, out)) writePlain(texts, true, out);
            }
            case Column.Jsons jsons -> writePlain(jsons, true, out);
            case Column.Shapes shapes -> writePlain(shapes, true, out);
            case Column.Lists lists -> writePlain(lists, true, out);
            case Column.Floats floats -> writePlain(floats, false, out);
            case Column.Doubles doubles -> writePlain(doubles, false, out);
            case Column.Dense _, Column.Sparse _ ->
                throw new IllegalArgumentException("vectors have pages of their own");
        }
        return out.toBytes();
    }

    /// @param rows that must be in it
    static Column decode(FieldType type, int rows, ByteInput in) {
        int encoding = in.readByte();
        var column = switch (encoding) {
            case PLAIN -> ColumnCodec.read(in);
            case PACKED -> readPacked(rows, in);
            case DICTIONARY -> readDictionary(rows, in);
            case COMPRESSED -> decompress(in);
            default -> throw in.damage("an encoding", encoding);
        };
        in.mustEnd();
        if (column.rows() != rows) throw in.damage(rows + " rows", column.rows());
        // Vectors have pages of their own.
        if (type.isVector() || !type.holds(column))
            throw in.damage(type, column.getClass().getSimpleName());
        return column;
    }

    private static void writePacked(int kind, long[] values, Nulls nulls, ByteOutput out) {
        out.writeByte(PACKED).writeByte(kind).writeByte(nulls.none() ? 0 : 1).writeInt(values.length);
        ColumnCodec.writeNulls(nulls, values.length, out);
        Packed.write(values, out);
    }

    private static Column readPacked(int expectedRows, ByteInput in) {
        int kind = in.readByte();
        int nullable = in.readByte();
        int rows = in.readInt();
        if (rows != expectedRows) throw in.damage(expectedRows + " rows", rows);
        var nulls = nullable == 0 ? Nulls.NONE : ColumnCodec.readNulls(rows, in);
        var values = Packed.read(rows, in);
        return switch (kind) {
            case BOOLS -> {
                var bools = new boolean[rows];
                for (int i = 0; i < rows; i++) bools[i] = values[i] != 0;
                yield new Column.Bools(bools, nulls);
            }
            case INTS -> {
                var ints = new int[rows];
                for (int i = 0; i < rows; i++) ints[i] = (int) values[i];
                yield new Column.Ints(ints, nulls);
            }
            case LONGS -> new Column.Longs(values, nulls);
            default -> throw in.damage("a kind of numbers", kind);
        };
    }

    /// Whether it was worth it.
    private static boolean writeDictionary(Column.Texts texts, ByteOutput out) {
        int rows = texts.rows();
        if (rows < 16 || texts.values().end(rows - 1) > MOST_SPELLED) return false;
        int most = Math.min(MOST_WORDS, rows / 4);
        var codes = new long[rows];
        var codeOf = new HashMap<Word, Integer>();
        var words = new Slices.Builder(64);
        var values = texts.values();
        for (int i = 0; i < rows; i++) {
            var word = new Word(values.bytes(), values.start(i), values.end(i));
            var code = codeOf.get(word);
            if (code == null) {
                if (codeOf.size() == most) return false;
                code = codeOf.size();
                codeOf.put(word, code);
                words.add(values.bytes(), values.start(i), values.length(i));
            }
            codes[i] = code;
        }
        out.writeByte(DICTIONARY).writeByte(texts.nulls().none() ? 0 : 1).writeInt(rows);
        ColumnCodec.writeNulls(texts.nulls(), rows, out);
        out.writeInt(codeOf.size());
        ColumnCodec.writeSlices(words.build(), out);
        Packed.write(codes, out);
        return true;
    }

    private static Column readDictionary(int expectedRows, ByteInput in) {
        int nullable = in.readByte();
        int rows = in.readInt();
        if (rows != expectedRows) throw in.damage(expectedRows + " rows", rows);
        var nulls = nullable == 0 ? Nulls.NONE : ColumnCodec.readNulls(rows, in);
        int count = in.readCount(4);
        var words = ColumnCodec.readSlices(in, count, 1);
        var codes = Packed.read(rows, in);
        var ends = new int[rows];
        long size = 0;
        for (int i = 0; i < rows; i++) {
            if (codes[i] < 0 || codes[i] >= count) throw in.damage("a word below " + count, codes[i]);
            size += words.length((int) codes[i]);
            if (size > MOST_SPELLED) throw in.damage("at most " + MOST_SPELLED + " bytes", size);
            ends[i] = (int) size;
        }
        var bytes = new byte[(int) size];
        for (int i = 0, at = 0; i < rows; at = ends[i++]) {
            int word = (int) codes[i];
            System.arraycopy(words.bytes(), words.start(word), bytes, at, words.length(word));
        }
        return new Column.Texts(new Slices(bytes, ends), nulls);
    }

    private record Word(byte[] bytes, int from, int to) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Word that && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
        }

        @Override
        public int hashCode() {
            int hash = to - from;
            for (int i = from; i < to; i++) hash = hash * 31 + bytes[i];
            return hash;
        }
    }

    private static void writePlain(Column column, boolean mayCompress, ByteOutput out) {
        var plain = new ByteOutput(1024);
        ColumnCodec.write(column, plain);
        var raw = plain.toBytes();
        if (mayCompress && raw.length >= LITTLE) {
            var compressed = new byte[raw.length - raw.length / 8];
            int length = Lz4.compress(raw, compressed);
            if (length > 0) {
                out.writeByte(COMPRESSED).writeInt(raw.length).writeBytes(compressed, 0, length);
                return;
            }
        }
        out.writeByte(PLAIN).writeBytes(MemorySegment.ofArray(raw));
    }

    private static Column decompress(ByteInput in) {
        int length = in.readInt();
        if (length < 0 || length > in.left() * Lz4.MOST_RATIO)
            throw in.damage("at most " + in.left() * Lz4.MOST_RATIO + " bytes", length);
        long from = in.position();
        var raw = new byte[length];
        Lz4.decompress(in, raw);
        var inner = new ByteInput(in.where(), from, MemorySegment.ofArray(raw));
        var column = ColumnCodec.read(inner);
        inner.mustEnd();
        return column;
    }
}
