package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Freshness;
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
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.QueryResults;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Rows by filter, by key, and counting them.
final class Queries {
    private static final Pattern AGGREGATE = Pattern.compile("(?i)\\s*(count|sum|avg|min|max)\\s*\\(.*\\)\\s*");
    private static final Pattern COUNT_ROWS = Pattern.compile("(?i)\\s*count\\s*\\(\\s*\\*\\s*\\)\\s*");

    private Queries() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(MilvusServiceGrpc.getQueryMethod(), Faults.Asked.SEARCH, Queries::query);
    }

    private static void query(QueryRequest request, Exchange<QueryResults> exchange) {
        if (request.hasNamespace()) throw new Refused(new Refusal.Unsupported("a namespace"));
        var parameters = Parameters.of(request.getQueryParamsList());
        for (var unsupported : List.of("order_by_fields", "group_by_fields"))
            if (parameters.has(unsupported)) throw new Refused(new Refusal.Unsupported("a query with " + unsupported));
        var now = exchange.at(Freshness.of(
                request.getUseDefaultConsistency(),
                request.getConsistencyLevelValue(),
                request.getGuaranteeTimestamp(),
                parameters.truth("iterator", false)));
        if (countsRows(request.getOutputFieldsList())) {
            if (parameters.has("limit"))
                throw new Refused(
                        new Refusal.InvalidParameter("limit", "count entities with pagination is not allowed"));
            now.ask(count(request, parameters), counted -> counted(request, counted));
            return;
        }
        var clocks = Clocks.of(parameters);
        var statement = statement(request, parameters, clocks);
        now.then(new Watch.DescribeSchema(request.getCollectionName()), info -> {
            Searches.sameCollection(parameters, info);
            now.ask(statement, records -> results(info, request.getOutputFieldsList(), records, clocks));
        });
    }

    /// Whether the number of rows is asked for, instead of rows.
    static boolean countsRows(List<String> outputs) {
        boolean counts = false;
        for (var output : outputs) {
            if (COUNT_ROWS.matcher(output).matches()) counts = true;
            else if (AGGREGATE.matcher(output).matches())
                throw new Refused(new Refusal.Unsupported("the aggregate " + output));
        }
        if (counts && outputs.size() > 1)
            throw new Refused(new Refusal.InvalidParameter(
                    "output_fields", "count(*) stands alone: output field '" + beside(outputs) + "' is not allowed"));
        return counts;
    }

    private static String beside(List<String> outputs) {
        return outputs.stream()
                .filter(output -> !COUNT_ROWS.matcher(output).matches())
                .findFirst()
                .orElse(outputs.getLast());
    }

    private static Read.Count count(QueryRequest request, Parameters parameters) {
        return new Read.Count(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                Clocks.of(parameters).read(Conditions.optional(request.getExpr(), request.getExprTemplateValuesMap())),
                parameters.truth("ignore_growing", false));
    }

    private static Read.Query statement(QueryRequest request, Parameters parameters, Clocks clocks) {
        var limit = parameters.count("limit");
        if (limit.isPresent() && limit.getAsInt() == -1) limit = OptionalInt.empty();
        if (request.getExpr().isBlank() && limit.isEmpty())
            throw new Refused(new Refusal.InvalidParameter("limit", "empty expression should be used with limit"));
        return new Read.Query(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                clocks.read(Conditions.optional(request.getExpr(), request.getExprTemplateValuesMap())),
                request.getOutputFieldsList(),
                limit,
                limit.isPresent() ? parameters.count("offset").orElse(0) : 0,
                parameters.truth("ignore_growing", false));
    }

    private static QueryResults results(SchemaInfo info, List<String> asked, Records records, Clocks clocks) {
        var key = info.schema().primaryKey().name();
        var names = new ArrayList<>(Searches.outputNames(info, asked));
        if (!names.contains(key)) names.add(key);
        return QueryResults.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setCollectionName(info.collection())
                .addAllFieldsData(
                        ColumnsOut.fields(info.schema(), clocks.told(info.schema(), info.zone(), records.rows())))
                .addAllOutputFields(names)
                .setSessionTs(records.timestamp())
                .setPrimaryFieldName(key)
                .build();
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
