package dev.sextant.gateway.milvus;

import dev.sextant.database.Door;
import dev.sextant.gateway.exchange.Cursors;
import dev.sextant.gateway.exchange.Doorkeeper;
import dev.sextant.gateway.exchange.Identity;
import dev.sextant.wire.milvus.ClientTelemetryServiceGrpc;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.MilvusWire;
import dev.sextant.world.World;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/// Milvus' gRPC service, spelled in statements. Each family of calls has a file of its own; what no file binds is
/// answered with UNIMPLEMENTED, on which clients know how to fall back. docs/compatibility/milvus.md lists them all.
public final class Milvus {
    private Milvus() {}

    public static List<ServerServiceDefinition> services(Door door, Doorkeeper keeper, World world, Identity identity) {
        var rpcs = new Rpcs(MilvusServiceGrpc.SERVICE_NAME, MilvusWire::getDescriptor, door, keeper, world);
        Sessions.bind(rpcs, identity, world.clock());
        Databases.bind(rpcs);
        Collections.bind(rpcs);
        Functions.bind(rpcs);
        Partitions.bind(rpcs);
        Aliases.bind(rpcs);
        Indexes.bind(rpcs);
        Loads.bind(rpcs);
        Writes.bind(rpcs);
        Searches.bind(rpcs, new Cursors(world.clock()));
        Queries.bind(rpcs);
        Flushes.bind(rpcs);
        Merging.bind(rpcs);
        Users.bind(rpcs);
        Imports.bind(rpcs);
        Snapshots.bind(rpcs);
        Roles.bind(rpcs);
        Grants.bind(rpcs);
        PrivilegeGroups.bind(rpcs);
        ResourceGroups.bind(rpcs);
        Clusters.bind(rpcs);
        Replication.bind(rpcs);
        Externals.bind(rpcs);
        FileResources.bind(rpcs);
        Retired.bind(rpcs);
        var telemetry =
                new Rpcs(ClientTelemetryServiceGrpc.SERVICE_NAME, MilvusWire::getDescriptor, door, keeper, world);
        Telemetry.bind(telemetry, world.clock());
        return List.of(rpcs.build(), telemetry.build());
    }
}
