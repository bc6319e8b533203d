package dev.sextant.query;

import dev.sextant.model.Expression;
import dev.sextant.model.Filter;
import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Searches that answer with groups of hits.
record Grouped(Reading reading, Finding finding) {
    /// The best groups are known by their best hits alone. What else is in them is asked for afterwards, of those
    /// groups only: a group that comes in late would otherwise have lost the hits that came before it was among the
    /// best.
    void groups(List<Reader> readers, Asked asked, Read.Grouping grouping, Once<Hits> once, Consumer<Winners> then) {
        var single = new Read.Grouping(grouping.field(), 1, grouping.strict());
        finding.winners(readers, asked.grouped(single, asked.wanted(), asked.where()), new Then<>(once, heads -> {
            if (grouping.size() == 1 || heads.total() == 0) {
                then.accept(heads);
                return;
            }
            var best = Merging.group(
                    heads, single, 0, asked.wanted(), false, asked.metric().largerIsBetter());
            var values = new LinkedHashSet<>(
                    Arrays.asList(GroupField.read(best.groups().orElseThrow())));
            finding.winners(
                    readers,
                    asked.grouped(grouping, values.size(), among(asked.where(), grouping, values)),
                    new Then<>(once, then));
        }));
    }

    private Reader.Where among(Reader.Where where, Read.Grouping grouping, Collection<Object> groups) {
        boolean inJson = GroupField.of(grouping.field(), reading.collection().schema())
                .place()
                .isPresent();
        var inGroups = GroupField.among(grouping.field(), inJson, groups);
        var operands = new ArrayList<>(List.of(inGroups));
        where.filter().ifPresent(filter -> {
            // A sample must stay the last operand of the outermost `and`.
            if (filter.root() instanceof Expression.And(var all)) operands.addAll(all);
            else operands.add(filter.root());
        });
        var text = where.filter().map(filter -> filter.text() + " and ").orElse("") + grouping.field()
                + " among the best groups";
        var condition = new Expression.And(operands);
        var among = where.filter()
                .map(filter -> filter.with(text, condition))
                .orElseGet(() -> new Filter(text, condition, Map.of()));
        return new Reader.Where(Optional.of(among), where.partitions(), where.sealedOnly());
    }
}
