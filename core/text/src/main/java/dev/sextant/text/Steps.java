package dev.sextant.text;

/// How much work one text may still make. One thread.
final class Steps {
    /// Of the words of one phrase in one text.
    static final long MOST_PLACES = 1 << 24;

    private final String refusal;
    private int left;

    Steps(int most, String refusal) {
        left = most;
        this.refusal = refusal;
    }

    void take() {
        if (--left < 0) throw Description.refused(refusal);
    }
}
