package dev.sextant.query;

import dev.sextant.engine.View;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Writes down how one shard answers a question. The filter is evaluated also for a plan that is not run, since the
/// choice of each part rests on exact counts.
final class Explaining {
    private final View view;
    private final Work work;
    private final QueryConfig config;
    private final CostBook costs;
    private final FilterCache filters;
    private final Memory memory;
    private final Call call;
    private final List<String> lines = new ArrayList<>();

    Explaining(
            View view, Work work, QueryConfig config, CostBook costs, FilterCache filters, Memory memory, Call call) {
        this.costs = costs;
        this.view = view;
        this.work = work;
        this.config = config;
        this.filters = filters;
        this.memory = memory;
        this.call = call;
    }

    void explain(Reader.Question question, boolean analyze, Once<List<String>> reply) {
        long begun = work.nanos();
        line(
                0,
                "Shard %d at %d: %s in %s",
                view.shard(),
                view.timestamp(),
                count(rows(), "row"),
                count(view.parts().size(), "part"));
        switch (question) {
            case Reader.Nearest nearest -> nearest(nearest, analyze, begun, reply);
            case Reader.Matching matching -> {
                rows(
                        question.where(),
                        !matching.order().isEmpty()
                                ? "keep the first " + matching.limit().orElse(0) + " by " + by(matching.order())
                                : matching.limit().isPresent()
                                        ? "keep the " + matching.limit().getAsInt() + " smallest keys"
                                        : "sort by key");
                if (analyze) line(1, "Took %s", time(work.nanos() - begun));
                reply.complete(lines);
            }
            case Reader.Aggregating aggregating -> {
                rows(
                        question.where(),
                        "add up " + count(aggregating.figures().size(), "figure")
                                + (aggregating.groups().isEmpty()
                                        ? ""
                                        : " by " + String.join(", ", aggregating.groups())));
                if (analyze) line(1, "Took %s", time(work.nanos() - begun));
                reply.complete(lines);
            }
            case Reader.Counting _ -> {
                rows(question.where(), "count");
                if (analyze) line(1, "Took %s", time(work.nanos() - begun));
                reply.complete(lines);
            }
        }
    }

    static String by(List<dev.sextant.model.Read.Order> order) {
        return order.stream()
                .map(one -> one.by()
                        + (one.descending() ? " descending" : "")
                        + (one.nullsFirst() == one.descending()
                                ? ""
                                : one.nullsFirst() ? " nulls first" : " nulls last"))
                .collect(java.util.stream.Collectors.joining(", "));
    }

    private long rows() {
        return view.parts().stream().mapToLong(part -> part.rows()).sum();
    }

    private void rows(Reader.Where where, String then) {
        var partRows = new PartRows(view, config, filters, new Patience(call, work));
        filter(where, partRows);
        for (var selected : partRows.select(where)) {
            line(
                    1,
                    "%s: %s of %s match → %s",
                    name(selected.part()),
                    count(selected.count(), "row"),
                    number(selected.part().rows()),
                    then);
            for (var answer : partRows.served(selected.part(), where)) line(2, "%s", answer);
        }
    }

    private void filter(Reader.Where where, PartRows rows) {
        where.filter().ifPresent(filter -> line(1, "Filter: %s", filter.text()));
        rows.namedKeys(where)
                .ifPresent(keys -> line(2, "looks up %s instead of reading columns", count(keys.rows(), "key")));
        if (where.sealedOnly()) line(1, "Sealed segments only");
    }

    private void nearest(Reader.Nearest question, boolean analyze, long begun, Once<List<String>> reply) {
        var search = new NearSearch(view, question, config, costs, filters, new Patience(call, work), memory, analyze);
        long filtered = work.nanos() - begun;
        var partRows = new PartRows(view, config, filters, new Patience(call, work));
        filter(question.where(), partRows);
        for (var part : search.searches()) {
            plan(part);
            for (var answer : partRows.served(part.part(), question.where())) line(2, "%s", answer);
        }
        if (search.searches().isEmpty()) line(1, "No row matches");
        if (!analyze) {
            reply.complete(lines);
            return;
        }
        search.run(
                work,
                new Once<>(
                        new Then<>(reply, found -> {
                            line(
                                    1,
                                    "Filter and plan took %s, the whole %s",
                                    time(filtered),
                                    time(work.nanos() - begun));
                            for (var ran : search.notes())
                                line(
                                        2,
                                        "%s: scored %s in %s, touched %s%s%s",
                                        name(ran.part()),
                                        count(ran.scanned().rows(), "row"),
                                        time(ran.nanos()),
                                        count(ran.scanned().bytes(), "byte"),
                                        reads(ran.reads()),
                                        ran.switched() ? ", left the graph for the scan" : "");
                            line(
                                    1,
                                    "Scored %s, touched %s, kept %s",
                                    count(found.scanned().rows(), "row"),
                                    count(found.scanned().bytes(), "byte"),
                                    count(found.scores().length, "hit"));
                            reply.complete(lines);
                        }),
                        () -> {}));
    }

    private static String reads(PartSearch.Reads reads) {
        if (reads.rows() == 0) return "";
        return ", read " + count(reads.rows(), "row") + " from disk"
                + (reads.pages() == 0 ? "" : " in " + count(reads.pages(), "page"));
    }

    private void plan(PartSearch search) {
        var figures = search.figures();
        double share = figures.nodes() == 0 ? 0 : 100.0 * figures.matching() / figures.nodes();
        var way = switch (search.plan()) {
            case Plan.Nothing _ -> "nothing to search";
            case Plan.Scan(var rows, var byCodes, var nanos) ->
                (byCodes ? "scan of the codes of " : "exact scan of ") + count(rows, "row")
                        + (search.isFar() ? " on disk" : "") + ", about " + time((long) nanos) + " a query";
            case Plan.Walk(var effort, var tail, _, var mostCodes, var nanos) ->
                "graph with a beam of " + number(effort.beam()) + (search.isFar() ? " over codes, rows on disk" : "")
                        + (tail == 0 ? "" : ", then a scan of " + count(tail, "row") + " not yet in it") + ", about "
                        + time((long) nanos) + " a query; left for the scan after " + count(mostCodes, "code");
        };
        line(
                1,
                "%s: %s of %s match (%.1f %%) → %s",
                name(search.part()),
                count(figures.matching(), "vector"),
                number(figures.nodes()),
                share,
                way);
        if (!search.prices().equals(Prices.USUAL))
            line(
                    2,
                    "costs measured on such parts, beside the fixed ones: %s",
                    search.prices().describe());
    }

    private static String name(dev.sextant.engine.Part part) {
        return (part.growing() ? "Memtable " : "Segment ") + part.id();
    }

    private void line(int depth, String text, Object... values) {
        lines.add("  ".repeat(depth) + String.format(Locale.ROOT, text, values));
    }

    static String count(long number, String thing) {
        return number(number) + " " + thing + (number == 1 ? "" : "s");
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String time(long nanos) {
        return nanos < 1_000_000
                ? String.format(Locale.ROOT, "%.0f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
