package dev.sextant.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// Some elements of rows in a row: of all that match, so many after so many others.
///
/// @param from the first row that has some of them
/// @param to behind the last
/// @param elements of each of these rows
record ElementWindow(int from, int to, List<int[]> elements) {
    ElementWindow {
        elements = List.copyOf(elements);
    }

    /// @param matching elements of all rows
    /// @param limit none means all that are left
    static ElementWindow of(List<int[]> matching, int offset, OptionalInt limit) {
        long end = limit.isPresent() ? (long) offset + limit.getAsInt() : Long.MAX_VALUE;
        var elements = new ArrayList<int[]>();
        int from = matching.size();
        long at = 0;
        for (int row = 0; row < matching.size() && at < end; row++) {
            var its = matching.get(row);
            int first = Math.clamp(offset - at, 0, its.length);
            int last = Math.clamp(end - at, 0, its.length);
            at += its.length;
            if (first == last && elements.isEmpty()) continue;
            from = Math.min(from, row);
            elements.add(Arrays.copyOfRange(its, first, last));
        }
        return new ElementWindow(from, from + elements.size(), elements);
    }
}
