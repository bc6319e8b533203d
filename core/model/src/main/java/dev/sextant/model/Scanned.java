package dev.sextant.model;

/// What was looked at to find an answer.
///
/// @param rows rows and codes that were scored
/// @param bytes of rows, codes, edges and postings touched for it, whichever cache they came from
public record Scanned(long rows, long bytes) {
    public static final Scanned NOTHING = new Scanned(0, 0);

    public Scanned and(Scanned other) {
        return new Scanned(rows + other.rows, bytes + other.bytes);
    }
}
