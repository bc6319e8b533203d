package dev.sextant.engine.log;

/// More has been proposed than the log may hold in memory; some of it must become durable first.
public final class Overloaded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Overloaded(long inFlightBytes, long mostBytes) {
        super("%d bytes of %d wait for the disk".formatted(inFlightBytes, mostBytes), null, false, false);
    }
}
