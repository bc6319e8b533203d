package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Figures;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Orders;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Read;
import dev.sextant.model.Records;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.SchemaInfo;
import dev.sextant.wire.milvus.ElementIndices;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.QueryResults;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Rows by filter, by key, and counting them.
final class Queries {
    private Queries() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(MilvusServiceGrpc.getQueryMethod(), Faults.Asked.SEARCH, Queries::query);
    }

    private static void query(QueryRequest request, Exchange<QueryResults> exchange) {
        var parameters = Parameters.of(request.getQueryParamsList());
        var now = Writes.within(request.hasNamespace(), request.getNamespace(), exchange)
                .at(Freshness.of(
                        request.getUseDefaultConsistency(),
                        request.getConsistencyLevelValue(),
                        request.getGuaranteeTimestamp(),
                        parameters.truth("iterator", false)));
        var order = Orders.of(parameters.text("order_by_fields", ""), "must be");
        if (!order.isEmpty() && parameters.truth("iterator", false))
            throw new Refused(new Refusal.InvalidParameter("iterator", "ORDER BY with iterator is not supported"));
        var figures = Figures.of(request.getOutputFieldsList(), Orders.names(parameters.text("group_by_fields", "")));
        if (figures.isPresent()) {
            figures(request, parameters, figures.get(), order, now);
            return;
        }
        var clocks = Clocks.of(parameters);
        var last = LastElement.of(parameters);
        var statement = statement(request, parameters, clocks, order, last);
        now.then(new Watch.DescribeSchema(request.getCollectionName()), info -> {
            Searches.sameCollection(parameters, info);
            now.ask(
                    statement,
                    records -> results(
                            info, request.getOutputFieldsList(), last.behind(records, limit(parameters)), clocks));
        });
    }

    private static void figures(
            QueryRequest request,
            Parameters parameters,
            Figures figures,
            List<Read.Order> order,
            Exchange<QueryResults> exchange) {
        if (!figures.countsRows()) {
            var statement = aggregate(request, parameters, figures, order);
            exchange.then(
                    new Watch.DescribeSchema(request.getCollectionName()),
                    info -> exchange.ask(
                            statement, records -> added(info, request, figures, records, Clocks.of(parameters))));
            return;
        }
        if (parameters.has("limit"))
            throw new Refused(new Refusal.InvalidParameter("limit", "count entities with pagination is not allowed"));
        exchange.ask(count(request, parameters), counted -> counted(request, counted));
    }

    private static Read.Aggregate aggregate(
            QueryRequest request, Parameters parameters, Figures figures, List<Read.Order> order) {
        var limit = limit(parameters);
        if (!order.isEmpty() && limit.isEmpty())
            throw new Refused(new Refusal.InvalidParameter("limit", "ORDER BY requires explicit limit"));
        return new Read.Aggregate(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                Clocks.of(parameters).read(Conditions.optional(request.getExpr(), request.getExprTemplateValuesMap())),
                figures.groups(),
                figures.figures(),
                order,
                limit,
                limit.isPresent() ? parameters.count("offset").orElse(0) : 0,
                parameters.truth("ignore_growing", false));
    }

    private static OptionalInt limit(Parameters parameters) {
        var limit = parameters.count("limit");
        return limit.isPresent() && limit.getAsInt() == -1 ? OptionalInt.empty() : limit;
    }

    private static Read.Count count(QueryRequest request, Parameters parameters) {
        return new Read.Count(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                Clocks.of(parameters).read(Conditions.optional(request.getExpr(), request.getExprTemplateValuesMap())),
                parameters.truth("ignore_growing", false));
    }

    private static Read.Query statement(
            QueryRequest request, Parameters parameters, Clocks clocks, List<Read.Order> order, LastElement last) {
        var limit = last.wider(limit(parameters));
        if (request.getExpr().isBlank() && limit.isEmpty())
            throw new Refused(new Refusal.InvalidParameter("limit", "empty expression should be used with limit"));
        return new Read.Query(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                clocks.read(Conditions.optional(request.getExpr(), request.getExprTemplateValuesMap())),
                request.getOutputFieldsList(),
                limit,
                limit.isPresent() ? parameters.count("offset").orElse(0) : 0,
                parameters.truth("ignore_growing", false),
                order);
    }

    /// The columns that were asked for, by the names that were written.
    private static QueryResults added(
            SchemaInfo info, QueryRequest request, Figures figures, Records records, Clocks clocks) {
        var results = QueryResults.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setCollectionName(info.collection())
                .addAllOutputFields(request.getOutputFieldsList())
                .setSessionTs(records.timestamp())
                .setPrimaryFieldName(info.schema().primaryKey().name());
        for (var name : request.getOutputFieldsList()) {
            var column = records.rows().column(name).orElseThrow();
            var figure = figures.figures().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
            results.addFieldsData(
                    figure.isEmpty()
                            ? ColumnsOut.field(
                                    info.schema(), name, clocks.told(info.schema(), info.zone(), name, column))
                            : ColumnsOut.field(
                                    Field.of(name, type(info, figure.get(), column)),
                                    clocks.told(info.schema(), info.zone(), figure.get(), column)));
        }
        return results.build();
    }

    private static FieldType type(SchemaInfo info, Read.Figure figure, Column column) {
        return switch (column) {
            case Column.Longs _ when figure.calculation() == Read.Calculation.COUNT -> FieldType.Primitive.INT64;
            case Column.Longs _ when figure.calculation() == Read.Calculation.SUM -> FieldType.Primitive.INT64;
            case Column.Doubles _ -> FieldType.Primitive.DOUBLE;
            default -> info.schema().field(figure.field()).orElseThrow().type();
        };
    }

    private static QueryResults results(SchemaInfo info, List<String> asked, Records records, Clocks clocks) {
        var key = info.schema().primaryKey().name();
        var names = new ArrayList<>(Searches.outputNames(info, asked));
        if (!names.contains(key)) names.add(key);
        var results = QueryResults.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setCollectionName(info.collection())
                .addAllFieldsData(
                        ColumnsOut.fields(info.schema(), clocks.told(info.schema(), info.zone(), records.rows())))
                .addAllOutputFields(names)
                .setSessionTs(records.timestamp())
                .setPrimaryFieldName(key);
        for (var elements : records.elements().orElse(List.of()))
            results.addElementIndices(ElementIndices.newBuilder().setIndices(ColumnsOut.longs(elements)));
        return results.build();
    }

    private static QueryResults counted(QueryRequest request, Read.Counted counted) {
        return QueryResults.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setCollectionName(request.getCollectionName())
                .addFieldsData(
                        ColumnsOut.field(Field.of("count(*)", FieldType.Primitive.INT64), Column.longs(counted.rows())))
                .addOutputFields("count(*)")
                .setSessionTs(counted.timestamp())
                .build();
    }
}
