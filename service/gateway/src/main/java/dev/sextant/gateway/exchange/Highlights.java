package dev.sextant.gateway.exchange;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Function;
import dev.sextant.model.Hits;
import dev.sextant.model.Read.Target;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.Fragments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Consumer;

/// The words of a search, marked in the texts of its hits.
///
/// @param queries by field: what is looked for besides the text of the search
/// @param searched the field whose text was searched, or empty
public record Highlights(
        SequencedMap<String, List<String>> queries,
        String searched,
        List<String> texts,
        String analyzer,
        Watch.Marks marks) {
    /// @param given to the highlighter
    /// @param search the parameters of the search
    public static Highlights of(boolean lexical, Parameters given, Parameters search, Target target, Schema schema) {
        if (!lexical)
            throw new Refused(new Refusal.Unsupported(
                    "highlighting by meaning, which a model service of Zilliz Cloud does where there is one,"));
        var queries = queries(given.text("highlight_query", ""));
        var texts = List.<String>of();
        var searched = "";
        if (given.truth("highlight_search_text", false)) {
            var maker = schema.functions().stream()
                    .filter(function -> function.kind() == Function.Kind.BM25)
                    .filter(function -> function.output().equals(search.text("anns_field", function.output())))
                    .findFirst();
            if (maker.isEmpty() || !(target instanceof Target.Texts asked))
                throw new Refused(new Refusal.InvalidParameter(
                        "highlight_search_text", "highlight_search_text is only supported with BM25 metric type"));
            searched = maker.get().input();
            texts = asked.texts();
            queries.putIfAbsent(searched, new ArrayList<>());
        }
        if (queries.isEmpty())
            throw new Refused(new Refusal.InvalidParameter(
                    "highlighter", "highlighter needs highlight_search_text or highlight_query"));
        var usual = Watch.Marks.USUAL;
        var marks = new Watch.Marks(
                given.count("fragment_size").orElse(usual.size()),
                given.count("num_of_fragments").orElse(usual.most()),
                given.count("fragment_offset").orElse(usual.before()),
                given.has("pre_tags") ? tags(given.text("pre_tags", "")) : usual.pre(),
                given.has("post_tags") ? tags(given.text("post_tags", "")) : usual.post());
        return new Highlights(queries, searched, texts, search.text("analyzer_name", ""), marks);
    }

    /// `[{"type": "TextMatch", "field": "text", "text": "words"}]`
    private static SequencedMap<String, List<String>> queries(String json) {
        var queries = new LinkedHashMap<String, List<String>>();
        if (json.isBlank()) return queries;
        read(json, "highlight_query", parser -> {
            var field = "";
            var text = "";
            if (parser.currentToken() != JsonToken.START_OBJECT) throw notAList("highlight_query");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "field" -> field = parser.getText();
                    case "text" -> text = parser.getText();
                    default -> parser.skipChildren();
                }
            }
            if (field.isEmpty())
                throw new Refused(new Refusal.InvalidParameter("highlight_query", "highlight_query must name a field"));
            queries.computeIfAbsent(field, _ -> new ArrayList<>()).add(text);
        });
        return queries;
    }

    private static List<String> tags(String json) {
        var tags = new ArrayList<String>();
        read(json, "pre_tags and post_tags", parser -> tags.add(parser.getText()));
        return tags;
    }

    private interface Element {
        void read(JsonParser parser) throws IOException;
    }

    private static void read(String json, String subject, Element element) {
        try (var parser = JsonTexts.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) throw notAList(subject);
            while (parser.nextToken() != JsonToken.END_ARRAY) element.read(parser);
        } catch (IOException malformed) {
            throw notAList(subject);
        }
    }

    private static Refused notAList(String subject) {
        return new Refused(new Refusal.InvalidParameter(subject, subject + " must be a JSON list"));
    }

    /// The fields that the search must fetch besides those asked for.
    public List<String> outputs(List<String> asked) {
        SequencedSet<String> all = new LinkedHashSet<>(asked);
        all.addAll(queries.sequencedKeySet());
        return List.copyOf(all);
    }

    /// The hits with those fields only that were asked for.
    ///
    /// @param names with `*` spelled out
    public static Hits asked(Hits hits, Schema schema, List<String> names) {
        var rows = Rows.of(hits.outputs().count());
        hits.outputs().columns().forEach((name, column) -> {
            var field = schema.field(name);
            if (names.contains(name) || field.isEmpty() || field.get().has(dev.sextant.model.Field.Trait.DYNAMIC))
                rows.with(name, column);
        });
        return new Hits(
                hits.counts(),
                hits.keys(),
                hits.scores(),
                rows.build(),
                hits.groups(),
                hits.elements(),
                hits.complete(),
                hits.timestamp(),
                hits.scanned());
    }

    /// The pieces of a field, for each hit.
    public record Marked(String field, List<Fragments> pieces) {}

    /// Asks for the pieces of one field after the other.
    public void then(Hits hits, String collection, Exchange<?> exchange, Consumer<List<Marked>> next) {
        field(List.copyOf(queries.sequencedKeySet()), 0, hits, collection, exchange, new ArrayList<>(), next);
    }

    private void field(
            List<String> fields,
            int at,
            Hits hits,
            String collection,
            Exchange<?> exchange,
            List<Marked> done,
            Consumer<List<Marked>> next) {
        if (at == fields.size()) {
            next.accept(done);
            return;
        }
        var name = fields.get(at);
        var asked = new Watch.Highlight(collection, name, analyzer, looked(name, hits), marks);
        exchange.then(asked, pieces -> {
            done.add(new Marked(name, pieces));
            field(fields, at + 1, hits, collection, exchange, done, next);
        });
    }

    private List<Watch.Looked> looked(String field, Hits hits) {
        var looked = new ArrayList<Watch.Looked>();
        if (!(hits.outputs().column(field).orElse(null) instanceof Column.Texts column)) {
            for (int row = 0; row < hits.total(); row++) looked.add(new Watch.Looked("", List.of()));
            return looked;
        }
        int row = 0;
        for (int query = 0; query < hits.queries(); query++) {
            var words = new ArrayList<>(queries.get(field));
            if (field.equals(searched)) words.add(texts.get(query));
            for (int i = 0; i < hits.counts()[query]; i++, row++)
                looked.add(new Watch.Looked(
                        column.isNull(row) ? "" : column.values().text(row), words));
        }
        return looked;
    }
}
