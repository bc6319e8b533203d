package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.util.BitSet;

/// The values of one field, as they come row by row: out of JSON, or as the text of a cell. Builds a column for each
/// batch of rows. One thread.
public abstract class Cells {
    /// No row holds a longer text; what the schema allows is checked with the row.
    public static final int MOST_TEXT = 16 << 20;

    public static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MOST_TEXT)
                    .maxNestingDepth(200)
                    .maxNumberLength(400)
                    .build())
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // What they write into is read right behind them.
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private BitSet nulls = new BitSet();
    private int rows;

    public static Cells of(Field field) {
        return of(field.type());
    }

    static Cells of(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case BOOL -> new BoolCells();
                    case INT8, INT16, INT32 -> new IntCells(primitive);
                    case INT64 -> new LongCells();
                    case FLOAT -> new FloatCells();
                    case DOUBLE -> new DoubleCells();
                    case TIMESTAMPTZ -> new TextCells(MOST_TEXT);
                };
            case FieldType.Varchar(var most) -> new TextCells(most);
            case FieldType.Text(var most) -> new TextCells(most);
            // Told as texts; the door reads them.
            case FieldType.Geometry _ -> new TextCells(MOST_TEXT);
            case FieldType.Json _ -> new JsonCells();
            case FieldType.Array(var element, var most) -> new ListCells(of(element), most);
            case FieldType.Vector(var vector, var dimension) ->
                vector == VectorType.SPARSE ? new SparseCells() : new DenseCells(vector, dimension);
        };
    }

    /// Takes the value that the parser stands at, to its last token.
    public final void json(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            none();
            return;
        }
        takeJson(parser);
        rows++;
    }

    public final void text(String cell) {
        takeText(cell);
        rows++;
    }

    /// Null.
    public final void none() {
        nulls.set(rows++);
        takeNull();
    }

    /// One row was taken by other means.
    final void counted() {
        rows++;
    }

    public final int rows() {
        return rows;
    }

    /// The column so far; a new one begins.
    public final Column build() {
        var column = build(Nulls.of(nulls));
        assert column.rows() == rows : column.rows() + " values in " + rows + " rows";
        nulls = new BitSet();
        rows = 0;
        return column;
    }

    /// Bytes held, about.
    public abstract long bytes();

    abstract void takeJson(JsonParser parser) throws IOException;

    abstract void takeText(String cell);

    abstract void takeNull();

    abstract Column build(Nulls absent);

    /// For values that a cell holds as JSON.
    final void takeJsonText(String cell) {
        try (var parser = JSON.createParser(cell)) {
            if (parser.nextToken() == null) throw new Unfit("the cell is empty");
            takeJson(parser);
            if (parser.nextToken() != null) throw new Unfit("there is more after the value: " + brief(cell));
        } catch (IOException malformed) {
            throw new Unfit(brief(cell) + " is no JSON: " + Unreadable.reason(malformed));
        }
    }

    static Unfit wrong(String expected, JsonParser parser) throws IOException {
        return new Unfit("expected " + expected + ", got "
                + switch (parser.currentToken()) {
                    case START_ARRAY -> "a list";
                    case START_OBJECT -> "an object";
                    case VALUE_STRING -> "the text \"" + brief(parser.getText()) + "\"";
                    default -> brief(parser.getText());
                });
    }

    static String brief(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
