package dev.sextant.engine.segment;

/// Where one chunk of one field lies.
///
/// @param items what the pages hold: rows of a scalar field, nodes of a vector field (its rows that are not null, or
///     the elements of its rows)
/// @param pageShift a page holds 2^pageShift items, the last one fewer
/// @param starts of each page, and where the last one ends; they follow each other
/// @param crcs of each page
/// @param nulls which rows of a vector field have no node, nowhere when all have one; or how many elements they have
record ChunkEntry(int items, int pageShift, long[] starts, int[] crcs, Place nulls, Bounds zone) {
    int pages() {
        return pages(items, pageShift);
    }

    static int pages(int items, int pageShift) {
        return (int) ((items + (1L << pageShift) - 1) >>> pageShift);
    }

    int itemsOf(int page) {
        return Math.min(1 << pageShift, items - (page << pageShift));
    }

    long offset() {
        return starts[0];
    }

    long bytes() {
        return starts[pages()] - starts[0];
    }

    Place place(int page) {
        return new Place(starts[page], (int) (starts[page + 1] - starts[page]), crcs[page]);
    }

    /// Where pages of these lengths lie from an offset on.
    static long[] starts(long offset, int[] lengths) {
        var starts = new long[lengths.length + 1];
        starts[0] = offset;
        for (int i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
        return starts;
    }

    static int[] lengths(long[] starts) {
        var lengths = new int[starts.length - 1];
        for (int i = 0; i < lengths.length; i++) lengths[i] = (int) (starts[i + 1] - starts[i]);
        return lengths;
    }
}
