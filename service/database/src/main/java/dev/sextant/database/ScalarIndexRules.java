package dev.sextant.database;

import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidIndex.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Struct;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What an index over anything but vectors may be asked for. What is built for it is decided by
/// [dev.sextant.index.scalar.ScalarParameters].
final class ScalarIndexRules {
    private static final Set<String> TYPES = Set.of("INVERTED", "BITMAP", "STL_SORT", "TRIE", "NGRAM", "RTREE");
    private static final Set<String> CASTS =
            Set.of("BOOL", "DOUBLE", "VARCHAR", "ARRAY_BOOL", "ARRAY_DOUBLE", "ARRAY_VARCHAR", "JSON");

    private ScalarIndexRules() {}

    static boolean knows(String index) {
        return TYPES.contains(index.toUpperCase(Locale.ROOT));
    }

    static Map<String, String> checked(Field field, Map<String, String> given) {
        var asked = given.getOrDefault(IndexRules.TYPE, "");
        var type = asked.isEmpty() ? IndexRules.AUTO : asked.toUpperCase(Locale.ROOT);
        if (type.equals("RTREE") && !(field.type() instanceof FieldType.Geometry))
            throw refused(field, "RTREE index can only be built on geometry field");
        if (field.type() instanceof FieldType.Text) throw refused(field, "index is not supported on Text field");
        if (!type.equals(IndexRules.AUTO) && !TYPES.contains(type)) throw unknown(field, asked);
        if (field.type() instanceof FieldType.Json) checkJson(field, type, given);
        else if (isOfItsOwn(field.type())) checkOwn(field, type);
        else checkType(field, type);
        if (type.equals("NGRAM")) checkGrams(field, given);
        if (type.equals("BITMAP"))
            new Parameter.Whole("bitmap_cardinality_limit", 1, 1000).check(field.name(), given, 0);
        var kept = new HashMap<>(given);
        if (asked.isEmpty()) kept.put(IndexRules.TYPE, IndexRules.AUTO);
        return kept;
    }

    private static Refused unknown(Field field, String asked) {
        var vectorOnly = asked.startsWith("IVF")
                || asked.startsWith("HNSW")
                || asked.startsWith("SPARSE")
                || asked.startsWith("BIN_")
                || asked.equals("FLAT")
                || asked.equals("DISKANN")
                || asked.equals("SCANN");
        return vectorOnly
                ? Indexes.refused(
                        field.name(),
                        Rule.FIELD_TYPE,
                        "data type " + field.type().word() + " can't build with this index " + asked)
                : Indexes.refused(field.name(), Rule.UNKNOWN_TYPE, "invalid index type: " + asked);
    }

    /// Moments are sorted, geometries lie in a tree, and nothing else serves them.
    private static boolean isOfItsOwn(FieldType type) {
        return type == Primitive.TIMESTAMPTZ || type instanceof FieldType.Geometry;
    }

    private static void checkOwn(Field field, String index) {
        var own = field.type() == Primitive.TIMESTAMPTZ ? "STL_SORT" : "RTREE";
        if (!index.equals(own) && !index.equals(IndexRules.AUTO))
            throw refused(field, index + " are not supported on " + field.type().word() + " field");
    }

    private static void checkType(Field field, String index) {
        var type = field.type();
        var element = type instanceof FieldType.Array(var inner, _) ? inner : type;
        var array = type instanceof FieldType.Array;
        switch (index) {
            case "BITMAP" -> {
                if (field.has(Trait.PRIMARY_KEY))
                    throw refused(field, "create bitmap index on primary key not supported");
                if (element instanceof Primitive primitive && primitive.isFloating())
                    throw refused(field, "bitmap index are only supported on bool, int, string field");
            }
            case "STL_SORT" -> {
                if (array && !Struct.isPart(field.name()) || element == Primitive.BOOL)
                    throw refused(field, "STL_SORT are only supported on numeric or varchar field");
            }
            case "TRIE" -> {
                if (!(type instanceof FieldType.Varchar))
                    throw refused(field, "TRIE are only supported on varchar field");
            }
            case "NGRAM" -> {
                if (!(type instanceof FieldType.Varchar))
                    throw refused(field, "Ngram index can only be created on VARCHAR or JSON field");
            }
            default -> {} // INVERTED and AUTOINDEX take every scalar
        }
    }

    private static void checkJson(Field field, String index, Map<String, String> given) {
        var cast = given.getOrDefault("json_cast_type", "").toUpperCase(Locale.ROOT);
        if (cast.isEmpty())
            throw new Refused(new Refusal.Missing("json_cast_type", "json index must specify cast type"));
        if (!CASTS.contains(cast))
            throw refused(field, "index type: " + index + " does not support json_cast_type: " + cast);
        var fits = switch (index) {
            case "BITMAP" -> cast.equals("BOOL") || cast.equals("VARCHAR");
            case "STL_SORT" -> cast.equals("DOUBLE") || cast.equals("VARCHAR");
            case "NGRAM" -> cast.equals("VARCHAR");
            case "TRIE" -> false;
            default -> true;
        };
        if (!fits) throw refused(field, index + " are not supported on JSON field with cast type " + cast);
        var function = given.getOrDefault("json_cast_function", "");
        if (!function.isEmpty() && !(function.equalsIgnoreCase("STRING_TO_DOUBLE") && cast.equals("DOUBLE")))
            throw refused(field, "json_cast_function: " + function + " is not supported for json_cast_type: " + cast);
        var path = given.getOrDefault("json_path", "");
        if (JsonPath.parse(path, field.name(), field.has(Trait.DYNAMIC)).isEmpty())
            throw Indexes.refused(field.name(), Rule.PARAMETER, "cannot parse identifier: " + path);
    }

    private static void checkGrams(Field field, Map<String, String> given) {
        if (!given.containsKey("min_gram") || !given.containsKey("max_gram"))
            throw parameter(field, "Ngram index must specify both min_gram and max_gram");
        int least = gram(field, "min_gram", given.get("min_gram"));
        int most = gram(field, "max_gram", given.get("max_gram"));
        if (least < 1 || most < 1 || least > most)
            throw parameter(
                    field,
                    "invalid min_gram or max_gram value for Ngram index, min_gram: " + least + ", max_gram: " + most);
    }

    private static int gram(Field field, String key, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException _) {
            throw parameter(field, key + " for Ngram index must be an integer, got: " + text);
        }
    }

    private static Refused refused(Field field, String detail) {
        return Indexes.refused(field.name(), Rule.FIELD_TYPE, detail);
    }

    private static Refused parameter(Field field, String detail) {
        return Indexes.refused(field.name(), Rule.PARAMETER, detail);
    }
}
