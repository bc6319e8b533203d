package dev.sextant.query;

import dev.sextant.model.Column;

/// Orders of keys, and sorting of row numbers without boxes.
final class Sorting {
    /// An order of positions.
    @FunctionalInterface
    interface Order {
        int compare(int left, int right);
    }

    /// Sorted by insertion, without a copy.
    private static final int FEW = 12;

    private Sorting() {}

    /// Numbers by value, texts by bytes.
    static int compareKeys(Column left, int i, Column right, int j) {
        return switch (left) {
            case Column.Longs(var values, _) -> Long.compare(values[i], ((Column.Longs) right).values()[j]);
            case Column.Texts(var values, _) -> values.compare(i, ((Column.Texts) right).values(), j);
            default -> throw new IllegalArgumentException("keys are integers or text");
        };
    }

    /// Scalars by value, texts by bytes, false before true; neither is null.
    static int compareValues(Column left, int i, Column right, int j) {
        return switch (left) {
            case Column.Bools(var values, _) -> Boolean.compare(values[i], ((Column.Bools) right).values()[j]);
            case Column.Ints(var values, _) -> Integer.compare(values[i], ((Column.Ints) right).values()[j]);
            // Adding zero makes -0.0 and 0.0 one.
            case Column.Floats(var values, _) ->
                Float.compare(values[i] + 0f, ((Column.Floats) right).values()[j] + 0f);
            case Column.Doubles(var values, _) ->
                Double.compare(values[i] + 0d, ((Column.Doubles) right).values()[j] + 0d);
            case Column.Longs _, Column.Texts _ -> compareKeys(left, i, right, j);
            default ->
                throw new IllegalArgumentException(
                        "no order of " + left.getClass().getSimpleName());
        };
    }

    /// The first of some orders that tells two positions apart decides.
    static Order first(Order... orders) {
        return (a, b) -> {
            for (var order : orders) {
                int compared = order.compare(a, b);
                if (compared != 0) return compared;
            }
            return 0;
        };
    }

    /// Sorts the first `count` positions; stable, and linear when they are in order already.
    static void sort(int[] positions, int count, Order order) {
        sort(positions, count, order, count < FEW ? positions : new int[count]);
    }

    /// The same with room for as many, whose content is of no more use then.
    static void sort(int[] positions, int count, Order order, int[] room) {
        if (count >= FEW) System.arraycopy(positions, 0, room, 0, count);
        mergeSort(positions, room, 0, count, order);
    }

    static int[] sorted(int count, Order order) {
        var positions = range(0, count);
        sort(positions, count, order);
        return positions;
    }

    static int[] range(int from, int to) {
        var positions = new int[to - from];
        for (int i = 0; i < positions.length; i++) positions[i] = from + i;
        return positions;
    }

    private static void insertionSort(int[] into, int from, int to, Order order) {
        for (int i = from + 1; i < to; i++) {
            int moved = into[i];
            int at = i;
            for (; at > from && order.compare(into[at - 1], moved) > 0; at--) into[at] = into[at - 1];
            into[at] = moved;
        }
    }

    /// Sorts `[from, to)` of `into`; `with` holds the same numbers.
    private static void mergeSort(int[] into, int[] with, int from, int to, Order order) {
        if (to - from < FEW) {
            insertionSort(into, from, to, order);
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(with, into, from, middle, order);
        mergeSort(with, into, middle, to, order);
        if (order.compare(with[middle - 1], with[middle]) <= 0) {
            System.arraycopy(with, from, into, from, to - from);
            return;
        }
        for (int at = from, left = from, right = middle; at < to; at++)
            into[at] = right >= to || left < middle && order.compare(with[left], with[right]) <= 0
                    ? with[left++]
                    : with[right++];
    }
}
