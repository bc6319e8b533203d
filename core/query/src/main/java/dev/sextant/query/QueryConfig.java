package dev.sextant.query;

import java.util.List;

/// What an operator may turn about reads. The defaults are measured on one core; see docs/operating/settings.md.
///
/// @param maxOutputSize bytes that one query may answer with; more is refused
/// @param scanRows so few matching rows of a part are always scanned: whatever a graph might save is not worth
///     finding out
/// @param beam the least breadth of a graph search whose caller names none
/// @param widestBeam a graph search is never stretched beyond this; then it is scanned
/// @param stepRows rows scored between two looks at deadline and cancellation
/// @param splitNanos a read is spread over several workers only when it is estimated above this
/// @param findKeys a filter that names at most so many keys is answered by looking them up
/// @param filterCacheBytes for remembering which rows of a segment a filter takes; 0 for none
/// @param maxGroups groups that one aggregation may have; more are refused
/// @param measuredCosts whether plans rest on costs that were measured on this machine, once they were; else on fixed
///     ones
/// @param recallShare of searches whose recall is measured: of all 1, of none 0
public record QueryConfig(
        long maxOutputSize,
        int scanRows,
        int beam,
        int widestBeam,
        int stepRows,
        long splitNanos,
        int findKeys,
        long filterCacheBytes,
        int maxGroups,
        boolean measuredCosts,
        double recallShare) {

    public static final QueryConfig DEFAULT =
            new QueryConfig(100L << 20, 500, 64, 4_096, 4_096, 1_000_000, 16_384, 64L << 20, 100_000, true, 0.001);

    /// With the usual number of groups, fixed costs, and no recall measured: what is done depends on nothing but what
    /// is asked.
    public QueryConfig(
            long maxOutputSize,
            int scanRows,
            int beam,
            int widestBeam,
            int stepRows,
            long splitNanos,
            int findKeys,
            long filterCacheBytes) {
        this(
                maxOutputSize,
                scanRows,
                beam,
                widestBeam,
                stepRows,
                splitNanos,
                findKeys,
                filterCacheBytes,
                DEFAULT.maxGroups,
                false,
                0);
    }

    public QueryConfig {
        var wrong = List.of(
                        check("maxOutputSize", maxOutputSize >= 1 << 10, maxOutputSize),
                        check("scanRows", scanRows >= 0, scanRows),
                        check("beam", beam >= 1, beam),
                        check("widestBeam", widestBeam >= beam, widestBeam),
                        check("stepRows", stepRows >= 64, stepRows),
                        check("splitNanos", splitNanos >= 0, splitNanos),
                        check("findKeys", findKeys >= 0, findKeys),
                        check("filterCacheBytes", filterCacheBytes >= 0, filterCacheBytes),
                        check("maxGroups", maxGroups >= 1, maxGroups),
                        check("recallShare", recallShare >= 0 && recallShare <= 1, recallShare))
                .stream()
                .filter(trouble -> !trouble.isEmpty())
                .toList();
        if (!wrong.isEmpty()) throw new IllegalArgumentException(String.join("; ", wrong));
    }

    /// The same but for what is measured meanwhile.
    public QueryConfig measuring(boolean costs, double recall) {
        return new QueryConfig(
                maxOutputSize,
                scanRows,
                beam,
                widestBeam,
                stepRows,
                splitNanos,
                findKeys,
                filterCacheBytes,
                maxGroups,
                costs,
                recall);
    }

    private static String check(String name, boolean right, Object value) {
        return right ? "" : name + " cannot be " + value;
    }
}
