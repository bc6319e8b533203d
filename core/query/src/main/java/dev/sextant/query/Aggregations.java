package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Records;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/// Figures of rows in groups: each shard adds up its own, what they come to is added up here, put in order and cut.
record Aggregations(Reading reading) {
    Reader.Aggregating asked(Read.Aggregate aggregate) {
        var schema = reading.collection().schema();
        if (aggregate.figures().isEmpty() && aggregate.groups().isEmpty())
            throw new Refused(new Refusal.Missing("output_fields", "a figure, or fields to group by"));
        var names = new HashSet<String>();
        for (var name : names(aggregate))
            if (!names.add(name))
                throw new Refused(
                        new Refusal.InvalidParameter("output_fields", "output field '" + name + "' is named twice"));
        for (var by : aggregate.order())
            if (!names.contains(by.by()))
                throw new Refused(new Refusal.InvalidParameter(
                        "order_by_fields",
                        "ORDER BY can only reference GROUP BY columns or aggregates, not '" + by.by() + "'"));
        try (var room = new Room(reading.memory(), "queries")) {
            new Tally(
                    schema,
                    aggregate.groups(),
                    aggregate.figures(),
                    reading.config().maxGroups(),
                    room);
        }
        return new Reader.Aggregating(
                new Reader.Where(
                        reading.zoned(aggregate.filter()),
                        Names.partitions(reading.collection(), aggregate.partitions(), aggregate.filter()),
                        aggregate.sealedOnly()),
                aggregate.groups(),
                aggregate.figures());
    }

    private static List<String> names(Read.Aggregate aggregate) {
        var names = new ArrayList<>(aggregate.groups());
        aggregate.figures().forEach(figure -> names.add(figure.name()));
        return names;
    }

    void aggregate(Read.Aggregate aggregate, Once<Records> reply) {
        var question = asked(aggregate);
        reading.open(
                reply,
                (readers, once) -> reading.<Reader.Tallied>each(
                        readers,
                        question,
                        (reader, answer) -> reader.aggregate(reading.call(), question, answer),
                        new Then<>(
                                once,
                                tallied -> once.complete(new Records(
                                        rows(aggregate, joined(aggregate, tallied)), Reading.timestamp(readers))))));
    }

    private Tally joined(Read.Aggregate aggregate, List<Reader.Tallied> tallied) {
        for (var one : tallied) reading.room().take(bytes(one));
        var all = new Tally(
                reading.collection().schema(),
                aggregate.groups(),
                aggregate.figures(),
                reading.config().maxGroups(),
                reading.room());
        for (var one : tallied) all.add(one);
        return all;
    }

    private static long bytes(Reader.Tallied tallied) {
        long bytes = 0;
        for (var column : tallied.groups()) bytes += Outputs.bytes(column);
        for (var sums : tallied.sums()) for (var column : sums) bytes += Outputs.bytes(column);
        return bytes;
    }

    private Rows rows(Read.Aggregate aggregate, Tally tally) {
        var columns = tally.columns();
        var names = names(aggregate);
        long bytes = columns.stream().mapToLong(Outputs::bytes).sum();
        if (bytes > reading.config().maxOutputSize())
            throw new Refused(new Refusal.LimitExceeded(
                    "the size of an answer in bytes", bytes, reading.config().maxOutputSize(), "maxOutputSize"));
        var sorted = Sorting.sorted(tally.count(), order(aggregate, names, columns));
        int from = Math.min(aggregate.offset(), sorted.length);
        int to = (int) Math.min(sorted.length, (long) from + aggregate.limit().orElse(Integer.MAX_VALUE));
        var at = Arrays.copyOfRange(sorted, from, to);
        var rows = Rows.of(at.length);
        for (int i = 0; i < columns.size(); i++)
            rows.with(names.get(i), columns.get(i).take(at));
        return rows.build();
    }

    /// As asked, then by the values of the groups, so that pages fit together.
    private static Sorting.Order order(Read.Aggregate aggregate, List<String> names, List<Column> columns) {
        var orders = new ArrayList<Sorting.Order>();
        for (var by : aggregate.order()) orders.add(OrderField.by(columns.get(names.indexOf(by.by())), by));
        for (int i = 0; i < aggregate.groups().size(); i++)
            orders.add(OrderField.by(columns.get(i), Read.Order.ascending(names.get(i))));
        return Sorting.first(orders.toArray(Sorting.Order[]::new));
    }
}
