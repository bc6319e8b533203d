package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.index;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Partition;
import dev.sextant.model.Call;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionTest {
    private final Threshold door = new Threshold();

    @AfterEach
    void close() {
        door.close();
    }

    private static Define.CreateCollection of(String name, Field... fields) {
        return Define.CreateCollection.of(name, fields);
    }

    private static Define.CreateCollection with(Map<String, String> properties) {
        return new Define.CreateCollection(
                "c", "", List.of(id(), vector()), false, 1, 0, ConsistencyLevel.BOUNDED, properties);
    }

    private void refuses(String phrase, Field... fields) {
        assertThat(door.refusal(of("c", fields)).sentence()).contains(phrase);
    }

    private Watch.CollectionInfo described(String name) {
        return door.run(Watch.DescribeCollection.of(name));
    }

    // ---- collections

    @Test
    void aCollectionIsDescribedAsItWasCreated() {
        door.run(new Define.CreateCollection(
                "c", "about", List.of(id(), vector()), true, 2, 0, ConsistencyLevel.STRONG, Map.of("x", "1")));
        var info = described("c");
        assertThat(info.description()).isEqualTo("about");
        assertThat(info.shards()).isEqualTo(2);
        assertThat(info.consistency()).isEqualTo(ConsistencyLevel.STRONG);
        assertThat(info.properties()).containsEntry("x", "1").containsEntry("timezone", "UTC");
        assertThat(info.schema().fields()).extracting(Field::id).containsExactly(100, 101, 102);
        assertThat(info.schema().dynamic().orElseThrow().name()).isEqualTo("$meta");
        assertThat(info.partitions()).extracting(Watch.PartitionInfo::name).containsExactly("_default");
        assertThat(info.created()).isPositive().isEqualTo(info.altered());
        assertThat(info.load().wanted()).isFalse();
    }

    @Test
    void creatingWhatExistsJustSoSucceedsAndChangesNothing() {
        door.run(of("c", id(), vector()));
        int entries = door.shards.entries;
        door.run(of("c", id(), vector()));
        assertThat(door.shards.entries).isEqualTo(entries);
        assertThat(door.refusal(of("c", id(), vector("v", 8)))).isInstanceOf(Refusal.AlreadyExists.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1c", "a-b", "ä", "a b"})
    void aCollectionNameIsMadeOfLettersDigitsAndUnderscores(String name) {
        assertThat(door.refusal(of(name, id(), vector())))
                .isInstanceOfSatisfying(
                        Refusal.InvalidName.class, n -> assertThat(n.kind()).isEqualTo(Kind.COLLECTION));
    }

    @Test
    void anEmptyNameAndALongOneAreRefused() {
        assertThat(door.refusal(of("", id(), vector())).sentence()).contains("collection name should not be empty");
        assertThat(door.refusal(of("c".repeat(256), id(), vector())).sentence())
                .contains("must be less than 255 characters");
        door.run(of("c".repeat(255), id(), vector()));
    }

    @Test
    void aSchemaNeedsExactlyOneKeyOfAnOrderedType() {
        refuses("primary key is not specified", Field.of("a", Primitive.INT64), vector());
        refuses(
                "there are more than one primary key",
                id(),
                Field.of("b", Primitive.INT64, Trait.PRIMARY_KEY),
                vector());
        refuses(
                "the data type of primary key should be Int64 or VarChar",
                Field.of("a", Primitive.INT32, Trait.PRIMARY_KEY),
                vector());
        refuses(
                "primary field not support null",
                Field.of("a", Primitive.INT64, Trait.PRIMARY_KEY, Trait.NULLABLE),
                vector());
        refuses(
                "primary field not support default_value",
                defaulted("a", Primitive.INT64, Value.of(1), Trait.PRIMARY_KEY),
                vector());
        refuses(
                "only primary field can speficy AutoID with true",
                id(),
                Field.of("b", Primitive.INT64, Trait.AUTO_ID),
                vector());
    }

    private static Field defaulted(String name, FieldType type, Value value, Trait... traits) {
        return new Field(0, name, "", type, Set.of(traits), Optional.of(value), Map.of());
    }

    @Test
    void aSchemaHasOneToTenVectorsAndAtMostSixtyFourFields() {
        refuses("schema does not contain vector field", id());
        var many = new ArrayList<>(List.of(id()));
        for (int i = 0; i < 11; i++) many.add(vector("v" + i, 4));
        refuses("maximum vector field's number should be limited to 10", many.toArray(Field[]::new));
        var wide = new ArrayList<>(List.of(id(), vector()));
        for (int i = 0; i < 63; i++) wide.add(Field.of("f" + i, Primitive.BOOL));
        refuses("maximum field's number should be limited to 64", wide.toArray(Field[]::new));
    }

    @Test
    void dimensionsHaveBounds() {
        refuses("dimension is not defined in field type params", id(), vector("v", 0));
        refuses("invalid dimension: 1", id(), vector("v", 1));
        refuses("invalid dimension: 32769", id(), vector("v", 32769));
        refuses("should be multiple of 8", id(), Field.of("v", new FieldType.Vector(VectorType.BINARY, 12)));
        refuses("invalid dimension: 262152", id(), Field.of("v", new FieldType.Vector(VectorType.BINARY, 262152)));
        refuses(
                "dim should not be specified for sparse vector field",
                id(),
                Field.of("v", new FieldType.Vector(VectorType.SPARSE, 8)));
        door.run(of(
                "c",
                id(),
                vector("v", 32768),
                Field.of("b", new FieldType.Vector(VectorType.BINARY, 262144)),
                Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0))));
    }

    @Test
    void textAndArraysHaveBounds() {
        refuses(
                "type param(max_length) should be specified for the field(t)",
                id(),
                vector(),
                Field.of("t", new FieldType.Varchar(0)));
        refuses("should be in (0, 65535]", id(), vector(), Field.of("t", new FieldType.Varchar(65536)));
        refuses(
                "type param(max_capacity) should be specified",
                id(),
                vector(),
                Field.of("t", new FieldType.Array(Primitive.INT8, 0)));
        refuses("should be in (0, 4096]", id(), vector(), Field.of("t", new FieldType.Array(Primitive.INT8, 4097)));
        refuses(
                "element type JSON is not supported",
                id(),
                vector(),
                Field.of("t", new FieldType.Array(new FieldType.Json(), 5)));
        refuses(
                "nested array is not supported",
                id(),
                vector(),
                Field.of("t", new FieldType.Array(new FieldType.Array(Primitive.INT8, 5), 5)));
    }

    @Test
    void defaultsFitTheirField() {
        refuses(
                "type (Int64) of field (a) is not equal to the type(DataType_VarChar) of default_value",
                id(),
                vector(),
                defaulted("a", Primitive.INT64, Value.of("x")));
        refuses("out of range", id(), vector(), defaulted("a", Primitive.INT8, Value.of(200)));
        refuses("exceeds max length", id(), vector(), defaulted("a", new FieldType.Varchar(2), Value.of("äa")));
        refuses(
                "type not support default_value, type:JSON, name:a",
                id(),
                vector(),
                defaulted("a", new FieldType.Json(), Value.of("{}")));
    }

    @Test
    void fieldNamesAreCheckedAndUnique() {
        refuses(
                "duplicated field name a",
                id(),
                vector(),
                Field.of("a", Primitive.BOOL),
                Field.of("a", Primitive.BOOL));
        refuses("is keyword in milvus", id(), vector(), Field.of("like", Primitive.BOOL));
        refuses("reserved", id(), vector(), Field.of("RowID", Primitive.BOOL));
        refuses("must be an underscore or letter", id(), vector(), Field.of("1a", Primitive.BOOL));
        refuses(
                "cannot explicitly set a field as a dynamic field",
                id(),
                vector(),
                Field.of("a", new FieldType.Json(), Trait.DYNAMIC));
    }

    @Test
    void aPartitionKeyMakesItsPartitionsAndForbidsOthers() {
        var key = Field.of("k", new FieldType.Varchar(10), Trait.PARTITION_KEY);
        door.run(of("c", id(), key, vector()));
        var partitions = described("c").partitions();
        assertThat(partitions).hasSize(16);
        assertThat(partitions.get(10).name()).isEqualTo("_default_10");
        assertThat(door.refusal(new Define.CreatePartition("c", "p")).sentence())
                .contains("disable create partition if partition key mode is used");
        assertThat(door.refusal(new Define.DropPartition("c", "_default_0")).sentence())
                .contains("disable drop partition");
        refuses(
                "the partition key field must not be primary field",
                Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY, Trait.PARTITION_KEY),
                vector());
        refuses(
                "the data type of partition key should be Int64 or VarChar",
                id(),
                Field.of("k", Primitive.BOOL, Trait.PARTITION_KEY),
                vector());
        refuses(
                "partition key field not support nullable",
                id(),
                Field.of("k", Primitive.INT64, Trait.PARTITION_KEY, Trait.NULLABLE),
                vector());
    }

    @Test
    void aNumberOfPartitionsNeedsAPartitionKey() {
        var create = new Define.CreateCollection(
                "c", "", List.of(id(), vector()), false, 1, 8, ConsistencyLevel.BOUNDED, Map.of());
        assertThat(door.refusal(create).sentence())
                .contains("num_partitions should only be specified with partition key field enabled");
    }

    @Test
    void atMostSixteenShards() {
        var create = new Define.CreateCollection(
                "c", "", List.of(id(), vector()), false, 17, 0, ConsistencyLevel.BOUNDED, Map.of());
        assertThat(door.refusal(create).sentence()).contains("maximum shards's number should be limited to 16");
    }

    @Test
    void propertiesThatAreKnownAreChecked() {
        assertThat(door.refusal(with(Map.of("collection.ttl.seconds", "-2"))).sentence())
                .contains("TTL is out of range");
        assertThat(door.refusal(with(Map.of("collection.ttl.seconds", "soon"))).sentence())
                .contains("TTL is out of range");
        assertThat(door.refusal(with(Map.of("timezone", "Mars/Olympus"))).sentence())
                .contains("IANA Time Zone");
        assertThat(door.refusal(with(Map.of("mmap.enabled", "yes"))).sentence()).contains("true or false");
        assertThat(door.refusal(with(Map.of("partitionkey.isolation", "true"))).sentence())
                .contains("partition key");
        door.run(with(Map.of("collection.ttl.seconds", "3600", "timezone", "Asia/Shanghai", "anything", "goes")));
        assertThat(described("c").properties())
                .containsEntry("anything", "goes")
                .containsEntry("timezone", "Asia/Shanghai");
    }

    @Test
    void alteringSetsOrUnsetsButNotBoth() {
        door.run(with(Map.of("a", "1")));
        assertThat(door.refusal(new Define.AlterCollection("c", Map.of("b", "2"), Set.of("a")))
                        .sentence())
                .contains("can not provide properties and deletekeys at the same time");
        assertThat(door.refusal(new Define.AlterCollection("c", Map.of(), Set.of()))
                        .sentence())
                .contains("no properties or delete keys provided");
        door.run(new Define.AlterCollection(
                "c", Map.of("b", "2", "consistency_level", "Strong", "collection.description", "new"), Set.of()));
        door.run(new Define.AlterCollection("c", Map.of(), Set.of("a")));
        var info = described("c");
        assertThat(info.properties())
                .containsEntry("b", "2")
                .doesNotContainKey("a")
                .doesNotContainKey("consistency_level");
        assertThat(info.consistency()).isEqualTo(ConsistencyLevel.STRONG);
        assertThat(info.description()).isEqualTo("new");
    }

    @Test
    void theDynamicFieldCanBeAddedLaterAndStays() {
        door.run(with(Map.of()));
        door.run(new Define.AlterCollection("c", Map.of("dynamicfield.enabled", "true"), Set.of()));
        assertThat(described("c").schema().dynamic()).isPresent();
        assertThat(door.refusal(new Define.AlterCollection("c", Map.of("dynamicfield.enabled", "false"), Set.of()))
                        .sentence())
                .contains("cannot be disabled");
        assertThat(door.refusal(new Define.AlterCollection(
                                "c", Map.of("dynamicfield.enabled", "true", "a", "b"), Set.of()))
                        .sentence())
                .contains("at the same time");
    }

    @Test
    void aMissingCollectionIsDroppedAlready() {
        door.run(new Define.DropCollection("nothing"));
        assertThat(door.shards.entries).isZero();
        door.run(of("c", id(), vector()));
        door.run(new Define.DropCollection("c"));
        assertThat(door.refusal(Watch.DescribeCollection.of("c")))
                .isEqualTo(new Refusal.NotFound(Kind.COLLECTION, "c", "default"));
        assertThat(door.shards.catalog().trash()).hasSize(1);
    }

    @Test
    void aCollectionWithAliasesIsNotDropped() {
        door.run(of("c", id(), vector()));
        door.run(new Define.CreateAlias("a", "c"));
        assertThat(door.refusal(new Define.DropCollection("c")).sentence())
                .contains("because it has associated aliases");
        assertThat(door.refusal(new Define.DropCollection("a")).sentence())
                .contains("cannot drop the collection via alias = a");
    }

    @Test
    void renamingKeepsAliasesAndRefusesTakenNames() {
        door.run(of("c", id(), vector()));
        door.run(of("d", id(), vector()));
        door.run(new Define.CreateAlias("a", "c"));
        for (var taken : List.of("a", "d", "c"))
            assertThat(door.refusal(new Define.RenameCollection("c", taken, Optional.empty()))
                            .sentence())
                    .contains("duplicated new collection name");
        door.run(new Define.RenameCollection("c", "e", Optional.empty()));
        assertThat(described("a").name()).isEqualTo("e");
        assertThat(door.refusal(Watch.DescribeCollection.of("c"))).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void renamingMovesBetweenDatabases() {
        door.run(new Define.CreateDatabase("other", Map.of()));
        door.run(of("c", id(), vector()));
        door.run(new Define.RenameCollection("c", "c", Optional.of("other")));
        assertThat(door.db
                        .execute(Call.local().in("other"), Watch.DescribeCollection.of("c"))
                        .database())
                .isEqualTo("other");
        assertThat(door.refusal(new Define.RenameCollection("c", "c", Optional.of("other"))))
                .isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void aNewFieldIsNullableAndGetsAFreshId() {
        door.run(with(Map.of()));
        assertThat(door.refusal(new Define.AddField("c", Field.of("a", Primitive.BOOL)))
                        .sentence())
                .contains("added field must be nullable");
        assertThat(door.refusal(new Define.AddField("c", Field.of("id", Primitive.BOOL, Trait.NULLABLE)))
                        .sentence())
                .contains("duplicated field name");
        door.run(new Define.AddField("c", Field.of("a", Primitive.BOOL, Trait.NULLABLE)));
        var schema = described("c").schema();
        assertThat(schema.version()).isEqualTo(1);
        assertThat(schema.field("a").orElseThrow().id()).isEqualTo(102);
        assertThat(described("c").altered()).isGreaterThan(described("c").created());
    }

    @Test
    void ofAFieldOnlySizesAndResidencyChange() {
        door.run(of(
                "c",
                id(),
                vector(),
                Field.of("t", new FieldType.Varchar(10)),
                Field.of("l", new FieldType.Array(Primitive.INT8, 5))));
        door.run(new Define.AlterField("c", "t", Map.of("max_length", "20"), Set.of()));
        door.run(new Define.AlterField("c", "l", Map.of("max_capacity", "6"), Set.of()));
        assertThat(described("c").schema().field("t").orElseThrow().type()).isEqualTo(new FieldType.Varchar(20));
        assertThat(described("c").schema().field("l").orElseThrow().type())
                .isEqualTo(new FieldType.Array(Primitive.INT8, 6));
        assertThat(door.refusal(new Define.AlterField("c", "v", Map.of("max_length", "20"), Set.of()))
                        .sentence())
                .contains("can not modify the maxlength for non-string types");
        assertThat(door.refusal(new Define.AlterField("c", "v", Map.of("dim", "20"), Set.of()))
                        .sentence())
                .contains("dim does not allow update in collection field param");
    }

    @Test
    void numbersOfThingsAreLimited() {
        var config = DatabaseConfig.DEFAULT.with(
                to -> to.names = new DatabaseConfig.Names(255, 1024, 2, 3, 2, 1024, 16, 16, 40, 100, 10, 16, 2));
        try (var small = new Threshold(config)) {
            small.run(new Define.CreateDatabase("one", Map.of()));
            assertThat(small.refusal(new Define.CreateDatabase("two", Map.of())))
                    .isInstanceOf(Refusal.LimitExceeded.class);
            small.run(of("a", id(), vector()));
            small.run(of("b", id(), vector()));
            assertThat(small.refusal(of("c", id(), vector())).sentence()).contains("names.maxCollectionsPerDatabase");
            small.db.execute(Call.local().in("one"), of("c", id(), vector()));
            assertThat(Threshold.refusal(() -> small.db.execute(Call.local().in("one"), of("d", id(), vector())))
                            .sentence())
                    .contains("names.maxCollections)");
            small.run(new Define.DropCollection("a"));
            var wide = new Define.CreateCollection(
                    "w", "", List.of(id(), vector()), false, 16, 0, ConsistencyLevel.BOUNDED, Map.of());
            small.run(wide);
            for (int i = 0; i < 22; i++) small.run(new Define.CreatePartition("b", "p" + i));
            assertThat(small.refusal(new Define.CreatePartition("b", "more")).sentence())
                    .contains("capacity");
        }
    }

    // ---- databases

    @Test
    void databasesComeAndGo() {
        door.run(new Define.CreateDatabase("d", Map.of("timezone", "Asia/Tokyo")));
        assertThat(door.refusal(new Define.CreateDatabase("d", Map.of()))).isInstanceOf(Refusal.AlreadyExists.class);
        assertThat(door.refusal(new Define.CreateDatabase("1d", Map.of()))).isInstanceOf(Refusal.InvalidName.class);
        door.db.execute(Call.local().in("d"), of("c", id(), vector()));
        assertThat(door.db
                        .execute(Call.local().in("d"), Watch.DescribeCollection.of("c"))
                        .properties())
                .containsEntry("timezone", "Asia/Tokyo");
        assertThat(door.refusal(new Define.DropDatabase("d")).sentence())
                .contains("not empty, must drop all collections");
        assertThat(door.refusal(new Define.DropDatabase("default")).sentence())
                .contains("can not drop default database");
        door.db.execute(Call.local().in("d"), new Define.DropCollection("c"));
        door.run(new Define.DropDatabase("d"));
        assertThat(door.refusal(new Define.DropDatabase("d"))).isEqualTo(new Refusal.NotFound(Kind.DATABASE, "d", ""));
        assertThat(door.run(new Watch.ListDatabases()))
                .extracting(Watch.DatabaseInfo::name)
                .containsExactly("default");
    }

    @Test
    void anUnknownDatabaseIsRefusedBeforeTheCollection() {
        assertThat(Threshold.refusal(() -> door.db.execute(Call.local().in("gone"), Watch.DescribeCollection.of("c"))))
                .isEqualTo(new Refusal.NotFound(Kind.DATABASE, "gone", ""));
    }

    // ---- aliases

    @Test
    void anAliasPointsAtOneCollectionUntilItIsMoved() {
        door.run(of("c", id(), vector()));
        door.run(of("d", id(), vector()));
        door.run(new Define.CreateAlias("a", "c"));
        door.run(new Define.CreateAlias("a", "c"));
        assertThat(door.refusal(new Define.CreateAlias("a", "d"))).isInstanceOf(Refusal.AlreadyExists.class);
        assertThat(door.refusal(new Define.CreateAlias("c", "d"))).isInstanceOf(Refusal.NameTaken.class);
        assertThat(door.refusal(of("a", id(), vector()))).isInstanceOf(Refusal.NameTaken.class);
        assertThat(door.refusal(new Define.AlterAlias("b", "d"))).isInstanceOf(Refusal.NotFound.class);
        door.run(new Define.AlterAlias("a", "d"));
        assertThat(door.run(new Watch.DescribeAlias("a")).collection()).isEqualTo("d");
        assertThat(door.run(new Watch.ListAliases(Optional.of("c")))).isEmpty();
        door.run(new Define.DropAlias("a"));
        assertThat(door.refusal(new Define.DropAlias("a"))).isEqualTo(new Refusal.NotFound(Kind.ALIAS, "a", "default"));
    }

    // ---- partitions

    @Test
    void partitionsComeAndGo() {
        door.run(of("c", id(), vector()));
        door.run(new Define.CreatePartition("c", "p-1"));
        door.run(new Define.CreatePartition("c", "p-1"));
        assertThat(door.run(new Watch.ListPartitions("c")))
                .extracting(Watch.PartitionInfo::name)
                .containsExactly("_default", "p-1");
        assertThat(door.refusal(new Define.DropPartition("c", Partition.DEFAULT_NAME))
                        .sentence())
                .contains("default partition cannot be deleted");
        door.run(new Define.DropPartition("c", "p-1"));
        door.run(new Define.DropPartition("c", "p-1"));
        assertThat(door.refusal(new Define.CreatePartition("c", "p 1"))).isInstanceOf(Refusal.InvalidName.class);
    }

    @Test
    void aLoadedPartitionIsNotDropped() {
        door.run(of("c", id(), vector()));
        door.run(new Define.CreatePartition("c", "p"));
        door.run(index("c", "v"));
        door.run(Operate.Load.of("c"));
        assertThat(door.refusal(new Define.DropPartition("c", "p")).sentence())
                .contains("partition is loaded, please release it first");
        door.run(new Operate.Release("c", List.of("p")));
        door.run(new Define.DropPartition("c", "p"));
    }

    // ---- loading

    @Test
    void loadingNeedsAnIndexOnEveryVector() {
        door.run(of("c", id(), vector("v", 4), vector("w", 4)));
        assertThat(door.refusal(Operate.Load.of("c"))).isEqualTo(new Refusal.NotFound(Kind.INDEX, "", "c"));
        door.run(index("c", "v"));
        assertThat(door.refusal(Operate.Load.of("c")).sentence())
                .contains("there is no vector index on field: [w], please create index firstly");
        door.run(index("c", "w"));
        door.run(Operate.Load.of("c"));
        door.run(Operate.Load.of("c"));
        assertThat(door.run(new Watch.LoadState("c", List.of())).ready()).isTrue();
        door.run(new Operate.Release("c", List.of()));
        assertThat(door.run(new Watch.LoadState("c", List.of())).wanted()).isFalse();
    }

    @Test
    void partitionsAreLoadedOneByOne() {
        door.run(of("c", id(), vector()));
        door.run(new Define.CreatePartition("c", "p"));
        door.run(new Define.CreatePartition("c", "q"));
        door.run(index("c", "v"));
        door.run(new Operate.Load("c", List.of("p"), 1, List.of(), false));
        assertThat(door.run(new Watch.LoadState("c", List.of("p"))).ready()).isTrue();
        assertThat(door.run(new Watch.LoadState("c", List.of("p", "q"))).wanted())
                .isFalse();
        door.run(new Operate.Load("c", List.of("q"), 1, List.of(), false));
        assertThat(door.run(new Watch.LoadState("c", List.of("p", "q"))).ready())
                .isTrue();
        door.run(new Operate.Release("c", List.of("p", "q")));
        assertThat(described("c").load().wanted()).isFalse();
        assertThat(door.refusal(new Operate.Load("c", List.of("r"), 1, List.of(), false)))
                .isEqualTo(new Refusal.NotFound(Kind.PARTITION, "r", "c"));
    }

    @Test
    void fieldsToLoadIncludeTheKeyAndAVector() {
        door.run(of("c", id(), vector(), Field.of("a", Primitive.BOOL)));
        door.run(index("c", "v"));
        assertThat(door.refusal(new Operate.Load("c", List.of(), 1, List.of("v", "a"), false))
                        .sentence())
                .contains("does not contain primary key field");
        assertThat(door.refusal(new Operate.Load("c", List.of(), 1, List.of("id", "a"), false))
                        .sentence())
                .contains("does not contain vector field");
        door.run(new Operate.Load("c", List.of(), 1, List.of("id", "v"), false));
    }

    @Test
    void refreshNeedsALoadedCollection() {
        door.run(of("c", id(), vector()));
        assertThat(door.refusal(new Operate.Load("c", List.of(), 1, List.of(), true)))
                .isInstanceOf(Refusal.NotLoaded.class);
    }
}
