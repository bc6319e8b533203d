package dev.sextant.gateway.compatibility;

import dev.sextant.gateway.Running;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server over HTTP, asked in JSON with single quotes.
record Wire(Running running) {
    private static final Pattern CODE = Pattern.compile("^\\{\"code\":(\\d+)");

    String ask(String route, String body) {
        return running.rest(route, body.replace('\'', '"'));
    }

    /// The code of an answer; its whole text in the message when there is none.
    static int code(String answer) {
        Matcher code = CODE.matcher(answer);
        if (!code.find()) throw new AssertionError("no code in: " + answer);
        return Integer.parseInt(code.group(1));
    }

    void good(String route, String body) {
        var answer = ask(route, body);
        if (code(answer) != 0) throw new AssertionError(route + " " + body + " -> " + answer);
    }
}
