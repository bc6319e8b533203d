package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/// What went wrong while something was read, in one line.
public final class Unreadable {
    private Unreadable() {}

    public static String reason(Throwable why) {
        var message = why instanceof JsonProcessingException json ? json.getOriginalMessage() : why.getMessage();
        if (message == null) return why.getClass().getSimpleName();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /// As something that is the file's fault.
    public static IOException broken(String what) {
        return new IOException(what);
    }
}
