package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.VectorType;
import java.io.IOException;

/// Dense vectors as lists of numbers. Numbers of 16 bits come as such of 32: the database makes them fit.
final class DenseCells extends Cells {
    private final VectorType type;
    private final int dimension;
    private Bytes values = new Bytes(4096);

    DenseCells(VectorType type, int dimension) {
        this.type = type == VectorType.FLOAT16 || type == VectorType.BFLOAT16 ? VectorType.FLOAT32 : type;
        this.dimension = dimension;
    }

    private int numbers() {
        return type == VectorType.BINARY ? dimension / 8 : dimension;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong("a list of numbers", parser);
        int begin = values.length(), count = 0, wanted = numbers();
        for (; parser.nextToken() != JsonToken.END_ARRAY; count++) {
            if (count < wanted) number(parser);
            else if (count > 1 << 20) throw new Unfit("the vector has more than " + count + " numbers");
        }
        if (count == wanted) return;
        values.cut(begin);
        throw wrongSize(count, wanted);
    }

    static Unfit wrongSize(int numbers, int wanted) {
        return new Unfit("the vector has " + numbers + " numbers, its dimension needs " + wanted);
    }

    private void number(JsonParser parser) throws IOException {
        switch (type) {
            case INT8, BINARY -> values.putSmall(type, LongCells.whole(parser));
            default -> values.putFloat(FloatCells.number(parser));
        }
    }

    @Override
    void takeText(String cell) {
        takeJsonText(cell);
    }

    @Override
    void takeNull() {
        values.skip(type.rowBytes(dimension));
    }

    @Override
    public long bytes() {
        return values.length();
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Dense(type, dimension, values.segment(), absent);
        values = new Bytes(values.length());
        return column;
    }
}
