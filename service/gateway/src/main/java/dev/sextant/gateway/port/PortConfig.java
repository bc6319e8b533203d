package dev.sextant.gateway.port;

import java.time.Duration;
import java.util.Optional;

/// Where to listen and how much to take in.
///
/// @param port 0 for any that is free
/// @param tls without it everything travels in the clear
/// @param maxRequestBytes a larger request is refused before it is read; Milvus' own limit is 64 MiB
/// @param maxInFlightBytes of all requests that have begun to come and are not answered; beyond it long ones are
/// refused
/// @param maxConcurrentCallsPerConnection a client that has more waits, or opens another connection
/// @param maxArriving how long a request may take to come, from its first byte to its last: nobody is asked who they
/// are before, and what has come is in memory
public record PortConfig(
        String host,
        int port,
        Optional<Tls> tls,
        int maxRequestBytes,
        long maxInFlightBytes,
        int maxConcurrentCallsPerConnection,
        Duration maxArriving) {
    private static final int MOST_CALLS = 1_024;
    private static final Duration MOST_ARRIVING = Duration.ofSeconds(60);

    public static final PortConfig DEFAULT = new PortConfig("127.0.0.1", 19530, Optional.empty(), 64 << 20);

    public PortConfig(String host, int port, Optional<Tls> tls, int maxRequestBytes) {
        this(host, port, tls, maxRequestBytes, 4L * maxRequestBytes, MOST_CALLS, MOST_ARRIVING);
    }

    public PortConfig {
        if (maxInFlightBytes < maxRequestBytes)
            throw new IllegalArgumentException("requests of " + maxRequestBytes + " bytes never fit into "
                    + maxInFlightBytes + " bytes of all requests under way");
        if (maxConcurrentCallsPerConnection < 1)
            throw new IllegalArgumentException(maxConcurrentCallsPerConnection + " calls on a connection");
        if (maxArriving.isZero() || maxArriving.isNegative())
            throw new IllegalArgumentException("requests have " + maxArriving + " to arrive");
    }

    public PortConfig withInFlight(long bytes) {
        return new PortConfig(host, port, tls, maxRequestBytes, bytes, maxConcurrentCallsPerConnection, maxArriving);
    }

    public PortConfig withArriving(Duration most) {
        return new PortConfig(
                host, port, tls, maxRequestBytes, maxInFlightBytes, maxConcurrentCallsPerConnection, most);
    }

    public PortConfig at(String otherHost, int otherPort) {
        return new PortConfig(
                otherHost,
                otherPort,
                tls,
                maxRequestBytes,
                maxInFlightBytes,
                maxConcurrentCallsPerConnection,
                maxArriving);
    }
}
