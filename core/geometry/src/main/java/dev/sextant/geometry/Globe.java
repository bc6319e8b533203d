package dev.sextant.geometry;

import dev.sextant.model.Box;
import java.util.Optional;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.util.AffineTransformation;
import org.locationtech.jts.operation.distance.DistanceOp;

/// Distances along great circles of a round earth, in metres; x is longitude and y latitude, in degrees.
final class Globe {
    private static final double RADIUS = 6_371_000;
    /// A little more than rounding can cost, so that no box is too small.
    private static final double MARGIN = 1e-9;

    private Globe() {}

    static boolean has(double x, double y) {
        return Math.abs(x) <= 180 && Math.abs(y) <= 90;
    }

    /// Of points exactly. From anything else the nearest point is sought on a map that is true around the centre, and
    /// the way to that point is measured; what lies off the globe is infinitely far.
    static double metres(Point centre, Geometry shape) {
        if (shape instanceof Point point) return metres(centre.getX(), centre.getY(), point.getX(), point.getY());
        double flat = Math.max(1e-6, Math.cos(Math.toRadians(centre.getY())));
        double least = Double.POSITIVE_INFINITY;
        // The map has an edge where the longitudes begin anew: look from its other sides too.
        for (int turn = -360; turn <= 360; turn += 360) {
            var onto = AffineTransformation.translationInstance(turn, 0).scale(flat, 1);
            var from = centre.getFactory().createPoint(new Coordinate(centre.getX() * flat, centre.getY()));
            var nearest = new DistanceOp(onto.transform(shape), from).nearestPoints()[0];
            least = Math.min(
                    least, metres(centre.getX(), centre.getY(), wrapped(nearest.getX() / flat - turn), nearest.getY()));
        }
        return least;
    }

    /// Rounding may push a point over the edge.
    private static double wrapped(double x) {
        return Math.abs(x) <= 180 + MARGIN ? Math.clamp(x, -180, 180) : x;
    }

    static double metres(double x, double y, double otherX, double otherY) {
        if (!has(otherX, otherY)) return Double.POSITIVE_INFINITY;
        double latitude = Math.toRadians(y);
        double otherLatitude = Math.toRadians(otherY);
        double up = Math.sin((otherLatitude - latitude) / 2);
        double along = Math.sin(Math.toRadians(otherX - x) / 2);
        double square = up * up + Math.cos(latitude) * Math.cos(otherLatitude) * along * along;
        return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(square)));
    }

    /// The box of longitudes and latitudes that holds all that is so near. Empty for a distance that says nothing.
    static Optional<Box> reach(double x, double y, double metres) {
        double angle = metres / RADIUS;
        if (!(angle < Math.PI / 2)) return Optional.empty();
        double up = Math.toDegrees(angle) + MARGIN;
        double minY = y - up;
        double maxY = y + up;
        double ratio = Math.sin(angle) / Math.cos(Math.toRadians(y));
        double along = Math.toDegrees(Math.asin(Math.min(1, ratio))) * (1 + MARGIN) + MARGIN;
        boolean all = minY <= -90 || maxY >= 90 || ratio >= 1 || x - along < -180 || x + along > 180;
        return Optional.of(all ? new Box(-180, minY, 180, maxY) : new Box(x - along, minY, x + along, maxY));
    }
}
