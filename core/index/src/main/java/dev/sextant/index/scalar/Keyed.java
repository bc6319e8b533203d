package dev.sextant.index.scalar;

import dev.sextant.kernel.Bits;
import java.util.Optional;

/// An index of keys in order, each with its rows. What is sought is a few runs of keys: two binary searches a run.
abstract sealed class Keyed extends Based permits Sorted, Terms, Bitmap {
    // Figures of one core: a row set among bits that fit in its cache, a key looked for, a text put to a test.
    static final double ROW_NANOS = 0.8;
    private static final double KEY_NANOS = 250;
    private static final double WORD_NANOS = 0.5;
    private static final double TEXT_NANOS = 20;

    final Keys keys;

    Keyed(Standing standing) {
        super(standing);
        keys = new Keys(standing.head, standing.region.address());
    }

    final long base() {
        return standing.region.address();
    }

    /// How many rows are under these keys; rows under several count as often.
    abstract long count(int fromKey, int toKey);

    abstract void set(int fromKey, int toKey, Rows rows);

    abstract void clear(int fromKey, int toKey, Rows rows);

    /// What reading the rows under these keys costs.
    abstract double nanos(int fromKey, int toKey);

    @Override
    public final Optional<Lookup> look(Sought sought) {
        var spans = keys.find(sought);
        if (spans.isEmpty()) return Optional.empty();
        if (sought instanceof Sought.Like(_, _, var test)) return Optional.of(new Tested(spans.get(), test));
        int wanted = wantsAll(sought);
        return Optional.of(wanted > 1 ? new All(spans.get(), wanted) : new Any(spans.get()));
    }

    /// How many keys a row must be under; 0 when one is enough.
    private static int wantsAll(Sought sought) {
        return switch (sought) {
            case Sought.WholeSet(var values, var all) -> all ? values.length : 0;
            case Sought.RealSet(var values, var all) -> all ? values.length : 0;
            case Sought.TextSet(var values, var all) -> all ? values.count() : 0;
            case Sought.TruthSet(var no, var yes, var all) -> all && no && yes ? 2 : 0;
            case Sought.Wholes _, Sought.Reals _, Sought.Texts _, Sought.Like _, Sought.Meeting _ -> 0;
        };
    }

    private long count(Spans spans) {
        long count = 0;
        for (int span = 0; span < spans.count(); span++) count += count(spans.from(span), spans.to(span));
        return count;
    }

    private double nanos(Spans spans) {
        double nanos = KEY_NANOS * spans.count() + WORD_NANOS * standing.head.words();
        for (int span = 0; span < spans.count(); span++) nanos += nanos(spans.from(span), spans.to(span));
        return nanos;
    }

    private Found found(Rows rows) {
        return new Found(rows.build(), standing.unsure);
    }

    /// Rows under any of the keys; where these are most, all the others are taken away instead.
    private Rows any(Spans spans) {
        var rest = spans.rest(standing.head.keys());
        if (!standing.head.lists() && nanos(rest) < nanos(spans)) {
            var rows = new Rows(standing.head.rows(), standing.valued);
            for (int span = 0; span < rest.count(); span++) clear(rest.from(span), rest.to(span), rows);
            return rows;
        }
        var rows = new Rows(standing.head.rows());
        for (int span = 0; span < spans.count(); span++) set(spans.from(span), spans.to(span), rows);
        return rows;
    }

    private final class Any implements Lookup {
        private final Spans spans;
        private final double nanos;

        Any(Spans spans) {
            this.spans = spans;
            double each = Keyed.this.nanos(spans);
            nanos = standing.head.lists() ? each : Math.min(each, Keyed.this.nanos(spans.rest(standing.head.keys())));
        }

        @Override
        public long rows() {
            return Math.min(count(spans), standing.valuedCount);
        }

        @Override
        public double nanos() {
            return nanos;
        }

        @Override
        public Found find() {
            return found(any(spans));
        }
    }

    /// Rows under each of so many keys.
    private final class All implements Lookup {
        private final Spans spans;
        private final boolean possible;

        All(Spans spans, int wanted) {
            this.spans = spans;
            int there = 0;
            for (int span = 0; span < spans.count(); span++) there += spans.to(span) - spans.from(span);
            possible = there == wanted;
        }

        @Override
        public long rows() {
            if (!possible) return 0;
            long least = Long.MAX_VALUE;
            for (int span = 0; span < spans.count(); span++)
                for (int key = spans.from(span); key < spans.to(span); key++)
                    least = Math.min(least, count(key, key + 1));
            return least;
        }

        @Override
        public double nanos() {
            return possible ? Keyed.this.nanos(spans) * 2 : KEY_NANOS;
        }

        @Override
        public Found find() {
            if (!possible) return new Found(Bits.none(standing.head.rows()), standing.unsure);
            var all = Bits.ALL;
            for (int span = 0; span < spans.count(); span++)
                for (int key = spans.from(span); key < spans.to(span); key++) {
                    var rows = new Rows(standing.head.rows());
                    set(key, key + 1, rows);
                    all = all.and(rows.build());
                }
            return new Found(all, standing.unsure);
        }
    }

    /// Keys that are put to a test, each once, however many rows it has.
    private final class Tested implements Lookup {
        private final Spans spans;
        private final Sought.TextTest test;

        Tested(Spans spans, Sought.TextTest test) {
            this.spans = spans;
            this.test = test;
        }

        @Override
        public long rows() {
            return count(spans) / 10;
        }

        @Override
        public double nanos() {
            long texts = 0;
            for (int span = 0; span < spans.count(); span++) texts += spans.to(span) - spans.from(span);
            return TEXT_NANOS * texts + Keyed.this.nanos(spans) / 10;
        }

        @Override
        public Found find() {
            return found(any(keys.pass(spans, test)));
        }
    }

    @Override
    public final int keys() {
        return standing.head.keys();
    }
}
