package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.index;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Mutation;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Rows;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.query.Resolution;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Where rows go, and what an upsert and a deletion come to.
class WriteTest extends WrittenRows {
    @Test
    void anInsertHandsOverWhatCameByFieldIdAndTellsTheKeys() {
        create();
        var written = door.run(Write.Insert.of("c", two().build()));
        assertThat(written.keys()).usingRecursiveComparison().isEqualTo(Column.longs(1, 2));
        assertThat(written.inserted()).isEqualTo(2);
        assertThat(written.upserted()).isZero();
        assertThat(written.deleted()).isZero();
        assertThat(written.timestamp()).isPositive();
        assertThat(inserted().rows()).isEqualTo(2);
        assertThat(inserted().columns().keySet()).containsExactlyInAnyOrder(100, 101);
        assertThat(inserted().partitions()).hasSize(1);
        assertThat(last().parts().getFirst().removal()).isEmpty();
    }

    @Test
    void aWriteThatKnowsAnOldSchemaIsRefused() {
        create();
        long known = door.run(Watch.DescribeCollection.of("c")).altered();
        door.run(new Write.Insert("c", Optional.empty(), two().build(), OptionalLong.of(known)));
        door.run(new Write.Insert("c", Optional.empty(), two().build(), OptionalLong.of(0)));
        door.run(new Define.AddField("c", Field.of("a", Primitive.BOOL, Trait.NULLABLE)));
        assertThat(door.refusal(new Write.Insert("c", Optional.empty(), two().build(), OptionalLong.of(known))))
                .isInstanceOf(Refusal.SchemaMismatch.class);
    }

    @Test
    void aDefinitionThatComesBetweenIsMetByCheckingAgain() {
        create();
        var added = new Define.AddField("c", Field.of("a", Primitive.BOOL, Trait.NULLABLE));
        door.shards.between(() -> door.run(added));
        assertThat(door.run(Write.Insert.of("c", two().build())).inserted()).isEqualTo(2);
        assertThat(inserted().columns()).hasSize(3);
        long known = door.run(Watch.DescribeCollection.of("c")).altered();
        door.shards.between(() -> door.run(new Define.AddField("c", Field.of("b", Primitive.BOOL, Trait.NULLABLE))));
        assertThat(door.refusal(new Write.Insert("c", Optional.empty(), two().build(), OptionalLong.of(known))))
                .isInstanceOf(Refusal.SchemaMismatch.class);
        door.shards.between(() -> door.run(new Define.DropCollection("c")));
        assertThat(door.refusal(Write.Insert.of("c", two().build())))
                .isEqualTo(new Refusal.NotFound(Kind.COLLECTION, "c", "default"));
    }

    // ---- keys

    @Test
    void keysAreMadeWhereTheCollectionMakesThem() {
        door.run(Define.CreateCollection.of(
                "c", Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY, Trait.AUTO_ID), vector()));
        var written =
                door.run(Write.Insert.of("c", Rows.of(2).with("v", vectors(2)).build()));
        assertThat(((Column.Longs) written.keys()).values())
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(stored("id")).usingRecursiveComparison().isEqualTo(written.keys());
        door.shards.written.clear();
        refuses(two(), Fault.KEY_WITH_AUTO_ID, -1, "a column", "");
        door.run(new Define.AlterCollection("c", Map.of("allow_insert_auto_id", "true"), Set.of()));
        assertThat(door.run(Write.Insert.of("c", two().build())).keys())
                .usingRecursiveComparison()
                .isEqualTo(Column.longs(1, 2));
    }

    @Test
    void madeTextKeysAreDecimal() {
        door.run(Define.CreateCollection.of(
                "c", Field.of("id", new FieldType.Varchar(20), Trait.PRIMARY_KEY, Trait.AUTO_ID), vector()));
        var keys = (Column.Texts) door.run(
                        Write.Insert.of("c", Rows.of(1).with("v", vectors(1)).build()))
                .keys();
        assertThat(keys.values().text(0)).matches("[0-9]+");
    }

    // ---- partitions and shards

    @Test
    void rowsGoToTheNamedPartition() {
        create();
        door.run(new Define.CreatePartition("c", "p"));
        long p = door.run(new Watch.ListPartitions("c")).get(1).id();
        door.run(new Write.Insert("c", Optional.of("p"), two().build(), OptionalLong.empty()));
        assertThat(inserted().partitions()).containsExactly(p);
        assertThat(door.refusal(new Write.Insert("c", Optional.of("q"), two().build(), OptionalLong.empty())))
                .isEqualTo(new Refusal.NotFound(Kind.PARTITION, "q", "c"));
    }

    @Test
    void aPartitionKeyChoosesThePartition() {
        create(Field.of("k", new FieldType.Varchar(9), Trait.PARTITION_KEY));
        door.run(Write.Insert.of(
                "c",
                Rows.of(3)
                        .with("id", Column.longs(1, 2, 3))
                        .with("v", vectors(3))
                        .with("k", Column.texts(List.of("a", "b", "a")))
                        .build()));
        var partitions = inserted().partitions();
        assertThat(partitions).hasSize(3);
        assertThat(partitions[0]).isEqualTo(partitions[2]);
        var ids = door.run(new Watch.ListPartitions("c")).stream()
                .map(Watch.PartitionInfo::id)
                .toList();
        assertThat(ids).contains(partitions[0], partitions[1]);
        assertThat(door.refusal(new Write.Insert(
                                "c",
                                Optional.of("_default_1"),
                                two().with("k", Column.texts(List.of("a", "b"))).build(),
                                OptionalLong.empty()))
                        .sentence())
                .contains("not support manually specifying the partition names if partition key mode is used");
    }

    @Test
    void everyRowGoesToTheShardOfItsKeyAndNoneIsLost() {
        door.run(new Define.CreateCollection(
                "c", "", List.of(id(), vector()), false, 4, 0, ConsistencyLevel.BOUNDED, Map.of()));
        var keys = new long[100];
        var numbers = new float[400];
        for (int i = 0; i < 100; i++) {
            keys[i] = i;
            numbers[4 * i] = i;
        }
        var rows = Rows.of(100)
                .with("id", Column.longs(keys))
                .with("v", Column.Dense.of(4, numbers))
                .build();
        assertThat(door.run(Write.Upsert.of("c", rows)).keys())
                .usingRecursiveComparison()
                .isEqualTo(Column.longs(keys));
        var seen = new BitSet();
        assertThat(last().parts()).hasSize(4);
        for (var part : last().parts()) {
            var put = part.insertion().orElseThrow();
            assertThat(part.removal().orElseThrow().keys())
                    .usingRecursiveComparison()
                    .isEqualTo(put.columns().get(100));
            var vectors = (Column.Dense) put.columns().get(101);
            for (int i = 0; i < put.rows(); i++) {
                long key = ((Column.Longs) put.columns().get(100)).values()[i];
                assertThat(vectors.bytes().get(Column.LITTLE_FLOAT, 16L * i)).isEqualTo(key);
                seen.set((int) key);
            }
        }
        assertThat(seen.cardinality()).isEqualTo(100);
    }

    // ---- upserts

    @Test
    void anUpsertRemovesAndPutsInOnePart() {
        create();
        var written = door.run(Write.Upsert.of("c", two().build()));
        assertThat(written.inserted()).isEqualTo(2);
        assertThat(written.deleted()).isEqualTo(2);
        assertThat(written.upserted()).isEqualTo(2);
        var part = last().parts().getFirst();
        assertThat(part.removal().orElseThrow().keys())
                .usingRecursiveComparison()
                .isEqualTo(Column.longs(1, 2));
        assertThat(part.removal().orElseThrow().partition())
                .isEqualTo(part.insertion().orElseThrow().partition(0));
    }

    @Test
    void anUpsertNamesEachKeyOnce() {
        create();
        var twice = Rows.of(3)
                .with("id", Column.longs(1, 2, 1))
                .with("v", vectors(3))
                .build();
        assertThat(door.refusal(Write.Upsert.of("c", twice))).isInstanceOfSatisfying(Refusal.InvalidRow.class, r -> {
            assertThat(r.fault()).isEqualTo(Fault.DUPLICATE_KEY);
            assertThat(r.row()).isEqualTo(2);
        });
        assertThat(door.refusal(
                        Write.Upsert.of("c", Rows.of(1).with("v", vectors(1)).build())))
                .isInstanceOfSatisfying(
                        Refusal.InvalidRow.class, r -> assertThat(r.fault()).isEqualTo(Fault.MISSING_KEY));
        door.run(Write.Insert.of("c", twice));
    }

    @Test
    void anUpsertIntoACollectionThatMakesKeysReplacesByTheOldAndGivesNew() {
        door.run(Define.CreateCollection.of(
                "c", Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY, Trait.AUTO_ID), vector()));
        var written = door.run(Write.Upsert.of("c", two().build()));
        assertThat(last().parts().getFirst().removal().orElseThrow().keys())
                .usingRecursiveComparison()
                .isEqualTo(Column.longs(1, 2));
        assertThat(written.keys()).usingRecursiveComparison().isNotEqualTo(Column.longs(1, 2));
        assertThat(stored("id")).usingRecursiveComparison().isEqualTo(written.keys());
    }

    @Test
    void aPartialUpsertHandsOverOnlyWhatCameAndNeedsLoadedRows() {
        create(Field.of("a", Primitive.INT64), Field.of("b", Primitive.BOOL));
        var partial = new Write.Upsert(
                "c",
                Optional.empty(),
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("a", Column.longs(5, 6))
                        .build(),
                true,
                OptionalLong.empty());
        assertThat(door.refusal(partial)).isEqualTo(new Refusal.NotLoaded("c", List.of()));
        door.run(index("c", "v"));
        door.run(Operate.Load.of("c"));
        door.run(partial);
        var merge = (Resolution.MergeRows) door.shards.resolved.getFirst();
        assertThat(merge.parts().getFirst().insertion().orElseThrow().columns().keySet())
                .containsExactlyInAnyOrder(100, 102);
    }

    // ---- deletes

    @Test
    void deletingByKeyCountsDistinctKeysAndNeedsNoLoad() {
        create();
        var written = door.run(new Write.DeleteKeys("c", Optional.empty(), Column.longs(3, 1, 3)));
        assertThat(written.deleted()).isEqualTo(2);
        assertThat(written.keys().rows()).isZero();
        assertThat(last().parts().getFirst().removal().orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(new Mutation.Removal(Column.longs(1, 3), 0));
    }

    @Test
    void deletedTextKeysAreToldApartByTheirBytes() {
        door.run(Define.CreateCollection.of(
                "c", Field.of("id", new FieldType.Varchar(20), Trait.PRIMARY_KEY), vector()));
        assertThat(door.run(new Write.DeleteKeys("c", Optional.empty(), Column.texts(List.of("b", "a", "b", "ab"))))
                        .deleted())
                .isEqualTo(3);
        assertThat(last().parts().getFirst().removal().orElseThrow().keys())
                .usingRecursiveComparison()
                .isEqualTo(Column.texts(List.of("a", "ab", "b")));
        assertThat(door.refusal(new Write.DeleteKeys("c", Optional.empty(), Column.longs(1))))
                .isInstanceOf(Refusal.WrongType.class);
    }

    @Test
    void deletingByKeyInAPartitionIsLimitedToIt() {
        create();
        door.run(new Define.CreatePartition("c", "p"));
        long p = door.run(new Watch.ListPartitions("c")).get(1).id();
        door.run(new Write.DeleteKeys("c", Optional.of("p"), Column.longs(1)));
        assertThat(last().parts().getFirst().removal().orElseThrow().partition())
                .isEqualTo(p);
    }

    @Test
    void aBytesLimitStopsAWriteThatIsTooLarge() {
        var config = DatabaseConfig.DEFAULT.with(to -> to.rows = new DatabaseConfig.Rows(100, 40));
        try (var small = new Threshold(config)) {
            small.run(Define.CreateCollection.of("c", id(), vector()));
            assertThat(small.refusal(Write.Insert.of("c", two().build())).sentence())
                    .contains("rows.maxWriteBytes");
        }
    }

    @Test
    void anUnknownCollectionIsRefused() {
        assertThat(door.refusal(Write.Insert.of("c", two().build())))
                .isEqualTo(new Refusal.NotFound(Kind.COLLECTION, "c", "default"));
    }
}
