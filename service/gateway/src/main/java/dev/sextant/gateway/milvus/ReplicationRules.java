package dev.sextant.gateway.milvus;

import dev.sextant.wire.milvus.CrossClusterTopology;
import dev.sextant.wire.milvus.MilvusCluster;
import dev.sextant.wire.milvus.ReplicateConfiguration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// What a description of clusters that replicate must be like, checked in Milvus' order. Pure: it is asked with what
/// came and with who is asked.
final class ReplicationRules {
    private ReplicationRules() {}

    /// What is wrong with it, if anything.
    ///
    /// @param own the cluster that is asked
    static Optional<String> fault(ReplicateConfiguration asked, String own) {
        return clusters(asked.getClustersList())
                .or(() -> own(asked.getClustersList(), own))
                .or(() -> topology(asked));
    }

    private static Optional<String> clusters(List<MilvusCluster> clusters) {
        if (clusters.isEmpty()) return Optional.of("clusters list cannot be empty");
        var ids = new HashSet<String>();
        var owners = new HashMap<String, String>();
        int channels = clusters.getFirst().getPchannelsCount();
        for (int i = 0; i < clusters.size(); i++) {
            var cluster = clusters.get(i);
            var fault = cluster(cluster, i);
            if (fault.isPresent()) return fault;
            var id = cluster.getClusterId();
            if (!ids.add(id)) return Optional.of("duplicate clusterID found: '" + id + "'");
            var uri = cluster.getConnectionParam().getUri();
            var other = owners.put(uri, id);
            if (other != null)
                return Optional.of("duplicate URI found: '" + uri + "' is used by both cluster '" + other
                        + "' and cluster '" + id + "'");
            if (cluster.getPchannelsCount() != channels)
                return Optional.of("cluster '" + id + "' has " + cluster.getPchannelsCount()
                        + " pchannels, but expected " + channels + " (same as first cluster)");
        }
        return Optional.empty();
    }

    private static Optional<String> cluster(MilvusCluster cluster, int number) {
        var id = cluster.getClusterId();
        if (id.isEmpty()) return Optional.of("cluster at index " + number + " has empty clusterID");
        if (id.chars().anyMatch(Character::isWhitespace))
            return Optional.of(
                    "cluster at index " + number + " has clusterID '" + id + "' that contains whitespace characters");
        if (!cluster.hasConnectionParam()) return Optional.of("cluster '" + id + "' has nil connection_param");
        if (cluster.getConnectionParam().getUri().isBlank()) return Optional.of("cluster '" + id + "' has empty URI");
        if (cluster.getPchannelsCount() == 0) return Optional.of("cluster '" + id + "' has empty pchannels");
        var seen = new HashSet<String>();
        for (var channel : cluster.getPchannelsList()) {
            if (channel.isBlank()) return Optional.of("cluster '" + id + "' has empty pchannel");
            if (!seen.add(channel))
                return Optional.of("cluster '" + id + "' has duplicate pchannel: '" + channel + "'");
        }
        return Optional.empty();
    }

    private static Optional<String> own(List<MilvusCluster> clusters, String own) {
        var itself = clusters.stream()
                .filter(cluster -> cluster.getClusterId().equals(own))
                .findFirst();
        if (itself.isEmpty()) return Optional.of("current cluster '" + own + "' must be included in the clusters list");
        return itself.get().getPchannelsList().stream()
                .filter(channel -> !Collections.isPhysicalChannel(channel))
                .findFirst()
                .map(channel -> "current cluster '" + own + "' has no pchannel '" + channel + "'");
    }

    /// One source in the middle, the others around it.
    private static Optional<String> topology(ReplicateConfiguration asked) {
        var ids = new HashSet<String>();
        asked.getClustersList().forEach(cluster -> ids.add(cluster.getClusterId()));
        var seen = new HashSet<String>();
        var sources = new HashSet<String>();
        var targets = new HashSet<String>();
        for (int i = 0; i < asked.getCrossClusterTopologyCount(); i++) {
            CrossClusterTopology way = asked.getCrossClusterTopology(i);
            var source = way.getSourceClusterId();
            var target = way.getTargetClusterId();
            if (!ids.contains(source))
                return Optional.of(
                        "topology at index " + i + " references non-existent source cluster: '" + source + "'");
            if (!ids.contains(target))
                return Optional.of(
                        "topology at index " + i + " references non-existent target cluster: '" + target + "'");
            if (!seen.add(source + "->" + target))
                return Optional.of("duplicate topology relationship found: '" + source + "->" + target + "'");
            sources.add(source);
            if (!targets.add(target)) return Optional.of("cluster '" + target + "' has more than one source");
        }
        if (ids.size() > 1 && (sources.size() != 1 || targets.size() != ids.size() - 1 || targets.containsAll(sources)))
            return Optional.of("only a star is a topology: one source cluster, and each other cluster its target once");
        if (ids.size() == 1 && !seen.isEmpty())
            return Optional.of(
                    "a cluster cannot replicate to itself: '" + seen.iterator().next() + "'");
        return Optional.empty();
    }
}
