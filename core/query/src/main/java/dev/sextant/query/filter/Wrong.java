package dev.sextant.query.filter;

/// What is wrong with a filter; [Binder] makes the refusal of it, with the filter's text.
final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Wrong(String reason) {
        super(reason, null, false, false);
    }

    static Wrong comparing(String left, String right) {
        return new Wrong("comparisons between " + left + " and " + right + " are not supported");
    }
}
