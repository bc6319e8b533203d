package dev.sextant.gateway.exchange;

/// A refusal or a fault as Milvus' clients know it.
///
/// @param code of the reference's table of errors; 0 is success
/// @param reason the whole sentence, with the phrases that clients look for
/// @param retriable whether trying the same again may help
/// @param input whether the request was to blame
/// @param ending a call that was not let in: this ends the call itself instead of being an answer
public record Fault(int code, String reason, boolean retriable, boolean input, Ending ending) {
    /// How a call ends that gets no answer.
    public enum Ending {
        ANSWERED,
        UNAUTHENTICATED,
        PERMISSION_DENIED,
        DEADLINE_EXCEEDED,
        CANCELLED,
        UNAVAILABLE
    }

    public static final int UNEXPECTED = 65535;

    /// Of a sentence, where it quotes what somebody sent: the phrases that clients look for stand before and behind.
    private static final int MOST_HEAD = 3072;

    private static final int MOST_TAIL = 1024;

    public Fault {
        reason = shortened(reason);
    }

    private static String shortened(String reason) {
        if (reason.length() <= MOST_HEAD + MOST_TAIL) return reason;
        int head = Character.isHighSurrogate(reason.charAt(MOST_HEAD - 1)) ? MOST_HEAD - 1 : MOST_HEAD;
        int tail = reason.length() - MOST_TAIL;
        if (Character.isLowSurrogate(reason.charAt(tail))) tail++;
        return reason.substring(0, head) + "…" + reason.substring(tail);
    }

    public static Fault input(int code, String reason) {
        return new Fault(code, reason, false, true, Ending.ANSWERED);
    }

    public static Fault state(int code, String reason) {
        return new Fault(code, reason, false, false, Ending.ANSWERED);
    }

    public static Fault later(int code, String reason) {
        return new Fault(code, reason, true, false, Ending.ANSWERED);
    }

    Fault ending(Ending other) {
        return new Fault(code, reason, retriable, input, other);
    }
}
