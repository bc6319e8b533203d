package dev.sextant.world;

/// Where random numbers come from.
public interface Chance {
    long nextLong();

    static Chance seeded(long seed) {
        var random = new java.util.SplittableRandom(seed);
        return () -> {
            synchronized (random) {
                return random.nextLong();
            }
        };
    }
}
