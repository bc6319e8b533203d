package dev.sextant.query;

import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Records;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.query.filter.Binder;
import dev.sextant.query.filter.OfElements;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Queries and counts: rows by ascending key or in another order, and how many there are.
final class Listing {
    /// Copies of keys on their way from shards to an answer: as they came, side by side, in order.
    private static final int MERGING = 3;

    private final Reading reading;

    Listing(Reading reading) {
        this.reading = reading;
    }

    private Reader.Where where(Optional<Filter> filter, List<String> partitions, boolean sealedOnly) {
        return new Reader.Where(
                reading.zoned(filter), Names.partitions(reading.collection(), partitions, filter), sealedOnly);
    }

    Reader.Matching asked(Read.Query query) {
        var limit = query.limit().isPresent()
                ? OptionalInt.of(
                        (int) Math.min(Integer.MAX_VALUE, (long) query.limit().getAsInt() + query.offset()))
                : OptionalInt.empty();
        if (!query.order().isEmpty()) {
            if (limit.isEmpty())
                throw new Refused(new Refusal.InvalidParameter("limit", "ORDER BY requires explicit limit"));
            OrderField.scalars(query.order(), reading.collection().schema());
        }
        return new Reader.Matching(where(query.filter(), query.partitions(), query.sealedOnly()), limit, query.order());
    }

    Reader.Counting asked(Read.Count count) {
        return new Reader.Counting(where(count.filter(), count.partitions(), count.sealedOnly()));
    }

    void query(Read.Query query, Once<Records> reply) {
        var question = asked(query);
        var schema = reading.collection().schema();
        var outputs = Outputs.of(query.outputs(), reading.collection(), true);
        var order = OrderField.scalars(query.order(), schema);
        var elements = Binder.bind(question.where().filter(), schema).elements();
        reading.open(
                reply,
                (readers, once) -> reading.<Reader.Selected>each(
                        readers,
                        question,
                        (reader, answer) -> reader.scan(reading.call(), question, answer),
                        new Then<>(once, selected -> {
                            for (var one : selected)
                                reading.room().take(MERGING * (Outputs.bytes(one.keys()) + 12L * one.places().length));
                            var rows = Ordered.merge(
                                    selected, order, question.limit().orElse(Integer.MAX_VALUE));
                            if (elements.isPresent()) elements(query, elements.get(), readers, rows, outputs, once);
                            else
                                fetch(
                                        readers,
                                        rows.from(query.offset()),
                                        outputs,
                                        once,
                                        found -> once.complete(new Records(found, Reading.timestamp(readers))));
                        })));
    }

    /// Rows by those of their elements that match, of which each counts.
    private void elements(
            Read.Query query,
            OfElements asked,
            List<Reader> readers,
            Ordered rows,
            Outputs outputs,
            Once<Records> once) {
        var shape = Outputs.of(asked.needs(reading.collection().schema()), reading.collection(), false);
        fetch(readers, rows, shape, once, found -> {
            var window =
                    ElementWindow.of(asked.taken(reading.collection().schema(), found), query.offset(), query.limit());
            fetch(
                    readers,
                    rows.range(window.from(), window.to()),
                    outputs,
                    once,
                    taken -> once.complete(
                            new Records(taken, Reading.timestamp(readers), Optional.of(window.elements()))));
        });
    }

    private void fetch(List<Reader> readers, Ordered rows, Outputs outputs, Once<?> last, Consumer<Rows> step) {
        Fetching.fetch(
                reading,
                readers,
                rows,
                outputs,
                new Then<>(last, columns -> step.accept(outputs.rows(rows.place().length, columns))));
    }

    void count(Read.Count count, Once<Read.Counted> reply) {
        var question = asked(count);
        reading.open(
                reply,
                (readers, once) -> reading.<Long>each(
                        readers,
                        question,
                        (reader, answer) -> reader.count(reading.call(), question, answer),
                        new Then<>(
                                once,
                                counts -> once.complete(new Read.Counted(
                                        counts.stream()
                                                .mapToLong(Long::longValue)
                                                .sum(),
                                        Reading.timestamp(readers))))));
    }
}
