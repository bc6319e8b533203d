package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Partition;
import dev.sextant.catalog.ResourceGroup;
import dev.sextant.catalog.ResourceGroups;
import dev.sextant.model.Operate;
import dev.sextant.model.Operate.GroupConfig;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decides on resource groups, and tells of them. There is one node: the oldest group that requests one has it, and the
/// usual group has it otherwise. Groups share out what is asked of them and never turn anybody away: a collection that
/// says nothing is served wherever the node is.
final class Nodes {
    static final long HERE = 1;
    private static final List<Long> ALL = List.of(HERE);
    private static final String USUAL = ResourceGroup.DEFAULT_NAME;
    private static final GroupConfig USUAL_CONFIG = GroupConfig.EMPTY.ofNodes(0, 1_000_000);

    private Nodes() {}

    static List<Change> create(Operate.CreateResourceGroup create, Scene scene) {
        Names.checkResourceGroup(create.name(), scene.config.names().maxNameLength());
        var groups = scene.catalog.groups();
        var old = groups.all().get(create.name());
        if (create.name().equals(USUAL) || old != null) {
            if (config(create.name(), groups).equals(create.config())) return List.of();
            throw Scene.refused(new Refusal.AlreadyExists(Kind.RESOURCE_GROUP, create.name(), "", ""));
        }
        check(create.name(), create.config(), groups);
        int most = scene.config.names().maxResourceGroups();
        int now = groups.all().size() + 1;
        if (now > most)
            throw Scene.refused(new Refusal.LimitExceeded("resource groups", now, most, "names.maxResourceGroups"));
        return List.of(put(create.name(), create.config(), scene));
    }

    static List<Change> alter(Operate.AlterResourceGroups alter, Scene scene) {
        var changes = new ArrayList<Change>();
        alter.groups().forEach((name, config) -> {
            known(name, scene.catalog.groups());
            check(name, config, scene.catalog.groups());
            if (!config.equals(config(name, scene.catalog.groups()))) changes.add(put(name, config, scene));
        });
        return changes;
    }

    static List<Change> drop(String name, Scene scene) {
        var groups = scene.catalog.groups();
        if (name.equals(USUAL)) throw used(name, "default resource group is not deletable");
        var group = groups.all().get(name);
        if (group == null) return List.of();
        if (group.config().limits() != 0)
            throw used(
                    name,
                    "resource group's limits node num is not 0: [expected=0][actual="
                            + group.config().limits() + "]");
        if (!share(groups).getOrDefault(name, List.of()).isEmpty())
            throw used(name, "resource group still has nodes: [expected=0][actual=1]");
        for (var other : groups.all().values())
            if (other.config().transferFrom().contains(name)
                    || other.config().transferTo().contains(name))
                throw used(name, "resource group is used by " + other.name() + "'s transfer_from or transfer_to");
        for (var collection : scene.catalog.collections().values())
            if (collection.load().wanted() && groups.of(collection.id()).equals(name))
                throw used(name, "some replicas still loaded in resource group: collection " + collection.name());
        var changes = new ArrayList<Change>(List.of(new Change.DropResourceGroup(name)));
        groups.placed().forEach((collection, at) -> {
            if (at.equals(name)) changes.add(new Change.Place(collection, USUAL));
        });
        return changes;
    }

    static List<Change> transfer(Operate.TransferNodes transfer, Scene scene) {
        var groups = scene.catalog.groups();
        known(transfer.source(), groups);
        known(transfer.target(), groups);
        checkApart(transfer.source(), transfer.target());
        int nodes = transfer.nodes();
        if (nodes < 1)
            throw Scene.invalid("num_node", "transfer node num can't be [" + nodes + "], expected positive integer");
        int there = share(groups).getOrDefault(transfer.source(), List.of()).size();
        if (there < nodes) throw Scene.refused(new Refusal.NodesNotEnough(transfer.source(), there, nodes));
        var changes = new ArrayList<Change>();
        if (!transfer.source().equals(USUAL))
            changes.add(put(transfer.source(), moved(config(transfer.source(), groups), -nodes), scene));
        if (!transfer.target().equals(USUAL))
            changes.add(put(transfer.target(), moved(config(transfer.target(), groups), nodes), scene));
        return changes;
    }

    static List<Change> transfer(Operate.TransferReplicas transfer, Scene scene) {
        var groups = scene.catalog.groups();
        known(transfer.source(), groups);
        known(transfer.target(), groups);
        checkApart(transfer.source(), transfer.target());
        if (transfer.replicas() < 1)
            throw Scene.invalid(
                    "num_replica",
                    "transfer replica num can't be [" + transfer.replicas() + "], expected positive integer");
        var collection = scene.collection(transfer.collection());
        boolean isThere =
                collection.load().wanted() && groups.of(collection.id()).equals(transfer.source());
        if (!isThere || transfer.replicas() > 1)
            throw Scene.invalid(
                    "num_replica",
                    "Only found [" + (isThere ? 1 : 0) + "] replicas of collection [" + collection.name()
                            + "] in source resource group [" + transfer.source() + "] which num_replica ["
                            + transfer.replicas() + "]");
        return List.of(new Change.Place(collection.id(), transfer.target()));
    }

    /// Where a collection that is to be loaded goes: the group that was asked for, or the collection's or its
    /// database's own, or the one it is in.
    static List<Change> place(Collection collection, Operate.Load load, Scene scene) {
        var groups = scene.catalog.groups();
        var database = scene.catalog.databases().get(collection.databaseId());
        var asked = !load.resourceGroups().isEmpty()
                ? load.resourceGroups()
                : named(
                        collection.properties().get("collection.resource_groups"),
                        database.properties().get("database.resource_groups"));
        for (var name : asked) known(name, groups);
        var replicas = Math.max(
                load.replicas() > 0
                        ? load.replicas()
                        : number(
                                collection.properties().get("collection.replica.number"),
                                database.properties().get("database.replica.number")),
                asked.size());
        var to = asked.isEmpty() ? groups.of(collection.id()) : asked.getFirst();
        if (replicas > ALL.size()) throw Scene.refused(new Refusal.NodesNotEnough(to, ALL.size(), replicas));
        if (!to.equals(USUAL) && share(groups).getOrDefault(to, List.of()).isEmpty())
            throw Scene.refused(new Refusal.NodesNotEnough(to, 0, replicas));
        return to.equals(groups.of(collection.id())) ? List.of() : List.of(new Change.Place(collection.id(), to));
    }

    private static List<String> named(String... properties) {
        for (var property : properties)
            if (property != null && !property.isBlank())
                return List.of(property.split(",")).stream().map(String::strip).toList();
        return List.of();
    }

    private static int number(String... properties) {
        for (var property : properties)
            if (property != null && property.strip().matches("[1-9]\\d{0,5}"))
                return Integer.parseInt(property.strip());
        return 1;
    }

    static List<String> names(Catalog catalog) {
        var names = new ArrayList<String>(List.of(USUAL));
        catalog.groups().byAge().stream()
                .map(ResourceGroup::name)
                .filter(n -> !n.equals(USUAL))
                .forEach(names::add);
        return List.copyOf(names);
    }

    static Watch.ResourceGroupInfo describe(String name, Catalog catalog) {
        known(name, catalog.groups());
        var replicas = new HashMap<String, Integer>();
        for (var collection : catalog.collections().values())
            if (collection.load().wanted()
                    && catalog.groups().of(collection.id()).equals(name)) replicas.put(collection.name(), 1);
        return new Watch.ResourceGroupInfo(
                name,
                config(name, catalog.groups()),
                share(catalog.groups()).getOrDefault(name, List.of()),
                Map.copyOf(replicas));
    }

    static List<Watch.ReplicaInfo> replicas(Collection collection, Catalog catalog) {
        if (!collection.load().wanted()) return List.of();
        var partitions = collection.partitions().stream()
                .map(Partition::id)
                .filter(collection.load()::includes)
                .toList();
        return List.of(new Watch.ReplicaInfo(
                collection.id(),
                collection.id(),
                partitions,
                collection.shards().size(),
                ALL,
                catalog.groups().of(collection.id())));
    }

    /// The nodes of each group: first as many as each requests, from the oldest to the youngest; the usual group has
    /// the others.
    static Map<String, List<Long>> share(ResourceGroups groups) {
        var left = new ArrayList<>(ALL);
        var shares = new LinkedHashMap<String, List<Long>>();
        for (var group : groups.byAge()) {
            if (group.name().equals(USUAL)) continue;
            int count = Math.min(group.config().requests(), left.size());
            shares.put(group.name(), List.copyOf(left.subList(0, count)));
            left.subList(0, count).clear();
        }
        shares.put(USUAL, List.copyOf(left));
        return shares;
    }

    private static GroupConfig moved(GroupConfig config, int nodes) {
        return config.ofNodes(Math.max(0, config.requests() + nodes), Math.max(0, config.limits() + nodes));
    }

    private static Change put(String name, GroupConfig config, Scene scene) {
        var old = scene.catalog.groups().all().get(name);
        long created = old == null ? scene.nowMillis << 18 : old.created();
        return new Change.PutResourceGroup(new ResourceGroup(name, config, created));
    }

    private static GroupConfig config(String name, ResourceGroups groups) {
        var group = groups.all().get(name);
        return group == null ? USUAL_CONFIG : group.config();
    }

    private static void known(String name, ResourceGroups groups) {
        if (!name.equals(USUAL) && !groups.all().containsKey(name))
            throw Scene.refused(new Refusal.NotFound(Kind.RESOURCE_GROUP, name, ""));
    }

    private static void checkApart(String source, String target) {
        if (source.equals(target))
            throw Scene.invalid(
                    "target_resource_group", "source resource group and target resource group should not be the same");
    }

    private static void check(String name, GroupConfig config, ResourceGroups groups) {
        if (config.requests() < 0 || config.limits() < 0)
            throw wrong(name, "requests node num or limits node num less than 0");
        if (config.limits() < config.requests()) throw wrong(name, "limits node num less than requests node num");
        for (var other : config.transferFrom()) checkOther(name, other, groups);
        for (var other : config.transferTo()) checkOther(name, other, groups);
    }

    private static void checkOther(String name, String other, ResourceGroups groups) {
        if (other.equals(name)) throw wrong(name, "resource group in transfer_from or transfer_to is itself");
        if (!other.equals(USUAL) && !groups.all().containsKey(other))
            throw wrong(name, "resource group in transfer_from or transfer_to " + other + " not exist");
    }

    private static RuntimeException wrong(String name, String detail) {
        return Scene.refused(new Refusal.InvalidResourceGroup(name, detail));
    }

    private static RuntimeException used(String name, String by) {
        return Scene.refused(new Refusal.InUse(Kind.RESOURCE_GROUP, name, by));
    }
}
