package dev.sextant.catalog;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows of one schema, cut into shards by the hash of their keys.
///
/// @param shards ids of its shards; a key belongs to the one at `hash(key) mod shards.size()`
/// @param created hybrid timestamp
/// @param altered hybrid timestamp of the last change of schema or properties
/// @param external where its rows come from, if it is only read
public record Collection(
        long id,
        long databaseId,
        String name,
        String description,
        Schema schema,
        List<Long> shards,
        ConsistencyLevel consistency,
        Map<String, String> properties,
        List<Partition> partitions,
        List<Index> indexes,
        Load load,
        long created,
        long altered,
        Optional<External> external) {

    /// With rows of its own.
    public Collection(
            long id,
            long databaseId,
            String name,
            String description,
            Schema schema,
            List<Long> shards,
            ConsistencyLevel consistency,
            Map<String, String> properties,
            List<Partition> partitions,
            List<Index> indexes,
            Load load,
            long created,
            long altered) {
        this(
                id,
                databaseId,
                name,
                description,
                schema,
                shards,
                consistency,
                properties,
                partitions,
                indexes,
                load,
                created,
                altered,
                Optional.empty());
    }

    public Collection {
        shards = List.copyOf(shards);
        properties = Map.copyOf(properties);
        partitions = List.copyOf(partitions);
        indexes = List.copyOf(indexes);
    }

    public Optional<Partition> partition(String partitionName) {
        return partitions.stream().filter(p -> p.name().equals(partitionName)).findFirst();
    }

    public Optional<Partition> partition(long partitionId) {
        return partitions.stream().filter(p -> p.id() == partitionId).findFirst();
    }

    public Optional<Index> index(String indexName) {
        return indexes.stream().filter(i -> i.name().equals(indexName)).findFirst();
    }

    /// The index on a field, if any; a field has at most one (JSON paths apart).
    public Optional<Index> indexOn(int field) {
        for (var index : indexes) if (index.field() == field) return Optional.of(index);
        return Optional.empty();
    }

    /// Whether reads may ask for a field: it was named when the collection was loaded, or none was and it says nothing
    /// against it.
    public boolean loads(Field field) {
        return load.fields().isEmpty()
                ? !Boolean.parseBoolean(field.parameters().getOrDefault("field.skipLoad", "false"))
                : load.fields().contains(field.id());
    }

    Collection named(long newDatabase, String newName, long at) {
        return new Collection(
                id,
                newDatabase,
                newName,
                description,
                schema,
                shards,
                consistency,
                properties,
                partitions,
                indexes,
                load,
                created,
                at,
                external);
    }

    /// The same with another schema, for whoever decides on several changes at once.
    public Collection with(Schema newSchema) {
        return with(newSchema, altered);
    }

    Collection with(Schema newSchema, long at) {
        return new Collection(
                id,
                databaseId,
                name,
                description,
                newSchema,
                shards,
                consistency,
                properties,
                partitions,
                indexes,
                load,
                created,
                at,
                external);
    }

    Collection with(Map<String, String> newProperties, ConsistencyLevel level, String text, long at) {
        return new Collection(
                id,
                databaseId,
                name,
                text,
                schema,
                shards,
                level,
                newProperties,
                partitions,
                indexes,
                load,
                created,
                at,
                external);
    }

    Collection withPartitions(List<Partition> newPartitions, Load newLoad) {
        return new Collection(
                id,
                databaseId,
                name,
                description,
                schema,
                shards,
                consistency,
                properties,
                newPartitions,
                indexes,
                newLoad,
                created,
                altered,
                external);
    }

    Collection withIndexes(List<Index> newIndexes) {
        return new Collection(
                id,
                databaseId,
                name,
                description,
                schema,
                shards,
                consistency,
                properties,
                partitions,
                newIndexes,
                load,
                created,
                altered,
                external);
    }

    Collection with(Load newLoad) {
        return withPartitions(partitions, newLoad);
    }

    /// The same with rows from there, for whoever draws it or has read them.
    public Collection with(External from) {
        return new Collection(
                id,
                databaseId,
                name,
                description,
                schema,
                shards,
                consistency,
                properties,
                partitions,
                indexes,
                load,
                created,
                altered,
                Optional.of(from));
    }
}
