package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Moments;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/// Rows as they come, made into rows as they are kept: every field of the schema by id, complete, of the right shape,
/// with every value checked; or a refusal that names field, row, what came and what was expected. One pass over each
/// column, no object for each row.
final class Intake {
    enum Purpose {
        INSERT,
        /// Keys are needed, and each only once.
        UPSERT,
        /// As [#UPSERT]; columns that did not come are none of our business.
        MERGE
    }

    /// @param keys of the rows as they will be stored
    /// @param given keys as they came: what an upsert replaces
    record Taken(int rows, Map<Integer, Column> columns, Column keys, Optional<Column> given) {}

    private final Collection collection;
    private final Schema schema;
    private final Field key;
    private final DatabaseConfig.Rows limits;
    private final Purpose purpose;
    private final Functions functions;
    private final ZoneId zone;

    /// Adds what functions make of columns.
    interface Functions {
        void into(Map<Integer, Column> columns, Schema schema);
    }

    Intake(Collection collection, DatabaseConfig.Rows limits, Purpose purpose, Functions functions) {
        this.functions = functions;
        this.collection = collection;
        this.schema = collection.schema();
        this.key = schema.primaryKey();
        this.limits = limits;
        this.zone = Moments.zoneOf(collection.properties());
        this.purpose = purpose;
    }

    /// @param ids gives the first of so many fresh ids
    Taken take(Rows rows, IntToLongFunction ids) {
        if (rows.count() <= 0) throw refused("", -1, Fault.NO_ROWS, Integer.toString(rows.count()), "at least one row");
        var given = givenKeys(rows);
        var columns = columns(rows);
        given.ifPresent(keys -> checkDistinct(keys));
        if (mustMakeKeys(given)) columns.put(key.id(), madeKeys(rows.count(), ids));
        functions.into(columns, schema);
        for (var struct : schema.structs()) checkLengths(schema.fieldsOf(struct), columns);
        for (var field : schema.fields()) {
            var column = columns.get(field.id());
            if (column != null)
                Values.check(field, column, limits, purpose == Purpose.MERGE ? Optional.empty() : Optional.of(schema));
        }
        return new Taken(rows.count(), Map.copyOf(columns), columns.get(key.id()), given);
    }

    // ---- keys

    private Optional<Column> givenKeys(Rows rows) {
        var keys = rows.column(key.name());
        if (keys.isEmpty() && purpose != Purpose.INSERT)
            throw refused(key.name(), -1, Fault.MISSING_KEY, "no column", "keys, to know which rows to replace");
        if (keys.isPresent() && purpose == Purpose.INSERT && key.has(Trait.AUTO_ID) && !mayGiveAutoIds())
            throw refused(key.name(), -1, Fault.KEY_WITH_AUTO_ID, "a column", "none: keys are made here");
        return keys;
    }

    private boolean mayGiveAutoIds() {
        return Names.isTrue(collection.properties().getOrDefault(Properties.ALLOW_INSERT_AUTO_ID, "false"));
    }

    /// An upsert into a collection that makes its keys replaces rows by the keys that came, and gives them new ones.
    private boolean mustMakeKeys(Optional<Column> given) {
        return key.has(Trait.AUTO_ID) && (given.isEmpty() || purpose == Purpose.UPSERT);
    }

    private Column madeKeys(int count, IntToLongFunction ids) {
        long first = ids.applyAsLong(count);
        if (!(key.type() instanceof FieldType.Varchar)) {
            var keys = new long[count];
            for (int i = 0; i < count; i++) keys[i] = first + i;
            return new Column.Longs(keys, Nulls.NONE);
        }
        var texts = new Slices.Builder(count);
        for (int i = 0; i < count; i++) texts.add(Long.toString(first + i).getBytes(StandardCharsets.US_ASCII));
        return new Column.Texts(texts.build(), Nulls.NONE);
    }

    private void checkDistinct(Column keys) {
        if (purpose == Purpose.INSERT) return; // two inserts of one key are two rows
        int twice = Keys.firstRepeated(keys);
        if (twice >= 0)
            throw refused(key.name(), twice, Fault.DUPLICATE_KEY, Keys.text(keys, twice), "each key once in a request");
    }

    // ---- columns

    private Map<Integer, Column> columns(Rows rows) {
        for (var name : rows.columns().keySet())
            if (schema.field(name).isEmpty())
                throw refused(
                        name,
                        -1,
                        Fault.UNKNOWN_COLUMN,
                        "a column",
                        "a field of collection '" + collection.name() + "'");
        var columns = new HashMap<Integer, Column>();
        for (var field : schema.fields()) {
            var came = rows.column(field.name());
            if (came.isPresent() && field.has(Trait.FUNCTION_OUTPUT) && !mayGiveOutput(field))
                throw Scene.invalid(
                        field.name(),
                        "unexpected function output field " + field.name()
                                + ": it is made by a function and cannot be given");
            if (came.isPresent()) columns.put(field.id(), shaped(field, came.get(), rows.count()));
            else if (hasKin(field, rows))
                throw refused(
                        field.name(), -1, Fault.MISSING_COLUMN, "no column", "one: other fields of its struct came");
            else if (purpose != Purpose.MERGE && !field.has(Trait.AUTO_ID) && !field.has(Trait.FUNCTION_OUTPUT))
                columns.put(field.id(), absent(field, rows.count()));
        }
        return columns;
    }

    private boolean hasKin(Field field, Rows rows) {
        return schema.structOf(field).stream()
                .flatMap(struct -> schema.fieldsOf(struct).stream())
                .anyMatch(kin -> rows.column(kin.name()).isPresent());
    }

    /// The arrays of a struct are there together, and of one length.
    private static void checkLengths(List<Field> parts, Map<Integer, Column> columns) {
        var first = parts.getFirst();
        if (!(columns.get(first.id()) instanceof Column.Lists expected)) return;
        for (var part : parts) {
            if (!(columns.get(part.id()) instanceof Column.Lists lists)) continue;
            for (int row = 0; row < lists.rows(); row++) {
                if (lists.isNull(row) != expected.isNull(row))
                    throw refused(
                            part.name(),
                            row,
                            Fault.NULL_NOT_ALLOWED,
                            lists.isNull(row) ? "null" : "an array",
                            "all fields of a struct to be null together, and " + first.name() + " is"
                                    + (expected.isNull(row) ? "" : " not"));
                if (lists.length(row) != expected.length(row) && !lists.isNull(row))
                    throw refused(
                            part.name(),
                            row,
                            Fault.ELEMENT_COUNT,
                            Integer.toString(lists.length(row)),
                            expected.length(row) + " elements, as " + first.name() + " has");
            }
        }
    }

    /// Vectors of models may be given, if the collection says so; words are counted here and nowhere else.
    private boolean mayGiveOutput(Field field) {
        return Names.isTrue(collection.properties().getOrDefault(Properties.ALLOW_FUNCTION_OUTPUTS, "false"))
                && schema.maker(field)
                        .filter(function -> function.kind() != Function.Kind.BM25)
                        .isPresent();
    }

    private Column shaped(Field field, Column column, int count) {
        if (column.rows() != count)
            throw refused(field.name(), -1, Fault.ROW_COUNT, Integer.toString(column.rows()), Integer.toString(count));
        var typed = typed(field, column);
        Shape.check(field, typed);
        return filled(field, Halves.fitted(field, Told.fitted(field, Shape.kept(field, typed), zone)));
    }

    /// Arrays without any element do not tell what their elements are: clients leave it out.
    private static Column typed(Field field, Column column) {
        return field.type() instanceof FieldType.Array(var element, _)
                        && column instanceof Column.Lists(var ends, var elements, var nulls)
                        && elements.rows() == 0
                ? new Column.Lists(ends, Column.empty(element), nulls)
                : column;
    }

    private static Column filled(Field field, Column column) {
        if (column.nulls().none()) return column;
        if (field.defaultValue().isPresent())
            return Filling.nullsOf(column, field.defaultValue().get());
        if (field.has(Trait.DYNAMIC)) return Filling.withEmptyObjects((Column.Jsons) column);
        if (field.isNullable()) return column;
        throw refused(
                field.name(),
                column.nulls().next(0),
                Fault.NULL_NOT_ALLOWED,
                "null",
                "a value: the field is not nullable");
    }

    /// What a field holds when nobody said anything about it.
    private static Column absent(Field field, int count) {
        if (field.defaultValue().isPresent())
            return Filling.of(field.type(), field.defaultValue().get(), count);
        if (field.has(Trait.DYNAMIC)) return Filling.emptyObjects(count);
        if (field.isNullable()) return Column.nulls(field.type(), count);
        throw refused(
                field.name(),
                -1,
                Fault.MISSING_COLUMN,
                "no column",
                "one: the field is neither nullable nor has a default");
    }

    static Refused refused(String field, int row, Fault fault, String received, String expected) {
        return new Refused(new InvalidRow(field, row, fault, received, expected));
    }
}
