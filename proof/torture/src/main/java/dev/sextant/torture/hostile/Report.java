package dev.sextant.torture.hostile;

import java.util.Collection;
import java.util.Map;

/// What a siege came to.
///
/// @param answers how often each code was answered; negative: gRPC's own code that ended a call
/// @param never what the siege has not been granted: calls, and fields of requests
/// @param findings by kind, each with the request that showed it first
public record Report(
        long seed,
        int calls,
        int requests,
        int restarts,
        Map<Integer, Integer> answers,
        Collection<String> never,
        Map<String, String> findings) {
    @Override
    public String toString() {
        var text = new StringBuilder("seed " + seed + ": " + calls + " gRPC calls, " + requests
                + " HTTP requests, " + restarts + " restarts, answers by code " + answers + ", never granted: " + never
                + ", " + findings.size() + " findings\n");
        findings.forEach((kind, detail) ->
                text.append("== ").append(kind).append('\n').append(detail).append('\n'));
        return text.toString();
    }
}
