package dev.sextant.engine;

import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import java.util.Optional;

/// The vectors of one field of a segment that stay on disk, and what of them is in memory.
///
/// @param nodes how rows become nodes, when some have no vector
/// @param room of that, and of how nodes become rows
record FarVectors(Vectors.Stored vectors, FarRows rows, Optional<NodesOfRows> nodes, Reservation room)
        implements AutoCloseable {
    /// Takes the rows over, whatever comes of it.
    static FarVectors of(SegmentFile file, int field, FarRows far, Memory memory) {
        try {
            return within(file, field, far, memory);
        } catch (Throwable failed) {
            far.close();
            throw failed;
        }
    }

    private static FarVectors within(SegmentFile file, int field, FarRows far, Memory memory) {
        boolean all = file.nodes(field) == file.rows();
        var room = memory.reserve(
                "vectors", all ? 0 : 4L * file.nodes(field) + NodesOfRows.bytes(file.rows(), file.nodes(field)));
        try {
            var rowOfNode = file.rowOfNode(field);
            return new FarVectors(
                    new Vectors.Stored(far.rows(), rowOfNode),
                    far,
                    rowOfNode.map(rows -> NodesOfRows.ofVectors(rows, file.rows())),
                    room);
        } catch (Throwable failed) {
            room.close();
            throw failed;
        }
    }

    @Override
    public void close() {
        rows.close();
        room.close();
    }
}
