package dev.sextant.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.FileResource;
import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.catalog.ResourceGroup;
import dev.sextant.catalog.RestoreJob;
import dev.sextant.catalog.Role;
import dev.sextant.catalog.Snapshot;
import dev.sextant.catalog.User;
import dev.sextant.engine.file.Batch;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.model.Access.Realm;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate.GroupConfig;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.WordFile;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EntryTest {
    private static final Schema SCHEMA = new Schema(
            3,
            List.of(
                    Field.of("key", new FieldType.Varchar(64), Field.Trait.PRIMARY_KEY)
                            .withId(100),
                    new Field(
                            101,
                            "flag",
                            "what",
                            FieldType.Primitive.BOOL,
                            Set.of(Field.Trait.NULLABLE),
                            Optional.of(Value.of(true)),
                            Map.of("mmap.enabled", "x")),
                    Field.of("list", new FieldType.Array(FieldType.Primitive.INT32, 7))
                            .withId(102),
                    Field.of("$meta", new FieldType.Json(), Field.Trait.DYNAMIC).withId(103),
                    Field.of("v", new FieldType.Vector(VectorType.FLOAT16, 8)).withId(104),
                    Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0)).withId(105)));
    private static final String WORDS = "the\nof\n和\n".repeat(1000);
    private static final Schema READING = SCHEMA.with(List.of(
            SCHEMA.fields().getFirst(),
            Field.of("text", new FieldType.Varchar(9))
                    .withId(120)
                    .withFiles(List.of(
                            WordFile.of(new WordFile.Remote("terms", "terms.txt"), WORDS),
                            WordFile.of(new WordFile.Local("/dicts/more.txt"), ""))),
            Field.of("more", new FieldType.Varchar(9))
                    .withId(121)
                    .withFiles(List.of(WordFile.of(new WordFile.Local("/dicts/copy.txt"), WORDS)))));
    private static final Collection COLLECTION = new Collection(
            7,
            1,
            "c",
            "d",
            SCHEMA,
            List.of(8L, 9L),
            ConsistencyLevel.BOUNDED,
            Map.of("a", "b", "c", "d"),
            List.of(new Partition(10, "_default", 5)),
            List.of(new Index(11, "i", 104, Map.of("index_type", "HNSW"), 6)),
            new Load.Partitions(Set.of(10L), Set.of(104), 2),
            12,
            13);
    private static final List<Change> CHANGES = List.of(
            new Change.CreateDatabase(new Database(2, "db", 3, Map.of("k", "v"))),
            new Change.AlterDatabase(2, Map.of()),
            new Change.DropDatabase(2),
            new Change.CreateCollection(COLLECTION),
            new Change.RenameCollection(7, 1, "e"),
            new Change.AlterCollection(7, Map.of("p", "q"), ConsistencyLevel.STRONG, "text"),
            new Change.AlterSchema(7, SCHEMA),
            new Change.AlterSchema(
                    7,
                    SCHEMA.withFunctions(List.of(
                            Function.of("f", Function.Kind.BM25, "text", "s").withId(100),
                            new Function(
                                    101,
                                    "g",
                                    "what",
                                    Function.Kind.TEXT_EMBEDDING,
                                    List.of("a", "b"),
                                    List.of("v"),
                                    Map.of("provider", "tei"))))),
            new Change.AlterSchema(
                    7,
                    SCHEMA.withStructs(List.of(
                            Struct.of("s").withId(110), new Struct(112, "t", "d", true, Map.of("max_capacity", "8"))))),
            new Change.AlterSchema(7, READING),
            new Change.PutFileResource(new FileResource(51, "terms", "dicts/terms.txt")),
            new Change.DropFileResource("terms"),
            new Change.PlanReplication(new ReplicationPlan(
                    List.of(new ReplicationPlan.Cluster("a", "http://a", List.of("c", "d"))),
                    List.of(new ReplicationPlan.Way("a", "b")))),
            new Change.DropCollection(7, 99),
            new Change.RestoreCollection(7, "f"),
            new Change.PurgeCollection(7),
            new Change.Truncate(7),
            new Change.CreatePartition(7, new Partition(20, "p", 0)),
            new Change.DropPartition(7, 20),
            new Change.SetAlias(1, "a", 7),
            new Change.RemoveAlias(1, "a"),
            new Change.CreateIndex(7, new Index(21, "j", 104, Map.of(), 0)),
            new Change.AlterIndex(7, 21, Map.of("x", "y")),
            new Change.DropIndex(7, 21),
            new Change.SetLoad(7, new Load.Everything(Set.of(), 1)),
            new Change.SetLoad(7, Load.NOTHING),
            new Change.PutUser(new User("u", "h", "d", 1)),
            new Change.DropUser("u"),
            new Change.PutRole(new Role(
                    "r",
                    "text",
                    1,
                    new LinkedHashSet<>(List.of(
                            new Role.Grant(Realm.COLLECTION, "*", "c", "Search", true, "root"),
                            new Role.Grant(Realm.GLOBAL, "db", "*", "g", false, "root"))))),
            new Change.DropRole("r"),
            new Change.SetRoles("u", Set.of("r", "s")),
            new Change.PutPrivilegeGroup("g", Set.of("Insert", "Search")),
            new Change.DropPrivilegeGroup("g"),
            new Change.PutResourceGroup(new ResourceGroup(
                    "rg", new GroupConfig(1, 2, List.of("a"), List.of("b"), Map.of("zone", "west")), 3)),
            new Change.DropResourceGroup("rg"),
            new Change.Place(7, "rg"),
            new Change.PutImport(new ImportJob(
                    1,
                    2,
                    3,
                    "c",
                    "p",
                    List.of(List.of("a.npy", "b.npy"), List.of()),
                    Map.of("sep", ";"),
                    ImportJob.Phase.FAILED,
                    4,
                    5,
                    "why",
                    List.of(new ImportJob.Unit(6, 7, 8, "")))),
            new Change.ForgetImport(1),
            new Change.CreateSnapshot(new Snapshot(41, "s", "d", COLLECTION, 5, 6, Map.of(7L, 8L, 9L, Long.MAX_VALUE))),
            new Change.DropSnapshot(41),
            new Change.PinSnapshot(41, 7, 8),
            new Change.UnpinSnapshot(41, 7),
            new Change.PutRestore(new RestoreJob(1, 41, "s", 7, 1, "c", 0, RestoreJob.Phase.FAILED, 4, 5, "why")),
            new Change.ForgetRestore(1));

    private static Entry everything() {
        var facts = new SegmentFacts(30, 40, 50, "ab".repeat(32), 60, 70, Set.of(10L, 11L));
        var rows = new Batch(
                2,
                new long[] {10, 11},
                Map.of(
                        100,
                        Column.texts(List.of("a", "b")),
                        104,
                        Column.nulls(new FieldType.Vector(VectorType.FLOAT16, 8), 2)));
        var effects = List.of(
                new Effect.Lead(),
                new Effect.Define(CHANGES),
                new Effect.Forget(5),
                new Effect.Open(7, SCHEMA, 31),
                new Effect.Write(Optional.of(new Effect.Removal(Column.texts(List.of("a")), 10)), Optional.of(rows)),
                new Effect.Write(Optional.empty(), Optional.empty()),
                new Effect.Seal(32),
                new Effect.PublishSealed(facts),
                new Effect.PublishMerged(
                        List.of(
                                new Effect.MergeInput(30, 1000, new int[] {0, 5, 999}),
                                new Effect.MergeInput(33, 5, new int[0])),
                        Optional.of(facts)),
                new Effect.PublishMerged(List.of(), Optional.empty()),
                new Effect.ChangeSchema(SCHEMA, 34),
                new Effect.DropPartition(10),
                new Effect.Truncate(35),
                new Effect.Adopt(List.of(facts, facts.insertedAt(9)), 36),
                new Effect.Keep(41, 37),
                new Effect.LetGo(41),
                new Effect.Inherit(
                        List.of(
                                new Effect.Inherited(facts, new int[] {0, 3, 39}),
                                new Effect.Inherited(facts, new int[0])),
                        List.of(5L, 6L),
                        Map.of(10L, 7L),
                        38),
                new Effect.Remove());
        return new Entry(
                1,
                2,
                3,
                4,
                effects.stream().map(effect -> new Entry.Part(8, 1, effect)).toList());
    }

    private static MemorySegment bytes(Entry entry) {
        var out = new Out();
        entry.encode().forEach(out::raw);
        return out.segment();
    }

    @Test
    void everyEffectReadsAsItWasWritten() {
        var bytes = bytes(everything());
        var again = Entry.decode("here", bytes);
        assertThat(again.parts()).hasSize(everything().parts().size());
        assertThat(bytes(again).mismatch(bytes)).isEqualTo(-1);
        assertThat(((Effect.Define) again.parts().get(1).effect()).changes()).isEqualTo(CHANGES);
        assertThat(((Effect.Open) again.parts().get(3).effect()).schema()).isEqualTo(SCHEMA);
    }

    @Test
    void whatAFileHeldIsWrittenOnceInAnEntryHoweverManyReadIt() {
        var changes = List.<Change>of(new Change.AlterSchema(7, READING));
        var effects = List.of(
                new Effect.Define(changes),
                new Effect.ChangeSchema(READING, 31),
                new Effect.ChangeSchema(READING, 32),
                new Effect.Open(7, READING, 33));
        var entry = new Entry(
                1,
                2,
                3,
                4,
                effects.stream().map(effect -> new Entry.Part(8, 1, effect)).toList());
        var bytes = bytes(entry);
        assertThat(bytes.byteSize()).isBetween((long) WORDS.length(), WORDS.length() * 3L);
        var again = Entry.decode("here", bytes).parts();
        var schemas = List.of(
                ((Change.AlterSchema) ((Effect.Define) again.get(0).effect())
                                .changes()
                                .getFirst())
                        .schema(),
                ((Effect.ChangeSchema) again.get(1).effect()).schema(),
                ((Effect.ChangeSchema) again.get(2).effect()).schema(),
                ((Effect.Open) again.get(3).effect()).schema());
        var held = schemas.getFirst()
                .field("text")
                .orElseThrow()
                .files()
                .getFirst()
                .text();
        assertThat(held).isEqualTo(WORDS);
        for (var schema : schemas) {
            assertThat(schema).isEqualTo(READING);
            assertThat(schema.version()).isEqualTo(READING.version());
            assertThat(schema.field("text").orElseThrow().files().getFirst().text())
                    .isSameAs(held);
            assertThat(schema.field("text").orElseThrow().files().getLast().text())
                    .isEmpty();
            assertThat(schema.field("more").orElseThrow().files().getFirst().text())
                    .isSameAs(held);
        }
    }

    @Test
    void aCatalogReadsAsItWasWritten() {
        var catalog = Catalog.EMPTY
                .apply(CHANGES.subList(0, 2), 5)
                .apply(
                        List.of(
                                new Change.CreateCollection(COLLECTION),
                                new Change.SetAlias(1, "a", 7),
                                new Change.PutUser(new User("u", "h", "d", 1))),
                        6);
        var out = new Out();
        CatalogCodec.catalog(out, catalog);
        assertThat(CatalogCodec.catalog(new In("here", out.segment()))).isEqualTo(catalog);
        var dropped = catalog.apply(List.of(new Change.DropCollection(7, 99)), 7);
        var other = new Out();
        CatalogCodec.catalog(other, dropped);
        assertThat(CatalogCodec.catalog(new In("here", other.segment()))).isEqualTo(dropped);
    }

    @Test
    void rightsAndResourceGroupsReadAsTheyWereWritten() {
        var catalog = Catalog.EMPTY.apply(
                CHANGES.stream()
                        .filter(change -> change instanceof Change.PutRole
                                || change instanceof Change.SetRoles
                                || change instanceof Change.PutPrivilegeGroup
                                || change instanceof Change.PutResourceGroup
                                || change instanceof Change.Place)
                        .toList(),
                5);
        var out = new Out();
        RightsCodec.rights(out, catalog.rights());
        RightsCodec.groups(out, catalog.groups());
        var in = new In("here", out.segment());
        assertThat(RightsCodec.rights(in)).isEqualTo(catalog.rights());
        assertThat(RightsCodec.groups(in)).isEqualTo(catalog.groups());
        assertThat(in.left()).isZero();
    }

    @Test
    void nonsenseIsFoundAndNeverAsksForMuchMemory() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var good = bytes(everything()).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        for (int i = 0; i < 3000; i++) {
            var bad = java.util.Arrays.copyOf(good, random.nextInt(3) == 0 ? random.nextInt(good.length) : good.length);
            for (int f = random.nextInt(4); f >= 0 && bad.length > 0; f--)
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                Entry.decode("here", MemorySegment.ofArray(bad));
            } catch (CorruptFile | IllegalArgumentException found) {
                assertThat(found).isNotNull();
            }
        }
        assertThatThrownBy(() -> Entry.decode("here", MemorySegment.ofArray(new byte[] {9})))
                .isInstanceOf(CorruptFile.class);
    }
}
