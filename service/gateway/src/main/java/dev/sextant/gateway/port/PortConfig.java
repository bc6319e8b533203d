package dev.sextant.gateway.port;

import java.util.Optional;

/// Where to listen and how much to take in.
///
/// @param port 0 for any that is free
/// @param tls without it everything travels in the clear
/// @param maxRequestBytes a larger request is refused before it is read; Milvus' own limit is 64 MiB
public record PortConfig(String host, int port, Optional<Tls> tls, int maxRequestBytes) {
    public static final PortConfig DEFAULT = new PortConfig("127.0.0.1", 19530, Optional.empty(), 64 << 20);

    public PortConfig at(String otherHost, int otherPort) {
        return new PortConfig(otherHost, otherPort, tls, maxRequestBytes);
    }
}
