package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Collapses;
import dev.sextant.gateway.exchange.Fusions;
import dev.sextant.gateway.exchange.Orders;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Grouping;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Read.Target;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.SearchRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a request for a search says, piece by piece.
final class SearchParts {
    /// What is no parameter of an index.
    private static final Set<String> OUR_OWN = Set.of(
            "anns_field",
            "analyzer_name",
            "topk",
            "limit",
            "offset",
            "metric_type",
            "round_decimal",
            "ignore_growing",
            "group_by_field",
            "group_by_fields",
            "group_size",
            "strict_group_size",
            "json_path",
            "json_type",
            "strict_cast",
            "iterator",
            "search_iter_v2",
            "search_iter_batch_size",
            "search_iter_id",
            "search_iter_last_bound",
            "collection_id",
            "radius",
            "range_filter",
            "params",
            "pipeline_trace",
            "timezone",
            "time_fields",
            "page_retain_order",
            "order_by_fields",
            "reduce_stop_for_best",
            "element_scope");

    private SearchParts() {}

    static int limit(Parameters parameters) {
        var limit = parameters.count("topk");
        if (limit.isEmpty()) limit = parameters.count("limit");
        return limit.orElseThrow(
                () -> new Refused(new Refusal.InvalidParameter("topk", "topk not found in search_params")));
    }

    static Near near(SearchRequest request, Parameters parameters) {
        return new Near(
                parameters.text("anns_field", ""),
                target(request, parameters.text("analyzer_name", "")),
                metric(parameters),
                parameters.without(OUR_OWN).values(),
                parameters.real("radius"),
                parameters.real("range_filter"));
    }

    private static Target target(SearchRequest request, String analyzer) {
        return switch (request.getSearchInputCase()) {
            case PLACEHOLDER_GROUP -> Placeholders.target(request.getPlaceholderGroup(), analyzer);
            case IDS -> new Target.Keys(ColumnsIn.keys(request.getIds()));
            case SEARCHINPUT_NOT_SET ->
                throw new Refused(new Refusal.Missing("placeholder_group", "vectors or keys to search for are needed"));
        };
    }

    static Optional<Metric> metric(Parameters parameters) {
        if (!parameters.has("metric_type")) return Optional.empty();
        var name = parameters.text("metric_type", "").strip().toUpperCase(Locale.ROOT);
        var metric = Metric.named(name);
        if (metric.isEmpty())
            throw new Refused(new Refusal.InvalidParameter(
                    "metric_type",
                    "metric type not match: invalid parameter[expected=a metric of this field][actual=" + name + "]"));
        return metric;
    }

    static Optional<Grouping> grouping(Parameters parameters) {
        var names = groupNames(parameters);
        if (names.isEmpty()) return Optional.empty();
        int size = parameters.count("group_size").orElse(1);
        if (size < 1)
            throw new Refused(new Refusal.InvalidParameter("group_size", "input group size:" + size + " is negative"));
        return Optional.of(new Grouping(
                names, size, parameters.truth("strict_group_size", false), scorer(parameters), cast(parameters)));
    }

    /// The fields that hits are grouped by, with the place in JSON that stands apart.
    static List<String> groupNames(Parameters parameters) {
        var single = parameters.text("group_by_field", "");
        if (!single.isEmpty()) return List.of(single + parameters.text("json_path", ""));
        var names = Orders.names(parameters.text("group_by_fields", ""));
        return names.size() == 1 ? List.of(names.getFirst() + parameters.text("json_path", "")) : names;
    }

    private static Read.Combination scorer(Parameters parameters) {
        var name = parameters.text("rank_group_scorer", "max").strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "max" -> Read.Combination.MAX;
            case "sum" -> Read.Combination.SUM;
            case "avg" -> Read.Combination.AVERAGE;
            default ->
                throw new Refused(new Refusal.InvalidParameter(
                        "rank_group_scorer", "unsupported group scorer: " + name + ", only max, sum and avg"));
        };
    }

    private static Optional<Read.Cast> cast(Parameters parameters) {
        if (!parameters.has("json_type")) return Optional.empty();
        var type = parameters.text("json_type", "").strip();
        return Optional.of(new Read.Cast(
                switch (type.toLowerCase(Locale.ROOT)) {
                    case "bool" -> Primitive.BOOL;
                    case "int8" -> Primitive.INT8;
                    case "int16" -> Primitive.INT16;
                    case "int32" -> Primitive.INT32;
                    case "int64" -> Primitive.INT64;
                    case "varchar" -> new FieldType.Varchar(65_535);
                    default ->
                        throw new Refused(
                                new Refusal.InvalidParameter("json_type", "unsupported json cast type: " + type));
                },
                parameters.truth("strict_cast", false)));
    }

    static List<Read.Order> order(Parameters parameters) {
        return Orders.of(parameters.text("order_by_fields", ""), "expected");
    }

    /// One of the lists of a search of several fields.
    static Read.Part part(SearchRequest inner) {
        if (inner.hasHighlighter()) throw new Refused(new Refusal.Unsupported("highlighting in a hybrid search"));
        if (inner.getFunctionChainsCount() > 0 || inner.hasSearchAggregation())
            throw new Refused(
                    new Refusal.Unsupported("a chain of functions or an aggregation in a part of a hybrid search"));
        var parameters = Parameters.of(inner.getSearchParamsList()).flattened();
        refuseOrder(parameters);
        var scoring = inner.getFunctionScore().getFunctionsCount() == 0
                ? Optional.<Fusions.Scoring>empty()
                : Optional.of(Fusions.of(inner.getFunctionScore()));
        if (scoring.flatMap(Fusions.Scoring::others).isPresent())
            throw new Refused(
                    new Refusal.Unsupported("a function that scores a part of a hybrid search, other than boost"));
        return new Read.Part(
                near(inner, parameters),
                Clocks.of(parameters).read(Conditions.optional(inner.getDsl(), inner.getExprTemplateValuesMap())),
                limit(parameters),
                Collapses.of(parameters),
                scoring.flatMap(Fusions.Scoring::boosts),
                parameters.truth("ignore_growing", false));
    }

    static void refuseOrder(Parameters parameters) {
        if (!order(parameters).isEmpty())
            throw new Refused(new Refusal.InvalidParameter(
                    "order_by_fields", "order_by is not supported with function_score, hybrid search or iterators"));
    }
}
