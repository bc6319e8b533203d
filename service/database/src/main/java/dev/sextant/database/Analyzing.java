package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.model.Call;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.WordFile;
import dev.sextant.text.Analyzer;
import dev.sextant.text.Fragments;
import dev.sextant.text.Languages;
import dev.sextant.text.TextField;
import dev.sextant.text.TextMatch;
import dev.sextant.text.Token;
import dev.sextant.world.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Shows what analyzers do. What they do was described by a caller: never called on an event loop, and few texts at a
/// time, so that the others keep their share of the machine.
final class Analyzing {
    private final WordReading words;
    private final Clock clock;
    private final DatabaseConfig.Texts limits;
    private final Semaphore places =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    Analyzing(WordReading words, Clock clock, DatabaseConfig.Texts limits) {
        this.words = words;
        this.clock = clock;
        this.limits = limits;
    }

    List<Watch.Analyzed> words(Catalog catalog, Call call, Watch.Analyze asked) {
        var files = words.read(call, Analyzer.sources(asked.parameters()));
        return paced(call, pace -> words(catalog, call, asked, files, pace));
    }

    List<Watch.Fragments> fragments(Catalog catalog, Call call, Watch.Highlight asked) {
        return paced(call, pace -> fragments(catalog, call, asked, pace));
    }

    List<OptionalInt> slops(Call call, Watch.PhraseSlops asked) {
        var files = words.read(call, Analyzer.sources(asked.parameters()));
        return paced(call, pace -> slops(asked, files, pace));
    }

    private <R> R paced(Call call, Function<Pace, R> work) {
        var pace = new Pace(call, clock, limits);
        pace.enter(places);
        try {
            pace.check();
            return work.apply(pace);
        } finally {
            places.release();
        }
    }

    /// @param files that the parameters name
    private static List<Watch.Analyzed> words(
            Catalog catalog, Call call, Watch.Analyze asked, List<WordFile> files, Pace pace) {
        boolean named = !asked.collection().isEmpty() || !asked.field().isEmpty();
        if (named && !asked.parameters().isBlank())
            throw Scene.invalid(
                    "analyzer_params", "run analyzer can't use analyzer params and (collection,field) in same time");
        IntFunction<Analyzer> analyzers =
                named ? ofField(catalog, call, asked) : always(Analyzer.of(asked.parameters(), files));
        return IntStream.range(0, asked.texts().size())
                .mapToObj(i -> new Watch.Analyzed(tokens(
                                analyzers.apply(i), asked.texts().get(i), pace)
                        .stream()
                        .map(word -> new Watch.Word(
                                word.text(), word.start(), word.end(), word.position(), word.length(), word.term()))
                        .toList()))
                .toList();
    }

    private static List<Token> tokens(Analyzer analyzer, String text, Pace pace) {
        pace.check();
        var tokens = new ArrayList<Token>();
        analyzer.run(text, word -> {
            pace.accept(word);
            tokens.add(word);
        });
        return tokens;
    }

    private static IntFunction<Analyzer> always(Analyzer analyzer) {
        return _ -> analyzer;
    }

    private static IntFunction<Analyzer> ofField(Catalog catalog, Call call, Watch.Analyze asked) {
        var collection = Names.collection(catalog, call, asked.collection());
        if (!collection.load().wanted()) throw new Refused(new Refusal.NotLoaded(collection.name(), List.of()));
        var schema = collection.schema();
        var field = schema.field(asked.field())
                .orElseThrow(
                        () -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, asked.field(), collection.name())));
        if (schema.functions().stream().noneMatch(function -> function.inputs().contains(field.name()))
                && !TextRules.isAnalyzed(field))
            throw Scene.invalid("field_name", "run analyzer failed, field " + field.name() + " has no analyzer");
        return TextField.languages(field)
                .map(languages -> ofLanguages(languages, field, asked))
                .orElseGet(() -> always(TextField.analyzer(field)));
    }

    private static IntFunction<Analyzer> ofLanguages(Languages languages, Field field, Watch.Analyze asked) {
        var names = asked.analyzers();
        int texts = asked.texts().size();
        if (texts > 0 && names.isEmpty())
            throw Scene.invalid(
                    "analyzer_names", "analyzer names must be set for multi analyzer field " + field.name());
        if (names.size() > 1 && names.size() != texts)
            throw Scene.invalid(
                    "analyzer_names",
                    "the length of analyzer names must be 1 or equal to the number of texts, got " + names.size()
                            + " names and " + texts + " texts");
        return i -> languages.named(names.get(names.size() == 1 ? 0 : i));
    }

    private static List<Watch.Fragments> fragments(Catalog catalog, Call call, Watch.Highlight asked, Pace pace) {
        var collection = Names.collection(catalog, call, asked.collection());
        var field = collection
                .schema()
                .field(asked.field())
                .orElseThrow(
                        () -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, asked.field(), collection.name())));
        if (!TextRules.isAnalyzed(field))
            throw Scene.invalid("highlighter", "field " + field.name() + " must enable analyzer to be highlighted");
        var analyzer = TextField.languages(field)
                .map(languages -> languages.named(asked.analyzer()))
                .orElseGet(() -> TextField.analyzer(field));
        var fragments = fragments(asked.marks());
        var words = new HashMap<List<String>, Set<String>>(); // hits of one search share what was looked for
        var all = new ArrayList<Watch.Fragments>();
        for (var looked : asked.texts()) {
            pace.check();
            var known = words.computeIfAbsent(looked.queries(), queries -> words(analyzer, queries, pace));
            var pieces = fragments.of(analyzer, looked.text(), known);
            pieces.forEach(piece -> pace.take(piece.length()));
            all.add(new Watch.Fragments(pieces));
        }
        return all;
    }

    private static Set<String> words(Analyzer analyzer, List<String> queries, Pace pace) {
        var words = new HashSet<String>();
        for (var query : queries) tokens(analyzer, query, pace).forEach(word -> words.add(word.text()));
        return words;
    }

    private static Fragments fragments(Watch.Marks marks) {
        if (marks.size() < 1)
            throw Scene.invalid("fragment_size", "fragment_size must be positive, got " + marks.size());
        if (marks.most() < 0)
            throw Scene.invalid("num_of_fragments", "num_of_fragments must not be negative, got " + marks.most());
        if (marks.before() < 0)
            throw Scene.invalid("fragment_offset", "fragment_offset must not be negative, got " + marks.before());
        if (marks.pre().isEmpty() || marks.post().isEmpty())
            throw Scene.invalid("pre_tags", "pre_tags and post_tags must not be empty");
        return new Fragments(marks.size(), marks.most(), marks.before(), marks.pre(), marks.post());
    }

    private static List<OptionalInt> slops(Watch.PhraseSlops asked, List<WordFile> files, Pace pace) {
        var analyzer = Analyzer.of(asked.parameters(), files);
        var phrase = tokens(analyzer, asked.phrase(), pace);
        return asked.texts().stream()
                .map(text -> TextMatch.slop(phrase, tokens(analyzer, text, pace)))
                .toList();
    }
}
