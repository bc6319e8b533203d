package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.WordFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Analyzers of one field whose texts are of several languages: another field says by which a row is read. Immutable;
/// any thread.
public final class Languages {
    private static final String SUBJECT = "multi_analyzer_params";
    private static final String DEFAULT = "default";

    private static final Kept<Languages> MADE = new Kept<>();

    private final String byField;
    private final Map<String, Analyzer> analyzers;
    private final Map<String, String> alias;

    private Languages(String byField, Map<String, Analyzer> analyzers, Map<String, String> alias) {
        this.byField = byField;
        this.analyzers = Map.copyOf(analyzers);
        this.alias = Map.copyOf(alias);
    }

    /// As `multi_analyzer_params` describes them.
    public static Languages of(String parameters) {
        return of(parameters, List.of());
    }

    /// The same, where a description names files: these.
    public static Languages of(String parameters, List<WordFile> files) {
        return MADE.of(parameters, files, () -> made(Json.object(parameters, SUBJECT), WordFiles.among(files)));
    }

    /// The files that the descriptions name.
    static Set<WordFile.Source> sources(String parameters) {
        return Lines.sources(Json.object(parameters, SUBJECT));
    }

    private static Languages made(Json.Members given, WordFiles files) {
        var byField = Description.text(
                given.get("by_field")
                        .orElseThrow(() -> refused(
                                "multi analyzer params now must set by_field to specify with field decide analyzer")),
                "multi analyzer params: by_field should be string");
        if (!(given.get("analyzers").orElseThrow(() -> refused("multi analyzer params must set analyzers"))
                instanceof Json.Members named)) throw refused("multi analyzer params: analyzers should be dict");
        var analyzers = new HashMap<String, Analyzer>();
        named.members().forEach((name, description) -> {
            if (!(description instanceof Json.Members members))
                throw refused("multi analyzer params: analyzer " + name + " should be dict");
            analyzers.put(name, Description.analyzer(members, files));
        });
        if (!analyzers.containsKey(DEFAULT)) throw refused("multi analyzer must set default analyzer");
        var alias = new HashMap<String, String>();
        if (given.get("alias").isPresent()) {
            if (!(given.get("alias").get() instanceof Json.Members names))
                throw refused("multi analyzer params: alias should be dict");
            names.members()
                    .forEach((name, other) ->
                            alias.put(name, Description.text(other, "multi analyzer params: alias should be string")));
        }
        return new Languages(byField, analyzers, alias);
    }

    /// The field that says which analyzer reads a row.
    public String byField() {
        return byField;
    }

    /// The analyzer of a name or an alias, else the default one.
    public Analyzer named(String name) {
        var known = analyzers.get(alias.getOrDefault(name, name));
        return known == null ? analyzers.get(DEFAULT) : known;
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter(SUBJECT, detail));
    }
}
