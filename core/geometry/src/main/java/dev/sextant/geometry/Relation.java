package dev.sextant.geometry;

import java.util.Locale;
import java.util.function.Supplier;
import org.locationtech.jts.operation.relateng.RelatePredicate;
import org.locationtech.jts.operation.relateng.TopologyPredicate;

/// How a stored geometry may lie to a given one, in the words of the Open Geospatial Consortium.
public enum Relation {
    EQUALS(RelatePredicate::equalsTopo),
    TOUCHES(RelatePredicate::touches),
    OVERLAPS(RelatePredicate::overlaps),
    CROSSES(RelatePredicate::crosses),
    /// No point of the given geometry lies outside of the stored one.
    CONTAINS(RelatePredicate::within),
    INTERSECTS(RelatePredicate::intersects),
    /// No point of the stored geometry lies outside of the given one.
    WITHIN(RelatePredicate::contains);

    private final Supplier<TopologyPredicate> fromGiven;

    Relation(Supplier<TopologyPredicate> fromGiven) {
        this.fromGiven = fromGiven;
    }

    /// The same, seen from the given geometry: that one is prepared once and held against many. A predicate has state
    /// and serves one question.
    TopologyPredicate fromGiven() {
        return fromGiven.get();
    }

    /// As filters call it.
    public String function() {
        return "st_" + name().toLowerCase(Locale.ROOT);
    }
}
