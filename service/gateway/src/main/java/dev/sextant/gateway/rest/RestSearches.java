package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Collapses;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Fusions;
import dev.sextant.gateway.exchange.Highlights;
import dev.sextant.gateway.exchange.Orders;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Grouping;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Read.Target;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.SchemaInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Searches, `/entities/search` and `/entities/hybrid_search`.
final class RestSearches {
    private RestSearches() {}

    static void bind(Rest rest) {
        rest.on("entities/search", Asked.SEARCH, RestSearches::search)
                .on("entities/hybrid_search", Asked.SEARCH, RestSearches::hybrid)
                .on("entities/advanced_search", Asked.SEARCH, RestSearches::hybrid);
    }

    private static void search(Asking asking) {
        var body = asking.body();
        if (body.has("functionChains")) throw new Refused(new Refusal.Unsupported("functionChains over HTTP"));
        var exchange = RestEntities.within(asking).at(RestEntities.consistency(body));
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            var parameters = searchParameters(body.object("searchParams"));
            var clocks = RestEntities.clocks(body, parameters);
            var statement = statement(info, body, parameters);
            if (body.has("searchAggregation")) {
                refuseTogether(body, "searchAggregation", "functionScore", "highlighter");
                var level = RestBuckets.level(body.object("searchAggregation"));
                exchange.ask(
                        new Read.Bucketed(statement, level),
                        found -> new RestBuckets(
                                        asking, info.schema(), clocks.told(info.schema(), info.zone(), level, found))
                                .said());
            } else if (body.has("highlighter")) {
                refuseTogether(body, "highlighter", "functionScore");
                highlighted(asking, exchange, info, statement, parameters);
            } else if (body.has("functionScore"))
                exchange.ask(rescored(body, statement), hits -> hits(asking, info, clocks, hits, List.of()));
            else exchange.ask(statement, hits -> hits(asking, info, clocks, hits, List.of()));
        });
    }

    private static Read.Search statement(SchemaInfo info, Body body, Parameters parameters) {
        return new Read.Search(
                info.collection(),
                RestEntities.partitions(body),
                near(info.schema(), body, parameters),
                RestEntities.clocks(body, parameters).read(RestEntities.filter(body, "filter")),
                body.count("limit").orElse(RestEntities.USUAL_LIMIT),
                body.count("offset").orElse(0),
                body.texts("outputFields"),
                grouping(body),
                Optional.empty(),
                parameters.count("round_decimal").orElse(-1),
                parameters.truth("ignore_growing", false),
                Orders.of(body.texts("orderByFields"), "expected"));
    }

    /// What is not done to the hits of several lists is refused rather than left out.
    private static void refuse(Body body, String... names) {
        for (var name : names)
            if (body.has(name)) throw new Refused(new Refusal.Unsupported(name + " in a hybrid search"));
    }

    private static void refuseTogether(Body body, String one, String... others) {
        for (var other : others)
            if (body.has(other)) throw new Refused(new Refusal.Unsupported(one + " together with " + other));
    }

    /// A search whose hits are scored anew is a hybrid one of a single list.
    private static Read.HybridSearch rescored(Body body, Read.Search search) {
        if (!search.order().isEmpty()) refuseTogether(body, "functionScore", "orderByFields");
        var scoring = scoring(body.object("functionScore"));
        return new Read.HybridSearch(
                search.collection(),
                search.partitions(),
                List.of(new Read.Part(
                        search.near(),
                        search.filter(),
                        Math.clamp((long) search.limit() + search.offset(), 0, Integer.MAX_VALUE),
                        Optional.empty(),
                        scoring.others().isPresent() ? scoring.boosts() : Optional.empty(),
                        search.sealedOnly())),
                scoring.fusion(),
                search.limit(),
                search.offset(),
                search.outputs(),
                search.grouping(),
                search.roundDecimal());
    }

    /// `{"functions": [{"inputFieldNames": [], "params": {"reranker": …}}], "params": {}}`
    private static Fusions.Scoring scoring(Body score) {
        var rankers = score.objects("functions").stream()
                .map(function -> new Fusions.Ranker(function.texts("inputFieldNames"), function.map("params")))
                .toList();
        if (rankers.isEmpty())
            throw Trouble.missing("Key: 'FunctionScore.Functions': at least one function is required");
        return Fusions.of(rankers, score.map("params"));
    }

    /// `{"type": "Lexical", "params": {…}}`; the parameters may stand beside the type too.
    private static void highlighted(
            Asking asking, Exchange<Said> exchange, SchemaInfo info, Read.Search search, Parameters parameters) {
        var given = asking.body().object("highlighter");
        var type = given.map().getOrDefault("type", "Lexical");
        var all = new HashMap<>(given.map("params"));
        all.putAll(new Parameters(given.map()).without(Set.of("type", "params")).values());
        var named = new HashMap<>(parameters.values());
        named.put("anns_field", search.near().field());
        var highlights = Highlights.of(
                type.equalsIgnoreCase("Lexical") || type.equals("0"),
                new Parameters(all),
                new Parameters(named),
                search.near().target(),
                info.schema());
        exchange.then(
                search.returning(highlights.outputs(search.outputs())),
                hits -> highlights.then(
                        hits,
                        info.collection(),
                        exchange,
                        marked -> exchange.answer(hits(
                                asking,
                                info,
                                RestEntities.clocks(asking.body(), parameters),
                                Highlights.asked(hits, info.schema(), names(info, search.outputs())),
                                marked))));
    }

    private static List<String> names(SchemaInfo info, List<String> asked) {
        if (!asked.contains("*")) return asked;
        return info.schema().fields().stream().map(Field::name).toList();
    }

    /// `metricType` and whatever else, at the top or under `params`.
    private static Parameters searchParameters(Body given) {
        var all = new HashMap<>(given.map("params"));
        given.map().forEach((key, value) -> {
            if (!key.equals("params")) all.put(key, value);
        });
        if (all.containsKey("metricType")) all.putIfAbsent("metric_type", all.get("metricType"));
        return new Parameters(all);
    }

    private static final Set<String> OUR_OWN = Set.of(
            "metricType",
            "metric_type",
            "analyzer_name",
            "radius",
            "range_filter",
            "round_decimal",
            "ignore_growing",
            "timezone",
            "time_fields",
            "limit",
            "offset",
            "topk",
            "element_scope");

    private static Near near(Schema schema, Body body, Parameters parameters) {
        var field = annsField(schema, body);
        return near(field, target(schema, field, body), parameters);
    }

    static Near near(Field field, Target target, Parameters parameters) {
        return new Near(
                field.name(),
                target,
                Optional.of(parameters.text("metric_type", ""))
                        .filter(name -> !name.isEmpty())
                        .map(RestSearches::metric),
                parameters.without(OUR_OWN).values(),
                parameters.real("radius"),
                parameters.real("range_filter"));
    }

    private static Metric metric(String name) {
        return Metric.named(name)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "metricType", "metric type not match: invalid parameter[actual=" + name + "]")));
    }

    static Field annsField(Schema schema, Body body) {
        var name = body.text("annsField");
        var vectors = schema.vectors();
        if (name.isEmpty()) {
            if (vectors.size() == 1) return vectors.getFirst();
            throw new Refused(new Refusal.InvalidParameter(
                    "annsField", "multiple anns_fields exist, please specify a anns_field in search_params"));
        }
        return vectors.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, name, "")));
    }

    private static Target target(Schema schema, Field field, Body body) {
        if (body.has("ids")) return new Target.Keys(RestEntities.keys(schema, body, "ids"));
        if (!body.has("data"))
            throw Trouble.missing(
                    "Key: 'SearchReqV2.Data' Error:Field validation for 'Data' failed on the 'required' tag");
        if (isText(body) && !isBytes(field)) {
            var analyzer = body.object("searchParams").text("analyzer_name");
            return new Target.Texts(body.texts("data"), analyzer);
        }
        // In a field of arrays one vector finds elements, a list of vectors finds rows.
        var type = field.type().isVectors() && !isOfLists(body) ? field.type().vector() : field.type();
        var cells = CellsIn.of(field.name(), type);
        body.each("data", cells::read);
        if (cells.rows() == 0) throw Trouble.missing("Key: 'SearchReqV2.Data': at least one vector is required");
        return new Target.Vectors(cells.column());
    }

    /// Whether its vectors come as base64, as they are shown: unless they are made of texts, what is a string is one.
    private static boolean isBytes(Field field) {
        return field.type() instanceof FieldType.Vector(var type, _)
                && type != VectorType.FLOAT32
                && type != VectorType.SPARSE
                && !field.has(Field.Trait.FUNCTION_OUTPUT);
    }

    /// Texts instead of vectors: the first of them tells.
    private static boolean isText(Body body) {
        if (!body.isList("data")) return false;
        var first = new boolean[2];
        body.each("data", parser -> {
            if (!first[0]) first[1] = parser.currentToken() == JsonToken.VALUE_STRING;
            first[0] = true;
            parser.skipChildren();
        });
        return first[1];
    }

    /// Whether what is looked for are lists of vectors: the first of them tells.
    private static boolean isOfLists(Body body) {
        var found = new boolean[2];
        body.each("data", parser -> {
            boolean first = !found[0];
            found[0] = true;
            if (!first || parser.currentToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return;
            }
            var token = parser.nextToken();
            found[1] = token == JsonToken.START_ARRAY;
            for (int depth = 1; ; token = parser.nextToken()) {
                if (token.isStructStart()) depth++;
                else if (token.isStructEnd() && --depth == 0) return;
            }
        });
        return found[1];
    }

    private static Optional<Grouping> grouping(Body body) {
        var fields = body.texts("groupingField");
        if (fields.isEmpty()) return Optional.empty();
        return Optional.of(new Grouping(
                fields,
                body.count("groupSize").orElse(1),
                body.truth("strictGroupSize", false),
                Read.Combination.MAX,
                Optional.empty()));
    }

    private static void hybrid(Asking asking) {
        var body = asking.body();
        var exchange = RestEntities.within(asking).at(RestEntities.consistency(body));
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            refuse(body, "orderByFields", "highlighter", "functionChains", "searchAggregation");
            var clocks = RestEntities.clocks(body);
            var parts = body.objects("search").stream()
                    .map(each -> part(info, clocks, each))
                    .toList();
            if (parts.isEmpty()) throw Trouble.missing("Key: 'HybridSearchReq.Search' is required");
            var rerank = body.object("rerank");
            var fusion = body.has("functionScore")
                    ? scoring(body.object("functionScore")).ofParts()
                    : Fusions.of(rerank.text("strategy"), rerank.map("params"));
            exchange.ask(
                    new Read.HybridSearch(
                            info.collection(),
                            RestEntities.partitions(body),
                            parts,
                            fusion,
                            body.count("limit").orElse(RestEntities.USUAL_LIMIT),
                            body.count("offset").orElse(0),
                            body.texts("outputFields"),
                            grouping(body),
                            -1),
                    hits -> hits(asking, info, clocks, hits, List.of()));
        });
    }

    private static Read.Part part(SchemaInfo info, Clocks clocks, Body each) {
        refuse(each, "orderByFields", "highlighter", "functionChains", "searchAggregation");
        var scoring = each.has("functionScore")
                ? Optional.of(scoring(each.object("functionScore")))
                : Optional.<Fusions.Scoring>empty();
        if (scoring.flatMap(Fusions.Scoring::others).isPresent())
            throw new Refused(
                    new Refusal.Unsupported("a function that scores a part of a hybrid search, other than boost"));
        var parameters = new HashMap<>(each.map("params"));
        if (each.has("metricType")) parameters.put("metric_type", each.text("metricType"));
        return new Read.Part(
                near(info.schema(), each, new Parameters(parameters)),
                clocks.read(RestEntities.filter(each, "filter")),
                each.count("limit").orElse(RestEntities.USUAL_LIMIT),
                Collapses.of(new Parameters(parameters)),
                scoring.flatMap(Fusions.Scoring::boosts),
                new Parameters(parameters).truth("ignore_growing", false));
    }

    /// All hits in one list; `topks` tells where each query's begin.
    private static Said hits(Asking asking, SchemaInfo info, Clocks clocks, Hits hits, List<Highlights.Marked> marked) {
        var outputs = clocks.told(info.schema(), info.zone(), hits.outputs());
        var key = info.schema().primaryKey().name();
        return json -> {
            json.writeNumberField("cost", 0);
            json.writeArrayFieldStart("data");
            var out = new RowsOut(asking.textLongs());
            for (int row = 0; row < hits.total(); row++) {
                json.writeStartObject();
                hit(json, out, key, hits, outputs, row);
                if (!marked.isEmpty()) {
                    json.writeObjectFieldStart("highlight");
                    for (var field : marked) {
                        json.writeArrayFieldStart(field.field());
                        for (var piece : field.pieces().get(row).pieces()) json.writeString(piece);
                        json.writeEndArray();
                    }
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("topks");
            for (int count : hits.counts()) json.writeNumber(count);
            json.writeEndArray();
        };
    }

    /// How far it is, its key, and what was asked of it.
    static void hit(JsonGenerator json, RowsOut out, String key, Hits hits, Rows outputs, int row) throws IOException {
        json.writeNumberField("distance", hits.scores()[row]);
        if (hits.elements().isPresent())
            json.writeNumberField("offset", hits.elements().get()[row]);
        if (outputs.column(key).isEmpty()) {
            json.writeFieldName(key);
            out.cell(json, hits.keys(), row);
        }
        out.members(json, outputs, row);
    }
}
