package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import java.util.Arrays;

/// Rows by list: slots one after the other, those of a list together in order of rows. Where codes go in blocks a list
/// begins at a whole block, and the slots behind its last row have none.
final class Lists implements AutoCloseable {
    final int[] starts; // slot of the first row, for each list, and one more: the end of all slots
    final int[] sizes; // rows
    final Region rows; // the row of each slot, -1 where there is none
    private final long base;

    Lists(Memory memory, int[] sizes, int align) {
        this.sizes = sizes;
        starts = new int[sizes.length + 1];
        for (int list = 0; list < sizes.length; list++)
            starts[list + 1] = Math.addExact(starts[list], Phases.ranges(sizes[list], align) * align);
        rows = memory.allocate("partition lists", 4L * slots());
        base = rows.address();
        for (int list = 0; list < sizes.length; list++)
            for (int slot = starts[list] + sizes[list]; slot < starts[list + 1]; slot++)
                Raw.putInt(base + 4L * slot, -1);
    }

    /// Rows by the list of each, -1 where it is in none.
    static Lists of(Memory memory, int[] listOf, int count, int align) {
        var sizes = new int[count];
        for (int list : listOf) if (list >= 0) sizes[list]++;
        var lists = new Lists(memory, sizes, align);
        var at = Arrays.copyOf(lists.starts, count);
        for (int row = 0; row < listOf.length; row++) if (listOf[row] >= 0) lists.put(at[listOf[row]]++, row);
        return lists;
    }

    int count() {
        return sizes.length;
    }

    int slots() {
        return starts[sizes.length];
    }

    /// Where the rows of a list stand, four bytes each.
    long rows(int list) {
        return base + 4L * starts[list];
    }

    int row(int slot) {
        return Raw.getInt(base + 4L * slot);
    }

    void put(int slot, int row) {
        Raw.putInt(base + 4L * slot, row);
    }

    /// The list that a slot belongs to.
    int listOf(int slot) {
        int low = 0, high = sizes.length - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (starts[middle] <= slot) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    @Override
    public void close() {
        rows.close();
    }
}
