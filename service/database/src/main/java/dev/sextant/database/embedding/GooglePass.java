package dev.sextant.database.embedding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// A service account of Google Cloud: it signs a claim, is given a token for it, and shows that as long as it holds
/// (RFC 7523; <https://developers.google.com/identity/protocols/oauth2/service-account>).
final class GooglePass implements Pass {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final String TOKENS = "https://oauth2.googleapis.com/token";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final long HOLDS_SECONDS = 3600;
    private static final long EARLY_MILLIS = 60_000;
    private static final long MOST_BYTES = 64 << 10;

    private final Http http;
    private final Map<String, String> account;

    private GooglePass(Http http, Map<String, String> account) {
        this.http = http;
        this.account = account;
    }

    /// @param key the account's JSON, in Base64
    static GooglePass of(String key, Http http) {
        Map<String, String> account;
        try {
            account = texts(new String(Base64.getMimeDecoder().decode(key), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | IOException malformed) {
            throw Embedding.refused("a key of Vertex AI is the JSON of a service account, in Base64");
        }
        for (var name : new String[] {"client_email", "private_key"})
            if (account.getOrDefault(name, "").isBlank())
                throw Embedding.refused("the service account of Vertex AI has no " + name);
        return new GooglePass(http, account);
    }

    @Override
    public Map<String, String> headers(URI address, String body, Patience asking) {
        long now = asking.clock().wallMillis();
        var token = http.token(account.get("client_email"), now, () -> ask(now, asking));
        return Map.of("Authorization", "Bearer " + token);
    }

    private Http.Token ask(long now, Patience asking) {
        var form = "grant_type=" + URLEncoder.encode(GRANT, StandardCharsets.UTF_8) + "&assertion=" + claim(now / 1000);
        var answer = http.post(
                account.getOrDefault("token_uri", TOKENS),
                (_, _, _) -> Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form,
                MOST_BYTES,
                asking);
        try {
            var told = texts(answer);
            var token = told.getOrDefault("access_token", "");
            if (token.isEmpty()) throw Embedding.failed("Google gave no token to " + account.get("client_email"));
            long seconds = Long.parseLong(told.getOrDefault("expires_in", "" + HOLDS_SECONDS));
            return new Http.Token(token, now + 1000 * seconds - EARLY_MILLIS);
        } catch (IOException | NumberFormatException malformed) {
            throw Embedding.failed("Google answered a claim with something that is no token");
        }
    }

    private String claim(long seconds) {
        var text = coded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "."
                + coded("{\"iss\":\"" + account.get("client_email") + "\",\"scope\":\"" + SCOPE + "\",\"aud\":\""
                        + account.getOrDefault("token_uri", TOKENS) + "\",\"iat\":" + seconds + ",\"exp\":"
                        + (seconds + HOLDS_SECONDS) + "}");
        try {
            var pem = account.get("private_key").replaceAll("-----[A-Z ]+-----", "");
            var key = KeyFactory.getInstance("RSA")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            throw Embedding.refused("the private_key of the service account of Vertex AI is no RSA key in PKCS 8");
        }
    }

    private static String coded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /// The scalars of an object, as texts.
    private static Map<String, String> texts(String json) throws IOException {
        var texts = new HashMap<String, String>();
        try (var parser = JSON.createParser(json)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken())
                if (token.isScalarValue() && token != JsonToken.VALUE_NULL)
                    texts.put(String.valueOf(parser.currentName()), parser.getText());
        }
        return texts;
    }
}
