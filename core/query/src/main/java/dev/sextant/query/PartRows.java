package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.View;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Nulls;
import dev.sextant.query.filter.Binder;
import dev.sextant.query.filter.Bound;
import dev.sextant.query.filter.Keys;
import dev.sextant.query.filter.Matching;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which rows of each part of a view a question is about.
final class PartRows {
    /// @param rows visible, of the partitions, and matching
    /// @param count how many they are
    /// @param kept what is kept of the filter that took them
    record Selected(Part part, Bits rows, int count, Optional<FilterCache.Kept> kept) {
        Selected(Part part, Bits rows, int count) {
            this(part, rows, count, Optional.empty());
        }
    }

    private final View view;
    private final QueryConfig config;
    private final FilterCache filters;
    private final Patience patience;

    PartRows(View view, QueryConfig config, FilterCache filters, Patience patience) {
        this.view = view;
        this.config = config;
        this.filters = filters;
        this.patience = patience;
    }

    /// One for each part of the view, in its order.
    List<Selected> select(Reader.Where where) {
        var bound = Binder.bind(where.filter(), view.schema());
        var key = view.schema().primaryKey();
        var keys = Keys.among(bound.root(), key);
        if (keys.isPresent() && keys.get().rows() <= config.findKeys()) return named(where, bound, keys.get());
        var selected = new ArrayList<Selected>(view.parts().size());
        for (int i = 0; i < view.parts().size(); i++) {
            patience.run();
            var part = view.parts().get(i);
            selected.add(part(part, where, bound, base(part, where), true));
        }
        return selected;
    }

    /// How a question finds its rows, for plans.
    Optional<Column> namedKeys(Reader.Where where) {
        var bound = Binder.bind(where.filter(), view.schema());
        return Keys.among(bound.root(), view.schema().primaryKey()).filter(found -> found.rows() <= config.findKeys());
    }

    /// Which indexes answer for a part, in sentences.
    List<String> served(Part part, Reader.Where where) {
        return namedKeys(where).isPresent()
                ? List.of()
                : Matching.served(part, Binder.bind(where.filter(), view.schema()), base(part, where));
    }

    private Selected part(Part part, Reader.Where where, Bound bound, Bits base, boolean keep) {
        if (where.sealedOnly() && part.growing()) return new Selected(part, Bits.none(part.rows()), 0);
        // Few rows are looked at faster than remembered.
        if (where.filter().isEmpty() || bound.isAll() || !keep) {
            var rows = Matching.rows(part, bound, base, view.timestamp(), patience);
            return new Selected(part, rows, rows.count(part.rows()));
        }
        var taken = filters.rows(
                view.shard(),
                part,
                view.schema().version(),
                where.filter().get(),
                bound,
                base,
                view.timestamp(),
                patience);
        return new Selected(part, taken.rows(), taken.rows().count(part.rows()), taken.kept());
    }

    private static Bits base(Part part, Reader.Where where) {
        return where.partitions().isEmpty()
                ? part.visible()
                : part.visible().and(part.ofPartitions(where.partitions()));
    }

    /// The filter names keys: they are looked up, and the rest of the filter looks at their rows only.
    private List<Selected> named(Reader.Where where, Bound bound, Column keys) {
        var parts = view.parts();
        var found = new Bits.Builder[parts.size()];
        var places = view.find(
                keys,
                where.partitions().size() == 1 ? where.partitions().iterator().next() : 0);
        for (int i = 0; i < places.count(); i++) {
            int at = places.part()[i];
            if (found[at] == null) found[at] = Bits.builder(parts.get(at).rows());
            found[at].set(places.row()[i]);
        }
        var selected = new ArrayList<Selected>();
        for (int i = 0; i < parts.size(); i++) {
            patience.run();
            var part = parts.get(i);
            if (found[i] == null) {
                selected.add(new Selected(part, Bits.none(part.rows()), 0));
                continue;
            }
            selected.add(part(part, where, bound, base(part, where).and(found[i].build()), false));
        }
        return selected;
    }

    /// An empty key column of the schema's kind.
    static Column noKeys(Field key) {
        return Column.empty(key.type());
    }

    static Column keys(long[] values) {
        return new Column.Longs(values, Nulls.NONE);
    }
}
