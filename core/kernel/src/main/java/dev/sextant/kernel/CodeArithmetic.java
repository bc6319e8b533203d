package dev.sextant.kernel;

/// The loops behind [SmallCodes] and [SignCodes], over native addresses. Two forms: [PlainCodes], a few obvious lines
/// each, and [LaneCodes], on the Vector API.
abstract class CodeArithmetic {
    static final CodeArithmetic PLAIN = new PlainCodes();
    static final CodeArithmetic BEST = Kernels.accelerated() ? Accelerated.arithmetic() : PLAIN;

    /// For each row Σ codes · query over its `components` codes of 4 bits, two a byte, the first below; the query is
    /// spread to four shares of shorts (component c stands in share `c & 3` at place `c / 4`), zeros behind the last up
    /// to 128 components. What lies behind the codes may be anything.
    abstract void dotNibbles(long query, long base, long stride, int components, int[] rows, int n, int[] out);

    /// The same over codes of 2 bits, four a byte, with eight shares up to 256 components, times 16 and added to `out`.
    abstract void addPairs(long query, long base, long stride, int components, int[] rows, int n, int[] out);

    /// For each row of signs at `base + row · stride`: Σ of the query's four bits where a sign is set, and how many are
    /// set, as sum + (count << 32). The query has, for each 512 signs, four planes and a mask of 64 bytes each, zeros
    /// behind the last sign; what lies behind a row's signs up to the next 64 bytes may be anything.
    abstract void addSigns(long query, int groups, long base, long stride, int[] rows, int n, long[] out);

    private static final class Accelerated {
        static CodeArithmetic arithmetic() {
            return new LaneCodes();
        }
    }
}
