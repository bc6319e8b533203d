package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.View;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Turns a write that must look into one that need not: runs where nothing else is written meanwhile, on the rows as
/// they are.
final class Resolving {
    private final Collection collection;
    private final QueryConfig config;
    private final FilterCache filters;
    private final Patience patience;
    private final Room room;

    Resolving(Collection collection, QueryConfig config, FilterCache filters, Patience patience, Room room) {
        this.collection = collection;
        this.config = config;
        this.filters = filters;
        this.patience = patience;
        this.room = room;
    }

    /// The keys of the matching rows. A key is removed with all its versions, as by a delete that names it; of several
    /// partitions each loses only the keys that matched in it.
    List<Mutation.Part> delete(Resolution.DeleteMatching delete, Map<Long, View> views) {
        for (var view : views.values()) Reading.checkSchema(collection, view.schema());
        room.reset(); // it may be resolved again
        var parts = new ArrayList<Mutation.Part>();
        for (long shard : collection.shards()) {
            if (delete.partitions().isEmpty()) remove(parts, views.get(shard), delete, Set.of(), 0);
            else
                for (long partition : delete.partitions())
                    remove(parts, views.get(shard), delete, Set.of(partition), partition);
        }
        return parts;
    }

    private void remove(
            List<Mutation.Part> parts, View view, Resolution.DeleteMatching delete, Set<Long> among, long partition) {
        var where = new Reader.Where(Optional.of(delete.filter()), among, false);
        var selection = new KeySelection(view, OptionalInt.empty(), unlimited(), room);
        var selected = new PartRows(view, config, filters, patience).select(where);
        for (int i = 0; i < selected.size(); i++)
            if (selected.get(i).count() > 0) selection.add(i, selected.get(i), patience);
        var gone = selection.selected();
        if (gone.keys().rows() == 0) return;
        var staying = Owners.of(collection.schema())
                .map(owners -> owners.others(view, gone, partition, room))
                .orElse(Owners.NOBODY);
        parts.add(new Mutation.Part(
                view.shard(),
                Optional.of(new Mutation.Removal(gone.keys(), partition)),
                staying.length == 0 ? Optional.empty() : Optional.of(again(view, staying, partition))));
    }

    /// Rows that are removed with others of their keys, and stay.
    private Mutation.Insertion again(View view, long[] places, long partition) {
        var columns = new HashMap<Integer, Column>();
        for (var field : collection.schema().fields()) {
            patience.run();
            columns.put(field.id(), LocalReader.fetch(view, places, field.id()));
        }
        return new Mutation.Insertion(places.length, new long[] {partition}, columns);
    }

    /// A delete answers with a number, so the limit on answers means nothing to it.
    private QueryConfig unlimited() {
        return new QueryConfig(
                Long.MAX_VALUE,
                config.scanRows(),
                config.beam(),
                config.widestBeam(),
                config.stepRows(),
                config.splitNanos(),
                config.findKeys(),
                config.filterCacheBytes(),
                config.maxGroups(),
                false,
                0);
    }

    /// Whole rows out of partial ones.
    List<Mutation.Part> merge(Resolution.MergeRows merge, Map<Long, View> views) {
        for (var view : views.values()) Reading.checkSchema(collection, view.schema());
        room.reset(); // it may be resolved again
        var parts = new ArrayList<Mutation.Part>();
        for (var part : merge.parts()) {
            patience.run();
            parts.add(
                    part.insertion().isEmpty()
                            ? part
                            : merge(part, part.insertion().get(), views.get(part.shard()), merge));
        }
        return parts;
    }

    private Mutation.Part merge(Mutation.Part part, Mutation.Insertion came, View view, Resolution.MergeRows merge) {
        var schema = collection.schema();
        var keys = came.columns().get(schema.primaryKey().id());
        long partition = part.removal().map(Mutation.Removal::partition).orElse(0L);
        var owners = Owners.of(schema);
        var stored = owners.isEmpty()
                ? LocalReader.found(view, keys, partition == 0 ? Set.of() : Set.of(partition), unlimited(), room)
                : owners.get().own(view, part.removal().orElseThrow(), came.columns(), unlimited(), room);
        var storedOf = storedOf(keys, stored.keys());
        var columns = new HashMap<Integer, Column>();
        for (var field : schema.fields()) {
            patience.run();
            var given = Optional.ofNullable(came.columns().get(field.id()));
            var change = merge.arrays().get(field.id());
            columns.put(
                    field.id(),
                    change != null && given.isPresent()
                            ? ArrayMerge.of(
                                    field,
                                    (Column.Lists) given.get(),
                                    (Column.Lists) LocalReader.fetch(view, stored.places(), field.id()),
                                    storedOf,
                                    change)
                            : merge.whole() && given.isPresent()
                                    ? given.get()
                                    : column(field, given, storedOf, view, stored));
        }
        // Only what is there is removed, so the outcome counts the rows that were merged.
        var removal = stored.places().length == 0
                ? Optional.<Mutation.Removal>empty()
                : Optional.of(new Mutation.Removal(stored.keys(), partition));
        var merged = new Mutation.Insertion(came.rows(), partitions(came, columns), columns);
        var staying = owners.isEmpty() || stored.places().length == 0
                ? Owners.NOBODY
                : owners.get().others(view, stored, partition, room);
        return new Mutation.Part(
                part.shard(),
                removal,
                Optional.of(staying.length == 0 ? merged : both(merged, again(view, staying, partition))));
    }

    private static Mutation.Insertion both(Mutation.Insertion first, Mutation.Insertion second) {
        var columns = new HashMap<Integer, Column>();
        first.columns()
                .forEach((field, column) -> columns.put(
                        field, Column.concat(List.of(column, second.columns().get(field)))));
        return new Mutation.Insertion(first.rows() + second.rows(), second.partitions(), columns);
    }

    /// Where the rows go: as the caller chose, or, when a partition key did not come, as the merged key chooses.
    private long[] partitions(Mutation.Insertion came, Map<Integer, Column> columns) {
        boolean undecided = came.partitions().length == 1 && came.partitions()[0] == 0;
        var key = collection.schema().partitionKey();
        if (!undecided || key.isEmpty()) return came.partitions();
        var targets = Names.keyedPartitions(collection);
        var chosen = Routing.partitionOf(columns.get(key.get().id()), targets.size());
        var ids = new long[chosen.length];
        for (int i = 0; i < ids.length; i++) ids[i] = targets.get(chosen[i]).id();
        return ids;
    }

    private static Column column(
            Field field, Optional<Column> given, int[] storedOf, View view, Reader.Selected stored) {
        if (given.isPresent() && !field.has(Field.Trait.DYNAMIC)) return given.get();
        if (given.isPresent())
            return Dynamic.merged(
                    (Column.Jsons) given.get(),
                    (Column.Jsons) LocalReader.fetch(view, stored.places(), field.id()),
                    storedOf);
        var have = LocalReader.fetch(view, stored.places(), field.id());
        boolean all = java.util.Arrays.stream(storedOf).noneMatch(at -> at < 0);
        if (all) return have.take(storedOf);
        // Rows that are not there take a filler from behind the stored ones.
        var fillers = Column.concat(List.of(have, filler(field, storedOf)));
        var from = storedOf.clone();
        for (int i = 0; i < from.length; i++) if (from[i] < 0) from[i] = have.rows();
        return fillers.take(from);
    }

    /// One row of what a field holds when nothing came for it.
    private static Column filler(Field field, int[] storedOf) {
        if (field.defaultValue().isPresent())
            return Defaults.column(field.type(), field.defaultValue().get());
        if (field.isNullable()) return Column.nulls(field.type(), 1);
        if (field.has(Field.Trait.DYNAMIC)) return Defaults.column(field.type(), Value.of("{}"));
        int row = 0;
        while (storedOf[row] >= 0) row++;
        throw new Refused(new Refusal.InvalidRow(
                field.name(),
                row,
                Refusal.InvalidRow.Fault.MISSING_COLUMN,
                "no value",
                "a value, since no row with this key is stored"));
    }

    /// For each key its position among the stored ones; -1 when it is not stored.
    private static int[] storedOf(Column keys, Column stored) {
        var at = new int[keys.rows()];
        for (int i = 0; i < at.length; i++) {
            int low = 0;
            int high = stored.rows() - 1;
            at[i] = -1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = Sorting.compareKeys(stored, middle, keys, i);
                if (order == 0) {
                    at[i] = middle;
                    break;
                }
                if (order < 0) low = middle + 1;
                else high = middle - 1;
            }
        }
        return at;
    }

    /// Columns of one row that hold a default.
    private static final class Defaults {
        private static Column column(FieldType type, Value value) {
            return switch (type) {
                case FieldType.Primitive primitive ->
                    switch (primitive) {
                        case BOOL ->
                            new Column.Bools(
                                    new boolean[] {((Value.Bool) value).value()}, dev.sextant.model.Nulls.NONE);
                        case INT8, INT16, INT32 ->
                            new Column.Ints(
                                    new int[] {(int) ((Value.Int) value).value()}, dev.sextant.model.Nulls.NONE);
                        case INT64, TIMESTAMPTZ -> Column.longs(((Value.Int) value).value());
                        case FLOAT ->
                            new Column.Floats(new float[] {(float) real(value)}, dev.sextant.model.Nulls.NONE);
                        case DOUBLE -> new Column.Doubles(new double[] {real(value)}, dev.sextant.model.Nulls.NONE);
                    };
                case FieldType.Varchar _, FieldType.Text _ -> Column.texts(List.of(((Value.Text) value).value()));
                case FieldType.Geometry _ ->
                    new Column.Shapes(
                            dev.sextant.model.Slices.repeated(Shapes.wkb(((Value.Text) value).value()), 1),
                            dev.sextant.model.Nulls.NONE);
                case FieldType.Json _ ->
                    new Column.Jsons(
                            dev.sextant.model.Slices.ofTexts(List.of(((Value.Text) value).value())),
                            dev.sextant.model.Nulls.NONE);
                case FieldType.Array _, FieldType.Vector _ ->
                    throw new IllegalStateException("a " + type + " has no default");
            };
        }

        private static double real(Value value) {
            return value instanceof Value.Int(var whole) ? whole : ((Value.Real) value).value();
        }
    }
}
