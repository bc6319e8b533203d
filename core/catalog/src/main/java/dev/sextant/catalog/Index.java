package dev.sextant.catalog;

import java.util.Map;
import java.util.Optional;

/// A wish: keep a structure over this field. The structures themselves belong to segments and can be re-created.
///
/// @param field id of the field
/// @param parameters as the caller gave them: index_type, metric_type, M …
public record Index(long id, String name, int field, Map<String, String> parameters, long created) {
    public Index {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String key) {
        return Optional.ofNullable(parameters.get(key));
    }

    public String type() {
        return parameters.getOrDefault("index_type", "AUTOINDEX");
    }
}
