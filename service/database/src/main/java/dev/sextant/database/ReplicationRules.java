package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.ReplicationPlan.Cluster;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a plan of replication must be like, checked in Milvus' order. Pure: it is asked with what came, with who is
/// asked, and with the plan that there is.
final class ReplicationRules {
    /// So that nobody fills the catalog, which is kept in memory and written whole, with plans.
    private static final int MOST_CHARACTERS = 1 << 16;

    private ReplicationRules() {}

    static List<Change> plan(Operate.PlanReplication asked, ReplicationPlan now) {
        if (asked.promote())
            throw Scene.invalid(
                    "force_promote",
                    "force promote can only be used on secondary clusters, current cluster is primary");
        var plan = asked.plan();
        fault(plan, asked.self()).or(() -> change(plan, now)).ifPresent(fault -> {
            throw Scene.invalid("replicate_configuration", fault);
        });
        if (!plan.ways().isEmpty()) throw Scene.refused(new Refusal.Unsupported("replication to another cluster"));
        return plan.equals(now) ? List.of() : List.of(new Change.PlanReplication(plan));
    }

    private static Optional<String> fault(ReplicationPlan plan, String self) {
        if (characters(plan) > MOST_CHARACTERS)
            return Optional.of("ids, URIs and channels may have " + MOST_CHARACTERS + " characters in all");
        return clusters(plan.clusters())
                .or(() -> plan.cluster(self).isPresent()
                        ? Optional.empty()
                        : Optional.of("current cluster '" + self + "' must be included in the clusters list"))
                .or(() -> ways(plan));
    }

    private static long characters(ReplicationPlan plan) {
        long all = 0;
        for (var cluster : plan.clusters()) {
            all += cluster.id().length() + cluster.uri().length() + 1L;
            for (var channel : cluster.channels()) all += channel.length() + 1L;
        }
        for (var way : plan.ways()) all += way.source().length() + way.target().length() + 1L;
        return all;
    }

    private static Optional<String> clusters(List<Cluster> clusters) {
        if (clusters.isEmpty()) return Optional.of("clusters list cannot be empty");
        var ids = new HashSet<String>();
        var owners = new HashMap<String, String>();
        int channels = clusters.getFirst().channels().size();
        for (int i = 0; i < clusters.size(); i++) {
            var cluster = clusters.get(i);
            var fault = cluster(cluster, i);
            if (fault.isPresent()) return fault;
            var id = cluster.id();
            if (!ids.add(id)) return Optional.of("duplicate clusterID found: '" + id + "'");
            var other = owners.put(cluster.uri(), id);
            if (other != null)
                return Optional.of("duplicate URI found: '" + cluster.uri() + "' is used by both cluster '" + other
                        + "' and cluster '" + id + "'");
            if (cluster.channels().size() != channels)
                return Optional.of(
                        "cluster '" + id + "' has " + cluster.channels().size() + " pchannels, but expected " + channels
                                + " (same as first cluster)");
        }
        return Optional.empty();
    }

    private static Optional<String> cluster(Cluster cluster, int number) {
        var id = cluster.id();
        if (id.isEmpty()) return Optional.of("cluster at index " + number + " has empty clusterID");
        if (id.chars().anyMatch(Character::isWhitespace))
            return Optional.of(
                    "cluster at index " + number + " has clusterID '" + id + "' that contains whitespace characters");
        if (cluster.uri().isBlank()) return Optional.of("cluster '" + id + "' has empty URI");
        if (cluster.channels().isEmpty()) return Optional.of("cluster '" + id + "' has empty pchannels");
        var seen = new HashSet<String>();
        for (var channel : cluster.channels()) {
            if (channel.isBlank()) return Optional.of("cluster '" + id + "' has empty pchannel");
            if (!seen.add(channel))
                return Optional.of("cluster '" + id + "' has duplicate pchannel: '" + channel + "'");
        }
        return Optional.empty();
    }

    /// None at all, or one source in the middle and all others around it.
    private static Optional<String> ways(ReplicationPlan plan) {
        var ids = plan.ids();
        var seen = new HashSet<ReplicationPlan.Way>();
        var sources = new HashSet<String>();
        var targets = new HashSet<String>();
        for (int i = 0; i < plan.ways().size(); i++) {
            var way = plan.ways().get(i);
            var fault = known(ids, way, i);
            if (fault.isPresent()) return fault;
            if (!seen.add(way)) return Optional.of("duplicate topology relationship found: '" + way + "'");
            sources.add(way.source());
            if (!targets.add(way.target()))
                return Optional.of("cluster '" + way.target() + "' has more than one source");
        }
        if (seen.isEmpty()) return Optional.empty();
        if (ids.size() == 1)
            return Optional.of(
                    "a cluster cannot replicate to itself: '" + plan.ways().getFirst() + "'");
        boolean star = sources.size() == 1 && targets.size() == ids.size() - 1 && !targets.containsAll(sources);
        return star
                ? Optional.empty()
                : Optional.of("only a star is a topology: one source cluster, and each other cluster its target once");
    }

    private static Optional<String> known(Set<String> ids, ReplicationPlan.Way way, int number) {
        if (!ids.contains(way.source()))
            return Optional.of(
                    "topology at index " + number + " references non-existent source cluster: '" + way.source() + "'");
        if (!ids.contains(way.target()))
            return Optional.of(
                    "topology at index " + number + " references non-existent target cluster: '" + way.target() + "'");
        return Optional.empty();
    }

    /// A cluster that is known already stays where it is and keeps its channels; more may come behind them, and then
    /// nothing else changes.
    private static Optional<String> change(ReplicationPlan plan, ReplicationPlan now) {
        boolean grows = false;
        for (var cluster : plan.clusters()) {
            var old = now.cluster(cluster.id()).orElse(cluster);
            var id = "cluster '" + cluster.id() + "' ";
            int before = old.channels().size();
            if (cluster.channels().size() < before)
                return Optional.of(id + "pchannels cannot decrease: current=" + before + ", incoming="
                        + cluster.channels().size());
            if (!cluster.channels().subList(0, before).equals(old.channels()))
                return Optional.of(id + "existing pchannels must be preserved at the same positions: current="
                        + old.channels() + ", incoming=" + cluster.channels());
            if (!cluster.uri().equals(old.uri()))
                return Optional.of(id + "connection_param.uri cannot be changed: current=" + old.uri() + ", incoming="
                        + cluster.uri());
            grows |= cluster.channels().size() > before;
        }
        if (!grows) return Optional.empty();
        if (!plan.ids().equals(now.ids()))
            return Optional.of("when pchannels are increasing, cluster set must remain identical");
        return Set.copyOf(plan.ways()).equals(Set.copyOf(now.ways()))
                ? Optional.empty()
                : Optional.of("when pchannels are increasing, topology must remain identical");
    }
}
