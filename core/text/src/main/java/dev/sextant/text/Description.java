package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Reads the description of an analyzer: `{"type": …}` names one that exists, `{"tokenizer": …, "filter": […]}` puts
/// one together. Texts of refusals are those that Milvus' clients know.
final class Description {
    private static final int MOST_FILTERS = 64;

    private Description() {}

    static Analyzer analyzer(Json.Members parameters, WordFiles files) {
        if (parameters.members().isEmpty()) return Known.standard(List.of());
        var type = parameters.get("type");
        if (type.isPresent()) return known(text(type.get(), "analyzer type should be string"), parameters);
        var tokenizer = parameters.get("tokenizer").orElseThrow(() -> refused("tokenizer name or type must be set"));
        var made = switch (tokenizer) {
            case Json.Text(var name) -> Tokenizers.of(name, new Json.Members(new LinkedHashMap<>()), files);
            case Json.Members members -> Tokenizers.of(typeOf(members), members, files);
            case Json.Items _, Json.Nothing _, Json.Real _, Json.Truth _, Json.Whole _ ->
                throw refused("tokenizer name should be string or dict");
        };
        return new Analyzer(made, filters(parameters, files));
    }

    private static String typeOf(Json.Members tokenizer) {
        return text(
                tokenizer.get("type").orElseThrow(() -> refused("costum tokenizer must set type")),
                "tokenizer type should be string");
    }

    private static Analyzer known(String type, Json.Members parameters) {
        for (var key : parameters.members().keySet())
            if (!key.equals("type") && !key.equals("stop_words")) throw unknownKey(key);
        var stopWords = parameters
                .get("stop_words")
                .map(words -> StopWords.of(words, "filter stop_words"))
                .orElse(List.of());
        return Known.of(type, stopWords);
    }

    private static List<Filter> filters(Json.Members parameters, WordFiles files) {
        for (var key : parameters.members().keySet())
            if (!key.equals("tokenizer") && !key.equals("filter")) throw unknownKey(key);
        var filters = new ArrayList<Filter>();
        var given = items(parameters.get("filter"), "filter params should be array");
        if (given.size() > MOST_FILTERS)
            throw new Refused(new Refusal.LimitExceeded("filters of one analyzer", given.size(), MOST_FILTERS, ""));
        for (var filter : given)
            filters.add(
                    switch (filter) {
                        case Json.Text(var name) -> Filters.named(name);
                        case Json.Members members -> Filters.of(members, files);
                        case Json.Items _, Json.Nothing _, Json.Real _, Json.Truth _, Json.Whole _ ->
                            throw refused("filter should be string or dict");
                    });
        return filters;
    }

    private static Refused unknownKey(String key) {
        return refused("unknown analyzer option key: " + key);
    }

    static List<Json> items(Optional<Json> value, String otherwise) {
        return value.map(given -> switch (given) {
                    case Json.Items(var items) -> items;
                    case Json.Members _, Json.Nothing _, Json.Real _, Json.Text _, Json.Truth _, Json.Whole _ ->
                        throw refused(otherwise);
                })
                .orElse(List.of());
    }

    static List<String> texts(Json value, String subject) {
        return items(Optional.of(value), subject + " should be array").stream()
                .map(item -> text(item, subject + " item should be string"))
                .toList();
    }

    static String text(Json value, String otherwise) {
        if (value instanceof Json.Text(var text)) return text;
        throw refused(otherwise);
    }

    static boolean truth(Optional<Json> value, boolean otherwise, String refusal) {
        if (value.isEmpty()) return otherwise;
        if (value.get() instanceof Json.Truth(var truth)) return truth;
        throw refused(refusal);
    }

    static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("analyzer_params", detail));
    }
}
