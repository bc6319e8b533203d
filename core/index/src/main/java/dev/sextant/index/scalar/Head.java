package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.index.scalar.ScalarIndex.Structure;
import dev.sextant.index.scalar.ScalarIndex.Values;
import dev.sextant.kernel.Raw;

/// The first bytes of an index, and where the rest of it stands; drawn in docs/formats/scalar-index.md. What is written
/// is what is in memory.
///
/// @param lists whether a row may have several values
/// @param sets which sets of rows there are: [#NULLS], [#OTHERS], [#UNSURE]
/// @param keys different values; for GRAMS nothing, for BOXES leaves
/// @param postings rows under keys; for BITMAP the bytes of them, for GRAMS those of all chunks, for BOXES all boxes
/// @param textBytes bytes of keys that are text
record Head(
        Structure structure,
        Values values,
        int rows,
        boolean lists,
        int sets,
        int keys,
        long postings,
        long textBytes,
        int leastGram,
        int mostGram) {
    static final int BYTES = 64;
    static final int NULLS = 1, OTHERS = 2, UNSURE = 4;
    private static final long MAGIC = 0x31_30_4c_41_43_53_58_53L; // SXSCAL01

    private static final int LISTS = 8;

    /// Words of a set of rows.
    int words() {
        return (rows + 63) / 64;
    }

    long setAt(int set) {
        return BYTES + 8L * words() * Integer.bitCount(sets & set - 1);
    }

    long keysAt() {
        return BYTES + 8L * words() * Integer.bitCount(sets);
    }

    long textAt() {
        return keysAt() + up(4L * keys);
    }

    long startsAt() {
        return values == Values.TEXT ? textAt() + up(textBytes) : keysAt() + 8L * keys;
    }

    /// For BITMAP: behind the offsets, how many rows each key has.
    long countsAt() {
        return startsAt() + 8L * (keys + 1L);
    }

    long postingsAt() {
        return switch (structure) {
            case SORTED -> startsAt();
            case TERMS -> startsAt() + up(4L * (keys + 1L));
            case BITMAP -> countsAt() + up(4L * keys);
            case GRAMS -> keysAt() + 8L * chunks();
            case BOXES -> keysAt() + up(4L * keys);
        };
    }

    long bytes() {
        return postingsAt()
                + switch (structure) {
                    case SORTED, TERMS -> up(4 * postings);
                    case BITMAP, GRAMS -> postings;
                    case BOXES -> BoxLevels.BOX_BYTES * postings;
                };
    }

    int chunks() {
        return (int) ((rows + 65_535L) / 65_536);
    }

    static long up(long bytes) {
        return bytes + 7 & -8;
    }

    void write(long address) {
        Raw.putLong(address, MAGIC);
        Raw.putInt(address + 8, structure.ordinal());
        Raw.putInt(address + 12, values.ordinal());
        Raw.putInt(address + 16, rows);
        Raw.putInt(address + 20, sets | (lists ? LISTS : 0));
        Raw.putInt(address + 24, keys);
        Raw.putLong(address + 32, postings);
        Raw.putLong(address + 40, textBytes);
        Raw.putInt(address + 48, leastGram);
        Raw.putInt(address + 52, mostGram);
    }

    /// Reads a head that must fit `rows` rows in `bytes` bytes.
    static Head read(long address, int rows, long bytes) {
        expect("magic", 0, MAGIC, Raw.getLong(address));
        var structure = within("structure", 8, Raw.getInt(address + 8), Structure.values());
        var values = within("kind of values", 12, Raw.getInt(address + 12), Values.values());
        expect("rows", 16, rows, Raw.getInt(address + 16));
        int flags = Raw.getInt(address + 20);
        if ((flags & ~15) != 0) throw new Damaged("flags", 20, "at most 15", flags);
        int keys = Raw.getInt(address + 24);
        long postings = Raw.getLong(address + 32), text = Raw.getLong(address + 40);
        long most = Math.max(0, bytes);
        if (keys < 0 || keys > most) throw new Damaged("keys", 24, "0 … " + most, keys);
        if (postings < 0 || postings > most) throw new Damaged("postings", 32, "0 … " + most, postings);
        if (text < 0 || text > Math.min(most, Integer.MAX_VALUE)) throw new Damaged("text", 40, "0 … " + most, text);
        var head = new Head(
                structure,
                values,
                rows,
                (flags & LISTS) != 0,
                flags & 7,
                keys,
                postings,
                text,
                Raw.getInt(address + 48),
                Raw.getInt(address + 52));
        expect("length", 0, head.bytes(), bytes);
        return head;
    }

    private static <T> T within(String what, long at, int ordinal, T[] all) {
        if (ordinal < 0 || ordinal >= all.length) throw new Damaged(what, at, "0 … " + (all.length - 1), ordinal);
        return all[ordinal];
    }

    static void expect(String what, long at, long expected, long found) {
        if (expected != found) throw new Damaged(what, at, expected, found);
    }
}
