package dev.sextant.index.scalar;

import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which structure to build over what is no vector, and of which values.
///
/// @param wanted AUTO lets the values decide
/// @param place for JSON only
/// @param leastGram characters of the shortest piece, for grams
public record ScalarParameters(Wanted wanted, Optional<Place> place, int leastGram, int mostGram, int mostBitmapKeys) {
    private static final int MOST_BITMAP_KEYS = 500;

    public enum Wanted {
        AUTO,
        SORTED,
        TERMS,
        BITMAP,
        GRAMS,
        BOXES
    }

    /// A place in JSON values and the kind of value that is looked for there.
    public record Place(JsonPath path, Cast cast) {}

    public enum Cast {
        BOOL,
        DOUBLE,
        VARCHAR,
        ARRAY_BOOL,
        ARRAY_DOUBLE,
        ARRAY_VARCHAR;

        public boolean isArray() {
            return this == ARRAY_BOOL || this == ARRAY_DOUBLE || this == ARRAY_VARCHAR;
        }

        ScalarIndex.Values kind() {
            return switch (this) {
                case BOOL, ARRAY_BOOL -> ScalarIndex.Values.TRUTH;
                case DOUBLE, ARRAY_DOUBLE -> ScalarIndex.Values.REAL;
                case VARCHAR, ARRAY_VARCHAR -> ScalarIndex.Values.TEXT;
            };
        }
    }

    /// What an index of these parameters gets, under the names of Milvus, checked before; empty where nothing is built.
    ///
    /// @param path of the place in a JSON field
    public static Optional<ScalarParameters> of(FieldType type, JsonPath path, Map<String, String> parameters) {
        var wanted = switch (parameters.getOrDefault("index_type", "AUTOINDEX").toUpperCase(Locale.ROOT)) {
            case "STL_SORT" -> Wanted.SORTED;
            case "TRIE", "INVERTED" -> Wanted.TERMS;
            case "BITMAP" -> Wanted.BITMAP;
            case "NGRAM" -> Wanted.GRAMS;
            case "RTREE" -> Wanted.BOXES;
            default -> Wanted.AUTO;
        };
        if (type instanceof FieldType.Geometry) wanted = Wanted.BOXES;
        if (type == Primitive.TIMESTAMPTZ) wanted = Wanted.SORTED;
        var place = Optional.<Place>empty();
        if (type instanceof FieldType.Json) {
            var cast = cast(parameters.getOrDefault("json_cast_type", ""));
            if (cast.isEmpty()) return Optional.empty();
            place = Optional.of(new Place(path, cast.get()));
        } else if (!isIndexed(type)) return Optional.empty();
        return Optional.of(new ScalarParameters(
                wanted,
                place,
                number(parameters, "min_gram", 2),
                number(parameters, "max_gram", 3),
                number(parameters, "bitmap_cardinality_limit", MOST_BITMAP_KEYS)));
    }

    private static boolean isIndexed(FieldType type) {
        return type instanceof Primitive
                || type instanceof FieldType.Geometry
                || type instanceof FieldType.Varchar
                || type instanceof FieldType.Array(var element, _) && isIndexed(element);
    }

    private static Optional<Cast> cast(String name) {
        for (var cast : Cast.values()) if (cast.name().equalsIgnoreCase(name)) return Optional.of(cast);
        return Optional.empty();
    }

    private static int number(Map<String, String> parameters, String key, int otherwise) {
        try {
            return Integer.parseInt(parameters.getOrDefault(key, "").strip());
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    /// What is in memory while it is built, about, for each row.
    public long buildBytesPerRow() {
        return wanted == Wanted.GRAMS ? 256 : 48;
    }
}
