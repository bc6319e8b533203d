package dev.sextant.gateway.exchange;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Read.Near;
import dev.sextant.model.Read.Target;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import java.util.Optional;

/// Lists of vectors to search for come as one piece each; only the schema tells how long a vector is.
public final class Lists {
    private Lists() {}

    /// How long a vector is in a column that is not cut yet.
    public static int uncut(VectorType type) {
        return type == VectorType.BINARY ? 8 : 1;
    }

    /// What is looked for with its lists cut into vectors; anything else as it is. Refuses what does not divide.
    public static Near cut(Near near, Schema schema) {
        if (!(near.target() instanceof Target.Vectors(Column.Lists(var ends, Column.Dense all, var nulls))))
            return near;
        var field = field(near, schema);
        if (field.isEmpty() || !field.get().isVector()) return near;
        int each = field.get().type().vector().dimension() / uncut(all.type());
        if (each == 0 || all.dimension() != uncut(all.type())) return near; // a sparse field: said elsewhere
        var cut = new int[ends.length];
        for (int row = 0, start = 0; row < ends.length; start = ends[row++]) {
            int size = ends[row] - start;
            if (size % each != 0) throw mismatch(all.type(), each, size);
            cut[row] = ends[row] / each;
        }
        var vectors = new Column.Dense(all.type(), each * uncut(all.type()), all.bytes(), all.nulls());
        return near.looking(new Target.Vectors(new Column.Lists(cut, vectors, nulls)));
    }

    private static Optional<Field> field(Near near, Schema schema) {
        if (!near.field().isEmpty()) return schema.field(near.field());
        return schema.vectors().size() == 1 ? Optional.of(schema.vectors().getFirst()) : Optional.empty();
    }

    private static Refused mismatch(VectorType type, int each, int size) {
        int bytes = type.rowBytes(uncut(type));
        return new Refused(new Refusal.InvalidParameter(
                "placeholder_group",
                "vector dimension mismatch, expected vector size(byte) " + each * bytes + ", actual " + size * bytes
                        + "."));
    }
}
