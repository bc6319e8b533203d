package dev.sextant.kernel;

/// Rows in one bit for each rotated component of what they differ from a centre near them (RaBitQ), each row apart:
///
/// ```text
/// | signs, bits / 8 | a f32 | b f32 | centre i32 |
/// ```
///
/// With `r` the turned difference and `f = |r|² / Σ |r'|`, the squared distance of a query is about `|q − c|² + a + b ·
/// Σ ± q'` for `a = |r|² + 2 f Σ ± c'` and `b = −2 f`. A query's components are rounded to four bits, so that the sum
/// is five counts of bits for each word.
public final class SignCodes {
    /// Bytes that may be read behind the last code.
    public static final int BEHIND = 64;

    private static final int TRAILER = 12;
    /// Of `b` times the distance of the centre.
    private static final double DEVIATION = 0.6;
    private static final int PLANES = 4;
    private static final int LEVELS = (1 << PLANES) - 1;
    private static final long GROUP_BYTES = 64 * (PLANES + 1);

    private final int bits;
    private final int words;
    private final int groups; // of 512 signs
    private final int stride;

    /// Of `bits` components, a multiple of 64.
    public SignCodes(int bits) {
        if (bits < 64 || bits % 64 != 0) throw new IllegalArgumentException("signs of " + bits + " components");
        this.bits = bits;
        words = bits / 64;
        groups = (words + 7) / 8;
        stride = bits / 8 + TRAILER;
    }

    /// A query, made ready once; one thread.
    public static final class Query {
        private float[] centres = new float[0]; // squared distances
        private long[] sums = new long[256];
        private long planes;
        private float low;
        private float step;
        private float all;

        public Query() {}

        private long[] sums(int n) {
            if (sums.length < n) sums = new long[2 * n];
            return sums;
        }
    }

    /// Bytes of a code, a multiple of 4.
    public int strideBytes() {
        return stride;
    }

    /// Native room of a prepared query, a multiple of 64.
    public long queryBytes() {
        return GROUP_BYTES * groups;
    }

    /// Writes the code of a row: `difference` is the turned row less the turned `centre`, whose number it keeps.
    public void encode(long difference, long centre, int number, long code) {
        float squares = 0, absolute = 0, signed = 0;
        for (int word = 0; word < words; word++) {
            long signs = 0;
            for (int bit = 0; bit < 64; bit++) {
                long at = 4L * (64 * word + bit);
                float r = Raw.getFloat(difference + at), c = Raw.getFloat(centre + at);
                squares += r * r;
                absolute += Math.abs(r);
                signed += r >= 0 ? c : -c;
                if (r >= 0) signs |= 1L << bit;
            }
            Raw.putLong(code + 8L * word, signs);
        }
        float f = absolute > 0 ? squares / absolute : 0;
        long trailer = code + 8L * words;
        Raw.putFloat(trailer, squares + 2 * f * signed);
        Raw.putFloat(trailer + 4, -2 * f);
        Raw.putInt(trailer + 8, number);
    }

    /// The number of the centre that a code was made with: whoever reads codes from elsewhere checks it.
    public int centre(long code) {
        return Raw.getInt(code + 8L * words + 8);
    }

    /// Makes a turned query ready at `planes` for rows around `count` turned centres, which lie behind each
    /// other; `room` holds as many floats as there are bits.
    public void prepare(long turned, long centres, int count, long room, long planes, Query query) {
        if (query.centres.length < count) query.centres = new float[count];
        for (int i = 0; i < count; i++) {
            Raw.copy(turned, room, 4L * bits);
            Floats.subtract(room, centres + 4L * bits * i, bits);
            query.centres[i] = Floats.squares(room, bits);
        }
        float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < bits; i++) {
            float value = Raw.getFloat(turned + 4L * i);
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        float step = (high - low) / LEVELS, scale = step > 0 ? 1 / step : 0;
        if (!(scale < Float.POSITIVE_INFINITY)) scale = step = 0;
        Raw.fill(planes, queryBytes(), (byte) 0);
        long sum = 0;
        for (int word = 0; word < words; word++) sum += plane(turned + 256L * word, low, scale, place(planes, word));
        query.planes = planes;
        query.low = low;
        query.step = step;
        query.all = bits * low + step * sum;
    }

    private static long place(long planes, int word) {
        return planes + GROUP_BYTES * (word >> 3) + 8L * (word & 7);
    }

    /// Writes the planes of 64 components; returns the sum of their levels.
    private static long plane(long floats, float low, float scale, long at) {
        long ones = 0, twos = 0, fours = 0, eights = 0, sum = 0;
        for (int i = 0; i < 64; i++) {
            long level = Math.min(LEVELS, (int) ((Raw.getFloat(floats + 4L * i) - low) * scale + 0.5f));
            sum += level;
            ones |= (level & 1) << i;
            twos |= (level >> 1 & 1) << i;
            fours |= (level >> 2 & 1) << i;
            eights |= (level >> 3) << i;
        }
        Raw.putLong(at, ones);
        Raw.putLong(at + 64, twos);
        Raw.putLong(at + 128, fours);
        Raw.putLong(at + 192, eights);
        Raw.putLong(at + 256, -1);
        return sum;
    }

    /// By how much an estimate for the row with this code is wrong, as a standard deviation. Signs have about 0.8 of
    /// the length of what they stand for, the rest points anywhere: `1.5 |r| |q − c| / √bits`, and `|r|` is `0.8 f
    /// √bits`.
    public float deviation(Query query, long code) {
        long trailer = code + 8L * words;
        double centre = Math.sqrt(query.centres[Raw.getInt(trailer + 8)]);
        return (float) (DEVIATION * Math.abs(Raw.getFloat(trailer + 4)) * centre);
    }

    /// Estimates of squared distances to the rows with codes at `base + row * strideBytes()`, none below 0.
    public void score(Query query, long base, int[] rows, int n, float[] out) {
        scoreBy(CodeArithmetic.BEST, query, base, rows, n, out);
    }

    void scoreBy(CodeArithmetic arithmetic, Query query, long base, int[] rows, int n, float[] out) {
        var sums = query.sums(n);
        arithmetic.addSigns(query.planes, groups, base, stride, rows, n, sums);
        for (int i = 0; i < n; i++) {
            long trailer = base + (long) rows[i] * stride + 8L * words;
            float signed = 2 * (query.low * (sums[i] >> 32) + query.step * (int) sums[i]) - query.all;
            float distance = query.centres[Raw.getInt(trailer + 8)];
            out[i] = Math.max(0, distance + Raw.getFloat(trailer) + Raw.getFloat(trailer + 4) * signed);
        }
    }
}
