package dev.sextant.model;

/// What a field holds. Sizes are bytes for text (as in Milvus), elements for arrays, components for vectors.
public sealed interface FieldType {
    /// Fixed-width scalars.
    enum Primitive implements FieldType {
        BOOL,
        INT8,
        INT16,
        INT32,
        INT64,
        FLOAT,
        DOUBLE;

        public boolean isInteger() {
            return this == INT8 || this == INT16 || this == INT32 || this == INT64;
        }

        public boolean isFloating() {
            return this == FLOAT || this == DOUBLE;
        }
    }

    /// UTF-8 text of at most `maxBytes` bytes.
    record Varchar(int maxBytes) implements FieldType {}

    /// Any JSON value, kept as its UTF-8 text.
    record Json() implements FieldType {}

    /// At most `maxElements` elements, each a [Primitive] or [Varchar].
    record Array(FieldType element, int maxElements) implements FieldType {}

    /// `dimension` components; 0 for sparse vectors, whose rows have no fixed size.
    record Vector(VectorType type, int dimension) implements FieldType {}

    default boolean isVector() {
        return this instanceof Vector;
    }
}
