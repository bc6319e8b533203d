package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Told;
import java.io.IOException;
import java.util.regex.Pattern;

/// Requests that never become statements: codes that exist in REST alone.
final class Trouble {
    static final int MISSING = 1802;
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at \\[.*?\\]\\)");

    private Trouble() {}

    /// Not JSON at all, or a value of another kind than its name asks for.
    static Told notJson(String detail) {
        return new Told(Fault.input(1801, "can only accept json format request, error: " + detail));
    }

    /// As far as it could be read, and where not: without what the library says of itself.
    static Told notJson(IOException malformed) {
        if (!(malformed instanceof JsonProcessingException bad)) return notJson(malformed.getMessage());
        var where = bad.getLocation();
        return notJson(START_MARKER.matcher(bad.getOriginalMessage()).replaceAll("")
                + (where == null ? "" : ", line " + where.getLineNr() + ", column " + where.getColumnNr()));
    }

    static Told missing(String detail) {
        return new Told(Fault.input(MISSING, "missing required parameters, error: " + detail));
    }

    /// What is asked for by keys that are none.
    static Told key(String detail) {
        return new Told(Fault.input(1806, "primary key type can only be int or string, error: " + detail));
    }

    /// Rows that cannot be read by their schema.
    static Told data(String detail) {
        return new Told(Fault.input(1804, "fail to deal the insert data, error: " + detail));
    }
}
