package dev.sextant.geometry;

/// What was given is no geometry; the message says why.
public final class NotAShape extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotAShape(String why) {
        super(why, null, false, false);
    }
}
