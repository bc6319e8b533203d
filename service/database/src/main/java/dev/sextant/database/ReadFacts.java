package dev.sextant.database;

import dev.sextant.model.Read;
import java.util.List;

final class ReadFacts {
    private ReadFacts() {}

    static Facts of(Read<?> read) {
        return switch (read) {
            case Read.Search search -> searching(search, List.of(search.near()));
            case Read.HybridSearch hybrid ->
                searching(
                        hybrid, hybrid.parts().stream().map(part -> part.near()).toList());
            case Read.Query query -> facts(Privilege.QUERY, query, 0).counting(Metered.QUERIES, 1);
            case Read.Aggregate aggregate ->
                facts(Privilege.QUERY, aggregate, 0).counting(Metered.QUERIES, 1);
            case Read.Bucketed bucketed -> of(bucketed.search());
            case Read.Count count -> facts(Privilege.QUERY, count, 0).counting(Metered.QUERIES, 1);
            case Read.Explain explain -> of(explain.read());
        };
    }

    private static Facts searching(Read<?> read, List<Read.Near> parts) {
        long bytes = 0;
        long queries = 0;
        for (var near : parts) {
            bytes += bytes(near);
            queries += near.target().count();
        }
        return facts(Privilege.SEARCH, read, bytes).counting(Metered.SEARCHES, queries);
    }

    private static Facts facts(Privilege privilege, Read<?> read, long bytes) {
        return new Facts(privilege, Facts.collection(read.collection()), bytes, Facts.Audited.ON_REQUEST);
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
