package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import java.util.List;

/// Decides on partitions.
final class Partitions {
    private Partitions() {}

    static List<Change> create(Define.CreatePartition create, Scene scene) {
        Names.checkPartition(create.name(), scene.config.names().maxNameLength());
        var collection = scene.own(create.collection(), "create partition");
        refuseKeyed(collection, "create partition");
        if (collection.partition(create.name().strip()).isPresent()) return List.of();
        int most = scene.config.names().maxPartitions();
        int now = collection.partitions().size();
        if (now >= most)
            throw Scene.refused(new Refusal.InvalidSchema(
                    collection.name(),
                    Refusal.InvalidSchema.Rule.PARTITIONS,
                    "partition number (" + (now + 1) + ") exceeds max configuration (" + most + "), collection: "
                            + collection.name()));
        Collections.checkCapacity(scene, collection.shards().size());
        return List.of(new Change.CreatePartition(
                collection.id(), new Partition(scene.id(), create.name().strip(), 0)));
    }

    static List<Change> drop(Define.DropPartition drop, Scene scene) {
        Names.checkPartition(drop.name(), scene.config.names().maxNameLength());
        var collection = scene.own(drop.collection(), "drop partition");
        refuseKeyed(collection, "drop partition");
        var name = drop.name().strip();
        if (name.equals(Partition.DEFAULT_NAME))
            throw Scene.refused(new Refusal.InUse(Kind.PARTITION, name, "default partition cannot be deleted"));
        var partition = collection.partition(name);
        if (partition.isEmpty()) return List.of();
        if (collection.load().includes(partition.get().id()))
            throw Scene.refused(new Refusal.InUse(
                    Kind.PARTITION, name, "partition cannot be dropped, partition is loaded, please release it first"));
        return List.of(new Change.DropPartition(collection.id(), partition.get().id()));
    }

    static void refuseKeyed(Collection collection, String operation) {
        if (Scene.isKeyed(collection))
            throw Scene.invalid("partition_name", "disable " + operation + " if partition key mode is used");
    }
}
