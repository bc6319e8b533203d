package dev.sextant.engine.segment;

import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongFunction;

/// Picks rows out of pages, each page decoded once.
final class Fetch {
    private Fetch() {}

    /// @param pageOf which page a row is in
    /// @param decode a page
    /// @param inPage a row's number in its page
    static Column fetch(
            FieldType type,
            int[] rows,
            IntToLongFunction pageOf,
            LongFunction<Column> decode,
            IntUnaryOperator inPage) {
        if (rows.length == 0) return Column.empty(type);
        var slotOf = new HashMap<Long, Integer>();
        var slots = new ArrayList<int[]>(); // of each page: how many rows
        var slotOfRow = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int slot = slotOf.computeIfAbsent(pageOf.applyAsLong(rows[i]), _ -> {
                slots.add(new int[1]);
                return slots.size() - 1;
            });
            slotOfRow[i] = slot;
            slots.get(slot)[0]++;
        }
        var local = new int[slots.size()][];
        for (int slot = 0; slot < local.length; slot++) local[slot] = new int[slots.get(slot)[0]];
        var filled = new int[local.length];
        var placeInSlot = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int slot = slotOfRow[i];
            placeInSlot[i] = filled[slot];
            local[slot][filled[slot]++] = inPage.applyAsInt(rows[i]);
        }
        var parts = new Column[local.length];
        slotOf.forEach((page, slot) -> parts[slot] = decode.apply(page).take(local[slot]));
        if (parts.length == 1) return parts[0];
        return inOrder(parts, slotOfRow, placeInSlot);
    }

    private static Column inOrder(Column[] parts, int[] slotOfRow, int[] placeInSlot) {
        var base = new int[parts.length];
        for (int slot = 1; slot < parts.length; slot++) base[slot] = base[slot - 1] + parts[slot - 1].rows();
        var order = new int[slotOfRow.length];
        for (int i = 0; i < order.length; i++) order[i] = base[slotOfRow[i]] + placeInSlot[i];
        return Column.concat(java.util.List.of(parts)).take(order);
    }
}
