package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import java.util.Optional;
import java.util.OptionalInt;

/// When rows of a collection go by themselves.
///
/// @param ttlMillis after they were written; 0 means never
/// @param field whose moment is their last, if they have one
record Expiry(long ttlMillis, OptionalInt field) {
    static final String TTL_SECONDS = "collection.ttl.seconds";
    static final String TTL_FIELD = "ttl_field";

    static final Expiry NEVER = new Expiry(0, OptionalInt.empty());

    static Expiry of(Collection collection) {
        var properties = collection.properties();
        if (!properties.containsKey(TTL_FIELD) && !properties.containsKey(TTL_SECONDS)) return NEVER;
        var field = Optional.ofNullable(collection.properties().get(TTL_FIELD))
                .flatMap(collection.schema()::field)
                .filter(found -> found.type() == FieldType.Primitive.TIMESTAMPTZ)
                .map(Field::id);
        return new Expiry(1000 * seconds(collection), field.map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    private static long seconds(Collection collection) {
        try {
            return Math.max(
                    0,
                    Long.parseLong(collection
                            .properties()
                            .getOrDefault(TTL_SECONDS, "0")
                            .strip()));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
