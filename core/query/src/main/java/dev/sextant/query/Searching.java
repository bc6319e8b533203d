package dev.sextant.query;

import dev.sextant.model.Hits;
import dev.sextant.model.Read;

/// Searches, from names to hits: each shard gives its best, the best of those are cut out, and only then are fields
/// fetched.
record Searching(Reading reading, Finding finding) {
    Searching(Reading reading) {
        this(reading, new Finding(reading));
    }

    void search(Read.Search search, Once<Hits> reply) {
        var asked = new Binding(reading).asked(search);
        var outputs = Outputs.of(search.outputs(), reading.collection().schema(), false);
        boolean larger = asked.metric().largerIsBetter();
        reading.open(reply, (readers, once) -> {
            if (search.grouping().isEmpty())
                finding.winners(
                        readers,
                        asked,
                        new Then<>(
                                once,
                                found -> finding.answer(
                                        readers, Merging.cut(found, search.offset(), search.limit()), outputs, once)));
            else
                new Grouped(reading, finding)
                        .groups(
                                readers,
                                asked,
                                search.grouping().get(),
                                once,
                                found -> finding.answer(
                                        readers,
                                        Merging.group(
                                                found,
                                                search.grouping().get(),
                                                search.offset(),
                                                search.limit(),
                                                false,
                                                larger),
                                        outputs,
                                        once));
        });
    }

    void hybrid(Read.HybridSearch search, Once<Hits> reply) {
        new Hybrids(reading, finding).search(search, reply);
    }
}
