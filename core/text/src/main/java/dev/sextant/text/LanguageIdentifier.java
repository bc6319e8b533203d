package dev.sextant.text;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Chooses one of several analyzers by the language that a text is written in.
record LanguageIdentifier(Map<String, Analyzer> analyzers, Map<String, String> mapping) implements Tokenizer {
    private static final String DEFAULT = "default";

    static Tokenizer of(Json.Members parameters, WordFiles files) {
        parameters.get("identifier").ifPresent(LanguageIdentifier::checkIdentifier);
        if (!(parameters.get("analyzers").orElseThrow(() -> Description.refused("analyzers must be set"))
                instanceof Json.Members named)) throw Description.refused("analyzers must be dict");
        var analyzers = new HashMap<String, Analyzer>();
        named.members().forEach((name, description) -> {
            if (!(description instanceof Json.Members members))
                throw Description.refused("sub analyzer \"" + name + "\" params must be dict");
            analyzers.put(name, Description.analyzer(members, files));
        });
        if (!analyzers.containsKey(DEFAULT))
            throw Description.refused("default sub analyzer for language identifier analyzer must be set");
        return new LanguageIdentifier(Map.copyOf(analyzers), mapping(parameters));
    }

    private static void checkIdentifier(Json value) {
        switch (value) {
            case Json.Text(var name) -> checkName(name, "unknown identifier name: ");
            case Json.Members members -> {
                var type = Description.text(
                        members.get("type").orElseThrow(() -> Description.refused("identifier type must be set")),
                        "identifier type must be string");
                checkName(type, "unknown identifier type: ");
            }
            case Json.Items _, Json.Nothing _, Json.Real _, Json.Truth _, Json.Whole _ ->
                throw Description.refused("identifier params must be string or dict");
        }
    }

    private static void checkName(String name, String otherwise) {
        if (!name.equals("whatlang") && !name.equals("lingua")) throw Description.refused(otherwise + name);
    }

    private static Map<String, String> mapping(Json.Members parameters) {
        var mapping = new HashMap<String, String>();
        parameters.get("mapping").ifPresent(given -> {
            if (!(given instanceof Json.Members members)) throw Description.refused("mapping must be dict");
            members.members()
                    .forEach((language, analyzer) ->
                            mapping.put(language, Description.text(analyzer, "mapping must be from string to string")));
        });
        return Map.copyOf(mapping);
    }

    @Override
    public void run(String text, Consumer<Token> words) {
        var chosen = analyzers.get(DEFAULT);
        for (var name : Language.names(text)) {
            var analyzer = analyzers.get(mapping.getOrDefault(name, name));
            if (analyzer != null) {
                chosen = analyzer;
                break;
            }
        }
        chosen.run(text, words);
    }
}
