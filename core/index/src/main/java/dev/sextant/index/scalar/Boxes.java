package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Box;
import java.util.Optional;

/// Where geometries lie: a packed tree of the boxes around them. Says which of them may meet a box; their column says
/// whether they do. 20 bytes a row and a fifteenth more; a node that lies inside of what is sought is taken as a whole.
public final class Boxes extends Based {
    private static final double ROW_NANOS = 2;

    private final BoxLevels levels;
    private final long rows;
    private final long boxes;

    Boxes(Standing standing) {
        super(standing);
        levels = BoxLevels.over(standing.head.keys());
        rows = standing.region.address() + standing.head.keysAt();
        boxes = standing.region.address() + standing.head.postingsAt();
    }

    void check() {
        var head = standing.head;
        if (head.values() != Values.BOX) throw new Damaged("kind of values", 12, Values.BOX, head.values());
        if (head.lists()) throw new Damaged("flags", 20, "one value a row", "several");
        if (head.keys() > head.rows()) throw new Damaged("keys", 24, "0 … " + head.rows(), head.keys());
        Head.expect("postings", 32, levels.all(), head.postings());
        for (int leaf = 0; leaf < head.keys(); leaf++) {
            int row = Raw.getInt(rows + 4L * leaf);
            if (row < 0 || row >= head.rows())
                throw new Damaged("row", head.keysAt() + 4L * leaf, "0 … " + (head.rows() - 1), row);
        }
        for (int level = 0; level < levels.levels(); level++)
            for (int node = 0; node < levels.counts()[level]; node++) check(level, node);
    }

    private void check(int level, int node) {
        long at = at(level, node);
        boolean box = Raw.getFloat(at) <= Raw.getFloat(at + 8) && Raw.getFloat(at + 4) <= Raw.getFloat(at + 12);
        long offset = at - standing.region.address();
        if (!box) throw new Damaged("box", offset, "a box", "edges in another order");
        if (level + 1 == levels.levels()) return;
        long parent = at(level + 1, node / BoxLevels.FAN);
        boolean inside = Raw.getFloat(parent) <= Raw.getFloat(at)
                && Raw.getFloat(parent + 4) <= Raw.getFloat(at + 4)
                && Raw.getFloat(parent + 8) >= Raw.getFloat(at + 8)
                && Raw.getFloat(parent + 12) >= Raw.getFloat(at + 12);
        if (!inside) throw new Damaged("box", offset, "one inside of its parent", "one that is not");
    }

    private long at(int level, int node) {
        return boxes + BoxLevels.BOX_BYTES * (levels.start(level) + node);
    }

    @Override
    public Optional<Lookup> look(Sought sought) {
        if (!(sought instanceof Sought.Meeting(var box))) return Optional.empty();
        var leaves = new Spans();
        if (levels.levels() > 0) look(box, levels.levels() - 1, 0, leaves);
        return Optional.of(new Candidates(leaves));
    }

    /// Leaves are met in their order, so that runs of them grow.
    private void look(Box box, int level, int node, Spans leaves) {
        long at = at(level, node);
        double minX = Raw.getFloat(at), minY = Raw.getFloat(at + 4);
        double maxX = Raw.getFloat(at + 8), maxY = Raw.getFloat(at + 12);
        if (minX > box.maxX() || box.minX() > maxX || minY > box.maxY() || box.minY() > maxY) return;
        boolean inside = box.minX() <= minX && maxX <= box.maxX() && box.minY() <= minY && maxY <= box.maxY();
        if (level == 0 || inside) {
            long under = BoxLevels.leavesUnder(level), first = node * under;
            leaves.add((int) first, (int) Math.min(standing.head.keys(), first + under));
            return;
        }
        int end = (int) Math.min(levels.counts()[level - 1], (node + 1L) * BoxLevels.FAN);
        for (int child = BoxLevels.FAN * node; child < end; child++) look(box, level - 1, child, leaves);
    }

    private final class Candidates implements Lookup {
        private final Spans leaves;
        private final long count;

        Candidates(Spans leaves) {
            this.leaves = leaves;
            long all = 0;
            for (int span = 0; span < leaves.count(); span++) all += leaves.to(span) - leaves.from(span);
            count = all;
        }

        @Override
        public long rows() {
            return count;
        }

        @Override
        public double nanos() {
            return ROW_NANOS * count;
        }

        @Override
        public Found find() {
            var found = new Rows(standing.head.rows());
            for (int span = 0; span < leaves.count(); span++)
                found.set(rows + 4L * leaves.from(span), leaves.to(span) - leaves.from(span));
            return new Found(Bits.none(standing.head.rows()), found.build());
        }
    }
}
