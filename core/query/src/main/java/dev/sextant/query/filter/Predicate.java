package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Value;
import java.util.List;
import java.util.Optional;

/// A bound condition without negation above its leaves. A row is either taken or not: what is unknown is not taken.
public sealed interface Predicate {
    /// No row, or every row, nulls too.
    record Constant(boolean value) implements Predicate {}

    record And(List<Predicate> all) implements Predicate {
        public And {
            all = List.copyOf(all);
        }
    }

    record Or(List<Predicate> any) implements Predicate {
        public Or {
            any = List.copyOf(any);
        }
    }

    /// Rows where a field is null, or is not.
    record IsNull(int field, boolean negated) implements Predicate {}

    /// Rows whose value passes the test (or does not, when negated); null rows never.
    record Scalar(int field, Test test, boolean negated) implements Predicate {}

    /// Two fields of one class side by side.
    record Columns(int left, Sign sign, int right, boolean negated) implements Predicate {}

    /// An element of an array. A row without that element is not taken; with `missing` it is.
    record Element(int field, int index, Test test, boolean negated, boolean missing) implements Predicate {}

    /// The number of elements of an array.
    record Length(int field, Test.Whole test, boolean negated) implements Predicate {}

    /// An array that has these elements; values are of the element's kind, without repetition.
    record Contains(int field, Quantity quantity, Test.Set values, boolean negated) implements Predicate {}

    /// An array that is this list.
    record ArrayIs(int field, List<Value> values, boolean negated) implements Predicate {}

    /// Arrays of one struct of whose elements at least `least` and at most `most` meet a condition, or `every` one.
    ///
    /// @param shape a field of the struct, which tells how many elements a row has
    /// @param condition its fields stand for one element each
    record Elements(int shape, Predicate condition, int least, int most, boolean every, boolean negated)
            implements Predicate {}

    /// A place in a JSON value. `missing` says what a row counts as where the place is absent or of another kind; a
    /// null row is never taken unless `nullRows`.
    record Json(int field, JsonPath path, JsonTest test, boolean negated, boolean missing, boolean nullRows)
            implements Predicate {}

    /// A leaf that an index of a part has answered: rows that are taken for sure, and those that must be looked at.
    /// Made for one part, after everything else.
    record Indexed(Predicate leaf, Bits taken, Optional<Bits> unsure) implements Predicate {}

    enum Quantity {
        ALL,
        ANY
    }

    enum Sign {
        EQUAL,
        LESS,
        LESS_OR_EQUAL
    }
}
