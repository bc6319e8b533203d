package dev.sextant.gateway.exchange;

/// What this server says that it is.
///
/// @param version of Sextant
/// @param built when, as text
/// @param cluster whether it is one of several nodes
public record Identity(String version, String built, boolean cluster) {
    /// The Milvus release whose behaviour clients may count on: some of them compare versions before they use a
    /// feature.
    public static final String MILVUS_VERSION = "v2.6.6";

    public String deployMode() {
        return cluster ? "CLUSTER" : "STANDALONE";
    }
}
