package dev.sextant.world;

import java.util.function.DoubleSupplier;

/// Where figures go. Core rooms name them; a server decides who sees them. Names follow
/// Prometheus: `sextant_log_forces_total`.
public interface Meters {
    interface Counter {
        void add(long amount);
    }

    interface Timer {
        void record(long nanos);
    }

    /// @param labels name, value, name, value …
    Counter counter(String name, String help, String... labels);

    Timer timer(String name, String help, String... labels);

    /// Asked whenever somebody looks.
    void gauge(String name, String help, DoubleSupplier value, String... labels);

    /// Figures that nobody collects.
    Meters NONE = new Meters() {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public Timer timer(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public void gauge(String name, String help, DoubleSupplier value, String... labels) {}
    };
}
