package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.query.filter.JsonMembers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;

/// Objects of the dynamic field: cut down to some keys, and put over each other.
final class Dynamic {
    private Dynamic() {}

    /// Each object with these keys only.
    static Column.Jsons only(List<String> keys, Column.Jsons objects) {
        var wanted =
                keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
        var cut = new Slices.Builder(objects.rows());
        var values = objects.values();
        for (int row = 0; row < objects.rows(); row++)
            cut.add(
                    objects.isNull(row)
                            ? new byte[0]
                            : JsonMembers.only(wanted, values.bytes(), values.start(row), values.end(row)));
        return new Column.Jsons(cut.build(), objects.nulls());
    }

    /// For each row the stored object with the members that came put over it.
    ///
    /// @param storedOf for each row the stored one; -1 for none
    static Column.Jsons merged(Column.Jsons came, Column.Jsons stored, int[] storedOf) {
        var merged = new Slices.Builder(came.rows());
        for (int row = 0; row < came.rows(); row++) {
            var members = new LinkedHashMap<String, byte[]>();
            if (storedOf[row] >= 0) read(stored, storedOf[row], members);
            read(came, row, members);
            merged.add(JsonMembers.write(members));
        }
        return new Column.Jsons(merged.build(), Nulls.NONE);
    }

    private static void read(Column.Jsons objects, int row, LinkedHashMap<String, byte[]> into) {
        if (!objects.isNull(row))
            JsonMembers.read(
                    objects.values().bytes(),
                    objects.values().start(row),
                    objects.values().end(row),
                    into);
    }
}
