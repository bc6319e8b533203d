package dev.sextant.transfer.read;

import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Cells;
import dev.sextant.transfer.cell.MetaCells;
import dev.sextant.transfer.cell.Unfit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The fields of a schema as places for the values of rows that come one by one.
final class Slots {
    private final Map<String, Slot> byName = new LinkedHashMap<>();
    private final Optional<MetaCells> meta;
    private final String metaName;
    private int rows;

    static final class Slot {
        final Field field;
        final Cells cells;

        Slot(Field field) {
            this.field = field;
            cells = Cells.of(field);
        }
    }

    Slots(Schema schema) {
        for (var field : schema.fields()) if (!field.has(Trait.DYNAMIC)) byName.put(field.name(), new Slot(field));
        meta = schema.dynamic().map(_ -> new MetaCells());
        metaName = schema.dynamic().map(Field::name).orElse(Field.DYNAMIC_NAME);
    }

    Optional<Slot> slot(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<MetaCells> meta() {
        return meta;
    }

    /// The row is over: what it did not say is null, or a fault.
    void endRow() {
        for (var slot : byName.values()) {
            int has = slot.cells.rows();
            if (has == rows + 1) continue;
            if (Opened.comesByItself(slot.field)) {
                if (has > 0) throw some(slot.field);
            } else if (Opened.mayBeAbsent(slot.field)) slot.cells.none();
            else throw new Unfit("value of field '" + slot.field.name() + "' is missed");
        }
        meta.ifPresent(MetaCells::end);
        rows++;
    }

    private static Unfit some(Field field) {
        return new Unfit("value of field '" + field.name() + "' is missed, which other rows have");
    }

    /// Checks that a value of this slot is the row's first.
    void checkFirst(Slot slot) {
        int has = slot.cells.rows();
        if (has > rows) throw new Unfit("field '" + slot.field.name() + "' comes twice");
        if (has < rows) throw some(slot.field);
    }

    int rows() {
        return rows;
    }

    long bytes() {
        long bytes = meta.map(MetaCells::bytes).orElse(0L);
        for (var slot : byName.values()) bytes += slot.cells.bytes();
        return bytes;
    }

    /// The rows so far; none when there are none. Begins anew.
    Optional<Rows> take() {
        if (rows == 0) return Optional.empty();
        var columns = Rows.of(rows);
        for (var slot : byName.values())
            if (slot.cells.rows() == rows) columns.with(slot.field.name(), slot.cells.build());
        meta.ifPresent(cells -> columns.with(metaName, cells.build()));
        rows = 0;
        return Optional.of(columns.build());
    }
}
