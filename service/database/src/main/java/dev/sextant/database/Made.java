package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.database.embedding.Embedder;
import dev.sextant.database.embedding.Embedding;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.database.embedding.Http;
import dev.sextant.database.embedding.Patience;
import dev.sextant.database.embedding.Reranking;
import dev.sextant.engine.Completing;
import dev.sextant.model.Call;
import dev.sextant.model.Cancellation;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.text.Analyzer;
import dev.sextant.text.MinHash;
import dev.sextant.text.Terms;
import dev.sextant.text.TextField;
import dev.sextant.world.Clock;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What functions make: columns of rows that are written, and the vectors that texts are searched by. What asks a model
/// waits for it: [#waits] tells beforehand. Any thread.
final class Made implements AutoCloseable {
    /// So many calls may wait for models at a time.
    static final int MOST_ASKING = 64;

    private static final long RETRY_MILLIS = 1_000;

    private final EmbeddingConfig config;
    private final Http http;
    private final Clock clock;
    /// Who waits for a model holds its rows and its place among the calls: a slow one must not hold all of them.
    private final Semaphore asking = new Semaphore(MOST_ASKING);

    /// Who wants something made.
    ///
    /// @param imports of which there are few at a time, and which read their rows in pieces of their own
    private record Asker(Patience patience, boolean imports) {}

    Made(EmbeddingConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        http = new Http(config.patience());
    }

    /// Whether making its fields may take a provider's time.
    static boolean waits(Schema schema) {
        var functions = schema.functions();
        for (int i = 0; i < functions.size(); i++)
            if (functions.get(i).kind() == Function.Kind.TEXT_EMBEDDING) return true;
        return false;
    }

    /// Asks the model of a new function for one vector, so that what is wrong with them is said now.
    void probe(Call call, Function function, Field output) {
        embed(function, output, List.of("check"), Embedder.Purpose.STORE, asker(call));
    }

    private Asker asker(Call call) {
        return new Asker(Patience.of(call, clock), false);
    }

    private List<float[]> embed(
            Function function, Field output, List<String> texts, Embedder.Purpose purpose, Asker asker) {
        var embedder = Embedding.of(
                function.parameters(), ((FieldType.Vector) output.type()).dimension(), config, http, asker.patience());
        long most = (long) embedder.batch() * config.batchFactor();
        if (!asker.imports() && texts.size() > most)
            throw Scene.invalid(
                    output.name(),
                    (purpose == Embedder.Purpose.STORE ? "numRows [" : "nq [") + texts.size() + "] > function ["
                            + function.name() + "]'s max batch [" + most + "]");
        if (texts.stream().anyMatch(String::isEmpty))
            throw Scene.invalid(
                    output.name(),
                    "There is an empty string in the input data, TextEmbedding function does not support empty text");
        if (asker.imports()) return embedder.embed(texts, purpose);
        if (!asking.tryAcquire()) throw new Refused(new Refusal.Busy("the asking of models", RETRY_MILLIS));
        try {
            return embedder.embed(texts, purpose);
        } finally {
            asking.release();
        }
    }

    /// How well texts answer questions, as a model says. Waits for it.
    List<double[]> judge(Call call, Map<String, String> parameters, List<String> queries, List<List<String>> texts) {
        var judge = Reranking.of(parameters, config, http, Patience.of(call, clock));
        if (!asking.tryAcquire()) throw new Refused(new Refusal.Busy("the asking of models", RETRY_MILLIS));
        try {
            return judge.judge(queries, texts);
        } finally {
            asking.release();
        }
    }

    /// Refuses parameters of a model that could not be asked to judge texts.
    void checkJudge(Map<String, String> parameters) {
        Reranking.of(parameters, config, http, new Patience(clock, Call.NO_DEADLINE, new Cancellation()));
    }

    @Override
    public void close() {
        http.close();
    }

    /// Adds the outputs of all functions whose inputs are there, but for those that were given.
    void into(Map<Integer, Column> columns, Schema schema, Call call) {
        into(columns, schema, asker(call));
    }

    /// The same for rows of a file, however many, until `cancellation`.
    void into(Map<Integer, Column> columns, Schema schema, Cancellation cancellation) {
        into(columns, schema, new Asker(new Patience(clock, Call.NO_DEADLINE, cancellation), true));
    }

    private void into(Map<Integer, Column> columns, Schema schema, Asker asker) {
        for (var function : schema.functions()) {
            var input = schema.field(function.input()).orElseThrow();
            var output = schema.field(function.output()).orElseThrow();
            if (columns.containsKey(output.id())) continue;
            if (columns.get(input.id()) instanceof Column.Texts texts)
                columns.put(output.id(), made(function, input, texts, columns, schema, asker));
            else refuseHalf(input, columns, schema);
        }
    }

    private Column made(
            Function function,
            Field input,
            Column.Texts texts,
            Map<Integer, Column> columns,
            Schema schema,
            Asker asker) {
        return switch (function.kind()) {
            case BM25 -> words(input, texts, schema, columns::get);
            case TEXT_EMBEDDING -> {
                var output = schema.field(function.output()).orElseThrow();
                var all = IntStream.range(0, texts.rows())
                        .mapToObj(texts.values()::text)
                        .toList();
                yield vectors(function, output, all, Embedder.Purpose.STORE, asker);
            }
            case MINHASH ->
                signatures(function, input, schema.field(function.output()).orElseThrow(), texts);
        };
    }

    private static Column words(Field input, Column.Texts texts, Schema schema, IntFunction<Column> columns) {
        var languages = TextField.languages(input);
        if (languages.isEmpty()) {
            var analyzer = TextField.analyzer(input);
            return frequencies(texts, _ -> analyzer);
        }
        var byField = schema.field(languages.get().byField()).orElseThrow();
        if (!(columns.apply(byField.id()) instanceof Column.Texts names)) throw half(input, byField);
        return frequencies(
                texts,
                row -> languages
                        .get()
                        .named(names.isNull(row) ? "" : names.values().text(row)));
    }

    /// Makes fields of rows that were there before their function: what asks no model, and so is the same each time.
    static final Completing LATE = new Completing() {
        @Override
        public boolean makes(Schema schema, Field field) {
            return schema.maker(field)
                    .filter(function -> function.kind() != Function.Kind.TEXT_EMBEDDING)
                    .isPresent();
        }

        @Override
        public Column make(Schema schema, Field field, IntFunction<Column> inputs) {
            var function = schema.maker(field).orElseThrow();
            var input = schema.field(function.input()).orElseThrow();
            var texts = (Column.Texts) inputs.apply(input.id());
            return switch (function.kind()) {
                case BM25 -> words(input, texts, schema, inputs);
                case MINHASH -> signatures(function, input, field, texts);
                case TEXT_EMBEDDING -> throw new IllegalStateException("a model is asked when a row comes, not later");
            };
        }
    };

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

    private Column vectors(Function function, Field output, List<String> texts, Embedder.Purpose purpose, Asker asker) {
        int dimension = ((FieldType.Vector) output.type()).dimension();
        var all = new float[Math.multiplyExact(texts.size(), dimension)];
        int at = 0;
        for (var vector : embed(function, output, texts, purpose, asker)) {
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
    <R> Read<R> read(Call call, Read<R> read, Collection collection) {
        return (Read<R>)
                switch (read) {
                    case Read.Search search -> search.looking(near(call, search.near(), collection));
                    case Read.HybridSearch hybrid -> {
                        var parts = hybrid.parts().stream()
                                .map(part -> part.looking(near(call, part.near(), collection)))
                                .toList();
                        yield hybrid.of(parts);
                    }
                    case Read.Explain explain ->
                        new Read.Explain(read(call, explain.read(), collection), explain.analyze());
                    case Read.Bucketed bucketed ->
                        new Read.Bucketed(
                                bucketed.search()
                                        .looking(near(call, bucketed.search().near(), collection)),
                                bucketed.level());
                    case Read.Query query -> query;
                    case Read.Aggregate aggregate -> aggregate;
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
            case Read.Bucketed bucketed -> waits(bucketed.search(), collection);
            case Read.Query _, Read.Aggregate _, Read.Count _ -> false;
        };
    }

    private Read.Near near(Call call, Read.Near near, Collection collection) {
        var schema = collection.schema();
        var field = near.field().isEmpty() && schema.vectors().size() == 1
                ? Optional.of(schema.vectors().getFirst())
                : schema.field(near.field());
        var maker = field.flatMap(schema::maker);
        return switch (near.target()) {
            case Read.Target.Texts(var texts, var analyzer)
            when maker.isPresent() ->
                near.looking(new Read.Target.Vectors(queries(call, maker.get(), texts, analyzer, schema)));
            case Read.Target.Texts _ ->
                throw Scene.invalid(
                        "data",
                        "vector type must be the same, field " + near.field() + " - type "
                                + field.map(found -> found.type().word()).orElse("None")
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

    private Column queries(Call call, Function function, List<String> texts, String analyzer, Schema schema) {
        var input = schema.field(function.input()).orElseThrow();
        return switch (function.kind()) {
            case BM25 -> {
                var chosen = TextField.languages(input)
                        .map(languages -> languages.named(analyzer))
                        .orElseGet(() -> TextField.analyzer(input));
                yield frequencies(new Column.Texts(Slices.ofTexts(texts), Nulls.NONE), _ -> chosen);
            }
            case TEXT_EMBEDDING ->
                vectors(
                        function,
                        schema.field(function.output()).orElseThrow(),
                        texts,
                        Embedder.Purpose.SEARCH,
                        asker(call));
            case MINHASH ->
                signatures(
                        function,
                        input,
                        schema.field(function.output()).orElseThrow(),
                        new Column.Texts(Slices.ofTexts(texts), Nulls.NONE));
        };
    }
}
