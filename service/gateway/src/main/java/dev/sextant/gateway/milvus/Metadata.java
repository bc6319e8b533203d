package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Doorkeeper.Credentials;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata.Key;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// What a client says beside its request.
///
/// @param shown what identifies the caller, as it came
/// @param malformed whether something was shown that cannot be read
/// @param database of the connection; empty for the default
/// @param trace what the client calls this request
/// @param idempotencyKey by which the client would ask for the same again; empty when it would not
record Metadata(Optional<Credentials> shown, boolean malformed, String database, String trace, String idempotencyKey) {
    private static final Key<String> IDEMPOTENCY_KEY = key("idempotency-key");
    private static final Key<String> AUTHORIZATION = key("authorization");
    private static final Key<String> DATABASE = key("dbname");
    private static final Key<String> REQUEST_ID = key("client-request-id");
    private static final Key<String> OLD_REQUEST_ID = key("client_request_id");
    private static final int LONGEST_TRACE = 64;

    private static final Context.Key<Metadata> CURRENT = Context.key("sextant-metadata");
    private static final Metadata NOTHING = new Metadata(Optional.empty(), false, "", "", "");

    /// Hands the metadata to the handler of the same call.
    static final ServerInterceptor INTERCEPTOR = new ServerInterceptor() {
        @Override
        public <Q, P> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, P> call, io.grpc.Metadata headers, ServerCallHandler<Q, P> next) {
            return Contexts.interceptCall(Context.current().withValue(CURRENT, of(headers)), call, headers, next);
        }
    };

    static Metadata current() {
        var metadata = CURRENT.get();
        return metadata == null ? NOTHING : metadata;
    }

    static Metadata of(io.grpc.Metadata headers) {
        var authorization = headers.get(AUTHORIZATION);
        var shown = authorization == null ? Optional.<Credentials>empty() : decode(authorization);
        return new Metadata(
                shown,
                authorization != null && shown.isEmpty(),
                text(headers.get(DATABASE)),
                trace(headers),
                text(headers.get(IDEMPOTENCY_KEY)));
    }

    private static String trace(io.grpc.Metadata headers) {
        var id = text(headers.get(REQUEST_ID));
        if (id.isEmpty()) id = text(headers.get(OLD_REQUEST_ID));
        return id.length() <= LONGEST_TRACE ? id : id.substring(0, LONGEST_TRACE);
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    /// Bare base64 of `user:password` or of a token: neither `Basic` nor `Bearer` stands before it.
    private static Optional<Credentials> decode(String authorization) {
        try {
            var text = new String(Base64.getDecoder().decode(authorization.strip()), StandardCharsets.UTF_8);
            return text.isEmpty() ? Optional.empty() : Optional.of(Credentials.of(text));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static Key<String> key(String name) {
        return Key.of(name, io.grpc.Metadata.ASCII_STRING_MARSHALLER);
    }
}
