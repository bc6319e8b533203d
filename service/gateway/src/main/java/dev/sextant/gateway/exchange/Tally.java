package dev.sextant.gateway.exchange;

import dev.sextant.world.Meters;

/// What is counted of one kind of call: how often it was asked and how long that took, how often it failed, and how
/// often its work ended because nobody waited for it any more.
public record Tally(Meters.Timer took, Meters.Counter failures, Meters.Counter cancellations) {
    /// @param call as the protocol names it
    public static Tally of(Meters meters, String call) {
        return new Tally(
                meters.timer("sextant_call_seconds", "From request to answer, by kind of call", "call", call),
                meters.counter(
                        "sextant_call_failures_total",
                        "Calls that were refused or failed, by kind of call",
                        "call",
                        call),
                meters.counter(
                        "sextant_call_cancellations_total",
                        "Calls that ended before their answer because the client had left or their deadline had passed, by kind of call",
                        "call",
                        call));
    }

    public void answered(long nanos) {
        took.record(nanos);
    }

    public void failed(long nanos, Fault fault) {
        took.record(nanos);
        failures.add(1);
        if (fault.ending() == Fault.Ending.CANCELLED || fault.ending() == Fault.Ending.DEADLINE_EXCEEDED)
            cancellations.add(1);
    }
}
