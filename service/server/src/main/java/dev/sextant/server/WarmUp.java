package dev.sextant.server;

import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Searches what is loaded before anybody asks, so that the first caller finds compiled code and warm memory. Ends
/// after a third of a second, however much there is.
final class WarmUp {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private WarmUp() {}

    static void run(Sextant sextant) {
        long end = System.nanoTime() + NANOS;
        var searches = searches(sextant);
        while (!searches.isEmpty() && System.nanoTime() - end < 0) {
            for (var each : searches) {
                if (System.nanoTime() - end >= 0) return;
                try {
                    sextant.execute(Call.local().in(each.database).until(end), each.search);
                } catch (Refused late) {
                    return; // whatever it is, real callers will be told
                }
            }
        }
    }

    private record Warming(String database, Read.Search search) {}

    private static List<Warming> searches(Sextant sextant) {
        var searches = new ArrayList<Warming>();
        for (var database : sextant.execute(Call.local(), new Watch.ListDatabases()))
            for (var info : sextant.execute(Call.local().in(database.name()), new Watch.ListCollections())) {
                if (!info.load().ready()) continue;
                for (var field : info.schema().vectors())
                    if (field.type() instanceof FieldType.Vector(var type, int dimension) && type == VectorType.FLOAT32)
                        searches.add(new Warming(
                                database.name(), Read.Search.of(info.name(), field.name(), vector(dimension), 10)));
            }
        return searches;
    }

    private static Column vector(int dimension) {
        var values = new float[dimension];
        for (int i = 0; i < dimension; i++) values[i] = (i % 7 - 3) / 3f;
        return Column.Dense.of(dimension, values);
    }
}
