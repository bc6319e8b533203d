package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A walk over the lists nearest to a query, nearest first: the best by code are kept and, when all lists have been
/// read, scored on full rows and let go. Widened, it reads its lists and further ones again, without what has left.
///
/// Under a filter more lists are read than were asked for, until as many accepted rows were met as the lists that were
/// asked for hold rows, times the root of the share that is accepted where the walk is now: a filter that knows nothing
/// of the query and takes a share s has it read `lists / √s`. Where far fewer were met in the nearest of the lists that
/// were asked for than elsewhere, the filter rejects what lies near the query: the accepted rows are about equally far
/// then, lists say little of them, and the walk says that the scan is better.
///
/// Where several queries walk in turn, each reads its nearest list first and the others by their numbers: then whoever
/// wants a list reads it right after another, and it comes from memory once. Which rows are the best does not depend on
/// the order in which they are met.
final class PartitionWalk implements Walk {
    /// What a planner takes a code scored out of order for, in nanoseconds.
    static final double CODE_NANOS = 43;

    /// Walks in turn: the more, the more of them want the same list, as long as what they stand in stays small.
    private static final int IN_TURN = 128;
    private static final long IN_TURN_BYTES = 4 << 20;

    /// Of the accepted rows that should have been met, no more than this are where a filter rejects what lies near.
    static final double MUCH_FEWER = 0.25;
    /// Accepted rows to be met under a filter, for each that is wanted.
    private static final double SOME = 3;
    /// So many should have been met before that is said.
    static final int ENOUGH = 16;

    private final Partition partition;
    private final Target target;
    private final ListScan buffers;
    private final Distance distance;
    private final long query;
    private final long full;
    private final boolean largerIsBetter;
    private BitSet left = new BitSet(0);
    private int asked; // lists to read at least
    private int most; // of these the order is known
    private int keep;
    private int at; // lists read
    private final int accepted;
    private boolean inHole; // the filter rejects what lies near
    private boolean told;
    private double usual; // rows in as many lists as were asked for
    private long met; // accepted rows in the lists that were read
    private double seen; // rows, those of long ago forgotten by halves
    private double seenAccepted;
    private double nanos;
    private long read; // bytes
    private boolean begun;
    private boolean first = true;
    private int[] order = {}; // of lists, in turns
    private float worst;
    private boolean ahead; // its next list has been read, beside others that want it

    PartitionWalk(Partition partition, Target target, Scratch scratch) {
        if (target.k() < 1) throw new IllegalArgumentException("the best " + target.k());
        this.partition = partition;
        this.target = target;
        buffers = scratch.part(ListScan.class, ListScan::new);
        buffers.hits.clear();
        var rows = partition.rows();
        distance = Distance.of(partition.metric(), rows.type(), rows.dimension());
        largerIsBetter = partition.metric().largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        accepted = target.accept().count(partition.count());
        ask(Math.min(target.effort().lists(), partition.lists.count()));
        keep = partition.parameters().coding().keep(Math.min(target.k(), Math.max(1, rows.count())), target.effort());
        long room = scratch.room(partition.guide.roomBytes() + partition.code.queryBytes() + distance.queryBytes());
        query = room + partition.guide.roomBytes();
        scratch.count(ListScan.class, 4L * partition.lists.count() + 8L * keep);
        full = query + partition.code.queryBytes();
        buffers.queryBits = target.effort().queryBits();
        partition.guide.distances(target.query(), room, buffers);
        partition.code.prepare(target.query(), room, query, buffers);
        if (!partition.code.isExact()) distance.prepare(target.query(), 0, full);
        nanos = partition.guide.nanos();
        read = partition.guide.bytes();
    }

    static int inTurn(Partition partition) {
        long room = partition.guide.roomBytes() + partition.code.queryBytes() + 4L * partition.lists.count();
        return Math.clamp(IN_TURN_BYTES / Math.max(1, room), 1, IN_TURN);
    }

    private void begin() {
        begun = true;
        at = 0;
        met = 0;
        seen = seenAccepted = 0;
        buffers.begin(target.accept(), left);
        buffers.found.reset(Math.min(keep, Math.max(1, partition.count())), false);
        if (most > 0) choose();
    }

    private void choose() {
        buffers.probes.reset(most, false);
        for (int list = 0; list < partition.lists.count(); list++) buffers.probes.offer(list, buffers.distances[list]);
    }

    private void ask(int lists) {
        asked = most = lists;
        usual = (double) partition.count() * lists / Math.max(1, partition.lists.count());
    }

    /// Whether another list is to be read.
    private boolean hasNext() {
        if (at < asked) return true;
        if (target.accept().isAll() || at == partition.lists.count() || isEnough()) return false;
        if (at == most) {
            most = Math.min(2 * most, partition.lists.count());
            order = new int[0];
            choose();
        }
        return true;
    }

    private boolean isEnough() {
        double rows = usual * Math.sqrt(Math.max(share(), seenAccepted / Math.max(1, seen)));
        return met >= Math.min(accepted, Math.max(rows, SOME * target.k()));
    }

    /// Lists after which a hole would show: however many are asked for, only the nearest tell what lies near. In turns
    /// they come in another order.
    private int firstLook() {
        return order.length > 0 ? asked : Math.min(asked, Effort.DEFAULT.lists());
    }

    private double share() {
        return Accept.share(accepted, partition.count());
    }

    private void saw(int rows, int accepted) {
        met += accepted;
        seen += rows;
        seenAccepted += accepted;
        if (first && at == firstLook()) {
            double due = share() * usual * at / asked;
            inHole = met < MUCH_FEWER * due && due >= ENOUGH;
        }
        if (seen <= usual) return;
        seen /= 2;
        seenAccepted /= 2;
    }

    @Override
    public Step advance(int budget) {
        buffers.hits.clear();
        if (!begun) begin();
        double until = nanos + budget * CODE_NANOS;
        double row = partition.code.rowNanos();
        while (hasNext()) {
            if (nanos >= until || inHole && !told) {
                told = inHole;
                return Step.MORE;
            }
            int list = order.length > 0 ? order[at] : buffers.probes.row(at);
            at++;
            if (!ahead) {
                buffers.looked = buffers.read = buffers.met = 0;
                partition.code.scan(list, buffers.distances[list], query, buffers);
            }
            ahead = false;
            saw(partition.lists.sizes[list], buffers.met);
            nanos += buffers.looked * row + partition.lists.sizes[list];
            read += buffers.read;
            if (order.length > 0 && at < most) return Step.PAUSED;
        }
        leave();
        return Step.DONE;
    }

    @Override
    public boolean takeTurns(long mostCodes) {
        if (begun || most < 2) return false;
        begin();
        double all = nanos;
        var lists = new int[most];
        for (int i = 0; i < most; i++) {
            lists[i] = buffers.probes.row(i);
            all += partition.lists.sizes[lists[i]] * (partition.code.rowNanos() + 1);
        }
        // In another order it would come to another moment at which it has cost too much.
        if (all / CODE_NANOS > mostCodes) return false;
        Arrays.sort(lists, 1, most);
        order = lists;
        return true;
    }

    @Override
    public long place() {
        return order.length == 0 || at >= most ? 0 : (at == 0 ? 0 : 1L << 32) + order[at];
    }

    @Override
    public void share(List<Walk> walks, Scratch room) {
        if (!partition.code.scansTogether()) return;
        var queries = new long[walks.size()];
        var into = new ListScan[walks.size()];
        int n = 0;
        for (var each : walks)
            if (each instanceof PartitionWalk walk && !walk.ahead) {
                queries[n] = walk.query;
                into[n++] = walk.buffers;
                walk.buffers.looked = walk.buffers.read = walk.buffers.met = 0;
            }
        if (n < 2) return;
        partition.code.scanTogether(order[at], queries, into, n, room);
        for (var each : walks) ((PartitionWalk) each).ahead = true;
    }

    private void leave() {
        var found = buffers.found;
        int n = found.size();
        buffers.again(n);
        for (int i = 0; i < n; i++) buffers.again[i] = found.row(i);
        if (partition.code.isExact())
            for (int i = 0; i < n; i++) buffers.exact[i] = largerIsBetter ? 0 - found.score(i) : found.score(i);
        else {
            var rows = partition.rows();
            distance.score(full, rows.base(), rows.stride(), buffers.again, n, buffers.exact);
            nanos += n * (10 + 0.1 * rows.stride());
            read += n * rows.stride();
        }
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? buffers.exact[i] >= worst : buffers.exact[i] <= worst)
                buffers.hits.add(buffers.again[i], buffers.exact[i]);
    }

    @Override
    public NodeHits hits() {
        return buffers.hits;
    }

    @Override
    public void bound(float score) {
        worst = largerIsBetter ? Math.max(worst, score) : Math.min(worst, score);
    }

    @Override
    public long bytesTouched() {
        return read;
    }

    @Override
    public long scored() {
        return (long) (nanos / CODE_NANOS);
    }

    @Override
    public long expected() {
        return inHole ? Long.MAX_VALUE : scored();
    }

    @Override
    public boolean widen(Effort wider) {
        var found = buffers.found;
        if (first) left = new BitSet(partition.count());
        first = false;
        for (int i = 0; i < found.size(); i++) left.set(found.row(i));
        var exhausted = !found.isFull();
        int lists = Math.min(Math.max(most, wider.lists()), partition.lists.count());
        if (exhausted && lists == most) return false;
        ask(lists);
        order = new int[0];
        keep = (int) Math.min(Math.max(2L * keep, wider.beam()), 1 << 28);
        begun = false;
        return true;
    }
}
