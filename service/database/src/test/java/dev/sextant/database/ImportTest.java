package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.Engine;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Done;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.ImportInfo;
import dev.sextant.model.Watch.ImportPhase;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import dev.sextant.query.LocalShards;
import dev.sextant.query.Queries;
import dev.sextant.query.Shards;
import dev.sextant.world.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Imports from their asking to their end, over a real engine, out of files that are only said to be there.
class ImportTest extends OverEngine {
    private static final ImportConfig IMPORTS = new ImportConfig(1, 16L << 20, 4, 1 << 20, 5, 3);
    private static final int BATCH = SaidRows.BATCH;

    private final Shelf files = new Shelf();
    /// Files `N.rows`, which hold N rows each; `bad` and `broken` do not; `slow` waits before its second batch until it
    /// is told to go on, or that nobody wants it any more.
    private static final class Shelf implements RowFiles {
        private final SaidRows.Gate gate = new SaidRows.Gate();

        @Override
        public void check(List<String> group) {
            if (!group.getFirst().endsWith(".rows"))
                throw new Refused(new Refusal.NotImportable("", -1, "unexpected file type"));
        }

        @Override
        public void ending() {
            gate.open();
        }

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            var name = group.getFirst();
            if (name.startsWith("gone")) throw new Refused(new Refusal.NotImportable(name, -1, "it is not there"));
            int rows = Integer.parseInt(name.replaceAll("\\D", ""));
            return new SaidRows(name, rows, gate, from -> {
                if (from > 0 && name.startsWith("broken"))
                    throw new Refused(new Refusal.NotImportable(name, from, "it is broken"));
                return rowsFrom(from, from > 0 && name.startsWith("bad"));
            });
        }

        static Rows rowsFrom(int from, boolean bad) {
            var keys = new long[BATCH];
            var words = new ArrayList<String>();
            for (int i = 0; i < BATCH; i++) {
                keys[i] = from + i;
                words.add(bad && i == 3 ? "much too long a word" : "w" + (from + i) % 7);
            }
            return Rows.of(BATCH)
                    .with("id", Column.longs(keys))
                    .with("word", Column.texts(words))
                    .with("v", Column.Dense.of(4, new float[4 * BATCH]))
                    .build();
        }
    }

    @Override
    Sextant opened() {
        return Sextant.open(World.real(directory), SMALL, files, IMPORTS);
    }

    @Override
    @AfterEach
    void close() {
        files.gate.open();
        super.close();
    }

    private void create(String name, Field.Trait... traits) {
        run(Define.CreateCollection.of(name, id(), vector(), Field.of("word", new FieldType.Varchar(10), traits)));
    }

    private long start(String collection, Map<String, String> options, String... names) {
        return run(new Operate.Import(
                        collection,
                        Optional.empty(),
                        List.of(names).stream().map(List::of).toList(),
                        options))
                .job();
    }

    private ImportInfo end(long job) {
        for (int i = 0; i < 3000; i++) {
            var info = run(new Watch.ImportState(job));
            if (info.phase() == ImportPhase.COMPLETED || info.phase() == ImportPhase.FAILED) return info;
            pause();
        }
        throw new AssertionError("no end in sight: " + run(new Watch.ImportState(job)));
    }

    private void until(long job, ImportPhase phase) {
        for (int i = 0; i < 3000 && run(new Watch.ImportState(job)).phase() != phase; i++) pause();
        assertThat(run(new Watch.ImportState(job)).phase()).isEqualTo(phase);
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private long rows(String collection) {
        return run(new Watch.Statistics(collection, Optional.empty())).rows();
    }

    @Test
    void aJobBringsAllRowsOfAllItsFiles() {
        create("c");
        var info = end(start("c", Map.of(), "100.rows", "50.rows"));
        assertThat(info.reason()).isEmpty();
        assertThat(info.rows()).isEqualTo(150);
        assertThat(info.percent()).isEqualTo(100);
        assertThat(info.files()).hasSize(2).allMatch(file -> file.phase() == ImportPhase.COMPLETED);
        assertThat(rows("c")).isEqualTo(150);
        assertThat(run(new Watch.ListImports(Optional.of("c")))).hasSize(1);
    }

    @Test
    void aBadRowIsNamedWhereItStandsInItsFileAndNothingIsThere() {
        create("c");
        var info = end(start("c", Map.of(), "100.rows", "bad100.rows"));
        assertThat(info.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(info.reason()).contains("bad100.rows").contains("row 13").contains("word");
        assertThat(info.files().get(0).reason()).isEmpty();
        assertThat(info.files().get(1).reason()).contains("row 13");
        assertThat(rows("c")).isZero();
        assertThat(end(start("c", Map.of(), "broken100.rows")).reason())
                .contains("row 10")
                .contains("broken");
        assertThat(end(start("c", Map.of(), "100.rows", "gone.rows")).reason()).contains("gone.rows");
        assertThat(rows("c")).isZero();
    }

    @Test
    void theReasonIsToldWithTheFailureAndNotBefore() {
        create("c");
        for (int round = 0; round < 20; round++) {
            long job = start("c", Map.of(), "gone.rows");
            var info = run(new Watch.ImportState(job));
            for (; info.phase() != ImportPhase.FAILED; info = run(new Watch.ImportState(job)))
                assertThat(info.reason()).isEmpty();
            assertThat(info.reason()).contains("gone.rows");
        }
    }

    @Test
    void nothingIsSeenBeforeTheCommitAndNothingAfterAnAbort() {
        create("c");
        long job = start("c", Map.of("auto_commit", "false"), "100.rows");
        until(job, ImportPhase.UNCOMMITTED);
        assertThat(rows("c")).isZero();
        run(new Operate.CommitImport(job));
        assertThat(end(job).phase()).isEqualTo(ImportPhase.COMPLETED);
        assertThat(rows("c")).isEqualTo(100);
        assertThatThrownBy(() -> run(new Operate.AbortImport(job))).isInstanceOf(Refused.class);

        long given = start("c", Map.of("auto_commit", "false"), "100.rows");
        until(given, ImportPhase.UNCOMMITTED);
        run(new Operate.AbortImport(given));
        assertThat(end(given).reason()).contains("aborted");
        assertThatThrownBy(() -> run(new Operate.CommitImport(given))).isInstanceOf(Refused.class);
        assertThat(rows("c")).isEqualTo(100);
    }

    @Test
    void aJobCanBeAbortedWhileItRuns() throws InterruptedException {
        create("c");
        long job = start("c", Map.of(), "slow100.rows");
        files.gate.awaitReached();
        run(new Operate.AbortImport(job));
        assertThat(end(job).reason()).contains("aborted");
        files.gate.await(); // whoever reads was told
        end(start("c", Map.of(), "10.rows"));
        assertThat(rows("c")).isEqualTo(10);
    }

    @Test
    void aJobThatWasNotOverBeginsAgainAfterARestartAndOneThatWasStaysOver() throws InterruptedException {
        create("c");
        long over = start("c", Map.of(), "10.rows");
        end(over);
        long job = start("c", Map.of(), "50.rows", "slow100.rows");
        files.gate.awaitReached();
        reopen(); // which waits for no file
        assertThat(end(job).phase()).isEqualTo(ImportPhase.COMPLETED);
        assertThat(end(over).rows()).isEqualTo(10);
        assertThat(rows("c")).isEqualTo(160);
    }

    @Test
    @Timeout(60) // what is looked for is a log that stands still
    void anAbortThatOvertakesACommitHoldsUpNobody() throws InterruptedException {
        db.close();
        var abort = new AtomicReference<Runnable>(() -> {});
        var config = SMALL.database();
        var world = World.real(directory);
        var memory = new Memory(SMALL.memoryBytes());
        try (var work = new Work("test", 2, memory);
                var engine = Engine.open(world, SMALL.engine(), memory, work);
                var local = new LocalShards(engine, work, memory, SMALL.query())) {
            var shards = (Shards) Proxy.newProxyInstance(
                    Shards.class.getClassLoader(), new Class<?>[] {Shards.class}, (_, method, arguments) -> {
                        if (method.getName().equals("publish")) abort.get().run();
                        try {
                            return method.invoke(local, arguments);
                        } catch (InvocationTargetException refused) {
                            throw refused.getCause();
                        }
                    });
            var queries = new Queries(shards, work, memory, SMALL.query());
            db = Sextant.over(world, memory, shards, queries, config, Audit.NONE, files, IMPORTS);
            create("c");
            long job = start("c", Map.of("auto_commit", "false"), "100.rows");
            until(job, ImportPhase.UNCOMMITTED);
            var aborted = new Waiting<Object>();
            var written = new Waiting<Written>();
            abort.set(() -> {
                abort.set(() -> {});
                db.submit(Call.local(), new Operate.AbortImport(job), new Reply<>() {
                    @Override
                    public void complete(Done done) {
                        aborted.complete(done);
                    }

                    @Override
                    public void fail(Throwable reason) {
                        aborted.fail(reason);
                    }
                });
                while (local.catalog().imports().get(job).isOpen()) pause();
                // A publication goes after all that was written before it, and so do its tidings.
                db.submit(Call.local(), Write.Insert.of("c", Shelf.rowsFrom(1000, false)), written);
            });
            assertThatThrownBy(() -> run(new Operate.CommitImport(job))).hasMessageContaining("aborted");
            aborted.await();
            assertThat(end(job).phase()).isEqualTo(ImportPhase.FAILED);
            assertThat(written.await().inserted()).isEqualTo(BATCH);
            assertThat(rows("c")).isEqualTo(BATCH);
            end(start("c", Map.of(), "10.rows"));
            assertThat(rows("c")).isEqualTo(2 * BATCH);
            db.close();
        }
    }

    @Test
    void aCollectionThatGoesTakesItsImportAlong() throws InterruptedException {
        create("c");
        long job = start("c", Map.of(), "slow100.rows");
        files.gate.awaitReached();
        run(new Define.DropCollection("c"));
        files.gate.open();
        assertThat(end(job).reason()).contains("dropped");
    }

    @Test
    void rowsGoWhereTheirPartitionKeySaysAndNamesAreRefusedThen() {
        create("keyed", Field.Trait.PARTITION_KEY);
        assertThatThrownBy(() -> run(
                        new Operate.Import("keyed", Optional.of("_default_0"), List.of(List.of("10.rows")), Map.of())))
                .isInstanceOf(Refused.class);
        assertThat(end(start("keyed", Map.of(), "100.rows")).phase()).isEqualTo(ImportPhase.COMPLETED);
        long all = 0, most = 0;
        for (var partition : run(new Watch.ListPartitions("keyed"))) {
            long rows = run(new Watch.Statistics("keyed", Optional.of(partition.name())))
                    .rows();
            all += rows;
            most = Math.max(most, rows);
        }
        assertThat(all).isEqualTo(100);
        assertThat(most).isBetween(1L, 99L);
    }

    @Test
    void deletesBeforeTheEndMissTheRows() throws InterruptedException {
        create("c");
        long job = start("c", Map.of(), "slow20.rows");
        files.gate.awaitReached();
        run(new Write.DeleteKeys("c", Optional.empty(), Column.longs(1, 2, 3)));
        files.gate.open();
        end(job);
        assertThat(rows("c")).isEqualTo(20);
        run(new Write.DeleteKeys("c", Optional.empty(), Column.longs(1)));
        assertThat(run(new Watch.Segments("c")).stream()
                        .mapToLong(Watch.SegmentInfo::deletedRows)
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void requestsThatCanNeverSucceedAreRefusedAtOnce() {
        create("c");
        for (var options : List.of(
                Map.of("timeout", "soon"),
                Map.of("sep", "\n"),
                Map.of("backup", "true"),
                Map.of("auto_commit", "maybe")))
            assertThatThrownBy(() -> start("c", options, "10.rows")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> start("c", Map.of())).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> start("c", Map.of(), "a.exe")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> start("c", Map.of(), "1.rows", "1.rows", "1.rows", "1.rows", "1.rows"))
                .hasMessageContaining("4");
        assertThatThrownBy(() -> start("none", Map.of(), "10.rows")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> run(new Watch.ImportState(99))).isInstanceOf(Refused.class);
        assertThat(end(start("c", Map.of("timeout", "0s"), "10.rows")).reason()).contains("timeout");
        assertThat(end(start("c", Map.of(), "2000000.rows")).reason()).contains("maximum limit");
    }

    @Test
    void whoAsksAgainByTheSameKeyGetsTheSameJob() {
        create("c");
        create("d");
        var key = Map.of("idempotency_key", "nightly 7");
        long job = start("c", key, "100.rows");
        assertThat(start("c", key, "100.rows")).isEqualTo(job);
        end(job);
        assertThat(start("c", key, "100.rows")).as("when it is over, too").isEqualTo(job);
        run(new Define.RenameCollection("c", "renamed", Optional.empty()));
        assertThat(start("renamed", key, "100.rows")).isEqualTo(job);
        db.close();
        open();
        assertThat(start("renamed", key, "100.rows")).as("after a restart, too").isEqualTo(job);
        assertThat(rows("renamed")).isEqualTo(100);
        long other = start("d", key, "10.rows");
        assertThat(other).as("another collection").isNotEqualTo(job);
        end(other);
        long fresh = start("renamed", Map.of("idempotency_key", "nightly 8"), "100.rows");
        assertThat(fresh).isNotEqualTo(job);
        end(fresh);
        assertThat(rows("renamed")).isEqualTo(200);
        for (var wrong : List.of("x".repeat(257), "line\nline", "ü"))
            assertThatThrownBy(() -> start("d", Map.of("idempotency_key", wrong), "10.rows"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.InvalidParameter.class));
    }

    @Test
    void jobsThatAreOverAreForgottenInTheirOrder() {
        create("c");
        var jobs = new ArrayList<Long>();
        for (int i = 0; i < 6; i++) {
            jobs.add(start("c", Map.of(), "10.rows"));
            end(jobs.getLast());
        }
        assertThat(run(new Watch.ListImports(Optional.empty())).stream().map(ImportInfo::id))
                .isEqualTo(jobs.subList(3, 6).reversed());
    }

    @Test
    void aJobBelongsToWhoHasTheRightOnItsCollection() {
        create("c");
        create("d");
        run(new Access.CreateUser("ann", "secret", ""));
        run(new Access.CreateRole("loader", ""));
        run(new Access.GiveRole("ann", "loader"));
        run(new Access.Grant("loader", new Access.Right(Optional.empty(), "default", "d", "CollectionReadWrite")));
        var local = Call.local();
        var ann = new Call(
                new Call.Caller.User("ann"), "", Call.NO_DEADLINE, "", local.consistency(), local.cancellation());
        long others = start("c", Map.of("auto_commit", "false"), "100.rows");
        long own = start("d", Map.of("auto_commit", "false"), "100.rows");
        until(others, ImportPhase.UNCOMMITTED);
        until(own, ImportPhase.UNCOMMITTED);
        for (var statement : List.<Statement<?>>of(
                new Watch.ImportState(others),
                new Operate.CommitImport(others),
                new Operate.AbortImport(others),
                new Watch.ListImports(Optional.of("c")),
                new Watch.ImportState(99)))
            assertThatThrownBy(() -> db.execute(ann, statement))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.NotPermitted.class));
        assertThat(db.execute(ann, new Watch.ListImports(Optional.empty())))
                .extracting(ImportInfo::id)
                .containsExactly(own);
        db.execute(ann.in("elsewhere"), new Operate.CommitImport(own));
        assertThat(end(own).phase()).isEqualTo(ImportPhase.COMPLETED);
        run(new Operate.AbortImport(others));
    }

    @Test
    void rowsThatLackAFieldOfAFunctionAddedMeanwhileAreNotPublished() {
        run(Define.CreateCollection.of("c", id(), vector(), TextTest.text("word", Map.of("enable_analyzer", "true"))));
        long job = start("c", Map.of("auto_commit", "false"), "100.rows");
        until(job, ImportPhase.UNCOMMITTED);
        run(new Define.AddFunctionField(
                "c",
                TextTest.sparse("words"),
                Function.of("bm25", Function.Kind.BM25, "word", "words"),
                "by_words",
                Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25")));
        assertThatThrownBy(() -> run(new Operate.CommitImport(job))).hasMessageContaining("changed meanwhile");
        assertThat(rows("c")).isZero();
        run(new Operate.AbortImport(job));
        assertThat(end(start("c", Map.of(), "100.rows")).phase()).isEqualTo(ImportPhase.COMPLETED);
        assertThat(rows("c")).isEqualTo(100);
    }
}
