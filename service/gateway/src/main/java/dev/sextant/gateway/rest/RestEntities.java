package dev.sextant.gateway.rest;

import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Figures;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Orders;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.language.Filters;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/// `/entities/…`
final class RestEntities {
    static final int USUAL_LIMIT = 100;

    private RestEntities() {}

    static void bind(Rest rest) {
        rest.on("entities/insert", RestEntities::insert)
                .on("entities/upsert", RestEntities::upsert)
                .on("entities/delete", Asked.DELETE, RestEntities::delete)
                .on("entities/query", Asked.SEARCH, RestEntities::query)
                .on("entities/get", Asked.SEARCH, RestEntities::get);
        RestSearches.bind(rest);
    }

    static Exchange<Said> within(Asking asking) {
        var body = asking.body();
        return asking.exchange().within(body.has("namespace") ? Optional.of(body.text("namespace")) : Optional.empty());
    }

    private static Optional<String> partition(Body body) {
        return Optional.of(body.text("partitionName")).filter(name -> !name.isEmpty());
    }

    private static void insert(Asking asking) {
        var collection = RestCollections.name(asking);
        var exchange = within(asking);
        exchange.then(
                new Watch.DescribeSchema(collection),
                info -> exchange.ask(
                        new Write.Insert(
                                collection,
                                partition(asking.body()),
                                RowsIn.of(info.schema(), asking.body(), "data"),
                                OptionalLong.empty()),
                        written -> costing(written(asking, "insertCount", written.inserted(), "insertIds", written))));
    }

    private static void upsert(Asking asking) {
        var collection = RestCollections.name(asking);
        var exchange = within(asking);
        var arrays = arrays(asking.body());
        exchange.then(
                new Watch.DescribeSchema(collection),
                info -> exchange.ask(
                        new Write.Upsert(
                                collection,
                                partition(asking.body()),
                                RowsIn.of(info.schema(), asking.body(), "data"),
                                asking.body().truth("partialUpdate", false),
                                OptionalLong.empty(),
                                arrays),
                        written -> costing(written(asking, "upsertCount", written.upserted(), "upsertIds", written))));
    }

    private static Map<String, Write.ArrayChange> arrays(Body body) {
        var changes = new HashMap<String, Write.ArrayChange>();
        var named = new HashSet<String>();
        for (var op : body.objects("fieldOps")) {
            var field = op.need("fieldName");
            if (!named.add(field))
                throw new Refused(
                        new Refusal.InvalidParameter("fieldOps", "field " + field + " has several operations"));
            switch (op.text("op").toUpperCase(Locale.ROOT)) {
                case "REPLACE" -> {}
                case "ARRAY_APPEND" -> changes.put(field, Write.ArrayChange.APPEND);
                case "ARRAY_REMOVE" -> changes.put(field, Write.ArrayChange.REMOVE);
                default -> throw new Refused(new Refusal.Unsupported("the field operation " + op.text("op")));
            }
        }
        return changes;
    }

    /// Version 2 tells a cost before its data.
    private static Said costing(Said said) {
        return json -> {
            json.writeNumberField("cost", 0);
            said.write(json);
        };
    }

    static Said written(Asking asking, String countName, long count, String idsName, Written written) {
        return json -> {
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
        within(asking).ask(new Write.Delete(collection, partition(asking.body()), filter), written -> json -> {
            json.writeNumberField("cost", 0);
            json.writeObjectFieldStart("data");
            json.writeNumberField("deleteCount", written.deleted());
            json.writeEndObject();
        });
    }

    static Optional<Filter> filter(Body body, String name) {
        var text = body.text(name);
        return text.isBlank() ? Optional.empty() : Optional.of(Filters.filter(text, body.values("exprParams")));
    }

    static Consistency consistency(Body body) {
        var name = body.text("consistencyLevel");
        if (name.isEmpty()) return Consistency.DEFAULT;
        return switch (Freshness.level(name)) {
            case STRONG -> Consistency.STRONG;
            case SESSION, CUSTOMIZED -> Consistency.DEFAULT;
            case BOUNDED -> new Consistency.Bounded();
            case EVENTUALLY -> new Consistency.Eventually();
        };
    }

    static List<String> outputs(Body body) {
        return body.has("outputFields") ? body.texts("outputFields") : List.of("*");
    }

    static List<String> partitions(Body body) {
        return body.has("partitionNames") ? body.texts("partitionNames") : body.texts("partitionName");
    }

    private static void query(Asking asking) {
        var body = asking.body();
        var collection = RestCollections.name(asking);
        var exchange = within(asking).at(consistency(body));
        var outputs = outputs(body);
        var order = Orders.of(body.texts("orderByFields"), "must be");
        var figures = Figures.of(body.has("outputFields") ? outputs : List.of(), body.texts("groupByFields"));
        if (figures.isPresent()) {
            figures(asking, collection, figures.get(), order, exchange, RestEntities::costing);
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
                                false,
                                order),
                        records -> costing(rows(asking, clocks.told(info.schema(), info.zone(), records.rows())))));
    }

    /// At the top, as everything else, or among the parameters of a search.
    static Clocks clocks(Body body, Parameters parameters) {
        var hands = body.isList("timeFields")
                ? String.join(",", body.texts("timeFields"))
                : parameters.text("time_fields", body.text("timeFields"));
        return Clocks.of(parameters.text("timezone", body.text("timezone")), hands);
    }

    static Clocks clocks(Body body) {
        return clocks(body, new Parameters(Map.of()));
    }

    static void figures(
            Asking asking,
            String collection,
            Figures figures,
            List<Read.Order> order,
            Exchange<Said> exchange,
            UnaryOperator<Said> dressed) {
        var body = asking.body();
        if (figures.countsRows())
            exchange.ask(
                    new Read.Count(collection, partitions(body), clocks(body).read(filter(body, "filter")), false),
                    counted -> dressed.apply(json -> {
                        json.writeArrayFieldStart("data");
                        json.writeStartObject();
                        json.writeNumberField(figures.figures().getFirst().name(), counted.rows());
                        json.writeEndObject();
                        json.writeEndArray();
                    }));
        else
            exchange.then(
                    new Watch.DescribeSchema(collection),
                    info -> exchange.ask(
                            new Read.Aggregate(
                                    collection,
                                    partitions(body),
                                    clocks(body).read(filter(body, "filter")),
                                    figures.groups(),
                                    figures.figures(),
                                    order,
                                    body.count("limit"),
                                    body.count("offset").orElse(0),
                                    false),
                            records -> dressed.apply(rows(
                                    asking,
                                    clocks(body)
                                            .told(info.schema(), info.zone(), figures.figures(), records.rows())))));
    }

    static Said rows(Asking asking, Rows rows) {
        return json -> {
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
        var exchange = within(asking).at(consistency(body));
        if (!body.has("id"))
            throw Trouble.missing(
                    "Key: 'CollectionIDReq.ID' Error:Field validation for 'ID' failed on the 'required' tag");
        exchange.then(new Watch.DescribeSchema(RestCollections.name(asking)), info -> {
            exchange.ask(
                    new Read.Query(
                            info.collection(),
                            partitions(body),
                            Optional.of(keyed(info.schema(), body)),
                            outputs(body),
                            OptionalInt.empty(),
                            0,
                            false),
                    records -> costing(rows(asking, clocks(body).told(info.schema(), info.zone(), records.rows()))));
        });
    }

    /// The rows whose keys stand under `id`. They travel beside the text: nothing in them can become part of it.
    static Filter keyed(Schema schema, Body body) {
        return Filters.filter(schema.primaryKey().name() + " in {keys}", Map.of("keys", items(ids(schema, body))));
    }

    private static Column ids(Schema schema, Body body) {
        try {
            return keys(schema, body, "id");
        } catch (Refused noKey) {
            throw Trouble.key(Faults.of(noKey, Asked.ANYTHING).reason());
        } catch (Told noKey) {
            throw noKey.fault().code() == Trouble.MISSING
                    ? noKey
                    : Trouble.key(noKey.fault().reason());
        }
    }

    static Column keys(Schema schema, Body body, String name) {
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
                            "the key '" + key.name() + "'", key.type().word(), one.toString()));
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
}
