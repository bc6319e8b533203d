package dev.sextant.model;

/// A rectangle along the axes, with its edge. [#NOTHING] holds no point and meets nothing.
public record Box(double minX, double minY, double maxX, double maxY) {
    public static final Box NOTHING = new Box(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);

    public boolean isNothing() {
        return minX > maxX || minY > maxY;
    }

    public boolean meets(Box other) {
        return minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY;
    }

    /// The smallest rectangle that holds both.
    public Box with(Box other) {
        return new Box(
                Math.min(minX, other.minX),
                Math.min(minY, other.minY),
                Math.max(maxX, other.maxX),
                Math.max(maxY, other.maxY));
    }
}
