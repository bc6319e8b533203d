package dev.sextant.query;

import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Searches, from names to hits: each shard gives its best, the best of those are cut out, and only then are fields
/// fetched.
record Searching(Reading reading, Finding finding) {
    Searching(Reading reading) {
        this(reading, new Finding(reading));
    }

    void search(Read.Search search, Once<Hits> reply) {
        var asked = new Binding(reading).asked(search);
        var outputs = Outputs.of(search.outputs(), reading.collection(), false);
        OrderField.of(search.order(), reading.collection().schema());
        reading.open(
                reply,
                (readers, once) -> best(readers, search, asked, once, best -> {
                    if (search.order().isEmpty()) answer(readers, search, asked, best, outputs, once);
                    else
                        new Arranging(reading, finding)
                                .arrange(
                                        readers,
                                        best,
                                        search,
                                        once,
                                        cut -> finding.answer(readers, cut, outputs, once));
                }));
    }

    /// A search whose recall is measured keeps its views beyond its reply.
    private void answer(
            List<Reader> readers, Read.Search search, Asked asked, Winners best, Outputs outputs, Once<Hits> once) {
        var sample = reading.shards() instanceof LocalShards local
                ? local.recall().draw(reading.collection(), search, asked, readers, best)
                : Optional.<RecallMeter.Sample>empty();
        if (sample.isEmpty()) {
            finding.answer(readers, best, outputs, once);
            return;
        }
        try {
            finding.answer(readers, best, outputs, new Once<>(sample.get().after(once), () -> {}));
        } catch (Throwable failed) {
            sample.get().drop();
            throw failed;
        }
    }

    /// The hits that are answered with; those that take part where another order chooses among them.
    private void best(List<Reader> readers, Read.Search search, Asked asked, Once<Hits> once, Consumer<Winners> then) {
        int offset = search.order().isEmpty() ? search.offset() : 0;
        int limit = search.order().isEmpty() ? search.limit() : asked.wanted();
        if (search.grouping().isEmpty()) {
            finding.winners(readers, asked, new Then<>(once, found -> then.accept(Merging.cut(found, offset, limit))));
            return;
        }
        var grouping = search.grouping().get();
        boolean larger = asked.metric().largerIsBetter();
        new Grouped(reading, finding)
                .groups(
                        readers,
                        asked,
                        grouping,
                        once,
                        found -> then.accept(Merging.group(found, grouping, offset, limit, false, larger)));
    }

    void hybrid(Read.HybridSearch search, Once<Hits> reply) {
        new Hybrids(reading, finding, search).search(reply);
    }
}
