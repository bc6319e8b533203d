package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Searches that answer with groups of hits.
record Grouped(Reading reading, Finding finding) {
    /// The best groups are known by their best hits alone. What else is in them is asked for afterwards, of those
    /// groups only: a group that comes in late would otherwise have lost the hits that came before it was among the
    /// best.
    void groups(List<Reader> readers, Asked asked, Read.Grouping grouping, Once<?> once, Consumer<Winners> then) {
        var single = grouping.of(1);
        finding.winners(
                readers, asked.grouped(single, asked.wanted(), List.of(), asked.where()), new Then<>(once, heads -> {
                    if (grouping.size() == 1 || heads.total() == 0) {
                        then.accept(heads);
                        return;
                    }
                    var best = Merging.group(
                            heads,
                            single,
                            0,
                            asked.wanted(),
                            false,
                            asked.metric().largerIsBetter());
                    var firsts = firsts(best);
                    var values = Arrays.asList(GroupFields.read(firsts));
                    finding.winners(
                            readers,
                            asked.grouped(grouping, values.size(), firsts, among(asked.where(), grouping, values)),
                            new Then<>(once, then));
                }));
    }

    /// The groups of some hits, each once.
    private static List<Column> firsts(Winners hits) {
        var values = GroupFields.read(hits.groups());
        var seen = new HashSet<>();
        var at = IntStream.range(0, values.length)
                .filter(i -> seen.add(values[i]))
                .toArray();
        return hits.groups().stream().map(column -> column.take(at)).toList();
    }

    private Reader.Where among(Reader.Where where, Read.Grouping grouping, Collection<Object> groups) {
        var inGroups = GroupFields.of(grouping, reading.collection().schema()).among(grouping, groups);
        if (inGroups.isEmpty()) return where;
        var operands = new ArrayList<>(List.of(inGroups.get()));
        where.filter().ifPresent(filter -> {
            // A sample must stay the last operand of the outermost `and`.
            if (filter.root() instanceof Expression.And(var all)) operands.addAll(all);
            else operands.add(filter.root());
        });
        var text = where.filter().map(filter -> filter.text() + " and ").orElse("")
                + String.join(", ", grouping.fields()) + " among the best groups";
        var condition = new Expression.And(operands);
        var among = where.filter()
                .map(filter -> filter.with(text, condition))
                .orElseGet(() -> new Filter(text, condition, Map.of()));
        return new Reader.Where(Optional.of(among), where.partitions(), where.sealedOnly());
    }
}
