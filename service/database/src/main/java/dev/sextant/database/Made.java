package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.database.embedding.Embedder;
import dev.sextant.database.embedding.Embedding;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.database.embedding.Http;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.text.Analyzer;
import dev.sextant.text.MinHash;
import dev.sextant.text.Terms;
import dev.sextant.text.TextField;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What functions make: columns of rows that are written, and the vectors that texts are searched by. What asks a model
/// waits for it: [#waits] tells beforehand. Any thread.
final class Made implements AutoCloseable {
    private final EmbeddingConfig config;
    private final Http http;

    Made(EmbeddingConfig config) {
        this.config = config;
        http = new Http(config.patience());
    }

    /// Whether making its fields may take a provider's time.
    static boolean waits(Schema schema) {
        return schema.functions().stream().anyMatch(function -> function.kind() == Function.Kind.TEXT_EMBEDDING);
    }

    /// Asks the model of a new function for one vector, so that what is wrong with them is said now.
    void probe(Function function, Field output) {
        embedder(function, output).embed(List.of("check"), Embedder.Purpose.STORE);
    }

    private Embedder embedder(Function function, Field output) {
        return Embedding.of(function.parameters(), ((FieldType.Vector) output.type()).dimension(), config, http);
    }

    @Override
    public void close() {
        http.close();
    }

    /// Adds the outputs of all functions whose inputs are there, but for those that were given.
    void into(Map<Integer, Column> columns, Schema schema) {
        for (var function : schema.functions()) {
            var input = schema.field(function.input()).orElseThrow();
            var output = schema.field(function.output()).orElseThrow();
            if (columns.containsKey(output.id())) continue;
            if (columns.get(input.id()) instanceof Column.Texts texts)
                columns.put(output.id(), made(function, input, texts, columns, schema));
            else refuseHalf(input, columns, schema);
        }
    }

    private Column made(
            Function function, Field input, Column.Texts texts, Map<Integer, Column> columns, Schema schema) {
        return switch (function.kind()) {
            case BM25 -> {
                var languages = TextField.languages(input);
                if (languages.isEmpty()) {
                    var analyzer = TextField.analyzer(input);
                    yield frequencies(texts, _ -> analyzer);
                }
                var byField = schema.field(languages.get().byField()).orElseThrow();
                if (!(columns.get(byField.id()) instanceof Column.Texts names)) throw half(input, byField);
                yield frequencies(
                        texts,
                        row -> languages
                                .get()
                                .named(names.isNull(row) ? "" : names.values().text(row)));
            }
            case TEXT_EMBEDDING -> {
                var output = schema.field(function.output()).orElseThrow();
                var all = IntStream.range(0, texts.rows())
                        .mapToObj(texts.values()::text)
                        .toList();
                yield vectors(function, output, all, Embedder.Purpose.STORE);
            }
            case MINHASH ->
                signatures(function, input, schema.field(function.output()).orElseThrow(), texts);
        };
    }

    /// A text that is null is an empty one.
    private static Column signatures(Function function, Field input, Field output, Column.Texts texts) {
        int dimension = ((FieldType.Vector) output.type()).dimension();
        var hash = MinHash.of(function.parameters(), dimension);
        var analyzer = TextField.analyzer(input);
        var bytes = new byte[Math.multiplyExact(texts.rows(), dimension / 8)];
        for (int row = 0; row < texts.rows(); row++)
            System.arraycopy(
                    hash.signature(
                            analyzer, texts.isNull(row) ? "" : texts.values().text(row)),
                    0,
                    bytes,
                    row * (dimension / 8),
                    dimension / 8);
        return new Column.Dense(VectorType.BINARY, dimension, MemorySegment.ofArray(bytes), Nulls.NONE);
    }

    private Column vectors(Function function, Field output, List<String> texts, Embedder.Purpose purpose) {
        var embedder = embedder(function, output);
        long most = (long) embedder.batch() * config.batchFactor();
        if (texts.size() > most)
            throw Scene.invalid(
                    output.name(),
                    (purpose == Embedder.Purpose.STORE ? "numRows [" : "nq [") + texts.size() + "] > function ["
                            + function.name() + "]'s max batch [" + most + "]");
        if (texts.stream().anyMatch(String::isEmpty))
            throw Scene.invalid(
                    output.name(),
                    "There is an empty string in the input data, TextEmbedding function does not support empty text");
        int dimension = ((FieldType.Vector) output.type()).dimension();
        var all = new float[Math.multiplyExact(texts.size(), dimension)];
        int at = 0;
        for (var vector : embedder.embed(texts, purpose)) {
            System.arraycopy(vector, 0, all, at, dimension);
            at += dimension;
        }
        return Column.Dense.of(dimension, all);
    }

    /// A partial update that says in which language a text is, but not the text, would leave its words as they were.
    private static void refuseHalf(Field input, Map<Integer, Column> columns, Schema schema) {
        TextField.languages(input)
                .flatMap(languages -> schema.field(languages.byField()))
                .filter(byField -> columns.containsKey(byField.id()))
                .ifPresent(byField -> {
                    throw half(byField, input);
                });
    }

    private static Refused half(Field given, Field missing) {
        return Scene.invalid(
                missing.name(),
                "field " + missing.name() + " must be given together with field " + given.name()
                        + ", whose words depend on it");
    }

    private interface Choice {
        Analyzer of(int row);
    }

    /// A text that is null has no words.
    private static Column frequencies(Column.Texts texts, Choice analyzer) {
        var rows = new Slices.Builder(texts.rows());
        for (int row = 0; row < texts.rows(); row++)
            rows.add(
                    texts.isNull(row)
                            ? new byte[0]
                            : Terms.frequencies(analyzer.of(row).tokens(texts.values(), row)));
        return new Column.Sparse(rows.build(), Nulls.NONE);
    }

    /// The same read, looking for vectors where it looked for texts.
    @SuppressWarnings("unchecked") // each case answers with what it was asked with; Java cannot refine R in a switch
    <R> Read<R> read(Read<R> read, Collection collection) {
        return (Read<R>)
                switch (read) {
                    case Read.Search search -> search.looking(near(search.near(), collection));
                    case Read.HybridSearch hybrid -> {
                        var parts = hybrid.parts().stream()
                                .map(part -> new Read.Part(near(part.near(), collection), part.filter(), part.limit()))
                                .toList();
                        yield hybrid.of(parts);
                    }
                    case Read.Explain explain -> new Read.Explain(read(explain.read(), collection), explain.analyze());
                    case Read.Query query -> query;
                    case Read.Count count -> count;
                };
    }

    /// Whether what a read looks for must be asked of a model.
    static boolean waits(Read<?> read, Collection collection) {
        if (!waits(collection.schema())) return false;
        return switch (read) {
            case Read.Search search -> search.near().target() instanceof Read.Target.Texts;
            case Read.HybridSearch hybrid ->
                hybrid.parts().stream().anyMatch(part -> part.near().target() instanceof Read.Target.Texts);
            case Read.Explain explain -> waits(explain.read(), collection);
            case Read.Query _, Read.Count _ -> false;
        };
    }

    private Read.Near near(Read.Near near, Collection collection) {
        var schema = collection.schema();
        var field = near.field().isEmpty() && schema.vectors().size() == 1
                ? Optional.of(schema.vectors().getFirst())
                : schema.field(near.field());
        var maker = field.flatMap(schema::maker);
        return switch (near.target()) {
            case Read.Target.Texts(var texts, var analyzer)
            when maker.isPresent() ->
                near.looking(new Read.Target.Vectors(queries(maker.get(), texts, analyzer, schema)));
            case Read.Target.Texts _ ->
                throw Scene.invalid(
                        "data",
                        "vector type must be the same, field " + near.field() + " - type "
                                + field.map(found -> FieldRules.word(found.type()))
                                        .orElse("None")
                                + ", search info type VarChar");
            case Read.Target.Vectors(var queries)
            when maker.isPresent() && maker.get().kind() == Function.Kind.BM25 ->
                throw Scene.invalid(
                        "data",
                        "please provide varchar/text for BM25 Function based search, got "
                                + (queries instanceof Column.Sparse ? "SparseFloatVector" : "FloatVector"));
            case Read.Target.Vectors _, Read.Target.Keys _ -> near;
        };
    }

    private Column queries(Function function, List<String> texts, String analyzer, Schema schema) {
        var input = schema.field(function.input()).orElseThrow();
        return switch (function.kind()) {
            case BM25 -> {
                var chosen = TextField.languages(input)
                        .map(languages -> languages.named(analyzer))
                        .orElseGet(() -> TextField.analyzer(input));
                yield frequencies(new Column.Texts(Slices.ofTexts(texts), Nulls.NONE), _ -> chosen);
            }
            case TEXT_EMBEDDING ->
                vectors(function, schema.field(function.output()).orElseThrow(), texts, Embedder.Purpose.SEARCH);
            case MINHASH ->
                signatures(
                        function,
                        input,
                        schema.field(function.output()).orElseThrow(),
                        new Column.Texts(Slices.ofTexts(texts), Nulls.NONE));
        };
    }
}
