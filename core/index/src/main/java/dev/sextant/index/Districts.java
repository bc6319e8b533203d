package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.function.Supplier;

/// Which nodes of a [Weave] lie near each other, roughly: each has the number of the nearest of some leaders, and
/// leaders next to each other in number are near each other. The nodes of a batch are taken in this order: what one
/// looks at is what the next one looks at, and is in the cache by then. The order within a batch makes no difference to
/// what comes out.
final class Districts {
    static final int BYTES_PER_ROW = 2;

    private static final int NODES_EACH = 256;
    private static final int MOST = 512;
    private static final int CHUNK = 256;
    private static final int TOGETHER = 16;

    private final Weave weave;
    private final int[] nodes;
    private final int[] leaders;
    private final char[] districtOf; // of a node

    Districts(Weave weave, int[] nodes) {
        this.weave = weave;
        this.nodes = nodes;
        leaders = new int[Math.min(MOST, nodes.length / NODES_EACH)];
        for (int i = 0; i < leaders.length; i++) leaders[i] = nodes[(int) ((long) i * nodes.length / leaders.length)];
        districtOf = new char[weave.count];
    }

    Phases.Phase begin(Supplier<Phases.Phase> then) {
        if (leaders.length < 2) return then.get();
        return Phases.of(
                1,
                (_, scratch) -> chain(Weave.Buffers.of(scratch)),
                _ -> Phases.of(
                        Phases.ranges(nodes.length, CHUNK),
                        (chunk, scratch) -> {
                            int first = chunk * CHUNK, end = Math.min(nodes.length, first + CHUNK);
                            for (int from = first; from < end; from += TOGETHER)
                                assign(Arrays.copyOfRange(nodes, from, Math.min(end, from + TOGETHER)), scratch);
                        },
                        _ -> then.get()));
    }

    /// Each leader is followed by the nearest of those that are left.
    private void chain(Weave.Buffers b) {
        for (int at = 1; at < leaders.length; at++) {
            int left = leaders.length - at, nearest = 0;
            b.gatherRoom(left);
            System.arraycopy(leaders, at, b.gathered, 0, left);
            weave.score(leaders[at - 1], b.gathered, left, b);
            for (int i = 1; i < left; i++) if (b.scores[i] < b.scores[nearest]) nearest = i;
            int next = leaders[at + nearest];
            leaders[at + nearest] = leaders[at];
            leaders[at] = next;
        }
    }

    private void assign(int[] some, Scratch scratch) {
        var distances = weave.scoreAll(some, leaders, Weave.Buffers.of(scratch));
        for (int i = 0; i < some.length; i++) {
            int line = i * leaders.length, nearest = 0;
            for (int leader = 1; leader < leaders.length; leader++)
                if (distances[line + leader] < distances[line + nearest]) nearest = leader;
            districtOf[some[i]] = (char) nearest;
        }
    }

    /// Puts `batch[from … to)` in order by district.
    void sort(int[] batch, int from, int to) {
        var keys = new long[to - from];
        for (int i = from; i < to; i++) keys[i - from] = (long) districtOf[batch[i]] << 32 | batch[i];
        Arrays.sort(keys);
        for (int i = from; i < to; i++) batch[i] = (int) keys[i - from];
    }
}
