package dev.sextant.text.jieba;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A dictionary: how often each word occurs, and what begins a word. Immutable once made; any thread.
///
/// Words are known by a hash of 64 bits, prefixes too: some 600,000 keys at 12 bytes a slot, 12 MiB, where strings
/// would take ten times as much. That two of them collide has a chance of 1 to 100 million.
public final class Words {
    /// Neither a word nor the beginning of one.
    static final int UNKNOWN = -1;
    /// The beginning of a word.
    static final int PREFIX = 0;
    /// Longer words are not looked for: each step of a long word is taken at every place of a text.
    static final int LONGEST = 128;

    /// No word occurs more often.
    public static final int MOST = 1 << 30;

    private static final String STANDARD = "/dict.txt";

    /// @param count how often it occurs; 0 for as often as it takes to stay whole
    public record Counted(String word, int count) {}

    private long[] hashes;
    private int[] counts;
    private int size;
    private long total;
    private final Optional<Words> base;

    private Words(int slots, Optional<Words> base) {
        hashes = new long[slots];
        counts = new int[slots];
        this.base = base;
        total = base.map(words -> words.total).orElse(0L);
    }

    /// The dictionary of the Jieba project.
    public static Words standard() {
        return Loaded.STANDARD;
    }

    private static final class Loaded {
        static final Words STANDARD = read();
    }

    public static Words none() {
        return new Words(16, Optional.empty());
    }

    /// These words too, and as often as they are said to occur, whatever was known of them.
    public Words with(List<Counted> words) {
        var more = new Words(64, Optional.of(this));
        for (var counted : words) {
            var points = counted.word().codePoints().toArray();
            if (points.length > 0 && points.length <= LONGEST)
                more.add(points, counted.count() == 0 ? more.enough(points) : counted.count());
        }
        return more;
    }

    private int enough(int[] word) {
        if (total == 0) return 1;
        var segmenter = new Segmenter(this);
        var chance = new double[] {1};
        var text = new String(word, 0, word.length);
        segmenter.cut(
                text,
                false,
                (from, to) -> chance[0] *=
                        Math.max(1, count(text.substring(from, to).codePoints().toArray())) / (double) total);
        return (int) Math.max(
                Math.min(Integer.MAX_VALUE - 1, (long) (chance[0] * total) + 1), Math.max(1, count(word)));
    }

    private static Words read() {
        var words = new Words(1 << 20, Optional.empty());
        try (var lines = new BufferedReader(new InputStreamReader(
                com.huaban.analysis.jieba.WordDictionary.class.getResourceAsStream(STANDARD),
                StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                int blank = line.indexOf(' ');
                if (blank <= 0) continue;
                int end = line.indexOf(' ', blank + 1);
                var count = Integer.parseInt(line.substring(blank + 1, end < 0 ? line.length() : end));
                words.add(line.substring(0, blank).codePoints().toArray(), count);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return words;
    }

    private void add(int[] word, int count) {
        long hash = START;
        for (int i = 0; i < word.length; i++) {
            hash = step(hash, word[i]);
            put(hash, i + 1 == word.length ? count : PREFIX);
        }
        total += count;
    }

    private void put(long hash, int count) {
        if (size * 4L > hashes.length * 3L) grow();
        int slot = slot(hashes, hash);
        if (hashes[slot] == 0) {
            hashes[slot] = hash;
            size++;
        }
        counts[slot] = Math.max(counts[slot], count);
    }

    private void grow() {
        var oldHashes = hashes;
        var oldCounts = counts;
        hashes = new long[oldHashes.length * 2];
        counts = new int[hashes.length];
        for (int i = 0; i < oldHashes.length; i++)
            if (oldHashes[i] != 0) {
                int slot = slot(hashes, oldHashes[i]);
                hashes[slot] = oldHashes[i];
                counts[slot] = oldCounts[i];
            }
    }

    private static int slot(long[] hashes, long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (hashes[slot] != 0 && hashes[slot] != hash) slot = slot + 1 & mask;
        return slot;
    }

    static final long START = 0x9e3779b97f4a7c15L;

    /// The hash of a text with one more character.
    static long step(long hash, int point) {
        long mixed = (hash ^ point) * 0xbf58476d1ce4e5b9L;
        mixed ^= mixed >>> 31;
        return mixed == 0 ? 1 : mixed; // 0 marks a free slot
    }

    /// How often it occurs; [#PREFIX] or [#UNKNOWN] when it is no word.
    int count(long hash) {
        int slot = slot(hashes, hash);
        int own = hashes[slot] == 0 ? UNKNOWN : counts[slot];
        return own > PREFIX || base.isEmpty() ? own : Math.max(own, base.get().count(hash));
    }

    private int count(int[] word) {
        long hash = START;
        for (int point : word) hash = step(hash, point);
        return count(hash);
    }

    boolean has(int[] points, int from, int to) {
        long hash = START;
        for (int i = from; i < to; i++) hash = step(hash, points[i]);
        return count(hash) > PREFIX;
    }

    double logTotal() {
        return Math.log(Math.max(1, total));
    }

    @Override
    public String toString() {
        return "Words[" + size + " keys, " + total + " occurrences]";
    }
}
