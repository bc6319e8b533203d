package dev.sextant.query;

import dev.sextant.model.Column;
import java.lang.foreign.MemorySegment;

/// One vector out of a column, as the kernels read it.
final class Vector {
    private Vector() {}

    static MemorySegment of(Column vectors, int row) {
        return switch (vectors) {
            case Column.Dense dense -> {
                long bytes = dense.rowBytes();
                yield dense.bytes().byteSize() == bytes
                        ? dense.bytes()
                        : dense.bytes().asSlice(row * bytes, bytes);
            }
            case Column.Sparse(var cells, _) ->
                MemorySegment.ofArray(cells.bytes()).asSlice(cells.start(row), cells.length(row));
            default -> throw new IllegalArgumentException("no column of vectors");
        };
    }

    /// How many vectors there are, those in lists each by itself.
    static int count(Column queries) {
        return queries instanceof Column.Lists lists ? lists.elements().rows() : queries.rows();
    }

    /// The vectors of one list.
    static Column.Dense list(Column.Lists lists, int row) {
        return (Column.Dense) lists.elements().slice(lists.start(row), lists.ends()[row]);
    }
}
