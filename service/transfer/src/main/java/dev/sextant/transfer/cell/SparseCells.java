package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Sparse vectors: `{"3": 0.5, "7": 1}`, or `{"indices": [3, 7], "values": [0.5, 1]}`.
public final class SparseCells extends Cells {
    private static final int MOST_CELLS = 1 << 20;
    private static final byte[] NOTHING = new byte[0];

    private Slices.Builder values = new Slices.Builder(64);
    private long bytes;

    private record Cell(long index, float value) {}

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            takeJsonText(parser.getText());
            return;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) throw wrong("an object of indices and values", parser);
        var cells = new ArrayList<Cell>();
        var indices = new ArrayList<Long>();
        var numbers = new ArrayList<Float>();
        boolean listed = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            if (name.equals("indices")) {
                listed = true;
                each(parser, () -> indices.add(LongCells.whole(parser)));
            } else if (name.equals("values")) {
                listed = true;
                each(parser, () -> numbers.add(FloatCells.number(parser)));
            } else {
                cells.add(new Cell(LongCells.whole(name), FloatCells.number(parser)));
                checkCount(cells.size());
            }
        }
        if (listed) {
            if (indices.size() != numbers.size() || !cells.isEmpty())
                throw new Unfit(indices.size() + " indices came with " + numbers.size() + " values");
            for (int i = 0; i < indices.size(); i++) cells.add(new Cell(indices.get(i), numbers.get(i)));
        }
        add(cells);
    }

    private interface Element {
        void take() throws IOException;
    }

    private static void each(JsonParser parser, Element element) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong("a list", parser);
        for (int count = 0; parser.nextToken() != JsonToken.END_ARRAY; count++) {
            checkCount(count);
            element.take();
        }
    }

    private static void checkCount(int count) {
        if (count > MOST_CELLS) throw new Unfit("the sparse vector has more than " + MOST_CELLS + " cells");
    }

    /// Indices and values of one row, in any order.
    public void row(long[] indices, float[] numbers) {
        if (indices.length != numbers.length)
            throw new Unfit(indices.length + " indices came with " + numbers.length + " values");
        var cells = new ArrayList<Cell>();
        for (int i = 0; i < indices.length; i++) cells.add(new Cell(indices[i], numbers[i]));
        add(cells);
        counted();
    }

    private void add(List<Cell> cells) {
        cells.sort(Comparator.comparingLong(Cell::index));
        var row = new Bytes(8 * cells.size());
        long last = -1;
        for (var cell : cells) {
            if (cell.index < 0 || cell.index > 0xFFFF_FFFEL)
                throw new Unfit("the index " + cell.index + " is not in [0, 4294967294]");
            if (cell.index == last) throw new Unfit("the index " + last + " comes twice");
            last = cell.index;
            row.putInt((int) cell.index);
            row.putFloat(cell.value);
        }
        values.add(row.array());
        bytes += row.length() + 4;
    }

    @Override
    void takeText(String cell) {
        takeJsonText(cell);
    }

    @Override
    void takeNull() {
        values.add(NOTHING);
        bytes += 4;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Sparse(values.build(), absent);
        values = new Slices.Builder(64);
        bytes = 0;
        return column;
    }
}
