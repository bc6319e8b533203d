package dev.sextant.text.jieba;

/// Cuts Chinese text into words: the most probable path through all words of a dictionary that the text has, and for
/// characters that stay alone, what the form of words says. Immutable; any thread.
///
/// The method is that of the Jieba project; cost is linear in the text times the length of the longest word.
public final class Segmenter {
    /// A word lies at `[from, to)` of the text.
    public interface Word {
        void take(int from, int to);
    }

    private final Words words;

    public Segmenter(Words words) {
        this.words = words;
    }

    /// Everything in the text, blanks and punctuation too, in order.
    ///
    /// @param hmm guess at words that the dictionary lacks
    public void cut(String text, boolean hmm, Word taken) {
        new Cut(text, hmm, taken).run();
    }

    /// The words of two and three characters inside of a word.
    public void inner(String text, int from, int to, Word taken) {
        var points = text.substring(from, to).codePoints().toArray();
        if (points.length > 2) grams(points, 2, from, taken);
        if (points.length > 3) grams(points, 3, from, taken);
    }

    private void grams(int[] points, int length, int from, Word taken) {
        int at = from;
        for (int i = 0; i + length <= points.length; i++) {
            if (words.has(points, i, i + length)) {
                int end = at;
                for (int j = i; j < i + length; j++) end += Character.charCount(points[j]);
                taken.take(at, end);
            }
            at += Character.charCount(points[i]);
        }
    }

    static boolean isHan(int point) {
        return point >= 0x3400 && point <= 0x4dbf
                || point >= 0x4e00 && point <= 0x9fff
                || point >= 0xf900 && point <= 0xfaff
                || point >= 0x20000 && point <= 0x2fa1f;
    }

    private static boolean isLetterOrDigit(int point) {
        return point >= 'a' && point <= 'z' || point >= 'A' && point <= 'Z' || isDigit(point);
    }

    private static boolean isDigit(int point) {
        return point >= '0' && point <= '9';
    }

    private static boolean isWord(int point) {
        return isHan(point) || isLetterOrDigit(point) || "+#&._%-".indexOf(point) >= 0;
    }

    /// One text being cut. Places are those of code points until a word is handed on.
    private final class Cut {
        private final int[] points;
        private final int[] chars;
        private final boolean hmm;
        private final Word taken;

        Cut(String text, boolean hmm, Word taken) {
            points = text.codePoints().toArray();
            chars = new int[points.length + 1];
            for (int i = 0; i < points.length; i++) chars[i + 1] = chars[i] + Character.charCount(points[i]);
            this.hmm = hmm;
            this.taken = taken;
        }

        void run() {
            for (int at = 0; at < points.length; ) {
                int end = at;
                while (end < points.length && isWord(points[end])) end++;
                if (end > at) block(at, end);
                else {
                    boolean newline = points[at] == '\r' && at + 1 < points.length && points[at + 1] == '\n';
                    end = at + (newline ? 2 : 1);
                    take(at, end);
                }
                at = end;
            }
        }

        private void take(int from, int to) {
            taken.take(chars[from], chars[to]);
        }

        private void block(int from, int to) {
            var next = path(from, to);
            int alone = -1; // where a run of single characters began
            for (int at = from; at < to; ) {
                int end = next[at - from];
                boolean joins = end - at == 1 && (hmm || isLetterOrDigit(points[at]));
                if (joins && alone < 0) alone = at;
                if (!joins) {
                    if (alone >= 0) singles(alone, at);
                    alone = -1;
                    take(at, end);
                }
                at = end;
            }
            if (alone >= 0) singles(alone, to);
        }

        /// Where the word that begins at each place of the block ends, on the most probable path.
        private int[] path(int from, int to) {
            int n = to - from;
            var best = new double[n + 1];
            var next = new int[n];
            double all = words.logTotal();
            for (int i = n - 1; i >= 0; i--) {
                best[i] = Double.NEGATIVE_INFINITY;
                long hash = Words.START;
                for (int j = i; j < n && j - i < Words.LONGEST; j++) {
                    hash = Words.step(hash, points[from + j]);
                    int count = words.count(hash);
                    if (count == Words.UNKNOWN && j > i) break;
                    if (count > Words.PREFIX || j == i) {
                        double chance = Math.log(Math.max(1, count)) - all + best[j + 1];
                        if (chance >= best[i]) {
                            best[i] = chance;
                            next[i] = from + j + 1;
                        }
                    }
                    if (count == Words.UNKNOWN) break;
                }
            }
            return next;
        }

        private void singles(int from, int to) {
            if (to - from == 1 || !hmm) take(from, to);
            else if (words.has(points, from, to)) for (int i = from; i < to; i++) take(i, i + 1);
            else guess(from, to);
        }

        /// Runs of Han by the form of words; numbers and Latin words as they stand.
        private void guess(int from, int to) {
            for (int at = from; at < to; ) {
                int end = at;
                while (end < to && isHan(points[end])) end++;
                if (end > at) Form.cut(points, at, end, this::take);
                else {
                    end = latin(at, to);
                    if (end == at) {
                        while (end < to && !isHan(points[end]) && !isLetterOrDigit(points[end])) end++;
                    }
                    take(at, end);
                }
                at = end;
            }
        }

        /// The end of `[a-zA-Z0-9]+(\.[0-9]+)?%?`, or `at`.
        private int latin(int at, int to) {
            int end = at;
            while (end < to && isLetterOrDigit(points[end])) end++;
            if (end == at) return at;
            if (end + 1 < to && points[end] == '.' && isDigit(points[end + 1])) {
                end++;
                while (end < to && isDigit(points[end])) end++;
            }
            return end < to && points[end] == '%' ? end + 1 : end;
        }
    }
}
