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
        DOUBLE,
        /// A moment: microseconds since 1970 in UTC, as [Moments] reads and writes them. No integer to calculate with.
        TIMESTAMPTZ;

        public boolean isInteger() {
            return this == INT8 || this == INT16 || this == INT32 || this == INT64;
        }

        public boolean isFloating() {
            return this == FLOAT || this == DOUBLE;
        }
    }

    /// UTF-8 text of at most `maxBytes` bytes.
    record Varchar(int maxBytes) implements FieldType {}

    /// Long UTF-8 text: what full text search reads, not what is compared.
    record Text(int maxBytes) implements FieldType {
        /// What a text may have that names no bound of its own.
        public static final int MOST_BYTES = 2 << 20;
    }

    /// A geometry in the plane, kept as well-known binary.
    record Geometry() implements FieldType {}

    /// Any JSON value, kept as its UTF-8 text.
    record Json() implements FieldType {}

    /// At most `maxElements` elements, each a [Primitive], a [Varchar] or, in a [Struct], a dense [Vector].
    record Array(FieldType element, int maxElements) implements FieldType {}

    /// `dimension` components; 0 for sparse vectors, whose rows have no fixed size.
    record Vector(VectorType type, int dimension) implements FieldType {}

    /// What its users call it.
    default String word() {
        return switch (this) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> "Bool";
                    case INT8 -> "Int8";
                    case INT16 -> "Int16";
                    case INT32 -> "Int32";
                    case INT64 -> "Int64";
                    case FLOAT -> "Float";
                    case DOUBLE -> "Double";
                    case TIMESTAMPTZ -> "Timestamptz";
                };
            case Varchar _ -> "VarChar";
            case Text _ -> "Text";
            case Geometry _ -> "Geometry";
            case Json _ -> "JSON";
            case Array array -> array.isVectors() ? "ArrayOfVector" : "Array";
            case Vector(var type, _) -> type.word();
        };
    }

    /// Text, short or long.
    default boolean isText() {
        return this instanceof Varchar || this instanceof Text;
    }

    /// Whether its values come in a column like this one. Dense vectors are told apart by their type alone, whatever
    /// their dimension.
    default boolean holds(Column column) {
        return switch (this) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> column instanceof Column.Bools;
                    case INT8, INT16, INT32 -> column instanceof Column.Ints;
                    case INT64, TIMESTAMPTZ -> column instanceof Column.Longs;
                    case FLOAT -> column instanceof Column.Floats;
                    case DOUBLE -> column instanceof Column.Doubles;
                };
            case Varchar _, Text _ -> column instanceof Column.Texts;
            case Geometry _ -> column instanceof Column.Shapes;
            case Json _ -> column instanceof Column.Jsons;
            case Array(var element, _) -> column instanceof Column.Lists lists && element.holds(lists.elements());
            case Vector(var type, _) ->
                type.isDense()
                        ? column instanceof Column.Dense dense && dense.type() == type
                        : column instanceof Column.Sparse;
        };
    }

    /// Whether it holds vectors that can be searched for: one a row, or an array of them.
    default boolean isVector() {
        return this instanceof Vector || isVectors();
    }

    /// Whether it is an array of vectors.
    default boolean isVectors() {
        return this instanceof Array(Vector _, _);
    }

    /// What its vectors are like; only where it [#isVector()].
    default Vector vector() {
        return switch (this) {
            case Vector vector -> vector;
            case Array(Vector vector, _) -> vector;
            case Primitive _, Varchar _, Text _, Geometry _, Json _, Array _ ->
                throw new IllegalStateException(this + " has no vectors");
        };
    }
}
