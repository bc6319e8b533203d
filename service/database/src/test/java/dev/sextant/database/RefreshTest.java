package dev.sextant.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Watch.RefreshInfo;
import dev.sextant.model.Watch.RefreshPhase;
import dev.sextant.model.Write;
import dev.sextant.world.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// External collections from their definition to their refreshes, over a real engine, out of files that are only said
/// to be there.
class RefreshTest {
    private static final SextantConfig SMALL =
            SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(2);
    private static final ImportConfig FEW = new ImportConfig(2, 16L << 20, 4, 1 << 20, 5, 3, 4);
    private static final int BATCH = SaidRows.BATCH;

    @TempDir
    private Path directory;

    private final Lake lake = new Lake();
    private Sextant db;

    /// A source of files, each with so many rows whose words tell the file; `bad` has a word that is too long, `absent`
    /// lacks a column, `slow` waits before its second batch.
    private static final class Lake implements RowFiles {
        private final Map<String, Integer> files = new TreeMap<>();
        private final SaidRows.Gate gate = new SaidRows.Gate();
        private final List<Place> asked = new ArrayList<>();
        private volatile boolean others; // files have another column

        @Override
        public void check(List<String> group) {}

        @Override
        public void check(Place place) {
            if (!place.format().equals("parquet"))
                throw new Refused(new Refusal.InvalidParameter("external_spec", "unsupported format"));
        }

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            throw new AssertionError("nobody imports");
        }

        @Override
        public void ending() {
            gate.open();
        }

        @Override
        public Outside outside(Place place, int most) {
            asked.add(place);
            var found = new ArrayList<Found>();
            files.forEach((name, rows) -> found.add(new Found(place.source() + name, rows, "1")));
            if (found.size() > most)
                throw new Refused(new Refusal.NotImportable("", -1, "more than " + most + " files"));
            return new Outside() {
                @Override
                public List<Found> files() {
                    return found;
                }

                @Override
                public Batches open(Found file, Schema schema, long memoryBytes) {
                    var name = file.name().substring(place.source().length());
                    if (name.startsWith("absent"))
                        throw new Refused(new Refusal.NotImportable(file.name(), -1, "no column 'title'"));
                    assertThat(schema.fields()).extracting(Field::name).contains("title", "embedding");
                    return batches(name, (int) file.bytes());
                }

                @Override
                public void close() {}
            };
        }

        private Batches batches(String name, int rows) {
            return new SaidRows(name, rows, gate, from -> {
                var words = new ArrayList<String>();
                for (int i = 0; i < BATCH; i++)
                    words.add(name.startsWith("bad") && from > 0 && i == 3 ? "much too long a word" : name);
                var made = Rows.of(BATCH)
                        .with("title", Column.texts(words))
                        .with("embedding", Column.Dense.of(4, new float[4 * BATCH]));
                if (others) made.with("other", Column.texts(java.util.Collections.nCopies(BATCH, "other")));
                return made.build();
            });
        }
    }

    @BeforeEach
    void open() {
        db = Sextant.open(World.real(directory), SMALL, lake, FEW);
    }

    @AfterEach
    void close() {
        lake.gate.open();
        db.close();
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private static Define.CreateCollection drawn(String name, Field... more) {
        var fields = new ArrayList<>(List.of(
                Field.of("word", new FieldType.Varchar(12)),
                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4))));
        fields.addAll(List.of(more));
        return Define.CreateCollection.of(name, fields.toArray(Field[]::new))
                .with(new External("lake/", "{\"format\":\"parquet\"}", Map.of("word", "title", "v", "embedding")));
    }

    private void create(String name) {
        run(drawn(name));
        run(new Define.CreateIndex(name, "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of(name));
    }

    private long start(String collection) {
        return run(Operate.RefreshExternal.of(collection)).job();
    }

    private RefreshInfo end(long job) {
        for (int i = 0; i < 3000; i++) {
            var info = run(new Watch.RefreshState(job));
            if (info.phase() == RefreshPhase.COMPLETED || info.phase() == RefreshPhase.FAILED) return info;
            pause();
        }
        throw new AssertionError("no end in sight: " + run(new Watch.RefreshState(job)));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /// How many rows there are of each word.
    private Map<String, Integer> seen(String collection) {
        var counts = new TreeMap<String, Integer>();
        if (read(collection, "word") instanceof Column.Texts(var texts, _))
            for (int i = 0; i < texts.count(); i++) counts.merge(texts.text(i), 1, Integer::sum);
        return counts;
    }

    private Column read(String collection, String field) {
        var all = new Read.Query(
                collection,
                List.of(),
                Optional.of(Sextant.filter("word like \"%\"")),
                List.of(field),
                OptionalInt.empty(),
                0,
                false);
        return run(all).rows().column(field).orElseThrow();
    }

    private void assertRefused(Statement<?> statement, String said) {
        assertThatThrownBy(() -> run(statement)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.refusal().sentence()).contains(said);
        });
    }

    @Test
    void aCollectionHasNoRowsBeforeItsFirstRefreshAndThenThoseOfAllFiles() {
        create("c");
        assertThat(seen("c")).isEmpty();
        lake.files.put("a", 30);
        lake.files.put("b", 20);
        var info = end(start("c"));
        assertThat(info.reason()).isEmpty();
        assertThat(info.phase()).isEqualTo(RefreshPhase.COMPLETED);
        assertThat(info.percent()).isEqualTo(100);
        assertThat(info.rows()).isEqualTo(50);
        assertThat(info.files()).isEqualTo(2);
        assertThat(info.ended()).isGreaterThanOrEqualTo(info.created());
        assertThat(seen("c")).isEqualTo(Map.of("a", 30, "b", 20));
        assertThat(run(new Watch.Statistics("c", Optional.empty())).rows()).isEqualTo(50);
    }

    @Test
    void rowsWithoutAKeyAreGivenOneThatNoOtherHas() {
        create("c");
        lake.files.put("a", 100);
        end(start("c"));
        var keys = new HashSet<Long>();
        if (read("c", Externals.VIRTUAL_KEY) instanceof Column.Longs(var longs, _))
            for (long key : longs) keys.add(key);
        assertThat(keys).hasSize(100);
        var schema = run(Watch.DescribeCollection.of("c")).schema();
        assertThat(schema.primaryKey().name()).isEqualTo(Externals.VIRTUAL_KEY);
        assertThat(schema.primaryKey().has(Trait.AUTO_ID)).isTrue();
        assertThat(schema.field("word").orElseThrow().isNullable()).isTrue();
    }

    @Test
    void aRefreshTakesAwayWhatItDoesNotFindAndBringsWhatItFinds() {
        create("c");
        lake.files.put("a", 30);
        lake.files.put("b", 20);
        end(start("c"));
        lake.files.remove("a");
        lake.files.put("b", 40);
        lake.files.put("d", 10);
        assertThat(end(start("c")).phase()).isEqualTo(RefreshPhase.COMPLETED);
        assertThat(seen("c")).isEqualTo(Map.of("b", 40, "d", 10));
        assertThat(run(new Watch.Statistics("c", Optional.empty())).rows()).isEqualTo(50);
        db.close();
        open();
        run(Operate.Load.of("c"));
        for (int i = 0; i < 3_000 && !run(new Watch.LoadState("c", List.of())).ready(); i++) pause();
        assertThat(seen("c")).isEqualTo(Map.of("b", 40, "d", 10));
    }

    @Test
    void readersSeeTheOldRowsOrTheNewOnesAndNeverSomeOfBoth() throws InterruptedException {
        create("c");
        lake.files.put("a0", 200);
        end(start("c"));
        var over = new AtomicBoolean();
        var sights = java.util.concurrent.ConcurrentHashMap.<Set<String>>newKeySet();
        var reader = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                var seen = seen("c");
                assertThat(seen.values().stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(200);
                sights.add(Set.copyOf(seen.keySet()));
            }
        });
        var failures = new ArrayList<Throwable>();
        reader.setUncaughtExceptionHandler((_, why) -> failures.add(why));
        for (int round = 1; round <= 12; round++) {
            lake.files.clear();
            lake.files.put("a" + round, 100);
            lake.files.put("b" + round, 100);
            assertThat(end(start("c")).reason()).isEmpty();
            assertThat(seen("c")).isEqualTo(Map.of("a" + round, 100, "b" + round, 100));
        }
        over.set(true);
        reader.join();
        assertThat(failures).isEmpty();
        assertThat(sights)
                .allSatisfy(sight -> assertThat(
                                sight.stream().map(word -> word.substring(1)).distinct())
                        .hasSize(1));
    }

    @Test
    void aRefreshThatFailsTellsOfEachFileAndLeavesEverythingAsItWas() {
        create("c");
        lake.files.put("a", 30);
        end(start("c"));
        lake.files.put("absent1", 10);
        lake.files.put("absent2", 10);
        var info = end(start("c"));
        assertThat(info.phase()).isEqualTo(RefreshPhase.FAILED);
        assertThat(info.reason())
                .contains("2 of 3 files")
                .contains("lake/absent1")
                .contains("no column 'title'");
        assertThat(info.faults()).extracting(Watch.FileFault::file).containsExactly("lake/absent1", "lake/absent2");
        assertThat(seen("c")).isEqualTo(Map.of("a", 30));

        lake.files.keySet().removeIf(name -> name.startsWith("absent"));
        lake.files.put("bad", 100);
        info = end(start("c"));
        assertThat(info.reason()).contains("lake/bad").contains("row 13").contains("word");
        assertThat(info.faults()).hasSize(1);
        assertThat(seen("c")).isEqualTo(Map.of("a", 30));

        lake.files.clear();
        assertThat(end(start("c")).reason()).contains("no files found in external source: 'lake/'");
        lake.files.put("empty", 0);
        assertThat(end(start("c")).reason()).contains("hold no rows");
        for (int i = 0; i < 5; i++) lake.files.put("f" + i, 10);
        assertThat(end(start("c")).reason()).contains("more than 4 files");
        assertThat(seen("c")).isEqualTo(Map.of("a", 30));
    }

    @Test
    void oneRefreshAtATimeRunsForACollection() throws InterruptedException {
        create("c");
        lake.files.put("slow", 30);
        long job = start("c");
        lake.gate.awaitReached();
        assertRefused(Operate.RefreshExternal.of("c"), "refresh job " + job + " is already in progress");
        create("other");
        lake.gate.open();
        end(job);
        assertThat(end(start("c")).phase()).isEqualTo(RefreshPhase.COMPLETED);
        end(start("other"));
        assertThat(run(new Watch.ListRefreshes(Optional.of("c"))))
                .hasSize(2)
                .isSortedAccordingTo((a, b) -> Long.compare(b.id(), a.id()));
        assertThat(run(new Watch.ListRefreshes(Optional.empty()))).hasSize(3);
    }

    @Test
    void aRefreshThatWasNotOverBeginsAgainAfterARestart() throws InterruptedException {
        create("c");
        lake.files.put("a", 30);
        end(start("c"));
        lake.files.put("slow", 30);
        long job = start("c");
        lake.gate.awaitReached();
        db.close();
        open();
        assertThat(end(job).phase()).isEqualTo(RefreshPhase.COMPLETED);
        assertThat(seen("c")).isEqualTo(Map.of("a", 30, "slow", 30));
    }

    @Test
    void anotherSourceTakesThePlaceOfTheFirstOnceItIsRead() {
        create("c");
        lake.files.put("absent", 10);
        var elsewhere = new Operate.RefreshExternal("c", "sea/", "{\"format\":\"parquet\"}");
        assertThat(end(run(elsewhere).job()).phase()).isEqualTo(RefreshPhase.FAILED);
        assertThat(run(Watch.DescribeCollection.of("c"))
                        .external()
                        .orElseThrow()
                        .source())
                .isEqualTo("lake/");
        lake.files.clear();
        lake.files.put("a", 10);
        assertThat(end(run(elsewhere).job()).phase()).isEqualTo(RefreshPhase.COMPLETED);
        assertThat(run(Watch.DescribeCollection.of("c"))
                        .external()
                        .orElseThrow()
                        .source())
                .isEqualTo("sea/");
        end(start("c"));
        assertThat(lake.asked.getLast().source()).isEqualTo("sea/");
        assertRefused(new Operate.RefreshExternal("c", "sea/", ""), "must be given together");
        assertRefused(new Operate.RefreshExternal("c", "", "{}"), "must be given together");
        assertRefused(new Operate.RefreshExternal("c", "sea/", "{\"format\":\"lance-table\"}"), "unsupported format");
    }

    @Test
    void aSourceMayBeNamedLater() {
        run(Define.CreateCollection.of(
                        "late",
                        Field.of("word", new FieldType.Varchar(12)),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4)))
                .with(new External("", "", Map.of("word", "title", "v", "embedding"))));
        assertRefused(Operate.RefreshExternal.of("late"), "external_source is empty");
        lake.files.put("a", 10);
        assertThat(end(run(new Operate.RefreshExternal("late", "lake/", "{}")).job())
                        .rows())
                .isEqualTo(10);
    }

    @Test
    void nobodyWritesToAnExternalCollection() {
        create("c");
        lake.files.put("a", 10);
        end(start("c"));
        var rows = Rows.of(1).with("word", Column.texts(List.of("x"))).build();
        var refused = " operation is not supported for external collection c";
        assertRefused(Write.Insert.of("c", rows), "insert" + refused);
        assertRefused(Write.Upsert.of("c", rows), "upsert" + refused);
        assertRefused(new Write.Delete("c", Optional.empty(), Sextant.filter("word == \"a\"")), "delete" + refused);
        assertRefused(Operate.Import.of("c", "x.parquet"), "import" + refused);
        assertRefused(new Operate.Flush(List.of("c")), "flush" + refused);
        assertRefused(new Operate.Compact("c", true), "manual compaction" + refused);
        assertRefused(new Define.TruncateCollection("c"), "truncate" + refused);
        assertRefused(new Define.CreatePartition("c", "p"), "create partition" + refused);
        assertRefused(new Define.DropPartition("c", "_default"), "drop partition" + refused);
        assertRefused(
                new Define.AddField("c", Field.of("n", FieldType.Primitive.INT64, Trait.NULLABLE)),
                "add field" + refused);
        assertRefused(
                new Define.AlterField("c", "word", Map.of("mmap.enabled", "true"), Set.of()), "alter field" + refused);
        assertRefused(new Define.DropField("c", "word", 0), "drop field" + refused);
        assertRefused(
                new Define.AlterCollection("c", Map.of("collection.external_source", "x"), Set.of()),
                "only a refresh changes where rows come from");
        run(new Operate.Flush(List.of()));
        assertThat(seen("c")).isEqualTo(Map.of("a", 10));
        run(drawn("plain")
                .withFields(List.of(
                        Field.of("word", new FieldType.Varchar(12)),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4)))));
        run(Define.CreateCollection.of("own", Threshold.id(), Threshold.vector()));
        assertRefused(Operate.RefreshExternal.of("own"), "collection own is not an external collection");
    }

    @Test
    void whatCannotComeOutOfFilesIsRefusedWithTheDefinition() {
        assertRefused(drawn("c", Field.of("n", FieldType.Primitive.INT64)), "must have external_field mapping");
        assertRefused(
                Define.CreateCollection.of(
                                "c",
                                Field.of("a", new FieldType.Varchar(9)),
                                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4)))
                        .with(new External("x/", "", Map.of("a", "same", "v", "same"))),
                "duplicate external_field mapping");
        assertRefused(
                drawn("c", Field.of("__virtual_pk__", FieldType.Primitive.INT64))
                        .with(new External("x/", "", Map.of("word", "a", "v", "b", "__virtual_pk__", "c"))),
                "reserved");
        for (var trait : List.of(Trait.AUTO_ID, Trait.PARTITION_KEY, Trait.CLUSTERING_KEY))
            assertRefused(
                    drawn("c", Field.of("n", FieldType.Primitive.INT64, trait))
                            .with(new External("x/", "", Map.of("word", "a", "v", "b", "n", "c"))),
                    "external collection does not support");
        assertRefused(drawn("c").with(new External("", "{}", Map.of("word", "a", "v", "b"))), "must be given together");
        for (var spec : List.of(
                "[",
                "[]",
                "{\"format\":7}",
                "{} x",
                "{\"extfs\":7}",
                "{\"extfs\":{\"x\":\"1\"}}",
                "{\"extfs\":{\"use_ssl\":\"perhaps\"}}",
                "{\"extfs\":{\"region\":[]}}",
                "x".repeat(70_000)))
            assertRefused(
                    drawn("c").with(new External("x/", spec, Map.of("word", "a", "v", "b"))),
                    "external_spec is invalid");
        assertRefused(drawn("c").with(new External("x\0y", "{}", Map.of("word", "a", "v", "b"))), "control characters");
        assertRefused(
                drawn("c").with(new External("x", "{}", Map.of("word", "a", "v", "b", "gone", "c"))),
                "no field is called");
    }

    @Test
    void noSecretOfASpecIsEverTold() {
        var spec = "{\"format\":\"parquet\",\"extfs\":{\"access_key_id\":\"AKIDX\",\"access_key_value\":\"hush-hush\","
                + "\"region\":\"us-west-2\"},\"mine\":{\"deep\":[\"hush\"]}}";
        var create = drawn("c").with(new External("lake/", spec, Map.of("word", "title", "v", "embedding")));
        run(create);
        lake.files.put("a", 10);
        long job = start("c");
        end(job);
        assertThat(lake.asked.getLast().access()).containsEntry("access_key_value", "hush-hush");
        var told = List.of(
                run(Watch.DescribeCollection.of("c")).toString(),
                run(Watch.DescribeCollection.of("c")).external().orElseThrow().spec(),
                run(new Watch.RefreshState(job)).external().spec(),
                run(new Watch.RefreshState(job)).toString(),
                create.toString(),
                dev.sextant.language.Print.statement(create),
                dev.sextant.language.Print.statement(new Operate.RefreshExternal("c", "lake/", spec)),
                new Operate.RefreshExternal("c", "lake/", spec).toString(),
                lake.asked.getLast().toString());
        assertThat(told).noneMatch(text -> text.contains("hush") || text.contains("AKIDX"));
        assertThat(told.get(1)).contains("us-west-2").contains("***").contains("parquet");
    }

    @Test
    void aFieldThatComesLaterIsReadFromTheNextRefreshOn() throws InterruptedException {
        create("c");
        lake.files.put("a", 10);
        end(start("c"));
        var again = Field.of("again", new FieldType.Varchar(12), Trait.NULLABLE);
        assertRefused(new Define.AddField("c", again), "add field operation is not supported");
        assertRefused(new Define.AddField("c", again, Optional.of("title")), "duplicate external_field mapping");
        assertRefused(
                new Define.AddField("c", again.without(Trait.NULLABLE), Optional.of("other")), "must be nullable");
        run(new Define.AddField("c", again, Optional.of("other")));
        run(Operate.Load.of("c"));
        assertThat(read("c", "again").rows()).isEqualTo(10);
        assertThat(run(Watch.DescribeCollection.of("c"))
                        .external()
                        .orElseThrow()
                        .columns())
                .containsEntry("again", "other");
        lake.others = true;
        assertThat(end(start("c")).reason()).isEmpty();
        assertThat(((Column.Texts) read("c", "again")).values().text(0)).isEqualTo("other");
        run(Define.CreateCollection.of("own", Threshold.id(), Threshold.vector()));
        assertRefused(new Define.AddField("own", again, Optional.of("other")), "is not an external collection");

        lake.files.put("slow", 30);
        long job = start("c");
        lake.gate.awaitReached();
        run(new Define.AddField(
                "c", Field.of("third", new FieldType.Varchar(12), Trait.NULLABLE), Optional.of("column")));
        lake.gate.open();
        assertThat(end(job).reason()).contains("schema changed during refresh; rerun refresh");
    }

    @Test
    void aMappedKeyStaysTheKey() {
        run(Define.CreateCollection.of(
                        "keyed",
                        Field.of("word", new FieldType.Varchar(12), Trait.PRIMARY_KEY),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4)))
                .with(new External("lake/", "", Map.of("word", "title", "v", "embedding"))));
        var schema = run(Watch.DescribeCollection.of("keyed")).schema();
        assertThat(schema.primaryKey().name()).isEqualTo("word");
        assertThat(schema.field(Externals.VIRTUAL_KEY)).isEmpty();
        lake.files.put("a", 10);
        assertThat(end(start("keyed")).rows()).isEqualTo(10);
    }

    @Test
    void aDroppedCollectionEndsItsRefreshAndASnapshotBringsItsRowsBack() throws InterruptedException {
        create("c");
        lake.files.put("a", 30);
        end(start("c"));
        run(new Define.CreateSnapshot("c", "s", "", 0));
        lake.files.clear();
        lake.files.put("b", 10);
        end(start("c"));
        var restore = run(new Operate.RestoreSnapshot("c", "s", "again", Optional.empty()));
        for (int i = 0; i < 3_000 && run(Watch.DescribeCollection.of("c")) != null; i++) {
            if (run(new Watch.ListCollections()).stream()
                    .anyMatch(each -> each.name().equals("again"))) break;
            pause();
        }
        assertThat(restore.job()).isPositive();
        assertThat(run(Watch.DescribeCollection.of("again")).external()).isPresent();
        run(Operate.Load.of("again"));
        for (int i = 0;
                i < 3_000 && !run(new Watch.LoadState("again", List.of())).ready();
                i++) pause();
        assertThat(seen("again")).isEqualTo(Map.of("a", 30));
        lake.files.put("slow", 30);
        long job = start("c");
        lake.gate.awaitReached();
        run(new Define.DropCollection("c"));
        lake.gate.open();
        assertThat(end(job).reason()).contains("was dropped");
    }
}
