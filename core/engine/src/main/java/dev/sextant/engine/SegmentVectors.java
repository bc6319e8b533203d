package dev.sextant.engine;

import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.DenseRows;
import dev.sextant.index.SparseRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import java.util.Optional;

/// The vectors of one field of a segment, in memory.
///
/// @param nodes how rows become nodes, when some have no vector
/// @param room of that, and of how nodes become rows
record SegmentVectors(Vectors vectors, Region region, Optional<NodesOfRows> nodes, Reservation room)
        implements AutoCloseable {
    static SegmentVectors load(SegmentFile file, Field field, Memory memory) {
        var type = field.type().vector();
        int nodes = file.nodes(field.id());
        boolean all = nodes == file.rows() && !field.type().isVectors();
        var room = memory.reserve("vectors", all ? 0 : 4L * nodes + NodesOfRows.bytes(file.rows(), nodes));
        try {
            return load(file, field, type, nodes, memory, room);
        } catch (Throwable failed) {
            room.close();
            throw failed;
        }
    }

    private static SegmentVectors load(
            SegmentFile file, Field field, FieldType.Vector type, int nodes, Memory memory, Reservation room) {
        if (field.type().isVectors()) {
            var rowOfElement = file.rowOfElement(field.id());
            var region = file.loadVectors(field.id(), memory);
            var rows = DenseRows.packed(region.address(), nodes, type.dimension(), type.type());
            return new SegmentVectors(
                    new Vectors.Lists(rows, rowOfElement),
                    region,
                    Optional.of(NodesOfRows.ofElements(rowOfElement)),
                    room);
        }
        var rowOfNode = file.rowOfNode(field.id());
        var mapped = rowOfNode.map(rows -> NodesOfRows.ofVectors(rows, file.rows()));
        if (type.type().isDense()) {
            var region = file.loadVectors(field.id(), memory);
            return new SegmentVectors(
                    new Vectors.Dense(
                            DenseRows.packed(region.address(), nodes, type.dimension(), type.type()), rowOfNode),
                    region,
                    mapped,
                    room);
        }
        var region = file.loadSparse(field.id(), memory);
        return new SegmentVectors(
                new Vectors.Sparse(
                        new SparseRows(region.address(), region.address() + 8L * (nodes + 1), nodes), rowOfNode),
                region,
                mapped,
                room);
    }

    /// Bytes that loading takes, about.
    static long bytes(SegmentFile file, Field field) {
        var type = field.type().vector();
        long nodes = file.nodes(field.id());
        return type.type().isDense()
                ? nodes * DenseRows.strideBytes(type.type(), type.dimension())
                : 8 * (nodes + 1) + 64 * nodes;
    }

    /// What rows have that were written before the field was added: no vector.
    static Vectors none(Field field, int rows) {
        var type = field.type().vector();
        if (field.type().isVectors())
            return new Vectors.Lists(DenseRows.packed(0, 0, type.dimension(), type.type()), new int[0]);
        var noNode = rows == 0 ? Optional.<int[]>empty() : Optional.of(new int[0]);
        return type.type().isDense()
                ? new Vectors.Dense(DenseRows.packed(0, 0, type.dimension(), type.type()), noNode)
                : new Vectors.Sparse(new SparseRows(0, 0, 0), noNode);
    }

    /// Bytes in memory.
    long held() {
        return region.size() + room.bytes();
    }

    @Override
    public void close() {
        region.close();
        room.close();
    }
}
