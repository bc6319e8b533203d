package dev.sextant.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Statements that change what exists. Names belong to the database of the call unless another is given.
public sealed interface Define extends Statement<Done> {

    record CreateDatabase(String name, Map<String, String> properties) implements Define {}

    /// Refused while it has collections.
    record DropDatabase(String name) implements Define {}

    record AlterDatabase(String name, Map<String, String> set, Set<String> unset) implements Define {}

    /// Ids in `fields` and `functions` are ignored: the catalog assigns them. Creating what exists just so succeeds.
    ///
    /// @param structs what some of the fields are parts of: those named `struct[sub]`
    /// @param dynamic adds the hidden field `$meta`
    /// @param partitionCount number of partitions of a collection with a partition key; 0 for the default
    /// @param external where its rows come from, if it is only read
    record CreateCollection(
            String name,
            String description,
            List<Field> fields,
            List<Function> functions,
            List<Struct> structs,
            boolean dynamic,
            int shards,
            int partitionCount,
            ConsistencyLevel consistency,
            Map<String, String> properties,
            Optional<External> external)
            implements Define {
        public CreateCollection {
            fields = List.copyOf(fields);
            functions = List.copyOf(functions);
            structs = List.copyOf(structs);
            properties = Map.copyOf(properties);
        }

        /// With rows of its own.
        public CreateCollection(
                String name,
                String description,
                List<Field> fields,
                List<Function> functions,
                List<Struct> structs,
                boolean dynamic,
                int shards,
                int partitionCount,
                ConsistencyLevel consistency,
                Map<String, String> properties) {
            this(
                    name,
                    description,
                    fields,
                    functions,
                    structs,
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties,
                    Optional.empty());
        }

        /// Without structs.
        public CreateCollection(
                String name,
                String description,
                List<Field> fields,
                List<Function> functions,
                boolean dynamic,
                int shards,
                int partitionCount,
                ConsistencyLevel consistency,
                Map<String, String> properties) {
            this(
                    name,
                    description,
                    fields,
                    functions,
                    List.of(),
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties);
        }

        /// Without functions.
        public CreateCollection(
                String name,
                String description,
                List<Field> fields,
                boolean dynamic,
                int shards,
                int partitionCount,
                ConsistencyLevel consistency,
                Map<String, String> properties) {
            this(name, description, fields, List.of(), dynamic, shards, partitionCount, consistency, properties);
        }

        public CreateCollection with(Function... made) {
            return new CreateCollection(
                    name,
                    description,
                    fields,
                    List.of(made),
                    structs,
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties,
                    external);
        }

        /// With other fields.
        public CreateCollection withFields(List<Field> others) {
            return new CreateCollection(
                    name,
                    description,
                    others,
                    functions,
                    structs,
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties,
                    external);
        }

        /// With rows that come from elsewhere.
        public CreateCollection with(External where) {
            return new CreateCollection(
                    name,
                    description,
                    fields,
                    functions,
                    structs,
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties,
                    Optional.of(where));
        }

        /// With one more struct.
        ///
        /// @param subs its fields under the names that they have in it
        public CreateCollection with(Struct struct, Field... subs) {
            var all = new ArrayList<>(fields);
            for (var sub : subs) all.add(sub.withName(struct.nameOf(sub.name())));
            var more = new ArrayList<>(structs);
            more.add(struct);
            return new CreateCollection(
                    name,
                    description,
                    all,
                    functions,
                    more,
                    dynamic,
                    shards,
                    partitionCount,
                    consistency,
                    properties,
                    external);
        }

        /// One shard, bounded consistency, no properties.
        public static CreateCollection of(String name, Field... fields) {
            return new CreateCollection(name, "", List.of(fields), false, 1, 0, ConsistencyLevel.BOUNDED, Map.of());
        }
    }

    /// What does not exist is dropped already.
    record DropCollection(String name) implements Define {}

    record RenameCollection(String name, String newName, Optional<String> newDatabase) implements Define {}

    record AlterCollection(String name, Map<String, String> set, Set<String> unset) implements Define {}

    record AlterField(String collection, String field, Map<String, String> set, Set<String> unset) implements Define {}

    /// Adds a nullable or defaulted field: old rows read as null or the default.
    ///
    /// @param column that an external collection reads it from, from its next refresh on
    record AddField(String collection, Field field, Optional<String> column) implements Define {
        public AddField(String collection, Field field) {
            this(collection, field, Optional.empty());
        }
    }

    /// Adds a nullable struct: old rows have no array.
    ///
    /// @param fields of it, named `struct[sub]`
    record AddStruct(String collection, Struct struct, List<Field> fields) implements Define {
        public AddStruct {
            fields = List.copyOf(fields);
        }
    }

    /// What rows have of a field is gone, with the indexes over it; the name is free again.
    ///
    /// @param field by name; by id when it is empty
    record DropField(String collection, String field, int id) implements Define {}

    /// Adds a field with the function that makes it and the index over it. Rows that are there are given it behind
    /// this, and until all have it nobody searches in it.
    ///
    /// @param indexName empty for the field's name
    record AddFunctionField(
            String collection, Field field, Function function, String indexName, Map<String, String> indexParameters)
            implements Define {
        public AddFunctionField {
            indexParameters = Map.copyOf(indexParameters);
        }
    }

    /// Has fields that exist made by a function from now on.
    record AddFunction(String collection, Function function) implements Define {}

    /// Changes how a function works; what it reads and makes stays.
    record AlterFunction(String collection, String name, Function function) implements Define {}

    /// What the function made becomes a field like any other.
    record DropFunction(String collection, String name) implements Define {}

    /// The function goes, and what it made.
    record DropFunctionFields(String collection, String name) implements Define {}

    /// Removes all rows, keeps the definition.
    record TruncateCollection(String name) implements Define {}

    /// Keeps a collection as it is at this moment, by a name that is free among its snapshots: everything that was
    /// acknowledged before, nothing that comes after. No file is copied.
    ///
    /// @param protectSeconds for how long its files are merged with no others
    record CreateSnapshot(String collection, String name, String description, long protectSeconds) implements Define {}

    /// What does not exist is dropped already; refused while somebody holds it.
    record DropSnapshot(String collection, String name) implements Define {}

    record CreatePartition(String collection, String name) implements Define {}

    record DropPartition(String collection, String name) implements Define {}

    record CreateAlias(String alias, String collection) implements Define {}

    record DropAlias(String alias) implements Define {}

    /// Points an existing alias at another collection.
    record AlterAlias(String alias, String collection) implements Define {}

    /// @param name empty for the field's name
    /// @param parameters index_type, metric_type and the parameters of the type, as they came
    record CreateIndex(String collection, String field, String name, Map<String, String> parameters) implements Define {
        public CreateIndex {
            parameters = Map.copyOf(parameters);
        }
    }

    /// @param name of the index, or of its field; what does not exist is dropped already
    record DropIndex(String collection, String name) implements Define {}

    record AlterIndex(String collection, String name, Map<String, String> set, Set<String> unset) implements Define {}
}
