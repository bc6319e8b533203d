package dev.sextant.cli.bench;

import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Which rows a written condition takes, by asking an embedded database that holds only keys and scalar fields: exact,
/// and independent of the server that is measured.
final class Matches {
    private static final String NAME = "scalars";
    private static final int BATCH = 50_000;

    private Matches() {}

    static Filters of(String condition, Scalars scalars) {
        try {
            var directory = Files.createTempDirectory("sextant-bench-filter");
            try (var database = Sextant.open(directory)) {
                return new Filters.Written(condition, rows(database, condition, scalars));
            } finally {
                Directories.remove(directory);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static BitSet rows(Sextant database, String condition, Scalars scalars) {
        var call = Call.local();
        var fields = new java.util.ArrayList<Field>();
        fields.add(Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY));
        fields.add(Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 2)));
        for (var real : scalars.reals().keySet()) fields.add(Field.of(real, FieldType.Primitive.DOUBLE));
        fields.add(Field.of("label", FieldType.Primitive.INT64));
        database.execute(call, Define.CreateCollection.of(NAME, fields.toArray(Field[]::new)));
        int count = scalars.labels().length;
        for (int from = 0; from < count; from += BATCH) insert(database, scalars, from, Math.min(count, from + BATCH));
        var index = java.util.Map.of("index_type", "FLAT", "metric_type", "L2");
        database.execute(call, new Define.CreateIndex(NAME, "v", "", index));
        database.execute(call, dev.sextant.model.Operate.Load.of(NAME));
        var found = database.execute(
                call,
                new Read.Query(
                        NAME,
                        List.of(),
                        Optional.of(Sextant.filter(condition)),
                        List.of("id"),
                        OptionalInt.empty(),
                        0,
                        false));
        var rows = new BitSet(count);
        if (found.rows().column("id").orElseThrow() instanceof Column.Longs(var ids, _))
            for (long id : ids) rows.set((int) id);
        return rows;
    }

    private static void insert(Sextant database, Scalars scalars, int from, int to) {
        var ids = new long[to - from];
        Arrays.setAll(ids, i -> (long) from + i);
        var rows = Rows.of(ids.length)
                .with("id", Column.longs(ids))
                .with("v", Column.Dense.of(2, new float[2 * ids.length]));
        scalars.reals()
                .forEach((name, values) ->
                        rows.with(name, new Column.Doubles(Arrays.copyOfRange(values, from, to), Nulls.NONE)));
        rows.with("label", Column.longs(Arrays.copyOfRange(scalars.labels(), from, to)));
        database.execute(Call.local(), Write.Insert.of(NAME, rows.build()));
    }
}
