package dev.sextant.transfer.source;

import dev.sextant.database.RowFiles.Found;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// One bucket of S3-compatible storage: AWS, MinIO, Ceph and their like. Connects when the first file is asked for. A
/// store that stumbles is asked again for a while; whoever waits for it can be told to wait no longer.
public final class Bucket implements AutoCloseable {
    private static final int MISSING = 404, CHANGED = 412;
    /// A request costs milliseconds, whatever it brings.
    private static final int BLOCK = 4 << 20;
    private static final String SCHEME = "s3://";

    /// Where it is, and who asks.
    ///
    /// @param endpoint a URL
    /// @param accessKey empty when nobody in particular asks
    /// @param rootPath below which keys are looked for that are not there as they are
    public record Place(
            String endpoint, String accessKey, String secretKey, String bucketName, String rootPath, String region) {
        /// Who asks, in a sentence; the operator's word, or nothing of what a caller keeps to himself.
        private String who(boolean told) {
            return told ? "the access key '" + accessKey + "'" : "the access key of the spec";
        }

        @Override
        public String toString() {
            return endpoint + "/" + bucketName; // no secrets in logs
        }
    }

    private final Place config;
    private final boolean tellsKeys;
    private final Requests requests = new Requests();
    private Optional<S3Client> client = Optional.empty(); // guarded by this

    public Bucket(Place config) {
        this(config, true);
    }

    /// @param tellsKeys whether refusals may say which key was used
    public Bucket(Place config, boolean tellsKeys) {
        this.config = config;
        this.tellsKeys = tellsKeys;
    }

    private synchronized S3Client client() {
        if (client.isEmpty()) client = Optional.of(connect());
        return client.get();
    }

    private S3Client connect() {
        return S3Client.builder()
                .endpointOverride(URI.create(config.endpoint()))
                .forcePathStyle(true)
                .region(Region.of(config.region().isEmpty() ? "us-east-1" : config.region()))
                .credentialsProvider(
                        config.accessKey().isEmpty()
                                ? AnonymousCredentialsProvider.create()
                                : StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(config.accessKey(), config.secretKey())))
                // Older stores know nothing of the newer checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                // A body that breaks off is no error to the library: whole reads are tried again here, and only here.
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .httpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(Duration.ofSeconds(20))
                        .build())
                .build();
    }

    /// The file, looked for by its key as it is and below the root path; empty when there is none.
    public Optional<Source> open(String name) throws IOException {
        for (var key : keys(name)) {
            var file = look(name, key);
            if (file.isPresent()) return file;
        }
        return Optional.empty();
    }

    private Optional<Source> look(String name, String key) throws IOException {
        try {
            var head = requests.ask(() -> client().headObject(
                            request -> request.bucket(config.bucketName()).key(key)));
            return Optional.of(new BucketFile(name, key, head.contentLength(), head.eTag()));
        } catch (S3Exception why) {
            if (why.statusCode() != MISSING) throw failed(name, explained(key, why));
            // A missing key and a missing bucket look the same to a request for heads.
            var told = explained(key, why);
            if (code(told).equals("NoSuchBucket")) throw failed(name, told);
            return Optional.empty();
        } catch (IOException why) {
            throw failed(name, why);
        }
    }

    /// What is answered to a request for heads has no body that could say why: a request for one byte has.
    private S3Exception explained(String key, S3Exception plain) throws IOException {
        try {
            requests.ask(() -> {
                try (var stream = client().getObject(request ->
                        request.bucket(config.bucketName()).key(key).range("bytes=0-0"))) {
                    return stream.read();
                }
            });
            return plain;
        } catch (S3Exception told) {
            return told;
        }
    }

    /// What lies under a key, which is a prefix or one object.
    ///
    /// @param name as its owner calls it
    public List<Found> list(String name, String key, int most) throws IOException {
        try {
            if (!key.isEmpty() && !key.endsWith("/")) {
                var one = head(key);
                if (one.isPresent())
                    return List.of(
                            new Found(name, one.get().contentLength(), one.get().eTag()));
            }
            return below(name, key.isEmpty() || key.endsWith("/") ? key : key + "/", most);
        } catch (S3Exception why) {
            throw failed(name, why);
        }
    }

    private Optional<HeadObjectResponse> head(String key) throws IOException {
        try {
            return Optional.of(requests.ask(() -> client().headObject(
                            request -> request.bucket(config.bucketName()).key(key))));
        } catch (S3Exception why) {
            if (why.statusCode() == MISSING) return Optional.empty();
            throw explained(key, why);
        }
    }

    private List<Found> below(String name, String prefix, int most) throws IOException {
        var found = new ArrayList<Found>();
        var base = name.endsWith("/") ? name : name + "/";
        for (var next = Optional.<String>empty(); ; ) {
            var from = next;
            var page = requests.ask(() -> client().listObjectsV2(request -> {
                request.bucket(config.bucketName()).prefix(prefix);
                from.ifPresent(request::continuationToken);
            }));
            for (var object : page.contents()) {
                var below = object.key().substring(prefix.length());
                if (below.isEmpty() || below.endsWith("/") || Trove.isHidden(below)) continue;
                found.add(new Found(base + below, object.size(), object.eTag()));
                if (found.size() > most) return found;
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) return found;
            next = Optional.of(page.nextContinuationToken());
        }
    }

    /// An object by its key as it is, if it still has that tag.
    public Optional<Source> open(String name, String key, String tag) throws IOException {
        var file = look(name, key);
        if (file.isPresent() && file.get() instanceof BucketFile its && !its.tag.equals(tag)) {
            its.close();
            throw new IOException(place(name) + "it changed since it was found");
        }
        return file;
    }

    private List<String> keys(String name) throws IOException {
        var key = name;
        if (key.startsWith(SCHEME)) {
            var path = key.substring(SCHEME.length());
            int slash = path.indexOf('/');
            var bucket = slash < 0 ? path : path.substring(0, slash);
            if (!bucket.equals(config.bucketName()))
                throw new IOException("files are read from the bucket '" + config.bucketName() + "' alone");
            return List.of(slash < 0 ? "" : path.substring(slash + 1));
        }
        // On the way to a store others take such steps: the key that arrives would not be the one that was signed.
        if (List.of(key.split("/")).stream().anyMatch(step -> step.equals("..") || step.equals("."))) return List.of();
        while (key.startsWith("/")) key = key.substring(1);
        var root = config.rootPath();
        return root.isEmpty() ? List.of(key) : List.of(key, root.endsWith("/") ? root + key : root + "/" + key);
    }

    private static String code(S3Exception why) {
        var details = why.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    /// In the operator's words, as far as the store says what it is.
    private String sentence(S3Exception why) {
        return switch (code(why)) {
            case "NoSuchBucket" -> "the bucket does not exist";
            case "InvalidAccessKeyId" -> "the store does not know " + config.who(tellsKeys);
            case "SignatureDoesNotMatch" -> "the secret key does not belong to " + config.who(tellsKeys);
            case "AccessDenied" -> config.who(tellsKeys) + " may not read it";
            default -> why.statusCode() == CHANGED ? "it changed while it was read" : told(why);
        };
    }

    private static String told(S3Exception why) {
        var details = why.awsErrorDetails();
        var message = details == null ? null : details.errorMessage();
        return (message == null ? "the store gave no reason" : message) + " (status " + why.statusCode() + ")";
    }

    private IOException failed(String name, S3Exception why) {
        return new IOException(place(name) + sentence(why), why);
    }

    private IOException failed(String name, IOException why) {
        return new IOException(place(name) + why.getMessage(), why);
    }

    private String place(String name) {
        return "cannot read '" + name + "' in the bucket '" + config.bucketName() + "' at " + config.endpoint() + ": ";
    }

    /// What is being asked, and will be, fails at once.
    public void ending() {
        requests.close();
    }

    @Override
    public synchronized void close() {
        ending();
        client.ifPresent(S3Client::close);
        client = Optional.empty();
    }

    /// Changes in the store are noticed: the tag of what is read stays that of what was opened.
    private final class BucketFile implements Source {
        private final String name;
        private final String key;
        private final long size;
        private final String tag;
        private final Requests.Some own = requests.some();

        BucketFile(String name, String key, long size, String tag) {
            this.name = name;
            this.key = key;
            this.size = size;
            this.tag = tag;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void read(long offset, byte[] into, int at, int length) throws IOException {
            if (length == 0) return;
            try {
                own.ask(() -> {
                    try (var stream = client().getObject(request -> request.bucket(config.bucketName())
                            .key(key)
                            .ifMatch(tag)
                            .range("bytes=" + offset + "-" + (offset + length - 1)))) {
                        int read = stream.readNBytes(into, at, length);
                        if (read < length) throw new EOFException("ended at byte " + (offset + read));
                        return read;
                    }
                });
            } catch (S3Exception why) {
                throw failed(name, why);
            } catch (IOException why) {
                throw failed(name, why);
            }
        }

        @Override
        public int blockBytes() {
            return BLOCK;
        }

        @Override
        public void cancel() {
            own.close();
        }

        @Override
        public void close() {
            // Each read is a request of its own.
        }
    }
}
