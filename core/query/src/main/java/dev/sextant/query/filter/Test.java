package dev.sextant.query.filter;

import dev.sextant.model.Moments;
import dev.sextant.model.Slices;
import dev.sextant.text.TextMatch;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalInt;

/// A test of one value that is there. Each kind of test goes with one kind of column.
public sealed interface Test {
    /// Tests of whole numbers.
    sealed interface Whole extends Test {
        boolean passes(long value);
    }

    /// Tests of real numbers.
    sealed interface Real extends Test {
        boolean passes(double value);
    }

    /// Tests of UTF-8 text.
    sealed interface Text extends Test {
        boolean passes(byte[] bytes, int from, int to);
    }

    /// Values in a list.
    sealed interface Set extends Test {
        int size();

        /// Which of the values this is, from 0; negative when it is none.
        default int find(long value) {
            return -1;
        }

        default int find(double value) {
            return -1;
        }

        default int find(byte[] bytes, int from, int to) {
            return -1;
        }
    }

    /// `least <= steps(value) <= most`.
    record WholeRange(Steps steps, long least, long most) implements Whole {
        @Override
        public boolean passes(long value) {
            long changed = steps.none() ? value : steps.apply(value);
            return changed >= least && changed <= most;
        }
    }

    /// `least <= value + interval <= most`, where the calendar says how long the interval is.
    record Shifted(Moments.Interval interval, long least, long most) implements Whole {
        @Override
        public boolean passes(long value) {
            long changed = interval.after(value);
            return changed >= least && changed <= most;
        }
    }

    /// @param values ascending, each once
    record WholeSet(long[] values, LongTable table) implements Whole, Set {
        @Override
        public boolean passes(long value) {
            return find(value) >= 0;
        }

        @Override
        public int find(long value) {
            if (values.length > 4) return table.find(value);
            for (int i = 0; i < values.length; i++) if (values[i] == value) return i;
            return -1;
        }

        @Override
        public int size() {
            return values.length;
        }
    }

    /// Between two bounds, of which each may be excluded. Bounds of a FLOAT field are floats already.
    record RealRange(Steps steps, double least, boolean leastIn, double most, boolean mostIn) implements Real {
        @Override
        public boolean passes(double value) {
            double changed = steps.none() ? value : steps.apply(value);
            return (leastIn ? changed >= least : changed > least) && (mostIn ? changed <= most : changed < most);
        }
    }

    /// @param values ascending, each once, no -0.0
    record RealSet(double[] values) implements Real, Set {
        @Override
        public boolean passes(double value) {
            return find(value) >= 0;
        }

        @Override
        public int find(double value) {
            return Arrays.binarySearch(values, value == 0 ? 0 : value);
        }

        @Override
        public int size() {
            return values.length;
        }
    }

    /// @param values `false` before `true`
    record TruthSet(boolean[] values) implements Set {
        @Override
        public int size() {
            return values.length;
        }

        int find(boolean value) {
            for (int i = 0; i < values.length; i++) if (values[i] == value) return i;
            return -1;
        }
    }

    /// Between two texts in byte order; a bound that is absent is null inside, and never leaves this record.
    record TextRange(byte[] least, boolean leastIn, byte[] most, boolean mostIn) implements Text {
        @Override
        public boolean passes(byte[] bytes, int from, int to) {
            if (least != null) {
                int order = Arrays.compareUnsigned(bytes, from, to, least, 0, least.length);
                if (order < 0 || order == 0 && !leastIn) return false;
            }
            if (most != null) {
                int order = Arrays.compareUnsigned(bytes, from, to, most, 0, most.length);
                if (order > 0 || order == 0 && !mostIn) return false;
            }
            return true;
        }

        TextRange and(TextRange other) {
            boolean low = other.least == null
                    || least != null && tighter(Arrays.compareUnsigned(least, other.least), leastIn);
            boolean high =
                    other.most == null || most != null && tighter(Arrays.compareUnsigned(other.most, most), mostIn);
            return new TextRange(
                    low ? least : other.least,
                    low ? leastIn : other.leastIn,
                    high ? most : other.most,
                    high ? mostIn : other.mostIn);
        }

        private static boolean tighter(int order, boolean included) {
            return order > 0 || order == 0 && !included;
        }

        boolean isOne() {
            return least != null && most != null && leastIn && mostIn && Arrays.equals(least, most);
        }
    }

    /// @param values ascending in byte order, each once
    record TextSet(Slices values, TextTable table) implements Text, Set {
        @Override
        public boolean passes(byte[] bytes, int from, int to) {
            return find(bytes, from, to) >= 0;
        }

        @Override
        public int find(byte[] bytes, int from, int to) {
            return table.find(bytes, from, to);
        }

        @Override
        public int size() {
            return values.count();
        }
    }

    /// A text that has the words that are asked for.
    ///
    /// @param counted the field into which a function counts the words of the text, or nothing
    record TextWords(TextMatch match, TextMatch.Needed needed, OptionalInt counted) implements Text {
        @Override
        public boolean passes(byte[] bytes, int from, int to) {
            return match.matches(bytes, from, to);
        }
    }

    /// A geometry that answers a question with yes. A probe serves one thread, so each makes its own.
    record Geometry(Question question) implements Test {
        boolean passes(byte[] bytes, int from, int to) {
            // Null rows are looked at too, and taken out afterwards: they hold no bytes.
            return from < to && question.probe().test(bytes, from, to);
        }
    }

    /// A number of a set that a caller made.
    record WholeMember(Membership set) implements Whole {
        @Override
        public boolean passes(long value) {
            return set.has(value);
        }
    }

    /// A text of a set that a caller made.
    record TextMember(Membership.Bloom set) implements Text {
        @Override
        public boolean passes(byte[] bytes, int from, int to) {
            return set.has(bytes, from, to);
        }
    }

    record TextPattern(Pattern pattern) implements Text {
        @Override
        public boolean passes(byte[] bytes, int from, int to) {
            return pattern.matches(bytes, from, to);
        }
    }

    /// Ascending and each once.
    static WholeSet wholes(long[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int kept = 0;
        for (int i = 0; i < sorted.length; i++) if (i == 0 || sorted[i] != sorted[i - 1]) sorted[kept++] = sorted[i];
        var distinct = Arrays.copyOf(sorted, kept);
        return new WholeSet(distinct, new LongTable(distinct));
    }

    static RealSet reals(double[] values) {
        return new RealSet(Arrays.stream(values)
                .map(v -> v == 0 ? 0 : v)
                .sorted()
                .distinct()
                .toArray());
    }

    static TextSet texts(java.util.List<byte[]> values) {
        var sorted = values.stream().sorted(Arrays::compareUnsigned).toList();
        var builder = new Slices.Builder(sorted.size());
        byte[] last = null;
        for (var value : sorted) {
            if (last == null || !Arrays.equals(last, value)) builder.add(value);
            last = value;
        }
        var distinct = builder.build();
        return new TextSet(distinct, new TextTable(distinct));
    }

    static TruthSet truths(java.util.List<Boolean> values) {
        var both = new HashSet<>(values);
        if (both.size() == 2) return new TruthSet(new boolean[] {false, true});
        return both.isEmpty() ? new TruthSet(new boolean[0]) : new TruthSet(new boolean[] {both.contains(true)});
    }
}
