package dev.sextant.gateway.exchange;

import dev.sextant.world.Meters;

/// What is counted of one kind of call: how often it was asked and how long that took, and how often it failed.
public record Tally(Meters.Timer took, Meters.Counter failures) {
    /// @param call as the protocol names it
    public static Tally of(Meters meters, String call) {
        return new Tally(
                meters.timer("sextant_call_seconds", "From request to answer, by kind of call", "call", call),
                meters.counter(
                        "sextant_call_failures_total",
                        "Calls that were refused or failed, by kind of call",
                        "call",
                        call));
    }

    public void answered(long nanos) {
        took.record(nanos);
    }

    public void failed(long nanos) {
        took.record(nanos);
        failures.add(1);
    }
}
