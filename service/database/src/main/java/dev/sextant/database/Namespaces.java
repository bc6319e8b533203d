package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Value;
import dev.sextant.model.Write;
import dev.sextant.query.Routing;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Namespaces: each call of a collection that has them is made in one, and meets the rows of no other. They are kept
/// apart by a hidden partition key, or each by a partition of its name.
final class Namespaces {
    private static final int MOST_BYTES = 65_535;

    private Namespaces() {}

    enum Mode {
        NONE,
        KEY,
        PARTITION
    }

    static Mode mode(Map<String, String> properties) {
        if (!Names.isTrue(properties.getOrDefault(Properties.NAMESPACES, "false"))) return Mode.NONE;
        return properties.getOrDefault(Properties.NAMESPACE_MODE, "").equals("partition") ? Mode.PARTITION : Mode.KEY;
    }

    /// The hidden field of a collection that is to be made, where it needs one.
    static Optional<Field> field(Define.CreateCollection create) {
        if (mode(create.properties()) == Mode.NONE) return Optional.empty();
        if (create.fields().stream().anyMatch(field -> field.has(Trait.PARTITION_KEY)))
            throw Scene.invalid("namespace", "namespace is not supported with partition key mode");
        if (mode(create.properties()) == Mode.PARTITION) return Optional.empty();
        if (!Names.isTrue(create.properties().getOrDefault(Properties.ISOLATION, "true")))
            throw Scene.invalid(Properties.ISOLATION, "isolation property is false when namespace enabled");
        return Optional.of(Field.of(Field.NAMESPACE_NAME, new FieldType.Varchar(MOST_BYTES), Trait.PARTITION_KEY));
    }

    /// The namespace of a call, checked against what the collection has.
    private static Mode checked(Call call, Collection collection) {
        var mode = mode(collection.properties());
        if (mode == Mode.NONE && call.namespace().isPresent())
            throw Scene.invalid("namespace", "namespace data is set but namespace disabled");
        if (mode != Mode.NONE && call.namespace().isEmpty())
            throw Scene.invalid("namespace", "namespace data is not set but namespace enabled");
        return mode;
    }

    // ---- writes

    static Write within(Call call, Collection collection, Write write) {
        var mode = checked(call, collection);
        if (mode == Mode.NONE) return write;
        var partition = mode == Mode.KEY
                ? write.partition()
                : Optional.of(partition(call, write.partition().stream().toList()));
        return switch (write) {
            case Write.Insert(var name, _, var rows, var schema) ->
                new Write.Insert(name, partition, marked(call, mode, rows), schema);
            case Write.Upsert(var name, _, var rows, var partial, var schema, var arrays) ->
                new Write.Upsert(name, partition, marked(call, mode, rows), partial, schema, arrays);
            case Write.Delete(var name, _, var filter) -> new Write.Delete(name, partition, filter);
            case Write.DeleteKeys(var name, _, var keys) -> new Write.DeleteKeys(name, partition, keys);
        };
    }

    private static Rows marked(Call call, Mode mode, Rows rows) {
        if (rows.column(Field.NAMESPACE_NAME).isPresent())
            throw Scene.invalid("namespace", "namespace data is already set by users");
        if (mode == Mode.PARTITION) return rows;
        var marked = Rows.of(rows.count());
        rows.columns().forEach(marked::with);
        return marked.with(
                        Field.NAMESPACE_NAME,
                        Column.texts(Collections.nCopies(
                                Math.max(0, rows.count()), call.namespace().orElseThrow())))
                .build();
    }

    /// Whether rows of several namespaces may lie in one partition.
    static boolean share(Collection collection) {
        return mode(collection.properties()) == Mode.KEY;
    }

    /// The partition where the rows of a call's namespace are.
    static long home(Call call, Collection collection) {
        return Routing.partitionsOf(
                collection, Column.texts(List.of(call.namespace().orElseThrow())))[0];
    }

    // ---- reads

    @SuppressWarnings("unchecked") // each read becomes one of its own kind
    static <R> Read<R> within(Call call, Collection collection, Read<R> read) {
        return switch (checked(call, collection)) {
            case NONE -> read;
            case KEY -> (Read<R>) filtered(call, read);
            case PARTITION -> (Read<R>) limited(call, read);
        };
    }

    private static Read<?> filtered(Call call, Read<?> read) {
        return switch (read) {
            case Read.Search search -> search.among(filter(call, search.filter()));
            case Read.HybridSearch hybrid ->
                hybrid.of(hybrid.parts().stream()
                        .map(part -> part.among(filter(call, part.filter())))
                        .toList());
            case Read.Query query -> query.among(filter(call, query.filter()));
            case Read.Aggregate aggregate -> aggregate.among(filter(call, aggregate.filter()));
            case Read.Count count ->
                new Read.Count(
                        count.collection(), count.partitions(), filter(call, count.filter()), count.sealedOnly());
            case Read.Bucketed bucketed ->
                new Read.Bucketed((Read.Search) filtered(call, bucketed.search()), bucketed.level());
            case Read.Explain explain -> new Read.Explain(filtered(call, explain.read()), explain.analyze());
        };
    }

    private static Read<?> limited(Call call, Read<?> read) {
        return switch (read) {
            case Read.Search search -> search.in(List.of(partition(call, search.partitions())));
            case Read.HybridSearch hybrid -> hybrid.in(List.of(partition(call, hybrid.partitions())));
            case Read.Query query -> query.in(List.of(partition(call, query.partitions())));
            case Read.Aggregate aggregate -> aggregate.in(List.of(partition(call, aggregate.partitions())));
            case Read.Count count ->
                new Read.Count(
                        count.collection(),
                        List.of(partition(call, count.partitions())),
                        count.filter(),
                        count.sealedOnly());
            case Read.Bucketed bucketed ->
                new Read.Bucketed((Read.Search) limited(call, bucketed.search()), bucketed.level());
            case Read.Explain explain -> new Read.Explain(limited(call, explain.read()), explain.analyze());
        };
    }

    private static String partition(Call call, List<String> named) {
        var namespace = call.namespace().orElseThrow();
        if (namespace.isBlank()) throw Scene.invalid("namespace", "partition name should not be empty");
        for (var name : named)
            if (!name.isBlank() && !name.equals(namespace))
                throw Scene.invalid(
                        "namespace", "partition name \"" + name + "\" mismatches namespace \"" + namespace + "\"");
        return namespace;
    }

    private static Optional<Filter> filter(Call call, Optional<Filter> filter) {
        return Optional.of(filter.map(present -> within(call, present))
                .orElseGet(() -> new Filter(named(call), mine(call), Map.of())));
    }

    /// The condition with one more: what it says of rows it says of this namespace's.
    static Filter within(Call call, Filter filter) {
        return filter.with(
                filter.text() + " in " + named(call), new Expression.And(List.of(mine(call), filter.root())));
    }

    /// Stands in messages and plans; besides, what is remembered of filters is found by their texts.
    private static String named(Call call) {
        return "namespace " + call.namespace().orElseThrow();
    }

    private static Expression mine(Call call) {
        return new Expression.Compare(
                Expression.Comparison.EQUAL,
                new Expression.Name(Field.NAMESPACE_NAME),
                new Expression.Literal(Value.of(call.namespace().orElseThrow())));
    }
}
