package dev.sextant.engine.segment;

import dev.sextant.model.Column;

/// Where the keys lie: pages of [#PAGE_KEYS] keys in ascending order, each page the keys and then their rows; and the
/// filter.
///
/// @param starts of each page, and where the last one ends
/// @param firsts the first key of each page
record KeyEntry(long[] starts, int[] crcs, Column firsts, Place filter) {
    static final int PAGE_KEYS = 1024;

    int pages() {
        return crcs.length;
    }

    Place place(int page) {
        return new Place(starts[page], (int) (starts[page + 1] - starts[page]), crcs[page]);
    }
}
