package dev.sextant.transfer.source;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// One bucket of S3-compatible storage: AWS, MinIO, Ceph and their like. Connects when the first file is asked for.
public final class Bucket implements AutoCloseable {
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
        @Override
        public String toString() {
            return endpoint + "/" + bucketName; // no secrets in logs
        }
    }

    private final Place config;
    private Optional<S3Client> client = Optional.empty(); // guarded by this

    public Bucket(Place config) {
        this.config = config;
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
                .httpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(Duration.ofSeconds(60))
                        .build())
                .build();
    }

    /// The file, looked for by its key as it is and below the root path; empty when there is none.
    public Optional<Source> open(String name) throws IOException {
        for (var key : keys(name))
            try {
                var head = client().headObject(
                                request -> request.bucket(config.bucketName()).key(key));
                return Optional.of(new BucketFile(name, key, head.contentLength()));
            } catch (NoSuchBucketException none) {
                throw new IOException("the bucket '" + config.bucketName() + "' does not exist");
            } catch (S3Exception why) {
                if (why.statusCode() == 404) {
                    checkBucket();
                    continue;
                }
                throw failed("cannot look at", name, why);
            } catch (SdkException why) {
                throw failed("cannot look at", name, why);
            }
        return Optional.empty();
    }

    /// A missing key and a missing bucket look the same to a head request.
    private void checkBucket() throws IOException {
        try {
            client().headBucket(request -> request.bucket(config.bucketName()));
        } catch (S3Exception why) {
            if (why.statusCode() == 404)
                throw new IOException("the bucket '" + config.bucketName() + "' does not exist", why);
            // Who may read objects may still not look at buckets.
        } catch (SdkException why) {
            throw failed("cannot look at", config.bucketName(), why);
        }
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
        while (key.startsWith("/")) key = key.substring(1);
        var root = config.rootPath();
        return root.isEmpty() ? List.of(key) : List.of(key, root.endsWith("/") ? root + key : root + "/" + key);
    }

    private IOException failed(String what, String name, SdkException why) {
        return new IOException(
                what + " '" + name + "' in the bucket '" + config.bucketName() + "' at " + config.endpoint() + ": "
                        + why.getMessage(),
                why);
    }

    @Override
    public synchronized void close() {
        client.ifPresent(S3Client::close);
        client = Optional.empty();
    }

    private final class BucketFile implements Source {
        private final String name;
        private final String key;
        private final long size;

        BucketFile(String name, String key, long size) {
            this.name = name;
            this.key = key;
            this.size = size;
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
            try (var stream = client().getObject(request -> request.bucket(config.bucketName())
                    .key(key)
                    .range("bytes=" + offset + "-" + (offset + length - 1)))) {
                int read = stream.readNBytes(into, at, length);
                if (read < length)
                    throw new IOException("'" + name + "' ended at " + (offset + read) + ", while it was read");
            } catch (SdkException why) {
                throw failed("cannot read", name, why);
            }
        }

        @Override
        public int blockBytes() {
            return BLOCK;
        }

        @Override
        public void close() {
            // Each read is a request of its own.
        }
    }
}
