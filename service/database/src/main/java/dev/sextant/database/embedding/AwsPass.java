package dev.sextant.database.embedding;

import dev.sextant.model.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A signature of AWS, version 4, of a POST without a query
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>). By hand: Amazon's
/// library would bring ten more to whoever embeds this database.
///
/// @param id of the access key
record AwsPass(String id, String secret, String region, String service) implements Pass {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int DATE = 8; // characters of a moment

    /// @param key `ID:SECRET`
    static AwsPass of(String key, String region, String service) {
        int colon = key.indexOf(':');
        if (colon < 1 || colon == key.length() - 1)
            throw Embedding.refused("a key of AWS is the id of an access key, a colon and its secret");
        return new AwsPass(
                key.substring(0, colon).strip(), key.substring(colon + 1).strip(), region, service);
    }

    @Override
    public Map<String, String> headers(URI address, String body, Patience asking) {
        var moment = MOMENT.format(Instant.ofEpochMilli(asking.clock().wallMillis()));
        var signed = new TreeMap<>(Map.of("content-type", "application/json", "host", host(address)));
        return Map.of("X-Amz-Date", moment, "Authorization", authorization(address.getRawPath(), signed, body, moment));
    }

    private static String host(URI address) {
        return address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + address.getPort();
    }

    /// @param path as it is sent
    /// @param signed headers that are signed beside the moment, names in lower case
    String authorization(String path, Map<String, String> signed, String body, String moment) {
        var headers = new TreeMap<>(signed);
        headers.put("x-amz-date", moment);
        var names = String.join(";", headers.keySet());
        var canonical = "POST\n" + canonical(path) + "\n\n"
                + headers.entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                        .collect(Collectors.joining())
                + "\n" + names + "\n" + Sha256.of(body);
        var scope = moment.substring(0, DATE) + "/" + region + "/" + service + "/aws4_request";
        var text = "AWS4-HMAC-SHA256\n" + moment + "\n" + scope + "\n" + Sha256.of(canonical);
        var key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (var part : scope.split("/")) key = hmac(key, part);
        return "AWS4-HMAC-SHA256 Credential=" + id + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                + HexFormat.of().formatHex(hmac(key, text));
    }

    /// Escaped once more than it is sent, as every service but S3 has it.
    private static String canonical(String path) {
        if (path.isEmpty()) return "/";
        return Arrays.stream(path.split("/", -1)).map(Http::escaped).collect(Collectors.joining("/"));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK has HmacSHA256", impossible);
        }
    }

    @Override
    public String toString() {
        return "AwsPass[" + id + "]";
    }
}
