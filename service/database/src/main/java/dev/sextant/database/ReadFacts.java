package dev.sextant.database;

import dev.sextant.model.Read;

final class ReadFacts {
    private ReadFacts() {}

    static Facts of(Read<?> read) {
        return switch (read) {
            case Read.Search search -> facts(Privilege.SEARCH, search, bytes(search.near()));
            case Read.HybridSearch hybrid ->
                facts(
                        Privilege.SEARCH,
                        hybrid,
                        hybrid.parts().stream()
                                .mapToLong(part -> bytes(part.near()))
                                .sum());
            case Read.Query query -> facts(Privilege.QUERY, query, 0);
            case Read.Count count -> facts(Privilege.QUERY, count, 0);
            case Read.Explain explain -> of(explain.read());
        };
    }

    private static Facts facts(Privilege privilege, Read<?> read, long bytes) {
        return new Facts(privilege, Facts.collection(read.collection()), bytes, Facts.Audited.ON_REQUEST);
    }

    private static long bytes(Read.Near near) {
        return switch (near.target()) {
            case Read.Target.Vectors(var queries) -> Weight.of(queries);
            case Read.Target.Keys(var keys) -> Weight.of(keys);
        };
    }
}
