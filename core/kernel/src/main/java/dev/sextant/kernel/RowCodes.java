package dev.sextant.kernel;

/// The codes of [NodeBlocks] each row apart, for rows around one centre of which only some are wanted:
///
/// ```text
/// | for each 64 turned components: the lower bits i64 | FOURS: the upper bits i64 | a f32 | b f32 |
/// ```
///
/// With the code s of the rotated difference row − centre, `|q−o|² ≈ |q−c|² + a + b · Σ s · q'` as there. A query's
/// components are rounded to levels of −31 … 31 steps:
///
/// ```text
/// | step f32 | all f32 | … 64 | levels, a signed byte for each component | level + 32 in six planes of bits |
/// ```
///
/// so that the sum is seven counts of bits for each word (RaBitQ), or a product of bytes where a [Sieve] has machine
/// code for that.
public final class RowCodes {
    private static final int PLANES = 6;
    private static final int MIDDLE = 1 << PLANES - 1;
    private static final int FACTORS = 8;
    private static final int HEAD = 64;

    private final NodeBlocks.Code code;
    private final BlockArithmetic arithmetic;
    private final int turned;
    private final int words;
    private final int bytes;

    /// Of `turned` components, a multiple of 64.
    public RowCodes(int turned, NodeBlocks.Code code) {
        this(turned, code, BlockArithmetic.BEST);
    }

    RowCodes(int turned, NodeBlocks.Code code, BlockArithmetic arithmetic) {
        if (turned < 64 || turned % 64 != 0)
            throw new IllegalArgumentException("codes of " + turned + " components, not a multiple of 64");
        this.turned = turned;
        this.code = code;
        this.arithmetic = arithmetic;
        words = turned / 64;
        bytes = 8 * words * code.bits() + FACTORS;
    }

    /// Bytes of a code, a multiple of 8.
    public int bytes() {
        return bytes;
    }

    /// Native room of a prepared query, a multiple of 64.
    public long queryBytes() {
        return (HEAD + turned + 8L * PLANES * words + 63) / 64 * 64;
    }

    /// Native room to write a code in.
    public long room() {
        return 64 + (long) turned * code.bits() / 8;
    }

    /// Writes a code: `difference` = rotated (row − centre), `centre` = the rotated centre as queries see it.
    public void put(long difference, long centre, long at, long room) {
        long own = room + 64;
        switch (code) {
            case SIGNS -> {
                arithmetic.signs(difference, centre, turned, own, room);
                Raw.copy(own, at, 8L * words);
            }
            case FOURS -> {
                arithmetic.fours(difference, centre, turned, own, room);
                for (int word = 0; word < words; word++) {
                    long first = Raw.getLong(own + 16L * word), second = Raw.getLong(own + 16L * word + 8);
                    Raw.putLong(at + 16L * word, every(first) | every(second) << 32);
                    Raw.putLong(at + 16L * word + 8, every(first >>> 1) | every(second >>> 1) << 32);
                }
            }
        }
        float squares = Raw.getFloat(room), product = Raw.getFloat(room + 4), ofCentre = Raw.getFloat(room + 8);
        float f = product > 0 ? squares / product : 0;
        Raw.putFloat(at + bytes - FACTORS, squares + 2 * f * ofCentre);
        Raw.putFloat(at + bytes - FACTORS + 4, -2 * f);
    }

    /// Every second bit, the lowest first.
    private static long every(long bits) {
        return Long.compress(bits, 0x5555555555555555L);
    }

    /// Makes a query ready at `query`; `rotated` has its rotated components.
    public void prepare(long rotated, long query) {
        float most = 0;
        for (int i = 0; i < turned; i++) most = Math.max(most, Math.abs(Raw.getFloat(rotated + 4L * i)));
        float step = most / (MIDDLE - 1), scale = 1 / step;
        if (!(scale < Float.POSITIVE_INFINITY)) scale = step = 0;
        int sum = 0;
        for (int i = 0; i < turned; i++) {
            int level = (int) (Raw.getFloat(rotated + 4L * i) * scale + MIDDLE + 0.5f) - MIDDLE;
            sum += level;
            Raw.putByte(query + HEAD + i, (byte) level);
        }
        // Σ s · q' is 2 Σ u · q' less once (SIGNS) or three times (FOURS) Σ q', u being the bits as a number
        Raw.putFloat(query, 2 * step);
        Raw.putFloat(query + 4, (code == NodeBlocks.Code.SIGNS ? 1 : 3) * step * sum);
    }

    /// Makes a query that is ready so for [#estimate].
    public void preparePlanes(long query) {
        for (int word = 0; word < words; word++) {
            long at = planes(query, word);
            for (int plane = 0; plane < PLANES; plane++) {
                long bits = 0;
                for (int i = 0; i < 64; i++)
                    bits |= (Raw.getByte(query + HEAD + 64L * word + i) + MIDDLE >> plane & 1L) << i;
                Raw.putLong(at + 8L * plane, bits);
            }
        }
    }

    private long planes(long query, int word) {
        return query + HEAD + turned + 8L * PLANES * word;
    }

    /// The estimated squared distance of a row whose centre is `distance` away.
    public float estimate(long query, long at, float distance) {
        int sum = 0;
        for (int word = 0; word < words; word++) {
            long planes = planes(query, word);
            for (int bit = 0; bit < code.bits(); bit++) {
                long set = Raw.getLong(at + 8L * (word * code.bits() + bit));
                int counted = -MIDDLE * Long.bitCount(set);
                for (int plane = 0; plane < PLANES; plane++)
                    counted += Long.bitCount(set & Raw.getLong(planes + 8L * plane)) << plane;
                sum += counted << bit;
            }
        }
        float product = Raw.getFloat(query) * sum - Raw.getFloat(query + 4);
        long factors = at + bytes - FACTORS;
        return distance + Raw.getFloat(factors) + Raw.getFloat(factors + 4) * product;
    }

    int words() {
        return words;
    }

    boolean hasUpperBits() {
        return code == NodeBlocks.Code.FOURS;
    }
}
