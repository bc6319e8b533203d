package dev.sextant.engine.log;

import dev.sextant.world.DiskFailure;

/// Whether a log takes entries now. What it already holds can be read in every case.
public sealed interface Health {
    record Well() implements Health {}

    /// The disk takes nothing (full, read-only, failing): proposals are refused. The log tries again by itself.
    record Refusing(DiskFailure why) implements Health {}

    /// Closed, damaged or in error: only opening it again helps.
    record Stopped(Throwable why) implements Health {}

    Health WELL = new Well();
}
