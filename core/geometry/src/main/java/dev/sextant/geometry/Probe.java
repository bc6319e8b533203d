package dev.sextant.geometry;

import dev.sextant.model.Box;
import java.util.Optional;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.TopologyException;
import org.locationtech.jts.operation.relateng.RelateNG;

/// A question to stored geometries. Prepared once, asked for each; belongs to one thread at a time, so whoever shares a
/// question makes a probe for each thread.
public abstract class Probe {
    private final Optional<Box> reach;

    private Probe(Optional<Box> reach) {
        this.reach = reach;
    }

    /// Only a geometry whose box meets this one can answer yes; empty when any can.
    public final Optional<Box> reach() {
        return reach;
    }

    /// Whether the answer for the geometry in `bytes[from, end)` is yes.
    public final boolean test(byte[] bytes, int from, int end) {
        return test(Shapes.stored(bytes, from, end));
    }

    abstract boolean test(Geometry stored);

    /// Geometries that lie so to the given one; [NotAShape] when that is none.
    public static Probe of(Relation relation, String wkt) {
        return new Related(relation, Shapes.parse(wkt));
    }

    /// Geometries within so many metres on the globe of a point of longitude and latitude; [NotAShape] when that is no
    /// point.
    public static Probe near(String wkt, double metres) {
        if (!(Shapes.parse(wkt) instanceof Point point) || point.isEmpty())
            throw new NotAShape("st_dwithin measures from a POINT");
        if (!Globe.has(point.getX(), point.getY()))
            throw new NotAShape("a point of the globe has a longitude in [-180, 180] and a latitude in [-90, 90]");
        return new Near(point, metres);
    }

    /// Geometries that are as the rules for geometries want them.
    public static Probe valid() {
        return new Valid();
    }

    private static Box box(Geometry shape) {
        var envelope = shape.getEnvelopeInternal();
        return new Box(envelope.getMinX(), envelope.getMinY(), envelope.getMaxX(), envelope.getMaxY());
    }

    private static final class Related extends Probe {
        private final Relation relation;
        private final RelateNG given;

        Related(Relation relation, Geometry given) {
            super(given.isEmpty() ? Optional.empty() : Optional.of(box(given)));
            this.relation = relation;
            this.given = RelateNG.prepare(given);
        }

        /// Between geometries that break the rules there may be no relation at all.
        @Override
        boolean test(Geometry stored) {
            try {
                return given.evaluate(stored, relation.fromGiven());
            } catch (TopologyException | IllegalArgumentException undefined) {
                return false;
            }
        }
    }

    private static final class Near extends Probe {
        private final Point centre;
        private final double metres;

        Near(Point centre, double metres) {
            super(Globe.reach(centre.getX(), centre.getY(), metres));
            this.centre = centre;
            this.metres = metres;
        }

        @Override
        boolean test(Geometry stored) {
            return !stored.isEmpty() && Globe.metres(centre, stored) <= metres;
        }
    }

    private static final class Valid extends Probe {
        Valid() {
            super(Optional.empty());
        }

        @Override
        boolean test(Geometry stored) {
            return stored.isValid();
        }
    }
}
