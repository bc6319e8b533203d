package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/// Hits that are scored anew by something that must be read first.
record Rescoring(Reading reading, Finding finding) {
    /// Some fusions look at a field of the rows that came out of the lists.
    void rescored(
            List<Reader> readers,
            Read.Fusion fusion,
            boolean largerIsBetter,
            Winners fused,
            Once<?> once,
            Consumer<Winners> then) {
        if (fusion instanceof Read.Fusion.Boosts boosts && fused.total() > 0) {
            new Boosts(readers, boosts, fused, largerIsBetter, once, then).next();
            return;
        }
        if (!(fusion instanceof Read.Fusion.Decay decay)) {
            then.accept(fused);
            return;
        }
        var field = Decaying.field(decay, reading.collection().schema());
        finding.fetch(
                readers,
                fused,
                new Outputs(List.of(field), List.of()),
                new Then<>(once, values -> then.accept(Decaying.decayed(fused, decay, values.getFirst()))));
    }

    /// One boost after the other: which hits meet its condition, and what it gives them.
    private final class Boosts {
        private final List<Reader> readers;
        private final Read.Fusion.Boosts asked;
        private final Winners fused;
        private final boolean largerIsBetter;
        private final Once<?> once;
        private final Consumer<Winners> then;
        private final List<BitSet> taken = new ArrayList<>();
        private final List<double[]> given = new ArrayList<>();

        private Boosts(
                List<Reader> readers,
                Read.Fusion.Boosts asked,
                Winners fused,
                boolean largerIsBetter,
                Once<?> once,
                Consumer<Winners> then) {
            this.readers = readers;
            this.asked = asked;
            this.fused = fused;
            this.largerIsBetter = largerIsBetter;
            this.once = once;
            this.then = then;
        }

        private void next() {
            if (given.size() == asked.functions().size()) {
                then.accept(Boosting.boosted(fused, asked, given, taken, largerIsBetter));
                return;
            }
            new Patience(reading.call(), reading.work()).run();
            // What it gives and whom, for each hit.
            reading.room().take((long) fused.total() * Double.BYTES + fused.total() / Byte.SIZE);
            var boost = asked.functions().get(given.size());
            meeting(boost, rows -> chances(readers, boost, fused, once, values -> give(boost, rows, values)));
        }

        private void give(Read.Boost boost, BitSet rows, Column values) {
            taken.add(rows);
            given.add(Boosting.shares(boost, values, fused.total()));
            // Boosts are calls inside calls; a long row of them goes on with an empty stack now and then.
            if (given.size() % 16 > 0) next();
            else OnWorker.elsewhere(reading.work(), once, _ -> next());
        }

        /// The hits that meet a boost's condition.
        private void meeting(Read.Boost boost, Consumer<BitSet> found) {
            var condition = reading.zoned(boost.filter());
            if (condition.isEmpty()) {
                var all = new BitSet();
                all.set(0, fused.total());
                found.accept(all);
                return;
            }
            long bytes = Boosting.bytes(fused.keys());
            reading.room().take(bytes);
            var key = reading.collection().schema().primaryKey().name();
            var where =
                    new Reader.Where(Optional.of(Boosting.among(condition.get(), key, fused.keys())), Set.of(), false);
            var question = new Reader.Matching(where, OptionalInt.empty());
            reading.<Reader.Selected>each(
                    readers,
                    question,
                    (reader, answer) -> reader.scan(reading.call(), question, answer),
                    new Then<>(once, selected -> {
                        var keys = selected.stream().map(Reader.Selected::keys).toList();
                        var rows = Boosting.rows(fused.keys(), keys);
                        reading.room().give(bytes);
                        found.accept(rows);
                    }));
        }
    }

    /// The values that a boost's chance depends on.
    private void chances(List<Reader> readers, Read.Boost boost, Winners fused, Once<?> once, Consumer<Column> then) {
        var name = boost.chance().flatMap(Read.Chance::field);
        if (name.isEmpty()) {
            then.accept(fused.keys());
            return;
        }
        var field = reading.collection()
                .schema()
                .field(name.get())
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, name.get(), "")));
        finding.fetch(
                readers,
                fused,
                new Outputs(List.of(field), List.of()),
                new Then<>(once, values -> then.accept(values.getFirst())));
    }
}
