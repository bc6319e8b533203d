package dev.sextant.index.scalar;

import dev.sextant.model.Box;
import dev.sextant.model.Slices;
import java.util.List;
import java.util.Optional;

/// What is asked of a scalar index. Sets hold each value once, ascending; over arrays a set is about their elements.
public sealed interface Sought {
    /// `least <= value <= most`
    record Wholes(long least, long most) implements Sought {}

    record WholeSet(long[] values, boolean all) implements Sought {}

    record Reals(double least, boolean leastIn, double most, boolean mostIn) implements Sought {}

    record RealSet(double[] values, boolean all) implements Sought {}

    record TruthSet(boolean no, boolean yes, boolean all) implements Sought {}

    /// In the order of bytes without sign.
    record Texts(Optional<byte[]> least, boolean leastIn, Optional<byte[]> most, boolean mostIn) implements Sought {
        public static Texts one(byte[] text) {
            return new Texts(Optional.of(text), true, Optional.of(text), true);
        }

        /// All that begin so.
        public static Texts prefix(byte[] prefix) {
            return new Texts(Optional.of(prefix), true, behind(prefix), false);
        }

        /// The least text behind all that begin so; none when there is no such text.
        private static Optional<byte[]> behind(byte[] prefix) {
            int length = prefix.length;
            while (length > 0 && prefix[length - 1] == -1) length--;
            if (length == 0) return Optional.empty();
            var next = java.util.Arrays.copyOf(prefix, length);
            next[length - 1]++;
            return Optional.of(next);
        }
    }

    record TextSet(Slices values, boolean all) implements Sought {}

    /// Texts that pass a test and have all of these pieces in them, whole characters each.
    ///
    /// @param prefix what they begin with; empty when nothing is known
    record Like(byte[] prefix, List<byte[]> pieces, TextTest test) implements Sought {
        public Like {
            pieces = List.copyOf(pieces);
        }
    }

    /// Geometries whose boxes meet this one.
    record Meeting(Box box) implements Sought {}

    /// A test of UTF-8 text.
    @FunctionalInterface
    interface TextTest {
        boolean passes(byte[] bytes, int from, int to);
    }
}
