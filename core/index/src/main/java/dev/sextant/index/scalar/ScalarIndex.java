package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.index.Source;
import dev.sextant.index.Written;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import java.io.IOException;
import java.util.Optional;

/// Which rows of a segment have which values. Immutable; any thread may ask until it is closed.
public sealed interface ScalarIndex extends Written permits Based {
    /// Reads what [#writeTo] of a structure over this many rows wrote. Throws [Damaged] for anything else, and never
    /// reads outside of what it was given.
    static ScalarIndex read(String form, Memory memory, int rows, long bytes, Source source) throws IOException {
        return ScalarBytes.read(form, memory, rows, bytes, source);
    }

    /// Whether a written form is one of these.
    static boolean knows(String form) {
        for (var structure : Structure.values()) if (structure.form().equals(form)) return true;
        return false;
    }

    Structure structure();

    /// Of which kind the values are.
    Values values();

    int rows();

    /// Null rows.
    Bits nulls();

    /// Rows with something that is no value here: nothing at the place in JSON, or another kind; not a number.
    Bits others();

    /// Rows of which only the column can tell.
    Bits unsure();

    /// Rows with a value: neither of the three above.
    Bits valued();

    /// How many distinct values there are; 0 when it is not known.
    int keys();

    /// Empty when it cannot answer.
    Optional<Lookup> look(Sought sought);

    @Override
    default String form() {
        return structure().form();
    }

    enum Values {
        WHOLE,
        REAL,
        TEXT,
        TRUTH,
        /// Boxes around geometries.
        BOX
    }

    /// What was built.
    enum Structure {
        /// The values of rows in order, each with its row: one value a row, most of them different.
        SORTED,
        /// The different values in order, each with its rows.
        TERMS,
        /// As TERMS; the rows of frequent values are bits.
        BITMAP,
        /// The short pieces of texts with their rows: says where a text may be, and the column is asked.
        GRAMS,
        /// The boxes around geometries in a tree: says which may meet a box, and the column is asked.
        BOXES;

        String form() {
            return "SCALAR_" + name();
        }
    }
}
