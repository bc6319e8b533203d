package dev.sextant.transfer;

/// A bucket of S3-compatible storage, by the words that Milvus' users know.
///
/// @param address `host:port`, or a URL
/// @param rootPath below which relative paths are looked for when they are not found as they are; may be empty
/// @param region some stores insist on one
public record S3Config(
        String address,
        String accessKeyId,
        String secretAccessKey,
        boolean useSsl,
        String bucketName,
        String rootPath,
        String region) {
    String endpoint() {
        return address.contains("://") ? address : (useSsl ? "https://" : "http://") + address;
    }

    @Override
    public String toString() {
        return "S3Config[" + address + ", bucket " + bucketName + "]"; // no secrets in logs
    }
}
