package dev.sextant.text;

import dev.sextant.model.Field;
import dev.sextant.model.WordFile;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// How the text of a field becomes words, as the field's parameters say.
public final class TextField {
    public static final String ENABLE_ANALYZER = "enable_analyzer";
    public static final String ENABLE_MATCH = "enable_match";
    public static final String ANALYZER_PARAMS = "analyzer_params";
    public static final String MULTI_ANALYZER_PARAMS = "multi_analyzer_params";

    private TextField() {}

    public static boolean isAnalyzed(Field field) {
        return isTrue(field, ENABLE_ANALYZER);
    }

    /// Whether filters may ask for its words.
    public static boolean isMatched(Field field) {
        return isTrue(field, ENABLE_MATCH);
    }

    public static boolean has(Field field, String parameter) {
        return !field.parameters().getOrDefault(parameter, "").isBlank();
    }

    private static boolean isTrue(Field field, String parameter) {
        return Boolean.parseBoolean(
                field.parameters().getOrDefault(parameter, "false").strip());
    }

    /// The one analyzer of a field.
    public static Analyzer analyzer(Field field) {
        return Analyzer.of(field.parameters().getOrDefault(ANALYZER_PARAMS, ""), field.files());
    }

    /// Of a field whose texts are of several languages.
    public static Optional<Languages> languages(Field field) {
        return has(field, MULTI_ANALYZER_PARAMS)
                ? Optional.of(Languages.of(field.parameters().get(MULTI_ANALYZER_PARAMS), field.files()))
                : Optional.empty();
    }

    /// The files that its analyzers name.
    public static Set<WordFile.Source> sources(Field field) {
        var named = new LinkedHashSet<WordFile.Source>();
        if (has(field, ANALYZER_PARAMS))
            named.addAll(Analyzer.sources(field.parameters().get(ANALYZER_PARAMS)));
        if (has(field, MULTI_ANALYZER_PARAMS))
            named.addAll(Languages.sources(field.parameters().get(MULTI_ANALYZER_PARAMS)));
        return named;
    }
}
