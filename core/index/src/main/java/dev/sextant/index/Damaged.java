package dev.sextant.index;

/// Bytes that cannot be an index: the world failed, or somebody else wrote them. Nothing was loaded.
public final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final long offset;

    public Damaged(String what, long offset, Object expected, Object found) {
        super("%s at byte %d: expected %s, found %s".formatted(what, offset, expected, found));
        this.what = what;
        this.offset = offset;
    }

    public String what() {
        return what;
    }

    /// Where in the bytes of the index.
    public long offset() {
        return offset;
    }
}
