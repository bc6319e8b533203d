package dev.sextant.text;

import dev.sextant.model.Slices;
import dev.sextant.model.WordFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Makes words of a text: a tokenizer and filters behind it. Made once from the JSON by which Milvus' users describe
/// it, and wrong descriptions are refused then. Immutable; any thread.
public final class Analyzer {
    private static final Kept<Analyzer> MADE = new Kept<>();

    private final Tokenizer tokenizer;
    private final List<Filter> filters;

    Analyzer(Tokenizer tokenizer, List<Filter> filters) {
        this.tokenizer = tokenizer;
        this.filters = List.copyOf(filters);
    }

    /// The analyzer that `parameters` describe; an empty text is the standard one.
    public static Analyzer of(String parameters) {
        return of(parameters, List.of());
    }

    /// The same, where the description names files: these.
    public static Analyzer of(String parameters, List<WordFile> files) {
        return MADE.of(parameters, files, () -> Description.analyzer(read(parameters), WordFiles.among(files)));
    }

    /// The files that a description names.
    public static Set<WordFile.Source> sources(String parameters) {
        return Lines.sources(read(parameters));
    }

    private static Json.Members read(String parameters) {
        return Json.object(parameters, "analyzer_params");
    }

    public List<Token> tokens(String text) {
        var tokens = new ArrayList<Token>();
        run(text, tokens::add);
        return tokens;
    }

    /// Of text `i` of a column.
    public List<Token> tokens(Slices texts, int i) {
        return tokens(texts.text(i));
    }

    /// Hands on one word after the other. Refuses when one text becomes too many.
    public void run(String text, Consumer<Token> words) {
        Consumer<Token> last = new Tally(words);
        for (var filter : filters.reversed()) last = new Tally(filter.before(last));
        tokenizer.run(text, last);
    }
}
