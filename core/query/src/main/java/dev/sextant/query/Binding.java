package dev.sextant.query;

import dev.sextant.model.Field;
import dev.sextant.model.Filter;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.VectorType;
import java.util.List;
import java.util.Optional;

/// Searches bound to their collection: names become fields, what is not there or does not fit is refused.
record Binding(Reading reading) {
    Asked asked(Read.Search search) {
        if (!search.order().isEmpty() && search.after().isPresent())
            throw new Refused(new Refusal.InvalidParameter("iterator", "ORDER BY with iterator is not supported"));
        return asked(
                search.near(),
                search.filter(),
                search.partitions(),
                Math.addExact(search.limit(), search.offset()),
                search.grouping(),
                search.after(),
                search.roundDecimal(),
                search.sealedOnly());
    }

    /// The searches of a hybrid one. They are not rounded: what is rounded is the fused score.
    List<Asked> asked(Read.HybridSearch search) {
        if (search.parts().isEmpty())
            throw new Refused(new Refusal.Missing("requests", "a hybrid search needs at least one"));
        int queries = search.parts().getFirst().near().target().count();
        for (var part : search.parts())
            if (part.near().target().count() != queries)
                throw new Refused(new Refusal.InvalidParameter("nq", "all sub-requests must have the same nq"));
        var asked = search.parts().stream()
                .map(part -> asked(
                        part.near(),
                        part.filter(),
                        search.partitions(),
                        part.limit(),
                        grouping(search, part),
                        Optional.empty(),
                        -1,
                        part.sealedOnly()))
                .toList();
        return ListRules.collapsed(reading.collection(), search, asked);
    }

    /// Elements are grouped when they have become rows, rows already where they are found.
    private Optional<Read.Grouping> grouping(Read.HybridSearch search, Read.Part part) {
        boolean elements =
                Names.vector(reading.collection(), part.near().field()).type().isVectors();
        return elements ? Optional.empty() : search.grouping();
    }

    private Asked asked(
            Read.Near near,
            Optional<Filter> filter,
            List<String> partitions,
            int wanted,
            Optional<Read.Grouping> grouping,
            Optional<Read.After> after,
            int roundDecimal,
            boolean sealedOnly) {
        var collection = reading.collection();
        if (wanted < 1) throw new Refused(new Refusal.OutOfRange("limit", Integer.toString(wanted), "[1, 2147483647]"));
        var field = Names.vector(collection, near.field());
        var metric = Names.metric(collection, field, near.metric());
        Names.range(near, metric);
        Parameters.check(Names.indexType(collection, field), near.parameters(), wanted);
        if (metric == Metric.MHJACCARD && near.radius().isPresent())
            throw new Refused(new Refusal.InvalidParameter("radius", "not support range search for MHJACCARD"));
        Names.checkIsolation(collection, filter);
        if (after.isPresent()) Names.checkKey(collection.schema(), after.get().key());
        ListRules.check(collection, near, field, filter, grouping, after);
        if (grouping.isPresent()) checkGrouping(grouping.get(), near, field, after);
        var where =
                new Reader.Where(reading.zoned(filter), Names.partitions(collection, partitions, filter), sealedOnly);
        return new Asked(
                field,
                metric,
                near,
                Names.parameters(collection, field, near),
                wanted,
                grouping,
                List.of(),
                after,
                roundDecimal,
                metric == Metric.BM25 ? Optional.of(Names.relevance(collection, field)) : Optional.empty(),
                Optional.empty(),
                where);
    }

    private void checkGrouping(Read.Grouping grouping, Read.Near near, Field field, Optional<Read.After> after) {
        GroupFields.of(grouping, reading.collection().schema());
        if (grouping.size() < 1)
            throw new Refused(
                    new Refusal.InvalidParameter("group_size", "input group size:" + grouping.size() + " is negative"));
        if (near.radius().isPresent())
            throw new Refused(new Refusal.InvalidParameter(
                    "radius", "Not allowed to do range-search when doing search-group-by"));
        if (after.isPresent())
            throw new Refused(
                    new Refusal.InvalidParameter("iterator", "Not allowed to do groupBy when doing iteration"));
        if (field.type().vector().type() == VectorType.BINARY)
            throw new Refused(new Refusal.InvalidParameter(
                    "group_by_field", "not support search_group_by operation based on binary vector"));
    }
}
