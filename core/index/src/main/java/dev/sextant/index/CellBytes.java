package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import java.io.IOException;

/// The bytes of cells, behind those of their graph: what was measured, the sizes, the centres, the rows, each with a
/// checksum. What would lead a walk outside its memory is refused here, once.
final class CellBytes {
    private CellBytes() {}

    static long size(Cells cells) {
        return size(cells.count(), cells.directory.bytes(), cells.lists.slots(), blockBytes(cells));
    }

    static long size(long cells, long directoryBytes, long slots, long blockBytes) {
        return table(cells) + directoryBytes + rowBytes(slots) + blockBytes + 4 * QuantisedBytes.CHECKSUM;
    }

    static long blockBytes(Cells cells) {
        return Cells.bytes(cells.blocks, cells.codes, cells.count(), cells.lists.slots());
    }

    /// Bytes of the margins and the sizes.
    private static long table(long cells) {
        return (4L * Margins.FLOATS + 4L * cells + 7) / 8 * 8;
    }

    private static long rowBytes(long slots) {
        return (4L * slots + 7) / 8 * 8;
    }

    static void write(Cells cells, Memory memory, Sink sink) throws IOException {
        long table = table(cells.count()), rows = rowBytes(cells.lists.slots());
        try (var buffer = memory.allocate("graph writing", Math.max(table, rows) + QuantisedBytes.CHECKSUM)) {
            long at = buffer.address();
            Raw.fill(at, buffer.size(), (byte) 0);
            var floats = cells.margins.floats();
            for (int i = 0; i < floats.length; i++) Raw.putFloat(at + 4L * i, floats[i]);
            for (int cell = 0; cell < cells.count(); cell++)
                Raw.putInt(at + 4L * (floats.length + cell), cells.lists.sizes[cell]);
            QuantisedBytes.seal(buffer, table, sink);
            var directory = cells.directory.region.segment();
            sink.write(directory);
            Raw.putLong(at, QuantisedBytes.crc(directory));
            sink.write(buffer.segment().asSlice(0, QuantisedBytes.CHECKSUM));
            Raw.fill(at, buffer.size(), (byte) 0);
            Raw.copy(cells.lists.rows.address(), at, 4L * cells.lists.slots());
            QuantisedBytes.seal(buffer, rows, sink);
            var blocks = cells.cells.segment().asSlice(0, blockBytes(cells));
            sink.write(blocks);
            Raw.putLong(at, QuantisedBytes.crc(blocks));
            sink.write(buffer.segment().asSlice(0, QuantisedBytes.CHECKSUM));
        }
    }

    static Cells read(
            Memory memory, Points points, int count, int slots, long blockBytes, int nodes, long at, Source source)
            throws IOException {
        var sizes = new int[count];
        Margins margins;
        try (var table = memory.allocate("graph reading", table(count))) {
            at = QuantisedBytes.readPiece(memory, table.segment().asSlice(0, table(count)), at, source);
            var floats = new float[Margins.FLOATS];
            for (int i = 0; i < floats.length; i++) floats[i] = Raw.getFloat(table.address() + 4L * i);
            margins = Margins.of(floats);
            long rows = 0;
            for (int cell = 0; cell < count; cell++) {
                sizes[cell] = Raw.getInt(table.address() + 4L * (Margins.FLOATS + cell));
                if (sizes[cell] < 0) throw new Damaged("rows of cell " + cell, at, "0 or more", sizes[cell]);
                rows += sizes[cell];
            }
            if (rows != slots) throw new Damaged("rows in cells", at, slots, rows);
            if (!margins.isSound()) throw new Damaged("margins", at, "finite numbers", "others");
        }
        var blocks = points.blocks(0);
        var codes = points.rowCodes;
        if (Cells.bytes(blocks, codes, count, slots) != blockBytes)
            throw new Damaged("bytes of cells", at, Cells.bytes(blocks, codes, count, slots), blockBytes);
        Lists lists = null;
        Directory directory = null;
        Region blocksOfCells = null;
        try {
            directory = new Directory(memory, points, count);
            at = QuantisedBytes.readPiece(memory, directory.region.segment(), at, source);
            if (!directory.blocks.isSound(directory.region.address(), count))
                throw new Damaged("directory", at, "cells below " + count, "others");
            lists = new Lists(memory, sizes, 1);
            try (var rows = memory.allocate("graph reading", Math.max(8, rowBytes(slots)))) {
                at = QuantisedBytes.readPiece(memory, rows.segment().asSlice(0, rowBytes(slots)), at, source);
                for (int slot = 0; slot < slots; slot++) {
                    int row = Raw.getInt(rows.address() + 4L * slot);
                    if (row < 0 || row >= nodes) throw new Damaged("row in a cell", at, "a node below " + nodes, row);
                    lists.put(slot, row);
                }
            }
            blocksOfCells = memory.allocate("quantised graph", Math.max(64, blockBytes));
            at = QuantisedBytes.readPiece(memory, blocksOfCells.segment().asSlice(0, blockBytes), at, source);
            return new Cells(directory, blocks, codes, blocksOfCells, lists, margins);
        } catch (IOException | RuntimeException | Error thrown) {
            if (directory != null) directory.close();
            if (lists != null) lists.close();
            if (blocksOfCells != null) blocksOfCells.close();
            throw thrown;
        }
    }
}
