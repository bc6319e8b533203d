package dev.sextant.kernel;

/// Memory was asked for that the budget does not have. An answer, not an accident: it carries the numbers and no stack.
public final class OutOfBudget extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final long askedBytes;
    private final long inUseBytes;
    private final long limitBytes;

    public OutOfBudget(String what, long askedBytes, long inUseBytes, long limitBytes) {
        super(
                "%s needs %,d bytes; %,d of %,d are in use".formatted(what, askedBytes, inUseBytes, limitBytes),
                null,
                false,
                false);
        this.what = what;
        this.askedBytes = askedBytes;
        this.inUseBytes = inUseBytes;
        this.limitBytes = limitBytes;
    }

    public String what() {
        return what;
    }

    public long askedBytes() {
        return askedBytes;
    }

    public long inUseBytes() {
        return inUseBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }
}
