package dev.sextant.query;

import dev.sextant.index.Bm25;
import dev.sextant.index.TermFigures;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A search bound to the collection, but not yet to the vectors it looks for.
///
/// @param parameters of the search, and those of the index that say how rows are scored
/// @param wanted hits (or groups) of each query, before any are skipped
/// @param among the only groups wanted; none means all
/// @param relevance how terms are scored, for that metric only
/// @param collapse how elements that are found become rows, of a part of a hybrid search
record Asked(
        Field field,
        Metric metric,
        Read.Near near,
        Map<String, String> parameters,
        int wanted,
        Optional<Read.Grouping> grouping,
        List<Column> among,
        Optional<Read.After> after,
        int roundDecimal,
        Optional<Bm25> relevance,
        Optional<Read.Collapse> collapse,
        Reader.Where where) {
    private static final TermFigures NO_TERMS = TermFigures.none(0);

    Asked grouped(Read.Grouping other, int limit, List<Column> groups, Reader.Where rows) {
        return new Asked(
                field,
                metric,
                near,
                parameters,
                limit,
                Optional.of(other),
                groups,
                after,
                roundDecimal,
                relevance,
                collapse,
                rows);
    }

    Asked collapsed(Read.Collapse how) {
        return new Asked(
                field,
                metric,
                near,
                parameters,
                wanted,
                grouping,
                among,
                after,
                roundDecimal,
                relevance,
                Optional.of(how),
                where);
    }

    /// Before anything is known of the terms of a text: enough for a plan.
    Reader.Nearest question(Column queries) {
        return question(queries, NO_TERMS);
    }

    /// @param figures of the terms of a text, of all shards
    Reader.Nearest question(Column queries, TermFigures figures) {
        return new Reader.Nearest(
                field.id(),
                metric,
                queries,
                parameters,
                near.radius(),
                near.rangeFilter(),
                wanted,
                grouping,
                among,
                after,
                roundDecimal,
                relevance.isEmpty()
                        ? relevance
                        : Optional.of(
                                new Bm25(relevance.get().k1(), relevance.get().b(), figures.averageLength())),
                where);
    }
}
