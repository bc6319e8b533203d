package dev.sextant.gateway.port;

import dev.sextant.model.Cancellation;
import java.util.Map;
import java.util.Optional;

/// Answers HTTP/1.1 requests. Called on an event loop: must not block, and answers whenever it can, from any thread,
/// exactly once.
public interface Route {
    void serve(Inquiry inquiry, Answering answering);

    /// One request, read to its end.
    ///
    /// @param path without the query, decoded
    /// @param query what follows the question mark, as it came
    /// @param gone set when the client hangs up before it was answered
    record Inquiry(String method, String path, String query, Headers headers, byte[] body, Cancellation gone) {}

    /// Header fields by name, whatever the case.
    interface Headers {
        Optional<String> first(String name);
    }

    interface Answering {
        /// @param body may be longer than `length`
        void send(int status, Map<String, String> headers, byte[] body, int length);

        default void send(int status, String contentType, byte[] body) {
            send(status, Map.of("content-type", contentType), body, body.length);
        }
    }

    /// Nothing here.
    Route NONE = (inquiry, answering) -> answering.send(404, "text/plain", "404 page not found\n".getBytes());
}
