package dev.sextant.engine.segment;

/// Hears what a writer is about to hold, and that it holds it no more. Whoever counts may let it wait, or throw.
public interface Counting {
    void take(long bytes);

    void give(long bytes);

    /// Does not count.
    Counting NONE = new Counting() {
        @Override
        public void take(long bytes) {}

        @Override
        public void give(long bytes) {}
    };
}
