package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Column;
import dev.sextant.model.Records;
import dev.sextant.model.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Where the page before ended, when a page of elements ends inside a row: its key, and the element. The filter of the
/// next page begins with that row, so what was answered of it is left out.
///
/// @param key as it is written; empty where a page begins with a row
record LastElement(String key, int element) {
    private static final int MOST = 16_384;

    static LastElement of(Parameters parameters) {
        var element = parameters.count("query_iter_last_element_offset");
        return new LastElement(
                element.isPresent() ? parameters.text("query_iter_last_pk", "") : "", Math.max(0, element.orElse(0)));
    }

    /// So many more as may have to be left out, within what may be asked for: a page may be shorter than it could be.
    OptionalInt wider(OptionalInt limit) {
        if (key.isEmpty() || limit.isEmpty()) return limit;
        long wider = Math.min(limit.getAsInt() + element + 1L, MOST);
        return OptionalInt.of((int) Math.max(limit.getAsInt(), wider));
    }

    Records behind(Records records, OptionalInt limit) {
        if (key.isEmpty() || records.elements().isEmpty() || records.rows().count() == 0) return records;
        var elements = records.elements().get();
        var first = elements.getFirst();
        boolean isLast = key(records.rows()).equals(key);
        int done = isLast
                ? (int) Arrays.stream(first).filter(each -> each <= element).count()
                : 0;
        int from = done == first.length ? 1 : 0;
        int left = limit.orElse(Integer.MAX_VALUE);
        var kept = new ArrayList<int[]>();
        for (int row = from; row < elements.size() && left > 0; row++) {
            var its = elements.get(row);
            int begin = row == 0 ? done : 0;
            int end = (int) Math.min(its.length, (long) begin + left);
            kept.add(Arrays.copyOfRange(its, begin, end));
            left -= end - begin;
        }
        return new Records(
                rows(records.rows(), from, from + kept.size()), records.timestamp(), Optional.of(List.copyOf(kept)));
    }

    private static Rows rows(Rows all, int from, int to) {
        var rows = Rows.of(to - from);
        all.columns().forEach((name, column) -> rows.with(name, column.slice(from, to)));
        return rows.build();
    }

    /// The key comes first.
    private static String key(Rows rows) {
        return switch (rows.columns().firstEntry().getValue()) {
            case Column.Longs keys -> Long.toString(keys.values()[0]);
            case Column.Texts keys -> keys.values().text(0);
            default -> "";
        };
    }
}
