package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Signatures of texts: of all pieces of a text the least hash, under each of many hash functions. Two signatures agree
/// in about the share of pieces that the texts have in common. Immutable; any thread.
///
/// The hash functions are `(a · h + b) mod (2⁶¹ − 1)`, cut to 32 bits, with `a` and `b` drawn from the seed; a
/// signature means something to those of the same parameters only.
public final class MinHash {
    private static final long PRIME = (1L << 61) - 1;
    private static final int MOST_HASHES = 1 << 13;
    private static final int LONGEST_SHINGLE = 1024;

    private final long[] factors;
    private final long[] summands;
    private final int shingle;
    private final boolean words;
    private final boolean sha1;

    private MinHash(int hashes, int shingle, boolean words, boolean sha1, long seed) {
        this.shingle = shingle;
        this.words = words;
        this.sha1 = sha1;
        var random = new SplittableRandom(seed);
        factors = random.longs(hashes, 1, PRIME).toArray();
        summands = random.longs(hashes, 0, PRIME).toArray();
    }

    /// As the parameters of a function say; for a field of so many bits.
    public static MinHash of(Map<String, String> parameters, int bits) {
        int hashes = (int) whole(parameters, "num_hashes", bits / 32, 1, MOST_HASHES);
        if (bits != hashes * 32L)
            throw refused("the dim of the output field of a MinHash function must be num_hashes * 32 = " + hashes * 32L
                    + ", but got " + bits);
        return new MinHash(
                hashes,
                (int) whole(parameters, "shingle_size", 3, 1, LONGEST_SHINGLE),
                choice(parameters, "token_level", "word", "char"),
                !choice(parameters, "hash_function", "xxhash64", "sha1"),
                whole(parameters, "seed", 1234, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static long whole(Map<String, String> parameters, String name, long usual, long least, long most) {
        var given = parameters.get(name);
        if (given == null) return usual;
        try {
            long number = Long.parseLong(given.strip());
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException _) {
            // said below
        }
        throw refused("MinHash function param " + name + " must be an integer in [" + least + ", " + most + "], got "
                + given);
    }

    /// Whether it is the first of two words, which is meant where nothing is said.
    private static boolean choice(Map<String, String> parameters, String name, String first, String second) {
        var given = parameters.getOrDefault(name, first).strip().toLowerCase(Locale.ROOT);
        if (given.equals(first)) return true;
        if (given.equals(second)) return false;
        throw refused("MinHash function param " + name + " must be " + first + " or " + second + ", got " + given);
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("function", detail));
    }

    /// Four bytes for each hash function.
    public byte[] signature(Analyzer analyzer, String text) {
        var least = new int[factors.length];
        Arrays.fill(least, -1); // the greatest there is, without a sign
        for (var piece : pieces(analyzer, text)) {
            long hash = Long.remainderUnsigned(hash(piece.getBytes(StandardCharsets.UTF_8)), PRIME);
            for (int i = 0; i < least.length; i++) {
                int value = (int) permuted(factors[i], hash, summands[i]);
                if (Integer.compareUnsigned(value, least[i]) < 0) least[i] = value;
            }
        }
        var bytes = ByteBuffer.allocate(4 * least.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : least) bytes.putInt(value);
        return bytes.array();
    }

    /// A text that is shorter than a piece is one piece; an empty one has none.
    private List<String> pieces(Analyzer analyzer, String text) {
        var units = words
                ? analyzer.tokens(text).stream().map(Token::text).toList()
                : text.codePoints().mapToObj(Character::toString).toList();
        var pieces = new ArrayList<String>();
        if (units.isEmpty()) return pieces;
        var between = words ? " " : "";
        for (int at = 0; at + shingle <= units.size(); at++)
            pieces.add(String.join(between, units.subList(at, at + shingle)));
        if (pieces.isEmpty()) pieces.add(String.join(between, units));
        return pieces;
    }

    private static long permuted(long factor, long hash, long summand) {
        long high = Math.multiplyHigh(factor, hash);
        long low = factor * hash;
        // 2⁶¹ is 1 modulo the prime: the bits above are added to those below.
        long sum = (low & PRIME) + (low >>> 61 | high << 3);
        sum = (sum & PRIME) + (sum >>> 61) + summand;
        return sum % PRIME;
    }

    private long hash(byte[] bytes) {
        if (!sha1) return XxHash.of(bytes);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }
}
