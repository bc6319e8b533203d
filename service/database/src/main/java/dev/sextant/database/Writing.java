package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.Outcome;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Value;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import dev.sextant.query.Queries;
import dev.sextant.query.Resolution;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// Runs writes: checks rows completely, so that what is logged cannot fail, and hands them over shard by shard.
/// Checking happens on the caller's thread: it is work in proportion to what the caller sent, and waits for nothing.
final class Writing {
    private static final long EVERY_PARTITION = 0;
    /// Definitions are rare; so many in the time of one write are nobody's daily work.
    private static final int ATTEMPTS = 20;

    private final Shards shards;
    private final Executor aside;
    private final Made made;
    private final DatabaseConfig config;

    /// @param aside where a write is checked again, because the thread that found it out of date has other things to
    /// do, and where models are waited for
    Writing(Shards shards, Executor aside, Made made, DatabaseConfig config) {
        this.made = made;
        this.shards = shards;
        this.aside = aside;
        this.config = config;
    }

    /// A definition may come between the check of a write and its place in the log. Then the write is checked again
    /// against what exists now, unless its caller named the schema that it was made for.
    void run(Call call, Write write, Reply<? super Written> reply) {
        int attempts = namesSchema(write) ? 1 : ATTEMPTS;
        boolean waits = writesRows(write)
                && Made.waits(Names.collection(shards.catalog(), call, write.collection())
                        .schema());
        if (waits) again(call, write, attempts, reply);
        else attempt(call, write, attempts, reply);
    }

    private static boolean writesRows(Write write) {
        return switch (write) {
            case Write.Insert _, Write.Upsert _ -> true;
            case Write.Delete _, Write.DeleteKeys _ -> false;
        };
    }

    private void attempt(Call call, Write write, int attempts, Reply<? super Written> reply) {
        check(call, write, new Reply<>() {
            @Override
            public void complete(Written written) {
                reply.complete(written);
            }

            @Override
            public void fail(Throwable reason) {
                if (attempts > 1 && isOutOfDate(reason)) again(call, write, attempts - 1, reply);
                else reply.fail(named(reason, write.collection()));
            }
        });
    }

    /// A caller knows collections by name.
    static Throwable named(Throwable reason, String collection) {
        return reason instanceof Refused refused
                        && refused.refusal() instanceof Refusal.NotFound(var kind, var name, var within)
                        && kind == Refusal.Kind.COLLECTION
                        && name.startsWith("#")
                ? new Refused(new Refusal.NotFound(kind, collection, within))
                : reason;
    }

    private void again(Call call, Write write, int attempts, Reply<? super Written> reply) {
        try {
            aside.execute(() -> {
                try {
                    attempt(call, write, attempts, reply);
                } catch (Throwable refused) {
                    reply.fail(refused);
                }
            });
        } catch (Refused closing) {
            reply.fail(closing);
        }
    }

    static boolean isOutOfDate(Throwable reason) {
        return reason instanceof Refused refused
                && switch (refused.refusal()) {
                    case Refusal.SchemaMismatch _ -> true;
                    case Refusal.NotFound missing ->
                        missing.name().startsWith("#"); // by id: it was there when the write was checked
                    default -> false; // every other refusal stands, whatever it says
                };
    }

    private static boolean namesSchema(Write write) {
        return switch (write) {
            case Write.Insert insert -> insert.schemaTimestamp().orElse(0) != 0;
            case Write.Upsert upsert -> upsert.schemaTimestamp().orElse(0) != 0;
            case Write.Delete _, Write.DeleteKeys _ -> false;
        };
    }

    private void check(Call call, Write asked, Reply<? super Written> reply) {
        var collection = Names.collection(shards.catalog(), call, asked.collection());
        var write = Namespaces.within(call, collection, asked);
        Externals.refuse(collection, operation(write));
        switch (write) {
            case Write.Insert insert -> insert(call, collection, insert, reply);
            case Write.Upsert upsert when upsert.partial() -> merge(call, collection, upsert, reply);
            case Write.Upsert upsert -> upsert(call, collection, upsert, reply);
            case Write.Delete delete -> delete(call, collection, delete, reply);
            case Write.DeleteKeys delete -> {
                var keys = deletedKeys(collection, delete.keys());
                var scope = scope(collection, delete.partition());
                if (Namespaces.share(collection))
                    deleteOwn(call, collection, naming(collection, keys), Optional.of(keys), reply);
                else delete(call, collection, keys, scope, reply);
            }
        }
    }

    private static String operation(Write write) {
        return switch (write) {
            case Write.Insert _ -> "insert";
            case Write.Upsert _ -> "upsert";
            case Write.Delete _, Write.DeleteKeys _ -> "delete";
        };
    }

    private void insert(Call call, Collection collection, Write.Insert insert, Reply<? super Written> reply) {
        checkSchema(collection, insert.schemaTimestamp());
        checkSize(Weight.of(insert.rows()));
        var taken = new Intake(collection, config.rows(), Intake.Purpose.INSERT, made(call))
                .take(insert.rows(), shards::allocateIds);
        var places = Placement.of(collection, insert.partition(), taken.columns());
        var parts = Placement.parts(collection, Optional.empty(), Optional.of(new Placement.Put(taken, places)));
        write(
                call,
                collection,
                parts,
                reply,
                outcome -> new Written(taken.keys(), taken.rows(), 0, 0, outcome.timestamp()));
    }

    private Intake.Functions made(Call call) {
        return (columns, schema) -> made.into(columns, schema, call);
    }

    private void upsert(Call call, Collection collection, Write.Upsert upsert, Reply<? super Written> reply) {
        checkSchema(collection, upsert.schemaTimestamp());
        checkSize(Weight.of(upsert.rows()));
        var taken = new Intake(collection, config.rows(), Intake.Purpose.UPSERT, made(call))
                .take(upsert.rows(), shards::allocateIds);
        var places = Placement.of(collection, upsert.partition(), taken.columns());
        var removal = new Mutation.Removal(taken.given().orElseThrow(), replaced(collection, places));
        var parts = Placement.parts(collection, Optional.of(removal), Optional.of(new Placement.Put(taken, places)));
        int rows = taken.rows();
        if (Namespaces.share(collection)) { // the keys that came may be those of others too
            shards.write(
                    collection,
                    new Resolution.MergeRows(parts, Map.of(), true),
                    call,
                    answering(reply, outcome -> new Written(taken.keys(), rows, rows, rows, outcome.timestamp())));
            return;
        }
        write(
                call,
                collection,
                parts,
                reply,
                outcome -> new Written(taken.keys(), rows, rows, rows, outcome.timestamp()));
    }

    /// With a partition key the old row may lie in any partition, because its key may have changed; else it is looked
    /// for where the new one goes.
    private static long replaced(Collection collection, long[] places) {
        if (Namespaces.share(collection)) return places[0]; // all rows of a call are of one namespace
        return Scene.isKeyed(collection) ? EVERY_PARTITION : places[0];
    }

    private void merge(Call call, Collection collection, Write.Upsert upsert, Reply<? super Written> reply) {
        checkSchema(collection, upsert.schemaTimestamp());
        checkSize(Weight.of(upsert.rows()));
        var arrays = arrays(collection, upsert);
        var taken = new Intake(collection, config.rows(), Intake.Purpose.MERGE, made(call))
                .take(upsert.rows(), shards::allocateIds);
        var places = Placement.of(collection, upsert.partition(), taken.columns());
        checkLoaded(collection, Set.of());
        var removal = new Mutation.Removal(taken.keys(), replaced(collection, places));
        var parts = Placement.parts(collection, Optional.of(removal), Optional.of(new Placement.Put(taken, places)));
        shards.write(
                collection,
                new Resolution.MergeRows(parts, arrays, false),
                call,
                answering(
                        reply,
                        outcome -> new Written(
                                taken.keys(), taken.rows(), outcome.removed(), taken.rows(), outcome.timestamp())));
    }

    /// The fields whose arrays are changed, which come with elements.
    private static Map<Integer, Write.ArrayChange> arrays(Collection collection, Write.Upsert upsert) {
        var arrays = new HashMap<Integer, Write.ArrayChange>();
        upsert.arrays().forEach((name, change) -> {
            var field = collection
                    .schema()
                    .field(name)
                    .orElseThrow(() -> new Refused(new Refusal.NotFound(Refusal.Kind.FIELD, name, collection.name())));
            if (collection.schema().structOf(field).isPresent())
                throw Scene.invalid("field_ops", "field " + name + " is of a struct, whose arrays change together");
            if (!(field.type() instanceof FieldType.Array))
                throw Scene.invalid("field_ops", "only Array fields take " + change + ": field " + name + " is none");
            if (upsert.rows().column(name).isEmpty())
                throw Scene.invalid(
                        "field_ops", "field " + name + " is to " + change + ", and no elements came for it");
            arrays.put(field.id(), change);
        });
        return arrays;
    }

    private void delete(Call call, Collection collection, Write.Delete delete, Reply<? super Written> reply) {
        var filter = delete.filter().zone().isPresent()
                ? delete.filter()
                : delete.filter().in(Moments.zoneOf(collection.properties()));
        var scope = scope(collection, delete.partition());
        Queries.check(filter, collection.schema());
        if (Queries.matchesAll(filter, collection.schema())) throw everything(filter);
        if (Queries.isApproximate(filter)) throw approximate(filter);
        var keys = Queries.keysOf(filter, collection.schema());
        if (Namespaces.share(collection)) {
            if (keys.isEmpty()) checkLoaded(collection, filter, Set.of());
            deleteOwn(call, collection, filter, keys, reply);
            return;
        }
        if (keys.isPresent()) {
            delete(call, collection, keys.get(), scope, reply);
            return;
        }
        var partitions = scope == EVERY_PARTITION ? Set.<Long>of() : Set.of(scope);
        checkLoaded(collection, filter, partitions);
        var none = Column.empty(collection.schema().primaryKey().type());
        shards.write(
                collection,
                new Resolution.DeleteMatching(filter, partitions),
                call,
                answering(reply, outcome -> new Written(none, 0, outcome.removed(), 0, outcome.timestamp())));
    }

    /// Of one partition, where rows of other namespaces may lie too.
    ///
    /// @param keys what the filter names, where it names keys only: then they are what is counted
    private void deleteOwn(
            Call call, Collection collection, Filter filter, Optional<Column> keys, Reply<? super Written> reply) {
        var none = Column.empty(collection.schema().primaryKey().type());
        shards.write(
                collection,
                new Resolution.DeleteMatching(
                        Namespaces.within(call, filter), Set.of(Namespaces.home(call, collection))),
                call,
                answering(
                        reply,
                        outcome -> new Written(
                                none,
                                0,
                                keys.map(Column::rows).orElse(0) > 0
                                        ? keys.get().rows()
                                        : outcome.removed(),
                                0,
                                outcome.timestamp())));
    }

    private static Refused everything(Filter filter) {
        return Scene.invalid("expr", "delete plan can't be empty or always true : " + filter.text());
    }

    private static Refused approximate(Filter filter) {
        return Scene.invalid(
                "expr",
                "membership_match with a Bloom filter is not allowed in a delete: it takes rows that were never put into"
                        + " it; use type=roaring: " + filter.text());
    }

    private void delete(Call call, Collection collection, Column keys, long scope, Reply<? super Written> reply) {
        var none = Column.empty(collection.schema().primaryKey().type());
        if (keys.rows() == 0) {
            reply.complete(new Written(none, 0, 0, 0, shards.now()));
            return;
        }
        var parts = Placement.parts(collection, Optional.of(new Mutation.Removal(keys, scope)), Optional.empty());
        write(call, collection, parts, reply, outcome -> new Written(none, 0, keys.rows(), 0, outcome.timestamp()));
    }

    private static Filter naming(Collection collection, Column keys) {
        var items = new ArrayList<Expression>(keys.rows());
        for (int row = 0; row < keys.rows(); row++)
            items.add(new Expression.Literal(
                    switch (keys) {
                        case Column.Longs(var values, _) -> Value.of(values[row]);
                        case Column.Texts(var values, _) -> Value.of(values.text(row));
                        default -> throw new IllegalStateException("keys are integers or text");
                    }));
        var key = new Expression.Name(collection.schema().primaryKey().name());
        return new Filter("keys", new Expression.In(key, new Expression.Items(items), false), Map.of());
    }

    private static Column deletedKeys(Collection collection, Column keys) {
        var key = collection.schema().primaryKey();
        Shape.check(key, keys);
        if (!keys.nulls().none())
            throw new Refused(new Refusal.InvalidRow(
                    key.name(), keys.nulls().next(0), Refusal.InvalidRow.Fault.NULL_NOT_ALLOWED, "null", "a key"));
        return Keys.distinct(keys);
    }

    /// The partition that a delete is limited to.
    private static long scope(Collection collection, Optional<String> name) {
        if (name.isEmpty() || name.get().isBlank()) return EVERY_PARTITION;
        Scene.refusePartitionNames(collection);
        return Names.partition(collection, name.get()).id();
    }

    private static void checkSchema(Collection collection, OptionalLong known) {
        if (known.isPresent() && known.getAsLong() != 0 && known.getAsLong() != collection.altered())
            throw new Refused(new Refusal.SchemaMismatch(collection.name(), known.getAsLong(), collection.altered()));
    }

    private void checkSize(long bytes) {
        long most = config.rows().maxWriteBytes();
        if (bytes > most)
            throw new Refused(new Refusal.LimitExceeded("bytes of one write", bytes, most, "rows.maxWriteBytes"));
    }

    private static void checkLoaded(Collection collection, Filter filter, Set<Long> partitions) {
        checkLoaded(collection, partitions);
        Queries.checkLoaded(filter, collection);
    }

    private static void checkLoaded(Collection collection, Set<Long> partitions) {
        if (!collection.load().wanted()) throw new Refused(new Refusal.NotLoaded(collection.name(), List.of()));
        var cold = collection.partitions().stream()
                .filter(p -> partitions.contains(p.id()) && !collection.load().includes(p.id()))
                .map(Partition::name)
                .toList();
        if (!cold.isEmpty()) throw new Refused(new Refusal.NotLoaded(collection.name(), cold));
    }

    private void write(
            Call call,
            Collection collection,
            List<Mutation.Part> parts,
            Reply<? super Written> reply,
            Function<Outcome, Written> answer) {
        shards.write(
                new Mutation(collection.id(), collection.altered(), parts, call.deadlineNanos()),
                answering(reply, answer));
    }

    private static Reply<Outcome> answering(Reply<? super Written> reply, Function<Outcome, Written> answer) {
        return new Reply<>() {
            @Override
            public void complete(Outcome outcome) {
                reply.complete(answer.apply(outcome));
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        };
    }
}
