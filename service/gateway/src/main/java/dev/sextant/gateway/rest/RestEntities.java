package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Collapses;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Fusions;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.language.Filters;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Field;
import dev.sextant.model.Filter;
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
import dev.sextant.model.Value;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.SchemaInfo;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// `/entities/…`
final class RestEntities {
    private static final int USUAL_LIMIT = 100;

    private RestEntities() {}

    static void bind(Rest rest) {
        rest.on("entities/insert", RestEntities::insert)
                .on("entities/upsert", RestEntities::upsert)
                .on("entities/delete", Asked.DELETE, RestEntities::delete)
                .on("entities/query", Asked.SEARCH, RestEntities::query)
                .on("entities/get", Asked.SEARCH, RestEntities::get)
                .on("entities/search", Asked.SEARCH, RestEntities::search)
                .on("entities/hybrid_search", Asked.SEARCH, RestEntities::hybrid)
                .on("entities/advanced_search", Asked.SEARCH, RestEntities::hybrid);
    }

    private static Optional<String> partition(Body body) {
        return Optional.of(body.text("partitionName")).filter(name -> !name.isEmpty());
    }

    private static void insert(Asking asking) {
        var collection = RestCollections.name(asking);
        var exchange = asking.exchange();
        exchange.then(
                new Watch.DescribeSchema(collection),
                info -> exchange.ask(
                        new Write.Insert(
                                collection,
                                partition(asking.body()),
                                RowsIn.of(info.schema(), asking.body(), "data"),
                                OptionalLong.empty()),
                        written -> written(asking, "insertCount", written.inserted(), "insertIds", written)));
    }

    private static void upsert(Asking asking) {
        var collection = RestCollections.name(asking);
        var exchange = asking.exchange();
        for (var op : asking.body().objects("fieldOps"))
            if (!op.text("op").equalsIgnoreCase("REPLACE"))
                throw new Refused(new Refusal.Unsupported("the field operation " + op.text("op")));
        exchange.then(
                new Watch.DescribeSchema(collection),
                info -> exchange.ask(
                        new Write.Upsert(
                                collection,
                                partition(asking.body()),
                                RowsIn.of(info.schema(), asking.body(), "data"),
                                asking.body().truth("partialUpdate", false),
                                OptionalLong.empty()),
                        written -> written(asking, "upsertCount", written.upserted(), "upsertIds", written)));
    }

    private static Said written(Asking asking, String countName, long count, String idsName, Written written) {
        return json -> {
            json.writeNumberField("cost", 0);
            json.writeObjectFieldStart("data");
            json.writeNumberField(countName, count);
            json.writeArrayFieldStart(idsName);
            var out = new RowsOut(asking.textLongs());
            for (int row = 0; row < written.keys().rows(); row++) out.cell(json, written.keys(), row);
            json.writeEndArray();
            json.writeEndObject();
        };
    }

    private static void delete(Asking asking) {
        var collection = RestCollections.name(asking);
        var filter = filter(asking.body(), "filter")
                .orElseThrow(() -> Trouble.missing(
                        "Key: 'CollectionFilterReq.Filter' Error:Field validation for 'Filter' failed on the"
                                + " 'required' tag"));
        asking.exchange().ask(new Write.Delete(collection, partition(asking.body()), filter), written -> json -> {
            json.writeNumberField("cost", 0);
            json.writeObjectFieldStart("data");
            json.writeNumberField("deleteCount", written.deleted());
            json.writeEndObject();
        });
    }

    private static Optional<Filter> filter(Body body, String name) {
        var text = body.text(name);
        return text.isBlank() ? Optional.empty() : Optional.of(Filters.filter(text, body.values("exprParams")));
    }

    private static Consistency consistency(Body body) {
        var name = body.text("consistencyLevel");
        if (name.isEmpty()) return Consistency.DEFAULT;
        return switch (Freshness.level(name)) {
            case STRONG -> Consistency.STRONG;
            case SESSION, CUSTOMIZED -> Consistency.DEFAULT;
            case BOUNDED -> new Consistency.Bounded();
            case EVENTUALLY -> new Consistency.Eventually();
        };
    }

    private static List<String> outputs(Body body) {
        return body.has("outputFields") ? body.texts("outputFields") : List.of("*");
    }

    private static List<String> partitions(Body body) {
        return body.has("partitionNames") ? body.texts("partitionNames") : body.texts("partitionName");
    }

    private static void query(Asking asking) {
        var body = asking.body();
        var collection = RestCollections.name(asking);
        var exchange = asking.exchange().at(consistency(body));
        var outputs = outputs(body);
        if (outputs.size() == 1 && outputs.getFirst().replace(" ", "").equalsIgnoreCase("count(*)")) {
            exchange.ask(
                    new Read.Count(collection, partitions(body), filter(body, "filter"), false), counted -> json -> {
                        json.writeNumberField("cost", 0);
                        json.writeArrayFieldStart("data");
                        json.writeStartObject();
                        json.writeNumberField("count(*)", counted.rows());
                        json.writeEndObject();
                        json.writeEndArray();
                    });
            return;
        }
        var clocks = clocks(body);
        exchange.then(
                new Watch.DescribeSchema(collection),
                info -> exchange.ask(
                        new Read.Query(
                                collection,
                                partitions(body),
                                clocks.read(filter(body, "filter")),
                                outputs,
                                OptionalInt.of(body.count("limit").orElse(USUAL_LIMIT)),
                                body.count("offset").orElse(0),
                                false),
                        records -> rows(asking, clocks.told(info.schema(), info.zone(), records.rows()))));
    }

    /// At the top, as everything else, or among the parameters of a search.
    private static Clocks clocks(Body body, Parameters parameters) {
        var hands = body.isList("timeFields")
                ? String.join(",", body.texts("timeFields"))
                : parameters.text("time_fields", body.text("timeFields"));
        return Clocks.of(parameters.text("timezone", body.text("timezone")), hands);
    }

    private static Clocks clocks(Body body) {
        return clocks(body, new Parameters(Map.of()));
    }

    private static Said rows(Asking asking, Rows rows) {
        return json -> {
            json.writeNumberField("cost", 0);
            json.writeArrayFieldStart("data");
            var out = new RowsOut(asking.textLongs());
            for (int row = 0; row < rows.count(); row++) {
                json.writeStartObject();
                out.members(json, rows, row);
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    private static void get(Asking asking) {
        var body = asking.body();
        var exchange = asking.exchange().at(consistency(body));
        if (!body.has("id"))
            throw Trouble.missing(
                    "Key: 'CollectionIDReq.ID' Error:Field validation for 'ID' failed on the 'required' tag");
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            var key = info.schema().primaryKey().name();
            // The keys travel beside the text: nothing in them can become part of it.
            var filter = Filters.filter(key + " in {keys}", Map.of("keys", items(keys(info.schema(), body, "id"))));
            exchange.ask(
                    new Read.Query(
                            info.collection(),
                            partitions(body),
                            Optional.of(filter),
                            outputs(body),
                            OptionalInt.empty(),
                            0,
                            false),
                    records -> rows(asking, clocks(body).told(info.schema(), info.zone(), records.rows())));
        });
    }

    private static Column keys(Schema schema, Body body, String name) {
        var key = schema.primaryKey();
        var cells = CellsIn.of(key.name(), key.type());
        if (body.isList(name)) body.each(name, cells::read);
        else {
            var one = body.scalar(name).orElseThrow(() -> Trouble.missing("Key: '" + name + "' is required"));
            return switch (one) {
                case Value.Int(var number)
                when !(key.type() instanceof dev.sextant.model.FieldType.Varchar) -> Column.longs(number);
                case Value.Text(var text)
                when key.type() instanceof dev.sextant.model.FieldType.Varchar -> Column.texts(List.of(text));
                case Value.Text(var text) -> Column.longs(RestSchemas.longer(key.name(), text));
                default ->
                    throw new Refused(new Refusal.WrongType(
                            "the key '" + key.name() + "'", RestSchemas.typeName(key.type()), one.toString()));
            };
        }
        return cells.column();
    }

    private static Value items(Column keys) {
        var items = new ArrayList<Value>(keys.rows());
        for (int row = 0; row < keys.rows(); row++)
            items.add(
                    switch (keys) {
                        case Column.Longs(var values, _) -> Value.of(values[row]);
                        case Column.Texts(var values, _) -> Value.of(values.text(row));
                        default -> throw new IllegalArgumentException("keys are numbers or texts");
                    });
        return new Value.Items(items);
    }

    private static void search(Asking asking) {
        var body = asking.body();
        for (var unsupported : List.of("functionScore", "searchAggregation", "highlighter"))
            if (body.has(unsupported)) throw new Refused(new Refusal.Unsupported(unsupported + " in a search"));
        var exchange = asking.exchange().at(consistency(body));
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            var parameters = searchParameters(body.object("searchParams"));
            var clocks = clocks(body, parameters);
            var statement = new Read.Search(
                    info.collection(),
                    partitions(body),
                    near(info.schema(), body, parameters),
                    clocks.read(filter(body, "filter")),
                    body.count("limit").orElse(USUAL_LIMIT),
                    body.count("offset").orElse(0),
                    body.texts("outputFields"),
                    grouping(body),
                    Optional.empty(),
                    parameters.count("round_decimal").orElse(-1),
                    parameters.truth("ignore_growing", false));
            exchange.ask(statement, hits -> hits(asking, info, clocks, hits));
        });
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
        return new Near(
                field.name(),
                target(schema, field, body),
                Optional.of(parameters.text("metric_type", ""))
                        .filter(name -> !name.isEmpty())
                        .map(RestEntities::metric),
                parameters.without(OUR_OWN).values(),
                parameters.real("radius"),
                parameters.real("range_filter"));
    }

    private static Metric metric(String name) {
        return Metric.named(name)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "metricType", "metric type not match: invalid parameter[actual=" + name + "]")));
    }

    private static Field annsField(Schema schema, Body body) {
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
        if (body.has("ids")) return new Target.Keys(keys(schema, body, "ids"));
        if (!body.has("data"))
            throw Trouble.missing(
                    "Key: 'SearchReqV2.Data' Error:Field validation for 'Data' failed on the 'required' tag");
        if (isText(body)) {
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
        var field = body.text("groupingField");
        return field.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Grouping(field, body.count("groupSize").orElse(1), body.truth("strictGroupSize", false)));
    }

    private static void hybrid(Asking asking) {
        var body = asking.body();
        if (body.has("functionScore")) throw new Refused(new Refusal.Unsupported("functionScore in a search"));
        var exchange = asking.exchange().at(consistency(body));
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            var parts = new ArrayList<Read.Part>();
            var clocks = clocks(body);
            for (var each : body.objects("search")) {
                var parameters = new HashMap<>(each.map("params"));
                if (each.has("metricType")) parameters.put("metric_type", each.text("metricType"));
                parts.add(new Read.Part(
                        near(info.schema(), each, new Parameters(parameters)),
                        clocks.read(filter(each, "filter")),
                        each.count("limit").orElse(USUAL_LIMIT),
                        Collapses.of(new Parameters(parameters))));
            }
            if (parts.isEmpty()) throw Trouble.missing("Key: 'HybridSearchReq.Search' is required");
            var rerank = body.object("rerank");
            exchange.ask(
                    new Read.HybridSearch(
                            info.collection(),
                            partitions(body),
                            parts,
                            Fusions.of(rerank.text("strategy"), rerank.map("params")),
                            body.count("limit").orElse(USUAL_LIMIT),
                            body.count("offset").orElse(0),
                            body.texts("outputFields"),
                            grouping(body),
                            -1),
                    hits -> hits(asking, info, clocks, hits));
        });
    }

    /// All hits in one list; `topks` tells where each query's begin.
    private static Said hits(Asking asking, SchemaInfo info, Clocks clocks, Hits hits) {
        var key = info.schema().primaryKey().name();
        var outputs = clocks.told(info.schema(), info.zone(), hits.outputs());
        return json -> {
            json.writeNumberField("cost", 0);
            json.writeArrayFieldStart("data");
            var out = new RowsOut(asking.textLongs());
            for (int row = 0; row < hits.total(); row++) {
                json.writeStartObject();
                json.writeNumberField("distance", hits.scores()[row]);
                if (hits.elements().isPresent())
                    json.writeNumberField("offset", hits.elements().get()[row]);
                if (outputs.column(key).isEmpty()) {
                    json.writeFieldName(key);
                    out.cell(json, hits.keys(), row);
                }
                out.members(json, outputs, row);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("topks");
            for (int count : hits.counts()) json.writeNumber(count);
            json.writeEndArray();
        };
    }
}
