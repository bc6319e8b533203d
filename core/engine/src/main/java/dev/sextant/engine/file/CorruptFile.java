package dev.sextant.engine.file;

/// Bytes are not what was written: the world failed. Names the file, the place and both values; nothing is read on past
/// it.
public final class CorruptFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final long offset;
    private final String expected;
    private final String found;

    public CorruptFile(String path, long offset, Object expected, Object found) {
        super("%s at byte %d: expected %s, found %s".formatted(path, offset, expected, found));
        this.path = path;
        this.offset = offset;
        this.expected = String.valueOf(expected);
        this.found = String.valueOf(found);
    }

    public String path() {
        return path;
    }

    public long offset() {
        return offset;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
