package dev.sextant.database;

import dev.sextant.geometry.NotAShape;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.time.ZoneId;

/// Moments and geometries come as texts or as they are kept; afterwards they are as they are kept.
final class Told {
    private static final byte[] NOTHING = {};

    private Told() {}

    /// Whether a column tells in texts what its field keeps otherwise.
    static boolean inTexts(Field field, Column column) {
        return column instanceof Column.Texts
                && (field.type() == Primitive.TIMESTAMPTZ || field.type() instanceof FieldType.Geometry);
    }

    /// The field with its default as it is kept.
    static Field withDefault(Field field, ZoneId zone) {
        if (field.type() != Primitive.TIMESTAMPTZ
                || !(field.defaultValue().orElse(Value.NULL) instanceof Value.Text(var text))) return field;
        try {
            return field.withDefault(Value.of(Moments.parse(text, zone)));
        } catch (Moments.NoMoment wrong) {
            throw SchemaRules.refused(
                    field.name(),
                    Rule.DEFAULT_VALUE,
                    "got invalid timestamptz string '" + text + "' as the default value of field " + field.name() + ": "
                            + wrong.getMessage());
        }
    }

    /// @param zone of moments without an offset
    static Column fitted(Field field, Column column, ZoneId zone) {
        return switch (column) {
            case Column.Texts texts when field.type() == Primitive.TIMESTAMPTZ -> moments(field, texts, zone);
            case Column.Texts texts when field.type() instanceof FieldType.Geometry -> geometries(field, texts);
            case Column.Shapes shapes -> kept(field, shapes);
            default -> column;
        };
    }

    private static Column.Longs moments(Field field, Column.Texts texts, ZoneId zone) {
        var moments = new long[texts.rows()];
        for (int row = 0; row < moments.length; row++) {
            if (texts.isNull(row)) continue;
            var text = texts.values().text(row);
            try {
                moments[row] = Moments.parse(text, zone);
            } catch (Moments.NoMoment wrong) {
                throw Intake.refused(field.name(), row, Fault.NOT_A_MOMENT, text, wrong.getMessage());
            }
        }
        return new Column.Longs(moments, texts.nulls());
    }

    private static Column.Shapes geometries(Field field, Column.Texts texts) {
        var geometries = new Slices.Builder(texts.rows());
        for (int row = 0; row < texts.rows(); row++) {
            try {
                geometries.add(
                        texts.isNull(row) ? NOTHING : Shapes.wkb(texts.values().text(row)));
            } catch (NotAShape wrong) {
                throw Intake.refused(
                        field.name(), row, Fault.NOT_A_GEOMETRY, texts.values().text(row), wrong.getMessage());
            }
        }
        return new Column.Shapes(geometries.build(), texts.nulls());
    }

    private static Column.Shapes kept(Field field, Column.Shapes shapes) {
        var values = shapes.values();
        var geometries = new Slices.Builder(shapes.rows());
        for (int row = 0; row < shapes.rows(); row++) {
            try {
                geometries.add(
                        shapes.isNull(row) ? NOTHING : Shapes.kept(values.bytes(), values.start(row), values.end(row)));
            } catch (NotAShape wrong) {
                throw Intake.refused(
                        field.name(), row, Fault.NOT_A_GEOMETRY, values.length(row) + " bytes", wrong.getMessage());
            }
        }
        return new Column.Shapes(geometries.build(), shapes.nulls());
    }
}
