package dev.sextant.database;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;

/// Whether a column is of the kind that its field takes.
final class Shape {
    private Shape() {}

    static void check(Field field, Column column) {
        if (!isSound(column))
            throw new Refused(new Refusal.WrongType(
                    "field '" + field.name() + "'",
                    "a column",
                    "one whose offsets, bytes or nulls do not fit together"));
        var vectors =
                field.type().isVectors() && column instanceof Column.Lists(_, var elements, _) ? elements : column;
        boolean sameDepth = field.type().isVectors() == (vectors != column);
        if (field.isVector()
                && sameDepth
                && vectors instanceof Column.Dense dense
                && sameOrNarrower(field.type().vector().type(), dense.type())) {
            int dimension = field.type().vector().dimension();
            if (dense.dimension() != dimension && !isNothing(vectors))
                throw new Refused(new Refusal.WrongDimension(field.name(), dimension, dense.dimension()));
            return;
        }
        if (!field.type().holds(column) && !Told.inTexts(field, column))
            throw new Refused(new Refusal.WrongType("field '" + field.name() + "'", word(field.type()), word(column)));
    }

    /// Columns come from callers: what does not fit together here would fail where nothing may fail any more.
    private static boolean isSound(Column column) {
        if (column.nulls().next(column.rows()) >= 0) return false;
        return switch (column) {
            case Column.Bools _, Column.Ints _, Column.Longs _, Column.Floats _, Column.Doubles _ -> true;
            case Column.Texts texts -> isSound(texts.values());
            case Column.Jsons jsons -> isSound(jsons.values());
            case Column.Shapes shapes -> isSound(shapes.values());
            case Column.Sparse sparse -> isSound(sparse.cells());
            case Column.Lists lists ->
                ascends(lists.ends()) && last(lists.ends()) == lists.elements().rows() && isSound(lists.elements());
            case Column.Dense dense -> dense.bytes().byteSize() == (long) dense.rows() * dense.rowBytes();
        };
    }

    private static boolean isSound(Slices slices) {
        return ascends(slices.ends()) && last(slices.ends()) <= slices.bytes().length;
    }

    private static boolean ascends(int[] ends) {
        int before = 0;
        boolean ascends = true;
        for (int end : ends) {
            ascends &= end >= before;
            before = end;
        }
        return ascends;
    }

    private static int last(int[] ends) {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /// Numbers of 32 bits are taken for fields that keep 16 of them.
    private static boolean sameOrNarrower(VectorType kept, VectorType came) {
        return kept == came
                || came == VectorType.FLOAT32 && (kept == VectorType.FLOAT16 || kept == VectorType.BFLOAT16);
    }

    private static boolean isNothing(Column column) {
        return column.nulls().count() == column.rows();
    }

    /// Vectors that are all null as long as those of their field: nobody need tell a length where there is nothing.
    static Column kept(Field field, Column column) {
        return column instanceof Column.Dense && isNothing(column) ? Column.nulls(field.type(), column.rows()) : column;
    }

    private static String word(FieldType type) {
        return type instanceof FieldType.Array(var element, _) ? "Array of " + element.word() : type.word();
    }

    private static String word(Column column) {
        return switch (column) {
            case Column.Bools _ -> "Bool";
            case Column.Ints _ -> "Int32";
            case Column.Longs _ -> "Int64";
            case Column.Floats _ -> "Float";
            case Column.Doubles _ -> "Double";
            case Column.Texts _ -> "VarChar";
            case Column.Jsons _ -> "JSON";
            case Column.Shapes _ -> "Geometry";
            case Column.Lists lists -> "Array of " + word(lists.elements());
            case Column.Dense dense -> dense.type().word();
            case Column.Sparse _ -> "SparseFloatVector";
        };
    }
}
