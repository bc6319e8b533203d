package dev.sextant.server;

/// A setting with which we do not start: a sentence for whoever set it.
public final class WrongSetting extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongSetting(String sentence) {
        super(sentence, null, false, false);
    }
}
