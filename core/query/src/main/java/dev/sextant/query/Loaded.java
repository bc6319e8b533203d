package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Buckets;
import dev.sextant.model.Expression;
import dev.sextant.model.Field;
import dev.sextant.model.Filter;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Refuses a read that asks for a field which was left out when its collection was loaded. What a name means is bound
/// elsewhere: names of nothing are let through.
final class Loaded {
    /// What stands where a field may and is none.
    private static final Set<String> NO_FIELDS = Set.of("*", "_score", "_count", "_key");

    private final Collection collection;

    private Loaded(Collection collection) {
        this.collection = collection;
    }

    static void check(Collection collection, Read<?> read) {
        if (!collection.load().wanted()) return; // refused as a whole
        for (var field : collection.schema().fields())
            if (!collection.loads(field)) {
                new Loaded(collection).check(read);
                return;
            }
    }

    /// The same of a condition by which rows are found.
    static void check(Collection collection, Filter filter) {
        new Loaded(collection).expression(filter.root());
    }

    private void check(Read<?> read) {
        switch (read) {
            case Read.Search search -> {
                near(search.near());
                filter(search.filter());
                names(search.outputs());
                search.grouping().ifPresent(grouping -> names(grouping.fields()));
                order(search.order());
            }
            case Read.HybridSearch search -> {
                for (var part : search.parts()) {
                    near(part.near());
                    filter(part.filter());
                    part.boosts().ifPresent(this::fusion);
                }
                names(search.outputs());
                search.grouping().ifPresent(grouping -> names(grouping.fields()));
                fusion(search.fusion());
            }
            case Read.Query query -> {
                filter(query.filter());
                names(query.outputs());
                order(query.order());
            }
            case Read.Aggregate aggregate -> {
                filter(aggregate.filter());
                names(aggregate.groups());
                aggregate.figures().forEach(figure -> name(figure.field()));
            }
            case Read.Bucketed bucketed -> {
                check(bucketed.search());
                level(bucketed.level());
            }
            case Read.Count count -> filter(count.filter());
            case Read.Explain explain -> check(explain.read());
        }
    }

    private void near(Read.Near near) {
        if (!near.field().isEmpty()) name(near.field());
        else if (collection.schema().vectors().size() == 1)
            field(collection.schema().vectors().getFirst());
    }

    private void level(Buckets.Level level) {
        names(level.fields());
        level.figures().forEach(figure -> name(figure.field()));
        level.top().ifPresent(top -> order(top.order()));
        level.inner().ifPresent(this::level);
    }

    private void fusion(Read.Fusion fusion) {
        switch (fusion) {
            case Read.Fusion.ReciprocalRank _, Read.Fusion.Weighted _ -> {}
            case Read.Fusion.Decay decay -> name(decay.field());
            case Read.Fusion.Model model -> name(model.field());
            case Read.Fusion.Boosts(var functions, _, _) -> {
                for (var boost : functions) {
                    filter(boost.filter());
                    boost.chance().flatMap(Read.Chance::field).ifPresent(this::name);
                }
            }
            case Read.Fusion.Chain(var links) -> links.forEach(this::link);
        }
    }

    private void link(Link link) {
        switch (link) {
            case Link.Put(_, var term) -> {
                switch (term) {
                    case Link.Term.Decay decay -> column(decay.column());
                    case Link.Term.Combine combine -> combine.columns().forEach(this::column);
                    case Link.Term.Round round -> column(round.column());
                    case Link.Term.Judge judge -> column(judge.column());
                    case Link.Term.Trees trees -> trees.columns().forEach(this::column);
                }
            }
            case Link.Sort sort -> {
                column(sort.by());
                sort.tie().ifPresent(this::column);
            }
            case Link.Limit _ -> {}
        }
    }

    /// A field, or what a step before has put there.
    private void column(String name) {
        collection.schema().field(name).ifPresent(this::field);
    }

    private void order(List<Read.Order> order) {
        order.forEach(by -> name(by.by()));
    }

    private void filter(Optional<Filter> filter) {
        filter.ifPresent(present -> expression(present.root()));
    }

    private void expressions(List<Expression> all) {
        all.forEach(this::expression);
    }

    private void expression(Expression expression) {
        switch (expression) {
            case Expression.Name(var name) -> name(name);
            case Expression.Path(var root, _) -> name(root);
            case Expression.Items(var items) -> expressions(items);
            case Expression.Compare(_, var left, var right) -> expressions(List.of(left, right));
            case Expression.Between between -> expression(between.middle());
            case Expression.In(var operand, var items, _) -> expressions(List.of(operand, items));
            case Expression.Like(var operand, var pattern) -> expressions(List.of(operand, pattern));
            case Expression.Regex(var operand, var pattern, _) -> expressions(List.of(operand, pattern));
            case Expression.Exists(var operand) -> expression(operand);
            case Expression.IsNull(var operand, _) -> expression(operand);
            case Expression.Not(var operand) -> expression(operand);
            case Expression.And(var operands) -> expressions(operands);
            case Expression.Or(var operands) -> expressions(operands);
            case Expression.Arithmetic(_, var left, var right) -> expressions(List.of(left, right));
            case Expression.Unary(_, var operand) -> expression(operand);
            case Expression.Call(_, var arguments, _) -> expressions(arguments);
            // An element is of a struct that is named around it.
            case Expression.Element _,
                    Expression.Literal _,
                    Expression.Template _,
                    Expression.Moment _,
                    Expression.Interval _ -> {}
        }
    }

    private void names(List<String> names) {
        names.forEach(this::name);
    }

    /// A field, a struct, a place in one, or a dynamic key.
    private void name(String written) {
        if (NO_FIELDS.contains(written)) return;
        var schema = collection.schema();
        int bracket = written.indexOf('[');
        var root = bracket < 0 ? written : written.substring(0, bracket);
        var struct = schema.struct(root);
        if (schema.field(written).isPresent()) field(schema.field(written).get());
        else if (struct.isPresent()) schema.fieldsOf(struct.get()).forEach(this::field);
        else if (schema.field(root).isPresent()) field(schema.field(root).get());
        else schema.dynamic().ifPresent(this::field);
    }

    private void field(Field field) {
        if (!collection.loads(field))
            throw new Refused(new Refusal.InvalidParameter(field.name(), "field " + field.name() + " is not loaded"));
    }
}
