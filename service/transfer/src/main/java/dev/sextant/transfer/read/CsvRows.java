package dev.sextant.transfer.read;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.sextant.model.Field;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.source.Source;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows as lines of separated cells, after a line with the names of the columns.
final class CsvRows extends TextRows {
    private static final int MOST_CELL = 16 << 20;

    private final CsvReader<CsvRecord> reader;
    private final Iterator<CsvRecord> records;
    private final String nullKey;
    private final List<String> header = new ArrayList<>();

    /// @param whole every field must have its column
    CsvRows(Source source, Schema schema, Map<String, String> options, boolean whole, long memoryBytes) {
        super(source, schema, memoryBytes);
        nullKey = options.getOrDefault("nullkey", "");
        reader = CsvReader.builder()
                .fieldSeparator(options.getOrDefault("sep", ","))
                .maxBufferSize(MOST_CELL)
                .extraFieldStrategy(FieldMismatchStrategy.STRICT)
                .missingFieldStrategy(FieldMismatchStrategy.STRICT)
                .detectBomHeader(false)
                .ofCsvRecord(new InputStreamReader(stream, StandardCharsets.UTF_8.newDecoder()));
        records = reader.iterator();
        begin(whole);
    }

    private void begin(boolean whole) {
        if (!records.hasNext()) throw new Unfit("the file has no line with the names of its columns");
        var seen = new HashSet<String>();
        for (var cell : records.next().getFields()) {
            var name = header.isEmpty() && cell.startsWith("\uFEFF") ? cell.substring(1) : cell;
            if (!seen.add(name)) throw new Unfit("the column '" + name + "' comes twice");
            header.add(name);
        }
        for (var field : Slots.columns(schema))
            if (!seen.contains(field.name()) && (whole || !mayBeAbsent(field)))
                throw new Unfit("value of field '" + field.name() + "' is missed: the file has no such column");
    }

    @Override
    Optional<Rows> read() throws IOException {
        while (!isFull() && records.hasNext()) row(records.next());
        return slots.take();
    }

    private void row(CsvRecord row) {
        var cells = row.getFields();
        if (cells.size() != header.size())
            throw new Unfit("the row has " + cells.size() + " cells, there are " + header.size() + " columns");
        for (int i = 0; i < cells.size(); i++) {
            var name = header.get(i);
            var cell = cells.get(i);
            var slot = slots.slot(name);
            if (slot.isPresent()) value(slot.get(), cell);
            else if (slots.meta().isPresent()) slots.meta().get().text(name, cell);
        }
        slots.endRow();
    }

    private void value(Slots.Slot slot, String cell) {
        var field = slot.field;
        if (cell.equals(nullKey) && isNull(field)) {
            slot.cells.none();
            return;
        }
        try {
            slot.cells.text(cell);
        } catch (Unfit why) {
            throw new Unfit("field '" + field.name() + "': " + why.getMessage());
        }
    }

    /// The text for null is a text like any other where nothing can be null.
    private static boolean isNull(Field field) {
        return field.isNullable() || field.defaultValue().isPresent();
    }

    @Override
    int inBatch() {
        return header.isEmpty() ? -1 : slots.rows();
    }

    @Override
    Closeable reader() {
        return reader;
    }
}
