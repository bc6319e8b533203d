package dev.sextant.gateway.rest;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.Told;

/// Requests that never become statements: codes that exist in REST alone.
final class Trouble {
    static final int MISSING = 1802;

    private Trouble() {}

    /// Not JSON at all, or a value of another kind than its name asks for.
    static Told notJson(String detail) {
        return new Told(Fault.input(1801, "can only accept json format request, error: " + detail));
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
