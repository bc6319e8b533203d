package dev.sextant.transfer.read;

import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.transfer.cell.Cells;
import dev.sextant.transfer.cell.MetaCells;
import dev.sextant.transfer.cell.StructCells;
import dev.sextant.transfer.cell.Unfit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The fields of a schema as places for the values of rows that come one by one.
final class Slots {
    private final Map<String, Slot> byName = new LinkedHashMap<>();
    private final Set<String> flat = new HashSet<>(); // parts of structs, which nothing comes for
    private final Optional<MetaCells> meta;
    private final String metaName;
    private int rows;

    static final class Slot {
        final Field field;
        final Cells cells;

        Slot(Field field) {
            this(field, Cells.of(field));
        }

        private Slot(Field field, Cells cells) {
            this.field = field;
            this.cells = cells;
        }

        /// All fields of a struct, which come as one.
        static Slot of(Struct struct, Schema schema) {
            return new Slot(column(struct), new StructCells(struct, schema));
        }

        void into(Rows.Builder columns) {
            if (cells instanceof StructCells structs) structs.columns().forEach(columns::with);
            else columns.with(field.name(), cells.build());
        }
    }

    /// A struct as if it were one field.
    private static Field column(Struct struct) {
        var field = Field.of(struct.name(), new FieldType.Json());
        return struct.nullable() ? field.with(Trait.NULLABLE) : field;
    }

    /// What a file may name: fields, and structs instead of their parts.
    static List<Field> columns(Schema schema) {
        var columns = new ArrayList<>(schema.plainFields());
        schema.structs().forEach(struct -> columns.add(column(struct)));
        return columns;
    }

    Slots(Schema schema) {
        for (var field : schema.plainFields()) if (!field.has(Trait.DYNAMIC)) byName.put(field.name(), new Slot(field));
        for (var struct : schema.structs()) {
            byName.put(struct.name(), Slot.of(struct, schema));
            schema.fieldsOf(struct).forEach(field -> flat.add(field.name()));
        }
        meta = schema.dynamic().map(_ -> new MetaCells());
        metaName = schema.dynamic().map(Field::name).orElse(Field.DYNAMIC_NAME);
    }

    Optional<Slot> slot(String name) {
        if (flat.contains(name))
            throw new Unfit("field '" + name + "': a struct array comes as one column, a list of objects");
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
        for (var slot : byName.values()) if (slot.cells.rows() == rows) slot.into(columns);
        meta.ifPresent(cells -> columns.with(metaName, cells.build()));
        rows = 0;
        return Optional.of(columns.build());
    }
}
