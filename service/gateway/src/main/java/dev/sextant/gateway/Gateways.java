package dev.sextant.gateway;

import dev.sextant.database.Door;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.gateway.milvus.Milvus;
import dev.sextant.gateway.port.Port;
import dev.sextant.gateway.port.PortConfig;
import dev.sextant.gateway.rest.Rest;
import dev.sextant.world.World;

/// All protocols on one port, over any door. Whoever opens it closes it, before the door.
public final class Gateways implements AutoCloseable {
    private final Port port;

    private Gateways(Port port) {
        this.port = port;
    }

    /// Listens when this returns; see [#ready].
    public static Gateways open(Door door, Doorkeeper keeper, World world, Identity identity, PortConfig config) {
        return new Gateways(
                Port.open(config, Milvus.services(door, keeper, world, identity), new Rest(door, keeper, world)));
    }

    public int port() {
        return port.number();
    }

    /// Bytes of requests that are not answered yet.
    public long inFlightBytes() {
        return port.inFlightBytes();
    }

    /// Tells health checks to come in.
    public void ready() {
        port.ready();
    }

    /// Turns new calls away and waits for those under way.
    public void drain(long millis) {
        port.drain(millis);
    }

    @Override
    public void close() {
        port.close();
    }
}
