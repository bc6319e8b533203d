package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;

/// Arrays: lists of scalars.
final class ListCells extends Cells {
    private final Cells elements;
    private final int most;
    private int[] ends = new int[64];
    private int count;

    ListCells(Cells elements, int most) {
        this.elements = elements;
        this.most = most;
    }

    private void end() {
        if (count == ends.length) ends = Arrays.copyOf(ends, 2 * count);
        ends[count++] = elements.rows();
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong("a list", parser);
        for (int length = 0; parser.nextToken() != JsonToken.END_ARRAY; length++) {
            if (length == most) throw new Unfit("the array has more elements than max_capacity, " + most);
            if (parser.currentToken() == JsonToken.VALUE_NULL) throw new Unfit("an element of the array is null");
            elements.json(parser);
        }
        end();
    }

    @Override
    void takeText(String cell) {
        takeJsonText(cell);
    }

    @Override
    void takeNull() {
        end();
    }

    @Override
    public long bytes() {
        return 4L * count + elements.bytes();
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Lists(Arrays.copyOf(ends, count), elements.build(), absent);
        count = 0;
        return column;
    }
}
