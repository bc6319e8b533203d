package dev.sextant.query;

import dev.sextant.model.Read;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The best hits, put in the order of some fields before they are cut: a group of hits goes by its first one.
record Arranging(Reading reading, Finding finding) {
    /// @param best hits of each query that take part; with groups, group by group
    void arrange(List<Reader> readers, Winners best, Read.Search search, Once<?> once, Consumer<Winners> then) {
        var order = OrderField.of(search.order(), reading.collection().schema());
        var fields =
                new Outputs(order.stream().map(OrderField::field).distinct().toList(), List.of());
        finding.fetch(readers, best, fields, new Then<>(once, columns -> {
            var own = order.stream()
                    .map(by -> columns.get(fields.fields().indexOf(by.field())))
                    .toList();
            then.accept(arranged(best, OrderField.all(order, own), search.offset(), search.limit()));
        }));
    }

    /// What ties stays in its order. Offset and limit count groups where there are any.
    static Winners arranged(Winners best, Sorting.Order order, int offset, int limit) {
        var counts = new int[best.counts().length];
        var at = new int[best.total()];
        var groups = best.groups().isEmpty() ? new Object[0] : GroupFields.read(best.groups());
        int n = 0;
        for (int query = 0, from = 0; query < counts.length; from += best.counts()[query++]) {
            var firsts = firsts(groups, from, from + best.counts()[query]);
            int units = firsts.length - 1;
            var sorted = Sorting.sorted(units, (a, b) -> order.compare(firsts[a], firsts[b]));
            int end = (int) Math.min(units, (long) offset + limit);
            for (int unit = Math.min(offset, units); unit < end; unit++)
                for (int i = firsts[sorted[unit]]; i < firsts[sorted[unit] + 1]; i++) {
                    at[n++] = i;
                    counts[query]++;
                }
        }
        return best.take(counts, Arrays.copyOf(at, n));
    }

    /// Where each group begins among `[from, to)`, and `to`; without groups every hit is one.
    private static int[] firsts(Object[] groups, int from, int to) {
        var firsts = new int[to - from + 1];
        int n = 0;
        for (int i = from; i < to; i++)
            if (groups.length == 0 || i == from || !groups[i].equals(groups[i - 1])) firsts[n++] = i;
        firsts[n++] = to;
        return Arrays.copyOf(firsts, n);
    }
}
