package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.filter.Binder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What can be asked of fields that hold arrays of vectors.
final class ListRules {
    private ListRules() {}

    /// Whether a search finds elements and not rows.
    static boolean findsElements(Read.Near near, Field field) {
        return field.type().isVectors() && !isByLists(near);
    }

    private static boolean isByLists(Read.Near near) {
        return near.target() instanceof Read.Target.Vectors(Column.Lists _);
    }

    static void check(
            Collection collection,
            Read.Near near,
            Field field,
            Optional<Filter> filter,
            Optional<Read.Grouping> grouping,
            Optional<Read.After> after) {
        if (!collection.schema().structs().isEmpty()) checkElements(collection, near, field, filter);
        if (!field.type().isVectors()) return;
        if (near.target() instanceof Read.Target.Keys)
            throw refused("ids", "array of vector is not supported for search by IDs");
        if (isByLists(near)) checkByLists(near, field, grouping, after);
        else if (grouping.isPresent()
                && !grouping.get()
                        .fields()
                        .equals(List.of(collection.schema().primaryKey().name())))
            throw refused("group_by_field", "only group by primary key is supported for element-level search");
    }

    private static void checkByLists(
            Read.Near near, Field field, Optional<Read.Grouping> grouping, Optional<Read.After> after) {
        var where = " is not supported for embedding list search on field " + field.name();
        if (near.radius().isPresent()) throw refused("radius", "range search" + where);
        if (grouping.isPresent()) throw refused("group_by_field", "group by" + where);
        if (after.isPresent()) throw refused("iterator", "search iterator" + where);
    }

    private static void checkElements(Collection collection, Read.Near near, Field field, Optional<Filter> filter) {
        var asked = Binder.bind(filter, collection.schema()).elements();
        if (asked.isPresent()
                && !(findsElements(near, field) && asked.get().struct().owns(field)))
            throw refused("filter", "element_filter is only supported for element-level search");
    }

    /// The searches of a hybrid one: elements are fused with elements of the same struct only; else, or where that is
    /// asked for, they become rows first.
    static List<Asked> collapsed(Collection collection, Read.HybridSearch search, List<Asked> asked) {
        boolean ofElements = asked.stream().allMatch(one -> findsElements(one.near(), one.field()))
                && asked.stream()
                                .map(one -> collection.schema().structOf(one.field()))
                                .distinct()
                                .count()
                        == 1
                && search.parts().stream().allMatch(part -> part.collapse().isEmpty());
        var all = new ArrayList<Asked>();
        for (int i = 0; i < asked.size(); i++) {
            var one = asked.get(i);
            var how = search.parts().get(i).collapse();
            if (how.isPresent() && !findsElements(one.near(), one.field()))
                throw refused("element_scope", "element_scope is only supported for element-level search");
            boolean collapses = !ofElements && findsElements(one.near(), one.field());
            all.add(collapses ? one.collapsed(how.orElse(Read.Collapse.BEST)) : one);
        }
        return all;
    }

    private static Refused refused(String parameter, String detail) {
        return new Refused(new Refusal.InvalidParameter(parameter, detail));
    }
}
