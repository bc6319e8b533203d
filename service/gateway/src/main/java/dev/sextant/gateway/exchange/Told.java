package dev.sextant.gateway.exchange;

/// A fault that one protocol knows by itself, on its way to whoever asked. No stack trace: it is an answer.
public final class Told extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Fault fault;

    public Told(Fault fault) {
        super(fault.reason(), null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
