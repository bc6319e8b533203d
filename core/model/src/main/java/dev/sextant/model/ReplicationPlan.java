package dev.sextant.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which clusters there are, and which of them is to follow which, as an operator says it. A secret by which another
/// cluster lets somebody in is no part of it: what nobody uses is not kept.
///
/// @param ways from a source to the cluster that is to follow it
public record ReplicationPlan(List<Cluster> clusters, List<Way> ways) {
    public static final ReplicationPlan NONE = new ReplicationPlan(List.of(), List.of());

    public ReplicationPlan {
        clusters = List.copyOf(clusters);
        ways = List.copyOf(ways);
    }

    /// @param uri where others meet it
    /// @param channels over which its changes travel
    public record Cluster(String id, String uri, List<String> channels) {
        public Cluster {
            channels = List.copyOf(channels);
        }
    }

    public record Way(String source, String target) {
        @Override
        public String toString() {
            return source + "->" + target;
        }
    }

    public Optional<Cluster> cluster(String id) {
        return clusters.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    /// The ids of all.
    public Set<String> ids() {
        var ids = new HashSet<String>();
        clusters.forEach(each -> ids.add(each.id()));
        return ids;
    }
}
