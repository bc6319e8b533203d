package dev.sextant.query;

import dev.sextant.engine.Mutation;
import dev.sextant.engine.View;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.Filter;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Whose rows are whose, where several namespaces share a partition: rows of two of them may have one key, which the
/// engine removes as one. Whoever removes a key of one namespace writes what others have under it again in the same
/// entry.
record Owners(Field namespace) {
    static final long[] NOBODY = {};

    /// What finding a row takes while owners are compared.
    private static final int ROW_BYTES = 64;

    static Optional<Owners> of(Schema schema) {
        return schema.partitionKey().filter(Field::isNamespace).map(Owners::new);
    }

    /// What says of rows that they have one of the keys, and are of a call's namespace; nothing where there are none.
    static Optional<Filter> condition(Schema schema, Call call, Column keys) {
        return of(schema).map(owners -> {
            var items = new ArrayList<Expression>(keys.rows());
            for (int row = 0; row < keys.rows(); row++)
                items.add(new Expression.Literal(
                        switch (keys) {
                            case Column.Longs(var values, _) -> Value.of(values[row]);
                            case Column.Texts(var values, _) -> Value.of(values.text(row));
                            default -> throw new IllegalStateException("keys are integers or text");
                        }));
            var named = new Expression.In(
                    new Expression.Name(schema.primaryKey().name()), new Expression.Items(items), false);
            var mine = new Expression.Compare(
                    Expression.Comparison.EQUAL,
                    new Expression.Name(Field.NAMESPACE_NAME),
                    new Expression.Literal(Value.of(call.namespace().orElse(""))));
            return new Filter("keys of a namespace", new Expression.And(List.of(mine, named)), Map.of());
        });
    }

    /// The newest row under each key that is to be removed, of the namespace that rows came for: all of a call are of
    /// one.
    Reader.Selected own(View view, Mutation.Removal removal, Map<Integer, Column> came, QueryConfig config, Room room) {
        var mine = ((Column.Texts) came.get(namespace.id())).values().text(0);
        var found = found(view, removal.keys(), removal.partition(), room);
        var selection = new KeySelection(view, OptionalInt.empty(), config, room);
        for (int i = 0; i < found.places.length; i++)
            if (found.owner(i).equals(mine)) selection.offer(removal.keys(), found.keys[i], found.places[i]);
        return selection.selected();
    }

    /// Rows that lie under the keys of some and are of other namespaces, the oldest first.
    ///
    /// @param gone rows of one namespace
    long[] others(View view, Reader.Selected gone, long partition, Room room) {
        var own = (Column.Texts) LocalReader.fetch(view, Arrays.copyOf(gone.places(), 1), namespace.id());
        var mine = own.values().text(0);
        var found = found(view, gone.keys(), partition, room);
        return IntStream.range(0, found.places.length)
                .filter(i -> !found.owner(i).equals(mine))
                .mapToObj(i -> found.places[i])
                .sorted(Comparator.comparingLong((Long place) ->
                                view.parts().get((int) (place >>> 32)).insertedAt((int) (long) place))
                        .thenComparing(Comparator.naturalOrder()))
                .mapToLong(Long::longValue)
                .toArray();
    }

    private record Found(int[] keys, long[] places, Column.Texts owners) {
        String owner(int i) {
            return owners.values().text(i);
        }
    }

    private Found found(View view, Column keys, long partition, Room room) {
        var found = view.find(keys, partition);
        room.take((long) ROW_BYTES * found.count());
        var places = new long[found.count()];
        for (int i = 0; i < places.length; i++) places[i] = (long) found.part()[i] << 32 | found.row()[i];
        return new Found(found.key(), places, (Column.Texts) LocalReader.fetch(view, places, namespace.id()));
    }
}
