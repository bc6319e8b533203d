package dev.sextant.transfer;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.transfer.source.Bucket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a URI of an object store means, and by whose right it is read: `scheme://bucket/key`
/// or `scheme://endpoint/bucket/key`, as in Milvus. Decides, touches nothing: no server is asked that the operator has
/// not named, and the operator's own keys open the operator's own bucket alone.
///
/// @param own whether it is the operator's bucket, read by the operator's right
record StoreAddress(Bucket.Place bucket, String key, boolean own) {
    private static final Set<String> SCHEMES = Set.of("aws", "cos", "gcs", "gs", "minio", "obs", "oss", "s3", "s3a");
    private static final List<String> CLOUDS = List.of(
            ".amazonaws.com",
            ".amazonaws.com.cn",
            ".googleapis.com",
            ".aliyuncs.com",
            ".myqcloud.com",
            ".myhuaweicloud.com");

    /// Ways to a right that are not gone here.
    private static final List<String> OTHER_RIGHTS = List.of("role_arn", "gcp_target_service_account", "ssl_ca_cert");

    static boolean isUri(String source) {
        return source.contains("://");
    }

    /// @param stores hosts, `host:port`s and `*.suffix`es that may be asked beside the operator's own
    static StoreAddress of(RowFiles.Place place, Optional<S3Config> own, List<String> stores) {
        var source = place.source();
        int end = source.indexOf("://");
        var scheme = source.substring(0, end).toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme))
            throw invalid("external_source scheme \"" + scheme + "\" is not allowed; allowed schemes: "
                    + String.join(", ", SCHEMES.stream().sorted().toList()));
        var rest = source.substring(end + 3);
        int slash = rest.indexOf('/');
        var host = slash < 0 ? rest : rest.substring(0, slash);
        var path = slash < 0 ? "" : rest.substring(slash + 1);
        if (host.contains("@"))
            throw invalid("external_source must not embed credentials in the URL (use extfs.access_key_id /"
                    + " extfs.access_key_value instead)");
        if (source.indexOf('?') >= 0 || source.indexOf('#') >= 0)
            throw invalid("external_source must not have a query or a fragment");
        if (host.isEmpty()) throw invalid("external_source must have a non-empty host (e.g. s3://bucket/key)");
        for (var step : path.split("/"))
            if (step.equals("..") || step.equals(".")) throw invalid("external_source must not go up: " + source);
        return of(place, scheme, host, path, own, stores);
    }

    private static StoreAddress of(
            RowFiles.Place place,
            String scheme,
            String host,
            String path,
            Optional<S3Config> own,
            List<String> stores) {
        var access = place.access();
        if (own.isPresent() && host.equals(own.get().bucketName()))
            return readable(place, own.get().endpoint(), host, path, own, stores);
        var provider = access.getOrDefault("cloud_provider", scheme.equals("minio") ? "minio" : "");
        boolean names = own.filter(ours -> host.equals(host(ours.endpoint()))).isPresent();
        if (names || host.contains(":") || isCloud(host) || provider.equals("minio") || isNamed(host, stores)) {
            int slash = path.indexOf('/');
            var bucket = slash < 0 ? path : path.substring(0, slash);
            if (bucket.isEmpty()) throw invalid("external_source names no bucket: " + place.source());
            var endpoint = names ? own.get().endpoint() : endpoint(host, access);
            return readable(place, endpoint, bucket, slash < 0 ? "" : path.substring(slash + 1), own, stores);
        }
        var endpoint = derived(provider, access.getOrDefault("region", ""));
        if (endpoint.isEmpty())
            throw invalid("cannot resolve endpoint for \"" + place.source() + "\" with cloud_provider=\"" + provider
                    + "\": set extfs.region, or use " + scheme + "://<endpoint>/<bucket>/<key>");
        return readable(place, endpoint, host, path, own, stores);
    }

    private static StoreAddress readable(
            RowFiles.Place place,
            String endpoint,
            String bucket,
            String key,
            Optional<S3Config> own,
            List<String> stores) {
        var access = place.access();
        boolean ours = own.filter(o -> o.endpoint().equals(endpoint)).isPresent();
        if (!ours && !isNamed(host(endpoint), stores))
            throw invalid("the store '" + host(endpoint) + "' is not one that this server may read from: its operator"
                    + " names such with external-stores");
        for (var other : OTHER_RIGHTS)
            if (access.containsKey(other))
                throw invalid("extfs." + other + " is not supported: use access_key_id and access_key_value,"
                        + " anonymous, or the server's own bucket");
        boolean keys = access.containsKey("access_key_id");
        if (keys != access.containsKey("access_key_value"))
            throw invalid("extfs.access_key_id and extfs.access_key_value must be set together (found one without the"
                    + " other)");
        boolean nobody = access.getOrDefault("anonymous", "false").equals("true");
        if (keys && nobody) throw invalid("extfs credential modes are mutually exclusive: keys, or anonymous=true");
        if (!keys && !nobody) {
            if (!ours || !bucket.equals(own.orElseThrow().bucketName()))
                throw invalid(
                        "extfs credential mode missing: set access_key_id and access_key_value, or anonymous=true;"
                                + " the server's own right is for its own bucket");
            var o = own.get();
            return new StoreAddress(
                    new Bucket.Place(endpoint, o.accessKeyId(), o.secretAccessKey(), bucket, "", o.region()),
                    key,
                    true);
        }
        return new StoreAddress(
                new Bucket.Place(
                        endpoint,
                        access.getOrDefault("access_key_id", ""),
                        access.getOrDefault("access_key_value", ""),
                        bucket,
                        "",
                        access.getOrDefault("region", own.map(S3Config::region).orElse(""))),
                key,
                false);
    }

    private static String endpoint(String host, Map<String, String> access) {
        var ssl = access.getOrDefault("use_ssl", isCloud(host) ? "true" : "false");
        return (ssl.equals("true") ? "https://" : "http://") + host;
    }

    private static String derived(String provider, String region) {
        if (provider.equals("gcp")) return "https://storage.googleapis.com";
        if (region.isEmpty() || !region.matches("[a-z0-9-]+")) return "";
        return switch (provider) {
            case "aws" -> "https://s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
            case "aliyun" -> "https://oss-" + region + ".aliyuncs.com";
            case "tencent" -> "https://cos." + region + ".myqcloud.com";
            case "huawei" -> "https://obs." + region + ".myhuaweicloud.com";
            default -> "";
        };
    }

    private static boolean isCloud(String host) {
        return CLOUDS.stream().anyMatch(host.toLowerCase(Locale.ROOT)::endsWith);
    }

    private static boolean isNamed(String host, List<String> stores) {
        int colon = host.indexOf(':');
        var bare = colon < 0 ? host : host.substring(0, colon);
        return stores.stream()
                .anyMatch(store -> store.startsWith("*.")
                        ? bare.toLowerCase(Locale.ROOT)
                                .endsWith(store.substring(1).toLowerCase(Locale.ROOT))
                        : store.equalsIgnoreCase(host) || store.equalsIgnoreCase(bare));
    }

    private static String host(String endpoint) {
        var rest = endpoint.substring(endpoint.indexOf("://") + 3);
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    private static Refused invalid(String why) {
        return new Refused(new Refusal.InvalidParameter("external_source", why));
    }
}
