package dev.sextant.catalog;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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
        return with(to -> {
            to.databaseId = newDatabase;
            to.name = newName;
            to.altered = at;
        });
    }

    /// The same with another schema, for whoever decides on several changes at once.
    public Collection with(Schema newSchema) {
        return with(newSchema, altered);
    }

    Collection with(Schema newSchema, long at) {
        return with(to -> {
            to.schema = newSchema;
            to.altered = at;
        });
    }

    Collection with(Map<String, String> newProperties, ConsistencyLevel level, String text, long at) {
        return with(to -> {
            to.properties = newProperties;
            to.consistency = level;
            to.description = text;
            to.altered = at;
        });
    }

    Collection withPartitions(List<Partition> newPartitions, Load newLoad) {
        return with(to -> {
            to.partitions = newPartitions;
            to.load = newLoad;
        });
    }

    Collection withIndexes(List<Index> newIndexes) {
        return with(to -> to.indexes = newIndexes);
    }

    Collection with(Load newLoad) {
        return with(to -> to.load = newLoad);
    }

    /// The same with rows from there, for whoever draws it or has read them.
    public Collection with(External from) {
        return with(to -> to.external = Optional.of(from));
    }

    private Collection with(Consumer<Copy> change) {
        var to = new Copy(this);
        change.accept(to);
        return new Collection(
                id,
                to.databaseId,
                to.name,
                to.description,
                to.schema,
                shards,
                to.consistency,
                to.properties,
                to.partitions,
                to.indexes,
                to.load,
                created,
                to.altered,
                to.external);
    }

    /// What may change of a collection, by name.
    private static final class Copy {
        private long databaseId;
        private String name;
        private String description;
        private Schema schema;
        private ConsistencyLevel consistency;
        private Map<String, String> properties;
        private List<Partition> partitions;
        private List<Index> indexes;
        private Load load;
        private long altered;
        private Optional<External> external;

        private Copy(Collection of) {
            databaseId = of.databaseId;
            name = of.name;
            description = of.description;
            schema = of.schema;
            consistency = of.consistency;
            properties = of.properties;
            partitions = of.partitions;
            indexes = of.indexes;
            load = of.load;
            altered = of.altered;
            external = of.external;
        }
    }
}
