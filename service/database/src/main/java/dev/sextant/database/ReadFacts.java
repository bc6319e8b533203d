package dev.sextant.database;

import dev.sextant.model.Read;
import java.util.Optional;

final class ReadFacts {
    private ReadFacts() {}

    static Facts of(Read<?> read) {
        return switch (read) {
            case Read.Search search ->
                searching(search, bytes(search.near()), search.near().target().count());
            case Read.HybridSearch hybrid -> {
                long bytes = 0, queries = 0;
                for (var part : hybrid.parts()) {
                    bytes += bytes(part.near());
                    queries += part.near().target().count();
                }
                yield searching(hybrid, bytes, queries);
            }
            case Read.Query query -> querying(query);
            case Read.Aggregate aggregate -> querying(aggregate);
            case Read.Bucketed bucketed -> of(bucketed.search());
            case Read.Count count -> querying(count);
            case Read.Explain explain -> of(explain.read());
        };
    }

    private static Facts searching(Read<?> read, long bytes, long queries) {
        return facts(Privilege.SEARCH, read, bytes, Metered.SEARCHES, queries);
    }

    private static Facts querying(Read<?> read) {
        return facts(Privilege.QUERY, read, 0, Metered.QUERIES, 1);
    }

    private static Facts facts(Privilege privilege, Read<?> read, long bytes, Metered metered, long units) {
        var targets = Facts.collection(read.collection());
        return new Facts(privilege, targets, bytes, Facts.Audited.ON_REQUEST, metered, units, Optional.empty());
    }

    private static long bytes(Read.Near near) {
        return switch (near.target()) {
            case Read.Target.Vectors(var queries) -> Weight.of(queries);
            case Read.Target.Texts(var texts, _) ->
                texts.stream().mapToLong(text -> 2L * text.length()).sum();
            case Read.Target.Keys(var keys) -> Weight.of(keys);
        };
    }
}
