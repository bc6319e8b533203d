package dev.sextant.index.scalar;

/// The pieces of `least` to `most` characters of UTF-8 texts, as 32 bits of a hash each: two pieces of one hash only
/// make more rows to look at.
final class Pieces {
    private int[] starts = new int[256];

    @FunctionalInterface
    interface Each {
        void piece(int hash);
    }

    /// @return how many characters there are
    int of(byte[] text, int from, int to, int least, int most, Each each) {
        int characters = 0;
        for (int at = from; at < to; at++) {
            if ((text[at] & 0xc0) == 0x80) continue;
            if (characters + 1 >= starts.length) starts = java.util.Arrays.copyOf(starts, 2 * starts.length);
            starts[characters++] = at;
        }
        starts[characters] = to;
        for (int length = least; length <= Math.min(most, characters); length++)
            for (int first = 0; first + length <= characters; first++)
                each.piece(hash(text, starts[first], starts[first + length]));
        return characters;
    }

    private static int hash(byte[] text, int from, int to) {
        long hash = to - from;
        for (int at = from; at < to; at++) hash = (hash ^ text[at] & 255) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 32);
    }
}
