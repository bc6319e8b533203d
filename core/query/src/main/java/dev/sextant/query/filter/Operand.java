package dev.sextant.query.filter;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Moments;
import dev.sextant.model.Value;

/// What an expression turned out to be: only binding can tell values, places and conditions apart.
sealed interface Operand {
    record Constant(Value value) implements Operand {}

    /// A place in a row, and what is done to the number that is found there.
    record Place(Target target, Steps steps) implements Operand {}

    record Condition(Predicate predicate) implements Operand {}

    /// `ISO '…'`, in microseconds.
    record Moment(long micros) implements Operand {}

    /// `INTERVAL '…'`.
    record Span(Moments.Interval interval) implements Operand {}

    /// A field of moments, and how much later.
    record Later(Field field, Moments.Interval interval) implements Operand {}

    sealed interface Target {
        Field field();

        /// What is found there.
        FieldType type();

        record Whole(Field field) implements Target {
            @Override
            public FieldType type() {
                return field.type();
            }
        }

        record InJson(Field field, JsonPath path) implements Target {
            @Override
            public FieldType type() {
                return new FieldType.Json();
            }
        }

        record InArray(Field field, FieldType element, int index) implements Target {
            @Override
            public FieldType type() {
                return element;
            }
        }

        /// `array_length` of an array, or of a place in a JSON value.
        record LengthOf(Target array) implements Target {
            @Override
            public Field field() {
                return array.field();
            }

            @Override
            public FieldType type() {
                return FieldType.Primitive.INT64;
            }
        }
    }
}
