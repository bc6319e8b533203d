package dev.sextant.text;

/// How much work one text may still make. One thread.
final class Steps {
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
