package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Definitions change while they are read.
class SchemaRaceTest {
    @TempDir
    private Path directory;

    private Sextant db;

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void create(int dimension) {
        run(Define.CreateCollection.of("c", id(), vector("v", dimension)));
        run(new Define.CreateIndex("c", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("c"));
        run(Write.Insert.of(
                "c",
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("v", Column.Dense.of(dimension, new float[2 * dimension]))
                        .build()));
    }

    private static final List<Statement<?>> READS = List.of(
            Read.Search.of("c", "v", Column.Dense.of(2, new float[2]), 2),
            Read.Search.of("c", "v", Column.Dense.of(4, new float[4]), 2),
            new Read.Query(
                    "c", List.of(), Optional.of(Sextant.filter("id > 0")), List.of("*"), OptionalInt.empty(), 0, false),
            new Read.Query(
                    "c", List.of(), Optional.of(Sextant.filter("n0 == 1")), List.of("v"), OptionalInt.of(5), 0, false),
            new Read.Count("c", List.of(), Optional.empty(), false),
            new Write.Delete("c", Optional.empty(), Sextant.filter("id == 99 or id in [98]")));

    @Test
    void whoeverReadsMeanwhileGetsAnAnswerOrAnHonestRefusal() throws Exception {
        var config = SextantConfig.DEFAULT
                .withMemory(256L << 20)
                .withWorkers(2)
                .with(DatabaseConfig.DEFAULT.with(to -> to.trashFor = Duration.ZERO));
        db = Sextant.open(directory, config);
        create(2);
        var stop = new AtomicBoolean();
        var faults = new ConcurrentLinkedQueue<Throwable>();
        var answers = new AtomicLong();
        var readers = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            int first = i;
            readers.add(Thread.ofPlatform().start(() -> {
                for (int at = first; !stop.get(); at++)
                    try {
                        run(READS.get(at % READS.size()));
                        answers.incrementAndGet();
                    } catch (Refused refused) {
                        if (refused.refusal() instanceof Refusal.SchemaMismatch
                                || refused.getMessage().contains("#")) faults.add(refused);
                    } catch (Throwable fault) {
                        faults.add(fault);
                    }
            }));
        }
        for (int round = 0; round < 12; round++) {
            for (int field = 0; field < 4; field++)
                run(new Define.AddField("c", Field.of("n" + field, FieldType.Primitive.INT64, Field.Trait.NULLABLE)));
            run(new Define.DropCollection("c"));
            create(round % 2 == 0 ? 4 : 2);
        }
        stop.set(true);
        for (var reader : readers) reader.join(Duration.ofSeconds(20));
        db.close();
        assertThat(faults).isEmpty();
        assertThat(answers.get()).isPositive();
    }
}
