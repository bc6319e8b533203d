package dev.sextant.engine;

import dev.sextant.index.Calibration;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Some rows of a view in one place, numbered from 0: a segment, or a memtable up to the view's moment. Columns come in
/// chunks of [Bits#CHUNK_BITS] rows; the last one is shorter.
public interface Part {
    /// The segment's id, or the id that the memtable's segment will have.
    long id();

    int rows();

    /// Whether it is still a memtable.
    boolean growing();

    /// The rows that the view shows: inserted and not deleted at its moment, and not expired.
    Bits visible();

    /// The rows of these partitions; [Bits#ALL] when all are.
    Bits ofPartitions(Set<Long> partitions);

    /// Rows `[chunk * CHUNK_BITS, …)` of a field, decoded; shared, so hands off. A field that this part does not know
    /// reads as null or its default. May read from disk.
    Column chunk(int field, int chunk);

    /// What is known of a chunk without reading it.
    Zone zone(int field, int chunk);

    /// The values of a few rows, in the order given: for output fields and keys.
    Column fetch(int field, int[] rows);

    /// Writes whole numbers of the first `count` of the rows to `into`, where they are at hand; says whether they were.
    /// Each search asks so for the keys of its winners.
    default boolean longs(int field, int[] rows, int count, long[] into) {
        return false;
    }

    /// The vectors of a field where kernels can reach them; loads them when they are not in memory.
    Vectors vectors(int field);

    /// Whether [#visible] and [#vectors] answer at once: nothing is read from disk, and no rows are looked at but those
    /// that came and went lately.
    default boolean isReady(int field) {
        return true;
    }

    /// The nodes of a field for some of the rows; no more than those of [#vectors] mean anything.
    default Bits nodes(int field, Bits rows) {
        var rowOfNode = vectors(field).rowOfNode();
        if (rowOfNode.isEmpty()) return rows;
        var bits = Bits.builder(rowOfNode.get().length);
        for (int node = 0; node < rowOfNode.get().length; node++)
            if (rows.get(rowOfNode.get()[node])) bits.set(node);
        return bits.build();
    }

    /// The index over a field, if it is built and in memory; its nodes are those of [#vectors]. It covers the first
    /// [VectorIndex#count] of them: the rest, of a memtable that grows, must be scanned. A growing graph may also reach
    /// nodes beyond this part's; [#visible] never passes their rows.
    Optional<VectorIndex> index(int field);

    /// How much that index finds with how much effort, once it was measured.
    default Optional<Calibration> calibration(int field) {
        return Optional.empty();
    }

    /// Indexes over the values of a field that are built and in memory, for all rows of this part. They stay as long as
    /// the view is open.
    default List<FieldIndex> indexes(int field) {
        return List.of();
    }

    /// When a row was inserted: hybrid timestamp.
    long insertedAt(int row);
}
