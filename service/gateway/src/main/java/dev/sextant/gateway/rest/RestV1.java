package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Faults.Asked;
import dev.sextant.gateway.exchange.Figures;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Filter;
import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.CollectionInfo;
import dev.sextant.model.Watch.IndexInfo;
import dev.sextant.model.Watch.SchemaInfo;
import dev.sextant.model.Write;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Version 1 of the interface, `/v1/vector/…`: given up by Milvus for version 2, and served for clients that were never
/// changed. One vector field, one query, code 200 for success, and no costs. It knows no words of its own: everything
/// is the statement that version 2 makes.
final class RestV1 {
    private static final String INDEX = "vector_idx";

    private RestV1() {}

    static void bind(Rest rest) {
        rest.onFirst(
                        "GET collections",
                        Asked.ANYTHING,
                        asking -> asking.exchange()
                                .ask(
                                        new Watch.ListCollections(),
                                        all -> Said.names(all.stream()
                                                .map(CollectionInfo::name)
                                                .toList())))
                .onFirst("GET collections/describe", Asked.DESCRIBE_COLLECTION, RestV1::describe)
                .onFirst("POST collections/create", Asked.ANYTHING, RestV1::create)
                .onFirst("POST collections/drop", Asked.ANYTHING, RestV1::drop)
                .onFirst("POST insert", Asked.ANYTHING, RestV1::insert)
                .onFirst("POST upsert", Asked.ANYTHING, RestV1::upsert)
                .onFirst("POST delete", Asked.DELETE, RestV1::delete)
                .onFirst("POST query", Asked.SEARCH, RestV1::query)
                .onFirst("POST get", Asked.SEARCH, RestV1::get)
                .onFirst("POST search", Asked.SEARCH, RestV1::search);
    }

    /// A generated key, a vector, everything else dynamic; indexed and loaded at once.
    private static void create(Asking asking) {
        var body = asking.body();
        var collection = RestCollections.name(asking);
        int dimension = body.count("dimension").orElse(0);
        if (dimension == 0) throw Trouble.missing("Key: 'dimension' is required");
        var vector = RestCollections.text(body, "vectorField", "vector");
        var create = new Define.CreateCollection(
                collection,
                body.text("description"),
                List.of(
                        Field.of(
                                RestCollections.text(body, "primaryField", "id"),
                                Primitive.INT64,
                                Trait.PRIMARY_KEY,
                                Trait.AUTO_ID),
                        Field.of(vector, new FieldType.Vector(VectorType.FLOAT32, dimension))),
                List.of(),
                List.of(),
                body.truth("enableDynamicField", true),
                1,
                0,
                ConsistencyLevel.BOUNDED,
                Map.of());
        var metric = RestCollections.text(body, "metricType", "L2").toUpperCase(Locale.ROOT);
        var index = new Define.CreateIndex(
                collection, vector, INDEX, Map.of("index_type", "AUTOINDEX", "metric_type", metric));
        asking.exchange().then(create, _ -> RestCollections.indexAll(List.of(index), collection, asking.exchange()));
    }

    /// Unlike version 2 it says so when there is nothing to drop.
    private static void drop(Asking asking) {
        described(
                asking,
                _ -> asking.exchange().ask(new Define.DropCollection(RestCollections.name(asking)), _ -> Said.EMPTY));
    }

    private static void describe(Asking asking) {
        var exchange = asking.exchange();
        exchange.then(
                Watch.DescribeCollection.of(RestCollections.name(asking)),
                info -> exchange.then(
                        new Watch.DescribeIndexes(info.name(), Optional.empty()),
                        indexes -> exchange.answer(described(info, indexes)),
                        RestCollections.unlessMissing(
                                Refusal.Kind.INDEX, () -> exchange.answer(described(info, List.of())), exchange)));
    }

    private static Said described(CollectionInfo info, List<IndexInfo> indexes) {
        var vectors = info.schema().vectors().stream().map(Field::name).toList();
        return Said.data(json -> {
            json.writeStartObject();
            json.writeStringField("collectionName", info.name());
            json.writeStringField("description", info.description());
            // Its name changed with the years; clients of either find theirs.
            json.writeBooleanField("enableDynamic", info.schema().dynamic().isPresent());
            json.writeBooleanField("enableDynamicField", info.schema().dynamic().isPresent());
            json.writeArrayFieldStart("fields");
            for (var field : info.schema().plainFields())
                if (!field.has(Trait.DYNAMIC) && !field.isNamespace()) write(json, field);
            json.writeEndArray();
            json.writeArrayFieldStart("indexes");
            for (var index : indexes) if (vectors.contains(index.field())) RestCollections.describeIndex(json, index);
            json.writeEndArray();
            json.writeStringField("load", RestCollections.stateName(info.load()));
            json.writeNumberField("shardsNum", info.shards());
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Field field) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("autoId", field.has(Trait.AUTO_ID));
        json.writeStringField("description", field.description());
        json.writeStringField("name", field.name());
        json.writeBooleanField("partitionKey", field.has(Trait.PARTITION_KEY));
        json.writeBooleanField("primaryKey", field.has(Trait.PRIMARY_KEY));
        json.writeStringField("type", typeName(field.type()));
        json.writeEndObject();
    }

    /// The size stands with the name: `FloatVector(8)`.
    private static String typeName(FieldType type) {
        var name = type.word();
        return switch (type) {
            case FieldType.Varchar(int maxBytes) -> name + "(" + maxBytes + ")";
            case FieldType.Vector(var vector, int dimension) when vector.isDense() -> name + "(" + dimension + ")";
            default -> name;
        };
    }

    private static void described(Asking asking, Consumer<SchemaInfo> next) {
        asking.exchange().then(new Watch.DescribeSchema(RestCollections.name(asking)), next);
    }

    private static void insert(Asking asking) {
        described(
                asking,
                info -> asking.exchange()
                        .ask(
                                new Write.Insert(
                                        info.collection(),
                                        Optional.empty(),
                                        RowsIn.of(info.schema(), asking.body(), "data"),
                                        OptionalLong.empty()),
                                written -> RestEntities.written(
                                        asking, "insertCount", written.inserted(), "insertIds", written)));
    }

    private static void upsert(Asking asking) {
        described(
                asking,
                info -> asking.exchange()
                        .ask(
                                new Write.Upsert(
                                        info.collection(),
                                        Optional.empty(),
                                        RowsIn.of(info.schema(), asking.body(), "data"),
                                        false,
                                        OptionalLong.empty(),
                                        Map.of()),
                                written -> RestEntities.written(
                                        asking, "upsertCount", written.upserted(), "upsertIds", written)));
    }

    /// By keys or by a filter.
    private static void delete(Asking asking) {
        var filter = RestEntities.filter(asking.body(), "filter");
        if (filter.isEmpty()) needId(asking);
        described(
                asking,
                info -> asking.exchange()
                        .ask(
                                new Write.Delete(
                                        info.collection(),
                                        Optional.empty(),
                                        filter.orElseGet(() -> RestEntities.keyed(info.schema(), asking.body()))),
                                _ -> Said.EMPTY));
    }

    private static void needId(Asking asking) {
        if (!asking.body().has("id")) throw Trouble.missing("Key: 'id' is required");
    }

    private static void query(Asking asking) {
        var filter = RestEntities.filter(asking.body(), "filter")
                .orElseThrow(() -> Trouble.missing("Key: 'filter' is required"));
        var figures = Figures.of(asking.body().texts("outputFields"), List.of());
        if (figures.isPresent())
            RestEntities.figures(
                    asking,
                    RestCollections.name(asking),
                    figures.get(),
                    List.of(),
                    asking.exchange(),
                    UnaryOperator.identity());
        else
            read(
                    asking,
                    _ -> filter,
                    OptionalInt.of(asking.body().count("limit").orElse(RestEntities.USUAL_LIMIT)),
                    asking.body().count("offset").orElse(0));
    }

    private static void get(Asking asking) {
        needId(asking);
        read(asking, info -> RestEntities.keyed(info.schema(), asking.body()), OptionalInt.empty(), 0);
    }

    private static void read(Asking asking, Function<SchemaInfo, Filter> filter, OptionalInt limit, int offset) {
        described(
                asking,
                info -> asking.exchange()
                        .ask(
                                new Read.Query(
                                        info.collection(),
                                        List.of(),
                                        clocks(asking).read(Optional.of(filter.apply(info))),
                                        RestEntities.outputs(asking.body()),
                                        limit,
                                        offset,
                                        false),
                                records -> RestEntities.rows(
                                        asking, clocks(asking).told(info.schema(), info.zone(), records.rows()))));
    }

    private static Clocks clocks(Asking asking) {
        return RestEntities.clocks(asking.body());
    }

    private static void search(Asking asking) {
        var body = asking.body();
        if (!body.has("vector")) throw Trouble.missing("Key: 'vector' is required");
        described(asking, info -> {
            var field = RestSearches.annsField(info.schema(), body);
            var cells = CellsIn.of(field.name(), field.type());
            body.read("vector", cells::read);
            var statement = new Read.Search(
                    info.collection(),
                    List.of(),
                    RestSearches.near(
                            field, new Read.Target.Vectors(cells.column()), new Parameters(body.map("params"))),
                    clocks(asking).read(RestEntities.filter(body, "filter")),
                    body.count("limit").orElse(RestEntities.USUAL_LIMIT),
                    body.count("offset").orElse(0),
                    body.texts("outputFields"),
                    Optional.empty(),
                    Optional.empty(),
                    -1,
                    false,
                    List.of());
            asking.exchange().ask(statement, hits -> hits(asking, info, hits));
        });
    }

    private static Said hits(Asking asking, SchemaInfo info, Hits hits) {
        var outputs = clocks(asking).told(info.schema(), info.zone(), hits.outputs());
        var key = info.schema().primaryKey().name();
        return Said.data(json -> {
            var out = new RowsOut(asking.textLongs());
            json.writeStartArray();
            for (int row = 0; row < hits.total(); row++) {
                json.writeStartObject();
                RestSearches.hit(json, out, key, hits, outputs, row);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
