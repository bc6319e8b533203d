package dev.sextant.query;

import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Searches of several fields whose lists become one.
record Hybrids(Reading reading, Finding finding) {
    void search(Read.HybridSearch search, Once<Hits> reply) {
        var asked = new Binding(reading).asked(search);
        var fusing =
                new Fusing(search.fusion(), asked.stream().map(Asked::metric).toList());
        var outputs = Outputs.of(search.outputs(), reading.collection().schema(), false);
        var grouped = search.grouping()
                .map(grouping ->
                        GroupField.of(grouping.field(), reading.collection().schema()));
        reading.open(
                reply,
                (readers, once) -> lists(
                        readers,
                        asked,
                        new ArrayList<>(),
                        once,
                        lists -> new Rescoring(reading, finding)
                                .rescored(
                                        readers,
                                        search.fusion(),
                                        fusing.largerIsBetter(),
                                        fusing.fuse(lists),
                                        once,
                                        fused -> finish(
                                                readers,
                                                search,
                                                fused,
                                                fusing.largerIsBetter(),
                                                grouped,
                                                outputs,
                                                once))));
    }

    private void finish(
            List<Reader> readers,
            Read.HybridSearch search,
            Winners fused,
            boolean largerIsBetter,
            Optional<GroupField> grouped,
            Outputs outputs,
            Once<Hits> once) {
        if (grouped.isEmpty()) {
            var cut = Merging.cut(fused, search.offset(), search.limit());
            finding.answer(readers, rounded(cut, search.roundDecimal()), outputs, once);
            return;
        }
        var field = new Outputs(List.of(grouped.get().field()), List.of());
        finding.fetch(readers, fused, field, new Then<>(once, values -> {
            var groups = grouped.get().column(List.of(grouped.get().values(values.getFirst())));
            var all = new Winners(
                    fused.counts(),
                    fused.keys(),
                    fused.scores(),
                    fused.reader(),
                    fused.place(),
                    Optional.of(groups),
                    fused.elements(),
                    fused.rowsScanned());
            var cut =
                    Merging.group(all, search.grouping().get(), search.offset(), search.limit(), true, largerIsBetter);
            finding.answer(readers, rounded(cut, search.roundDecimal()), outputs, once);
        }));
    }

    private static Winners rounded(Winners winners, int digits) {
        if (digits < 0) return winners;
        double unit = Math.pow(10, digits);
        var scores = winners.scores().clone();
        for (int i = 0; i < scores.length; i++)
            scores[i] =
                    (float) (Math.copySign(Math.floor(Math.abs((double) scores[i]) * unit + 0.5), scores[i]) / unit);
        return winners.scored(scores);
    }

    /// One list after the other: their scratch is the worker's.
    private void lists(
            List<Reader> readers,
            List<Asked> asked,
            List<Winners> done,
            Once<Hits> once,
            Consumer<List<Winners>> then) {
        if (done.size() == asked.size()) {
            then.accept(done);
            return;
        }
        finding.winners(readers, asked.get(done.size()), new Then<>(once, found -> {
            var one = asked.get(done.size());
            var list = Merging.cut(found, 0, one.wanted());
            done.add(one.collapse()
                    .map(how -> Collapsing.rows(list, how, one.metric().largerIsBetter()))
                    .orElse(list));
            NearSearch.refuseTooMany(done.stream().mapToLong(Winners::total).sum(), reading.config());
            // Steps are calls inside calls; a long row of them goes on with an empty stack now and then.
            if (done.size() % 16 > 0) lists(readers, asked, done, once, then);
            else OnWorker.elsewhere(reading.work(), once, _ -> lists(readers, asked, done, once, then));
        }));
    }
}
