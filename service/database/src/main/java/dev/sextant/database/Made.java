package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Function;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.text.Analyzer;
import dev.sextant.text.TextField;
import dev.sextant.text.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What functions make: columns of rows that are written, and the vectors that texts are searched by.
final class Made {
    private Made() {}

    /// Adds the outputs of all functions whose inputs are there.
    static void into(Map<Integer, Column> columns, Schema schema) {
        for (var function : schema.functions()) {
            var input = schema.field(function.input()).orElseThrow();
            var output = schema.field(function.output()).orElseThrow();
            if (columns.get(input.id()) instanceof Column.Texts texts)
                columns.put(output.id(), made(function, input, texts, columns, schema));
            else refuseHalf(input, columns, schema);
        }
    }

    private static Column made(
            Function function, Field input, Column.Texts texts, Map<Integer, Column> columns, Schema schema) {
        return switch (function.kind()) {
            case BM25 -> {
                var languages = TextField.languages(input);
                if (languages.isEmpty()) {
                    var analyzer = TextField.analyzer(input);
                    yield frequencies(texts, _ -> analyzer);
                }
                var byField = schema.field(languages.get().byField()).orElseThrow();
                if (!(columns.get(byField.id()) instanceof Column.Texts names))
                    throw half(input, byField);
                yield frequencies(
                        texts,
                        row -> languages.get().named(names.isNull(row) ? "" : names.values().text(row)));
            }
            case TEXT_EMBEDDING, MINHASH -> throw FunctionRules.refused(
                    FunctionRules.word(function.kind()) + " functions are not supported");
        };
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
    static <R> Read<R> read(Read<R> read, Collection collection) {
        return (Read<R>)
                switch (read) {
                    case Read.Search search -> search.looking(near(search.near(), collection));
                    case Read.HybridSearch hybrid -> {
                        var parts = hybrid.parts().stream()
                                .map(part -> new Read.Part(near(part.near(), collection), part.filter(), part.limit()))
                                .toList();
                        yield hybrid.of(parts);
                    }
                    case Read.Explain explain ->
                        new Read.Explain(read(explain.read(), collection), explain.analyze());
                    case Read.Query query -> query;
                    case Read.Count count -> count;
                };
    }

    private static Read.Near near(Read.Near near, Collection collection) {
        var schema = collection.schema();
        var field = near.field().isEmpty() && schema.vectors().size() == 1
                ? Optional.of(schema.vectors().getFirst())
                : schema.field(near.field());
        var maker = field.flatMap(schema::maker);
        return switch (near.target()) {
            case Read.Target.Texts(var texts, var analyzer) when maker.isPresent() ->
                near.looking(
                        new Read.Target.Vectors(queries(maker.get(), texts, analyzer, schema)));
            case Read.Target.Texts _ ->
                throw Scene.invalid(
                        "data",
                        "vector type must be the same, field " + near.field() + " - type "
                                + field.map(found -> FieldRules.word(found.type())).orElse("None")
                                + ", search info type VarChar");
            case Read.Target.Vectors(var queries) when maker.isPresent()
                    && maker.get().kind() == Function.Kind.BM25 ->
                throw Scene.invalid(
                        "data",
                        "please provide varchar/text for BM25 Function based search, got "
                                + (queries instanceof Column.Sparse ? "SparseFloatVector" : "FloatVector"));
            case Read.Target.Vectors _, Read.Target.Keys _ -> near;
        };
    }

    private static Column queries(Function function, List<String> texts, String analyzer, Schema schema) {
        var input = schema.field(function.input()).orElseThrow();
        return switch (function.kind()) {
            case BM25 -> {
                var chosen = TextField.languages(input)
                        .map(languages -> languages.named(analyzer))
                        .orElseGet(() -> TextField.analyzer(input));
                yield frequencies(new Column.Texts(Slices.ofTexts(texts), Nulls.NONE), _ -> chosen);
            }
            case TEXT_EMBEDDING, MINHASH -> throw FunctionRules.refused(
                    FunctionRules.word(function.kind()) + " functions are not supported");
        };
    }
}
