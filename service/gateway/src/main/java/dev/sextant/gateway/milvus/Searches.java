package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Clocks;
import dev.sextant.gateway.exchange.Cursors;
import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.gateway.exchange.Freshness;
import dev.sextant.gateway.exchange.Fusions;
import dev.sextant.gateway.exchange.Highlights;
import dev.sextant.gateway.exchange.Lists;
import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Read.After;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.SchemaInfo;
import dev.sextant.wire.milvus.HighlightData;
import dev.sextant.wire.milvus.HighlightResult;
import dev.sextant.wire.milvus.HighlightType;
import dev.sextant.wire.milvus.HybridSearchRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.SearchIteratorV2Results;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.SearchResultData;
import dev.sextant.wire.milvus.SearchResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Search, by one vector field or by several, and the pages of its iterators.
final class Searches {
    private final Cursors cursors;

    private Searches(Cursors cursors) {
        this.cursors = cursors;
    }

    static void bind(Rpcs rpcs, Cursors cursors) {
        var searches = new Searches(cursors);
        rpcs.on(MilvusServiceGrpc.getSearchMethod(), Faults.Asked.SEARCH, searches::search)
                .on(MilvusServiceGrpc.getHybridSearchMethod(), Faults.Asked.SEARCH, searches::hybrid);
    }

    private void search(SearchRequest request, Exchange<SearchResults> exchange) {
        var parameters = Parameters.of(request.getSearchParamsList()).flattened();
        var page = page(parameters);
        var now = Writes.within(request.hasNamespace(), request.getNamespace(), exchange)
                .at(Freshness.of(
                        request.getUseDefaultConsistency(),
                        request.getConsistencyLevelValue(),
                        request.getGuaranteeTimestamp(),
                        parameters.truth("iterator", false)));
        var asked = statement(request, parameters, page);
        if (page.isPage || parameters.truth("iterator", false)) refuseInIterator(request, asked);
        // The types of the answer's columns stand in the schema. The door tells it at once, from memory.
        now.then(new Watch.DescribeSchema(request.getCollectionName()), info -> {
            sameCollection(parameters, info);
            var statement = asked.looking(Lists.cut(asked.near(), info.schema()));
            if (request.hasSearchAggregation())
                bucketed(request, alone(request, statement), Clocks.of(parameters), info, now);
            else if (request.hasHighlighter()) highlighted(request, parameters, statement, info, now);
            else if (scores(request))
                now.ask(
                        reranked(request, statement),
                        hits -> results(info, request.getOutputFieldsList(), parameters, hits, page));
            else now.ask(statement, hits -> results(info, request.getOutputFieldsList(), parameters, hits, page));
        });
    }

    /// What has no next page is refused on the first one, not when the second is asked for.
    private static void refuseInIterator(SearchRequest request, Read.Search search) {
        if (!search.order().isEmpty())
            throw new Refused(new Refusal.InvalidParameter("iterator", "ORDER BY with iterator is not supported"));
        if (search.grouping().isPresent())
            throw new Refused(
                    new Refusal.InvalidParameter("iterator", "Not allowed to do groupBy when doing iteration"));
        if (request.hasSearchAggregation())
            throw new Refused(new Refusal.InvalidParameter(
                    "search_aggregation", "search_aggregation goes with no iterator, offset or order_by_fields"));
        if (request.hasHighlighter()) throw new Refused(new Refusal.Unsupported("a highlighter with an iterator"));
        if (scores(request)) throw new Refused(new Refusal.Unsupported("a function that scores with an iterator"));
    }

    private static boolean scores(SearchRequest request) {
        boolean scores = request.getFunctionScore().getFunctionsCount() > 0;
        if (scores && request.getFunctionChainsCount() > 0)
            throw new Refused(new Refusal.InvalidParameter(
                    "function_chains", "function_score and function_chains cannot be used together"));
        return scores || request.getFunctionChainsCount() > 0;
    }

    /// Buckets go with nothing else that changes which hits are looked at.
    private static Read.Search alone(SearchRequest request, Read.Search search) {
        if (request.hasHighlighter() || scores(request))
            throw new Refused(new Refusal.InvalidParameter(
                    "search_aggregation", "search_aggregation goes with no highlighter and no function that scores"));
        return search;
    }

    private static void bucketed(
            SearchRequest request, Read.Search search, Clocks clocks, SchemaInfo info, Exchange<SearchResults> now) {
        var level = BucketsInOut.level(request.getSearchAggregation());
        now.ask(
                new Read.Bucketed(search, level),
                found -> buckets(info, clocks.told(info.schema(), info.zone(), level, found)));
    }

    private static SearchResults buckets(SchemaInfo info, Buckets.Found found) {
        var data = SearchResultData.newBuilder()
                .setNumQueries(found.hits().queries())
                .setAllSearchCount(found.hits().scanned().rows())
                .setPrimaryFieldName(info.schema().primaryKey().name())
                .addAllAggBuckets(new BucketsInOut(info.schema(), found.hits()).all(found.buckets()));
        for (var own : found.buckets()) data.addTopks(0).addAggTopks(own.size());
        return SearchResults.newBuilder()
                .setStatus(Statuses.of(found.hits()))
                .setCollectionName(info.collection())
                .setSessionTs(found.hits().timestamp())
                .setResults(data)
                .build();
    }

    /// A search whose hits are scored anew is a hybrid one of a single list.
    private static Read.HybridSearch reranked(SearchRequest request, Read.Search search) {
        if (request.hasHighlighter())
            throw new Refused(new Refusal.Unsupported("a function that scores with a highlighter"));
        SearchParts.refuseOrder(Parameters.of(request.getSearchParamsList()).flattened());
        boolean chained = request.getFunctionChainsCount() > 0;
        var scoring = chained ? Optional.<Fusions.Scoring>empty() : Optional.of(Fusions.of(request.getFunctionScore()));
        return new Read.HybridSearch(
                search.collection(),
                search.partitions(),
                List.of(new Read.Part(
                        search.near(),
                        search.filter(),
                        Math.clamp((long) search.limit() + search.offset(), 0, Integer.MAX_VALUE),
                        Optional.empty(),
                        scoring.filter(both -> both.others().isPresent()).flatMap(Fusions.Scoring::boosts),
                        search.sealedOnly())),
                scoring.map(Fusions.Scoring::fusion).orElseGet(() -> Chains.of(request.getFunctionChainsList())),
                search.limit(),
                search.offset(),
                search.outputs(),
                search.grouping(),
                search.roundDecimal());
    }

    private void highlighted(
            SearchRequest request,
            Parameters parameters,
            Read.Search search,
            SchemaInfo info,
            Exchange<SearchResults> exchange) {
        if (scores(request)) throw new Refused(new Refusal.Unsupported("a function that scores with a highlighter"));
        var wire = request.getHighlighter();
        var highlights = Highlights.of(
                wire.getType() == HighlightType.Lexical,
                Parameters.of(wire.getParamsList()),
                parameters,
                search.near().target(),
                info.schema());
        var asked = request.getOutputFieldsList();
        exchange.then(
                search.returning(highlights.outputs(asked)),
                hits -> highlights.then(hits, info.collection(), exchange, marked -> {
                    var own = Highlights.asked(hits, info.schema(), outputNames(info, asked));
                    var found = results(info, asked, parameters, own, NO_PAGE).toBuilder();
                    for (var field : marked) found.getResultsBuilder().addHighlightResults(result(field));
                    exchange.answer(found.build());
                }));
    }

    private static HighlightResult result(Highlights.Marked marked) {
        var result = HighlightResult.newBuilder().setFieldName(marked.field());
        for (var each : marked.pieces())
            result.addDatas(HighlightData.newBuilder().addAllFragments(each.pieces()));
        return result.build();
    }

    private Read.Search statement(SearchRequest request, Parameters parameters, Page page) {
        int limit = page.isPage() ? page.size : SearchParts.limit(parameters);
        return new Read.Search(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                SearchParts.near(request, parameters),
                Clocks.of(parameters).read(Conditions.optional(request.getDsl(), request.getExprTemplateValuesMap())),
                limit,
                parameters.count("offset").orElse(0),
                request.getOutputFieldsList(),
                SearchParts.grouping(parameters),
                page.from,
                // Rounded scores would tie where the real ones do not, and a page could not tell where the last one
                // ended.
                page.isPage ? -1 : parameters.count("round_decimal").orElse(-1),
                parameters.truth("ignore_growing", false),
                SearchParts.order(parameters));
    }

    /// One page of an iterator, or a search that is none.
    ///
    /// @param token empty for the first page
    /// @param from the last hit of the page before
    private record Page(boolean isPage, int size, Optional<String> token, Optional<After> from) {}

    private Page page(Parameters parameters) {
        if (!parameters.truth("search_iter_v2", false)) return NO_PAGE;
        int size = parameters.count("search_iter_batch_size").orElseGet(() -> SearchParts.limit(parameters));
        var token = Optional.of(parameters.text("search_iter_id", "")).filter(given -> !given.isEmpty());
        var bound = parameters.real("search_iter_last_bound");
        return new Page(true, size, token, token.flatMap(given -> cursors.after(given, bound)));
    }

    /// An iterator names the collection that it began on: another one under the same name is not meant.
    static void sameCollection(Parameters parameters, SchemaInfo info) {
        parameters.whole("collection_id").ifPresent(id -> {
            if (id != info.id())
                throw new Refused(new Refusal.InvalidParameter(
                        "collection_id",
                        "the collection has been re-created: alias or name now means " + info.id() + ", not " + id));
        });
    }

    /// Clients tell it with the whole, with its parts, or with both.
    private static Optional<String> namespace(HybridSearchRequest request) {
        var told = new java.util.LinkedHashSet<String>();
        if (request.hasNamespace()) told.add(request.getNamespace());
        for (var part : request.getRequestsList()) if (part.hasNamespace()) told.add(part.getNamespace());
        if (told.size() > 1)
            throw new Refused(new Refusal.InvalidParameter(
                    "namespace", "the parts of a hybrid search name several namespaces: " + told));
        return told.stream().findFirst();
    }

    private void hybrid(HybridSearchRequest request, Exchange<SearchResults> exchange) {
        if (request.getFunctionChainsCount() > 0) throw new Refused(new Refusal.Unsupported("a chain of functions"));
        var ranking = Parameters.of(request.getRankParamsList());
        SearchParts.refuseOrder(ranking);
        var now = exchange.within(namespace(request))
                .at(Freshness.of(
                        request.getUseDefaultConsistency(),
                        request.getConsistencyLevelValue(),
                        request.getGuaranteeTimestamp(),
                        false));
        var statement = new Read.HybridSearch(
                request.getCollectionName(),
                request.getPartitionNamesList(),
                parts(request),
                Fusions.of(request, ranking),
                ranking.count("limit")
                        .orElseThrow(() ->
                                new Refused(new Refusal.InvalidParameter("limit", "limit not found in rank_params"))),
                ranking.count("offset").orElse(0),
                request.getOutputFieldsList(),
                SearchParts.grouping(ranking),
                ranking.count("round_decimal").orElse(-1));
        now.then(
                new Watch.DescribeSchema(request.getCollectionName()),
                info -> now.ask(
                        statement.of(statement.parts().stream()
                                .map(part -> part.looking(Lists.cut(part.near(), info.schema())))
                                .toList()),
                        hits -> results(info, request.getOutputFieldsList(), ranking, hits, NO_PAGE)));
    }

    private static final Page NO_PAGE = new Page(false, 0, Optional.empty(), Optional.empty());

    private static List<Read.Part> parts(HybridSearchRequest request) {
        if (request.getRequestsCount() == 0)
            throw new Refused(new Refusal.Missing("requests", "at least one search is needed"));
        var parts = new ArrayList<Read.Part>(request.getRequestsCount());
        for (var inner : request.getRequestsList()) parts.add(SearchParts.part(inner));
        return parts;
    }

    private SearchResults results(SchemaInfo info, List<String> asked, Parameters parameters, Hits hits, Page page) {
        var clocks = Clocks.of(parameters);
        var data = SearchResultData.newBuilder()
                .setNumQueries(hits.queries())
                .setAllSearchCount(hits.scanned().rows())
                .addAllFieldsData(
                        ColumnsOut.fields(info.schema(), clocks.told(info.schema(), info.zone(), hits.outputs())))
                .addAllOutputFields(outputNames(info, asked))
                .setPrimaryFieldName(info.schema().primaryKey().name());
        int longest = 0;
        for (int count : hits.counts()) {
            data.addTopks(count);
            longest = Math.max(longest, count);
        }
        data.setTopK(longest);
        for (float score : hits.scores()) data.addScores(score);
        if (hits.total() > 0) data.setIds(ColumnsOut.ids(hits.keys()));
        hits.elements().ifPresent(elements -> data.setElementIndices(ColumnsOut.longs(elements)));
        var names = hits.groups().isEmpty() ? List.<String>of() : SearchParts.groupNames(parameters);
        for (int i = 0; i < hits.groups().size(); i++) {
            var values = ColumnsOut.field(
                    info.schema(),
                    names.get(i),
                    clocks.told(
                            info.schema(),
                            info.zone(),
                            names.get(i),
                            hits.groups().get(i)));
            if (parameters.has("group_by_field")) data.setGroupByFieldValue(values);
            else data.addGroupByFieldValues(values);
        }
        if (page.isPage) data.setSearchIteratorV2Results(turn(page, parameters, hits));
        return SearchResults.newBuilder()
                .setStatus(Statuses.of(hits))
                .setCollectionName(info.collection())
                .setSessionTs(hits.timestamp())
                .setResults(data)
                .build();
    }

    /// Remembers where the page ended. An empty page leaves the iterator where it is, at the worst score there is.
    private SearchIteratorV2Results turn(Page page, Parameters parameters, Hits hits) {
        var token = page.token.orElseGet(cursors::newToken);
        int last = hits.total() - 1;
        var end = last >= 0 ? Optional.of(after(hits, last)) : page.from;
        cursors.move(token, page.from, end);
        boolean descending =
                SearchParts.metric(parameters).map(Metric::largerIsBetter).orElse(true);
        float worst = descending ? -Float.MAX_VALUE : Float.MAX_VALUE;
        return SearchIteratorV2Results.newBuilder()
                .setToken(token)
                .setLastBound(last >= 0 ? hits.scores()[last] : worst)
                .build();
    }

    private static After after(Hits hits, int last) {
        var element = hits.elements().map(all -> OptionalInt.of(all[last])).orElse(OptionalInt.empty());
        return new After(hits.scores()[last], key(hits.keys(), last), element);
    }

    private static Value key(Column keys, int row) {
        return switch (keys) {
            case Column.Longs(var values, _) -> Value.of(values[row]);
            case Column.Texts(var values, _) -> Value.of(values.text(row));
            default -> throw new IllegalArgumentException("keys are numbers or texts");
        };
    }

    /// What a function made for searching is not read.
    private static boolean isHidden(Field field) {
        return field.has(Field.Trait.FUNCTION_OUTPUT)
                && field.type() instanceof FieldType.Vector(var type, _)
                && (type == VectorType.SPARSE || type == VectorType.BINARY);
    }

    /// What was asked for, with `*` spelled out.
    static List<String> outputNames(SchemaInfo info, List<String> asked) {
        var names = new java.util.LinkedHashSet<String>();
        for (var name : asked) {
            if (name.strip().equals("*"))
                names.addAll(Structs.names(
                        info.schema(),
                        info.schema().fields().stream()
                                .filter(field -> !isHidden(field))
                                .toList()));
            else names.add(name);
        }
        return List.copyOf(names);
    }
}
