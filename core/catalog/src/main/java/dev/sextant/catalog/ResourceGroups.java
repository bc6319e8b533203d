package dev.sextant.catalog;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How the nodes are shared out, and who is served by which share.
///
/// @param all but the one that every catalog has
/// @param placed by collection, where it is not the usual one
public record ResourceGroups(Map<String, ResourceGroup> all, Map<Long, String> placed) {
    public static final ResourceGroups NONE = new ResourceGroups(Map.of(), Map.of());

    /// From the oldest to the youngest.
    public List<ResourceGroup> byAge() {
        return all.values().stream()
                .sorted(Comparator.comparingLong(ResourceGroup::created).thenComparing(ResourceGroup::name))
                .toList();
    }

    public String of(long collection) {
        return placed.getOrDefault(collection, ResourceGroup.DEFAULT_NAME);
    }

    ResourceGroups with(ResourceGroup group) {
        var groups = new TreeMap<>(all);
        groups.put(group.name(), group);
        return new ResourceGroups(groups, placed);
    }

    ResourceGroups without(String name) {
        var groups = new TreeMap<>(all);
        groups.remove(name);
        return new ResourceGroups(groups, placed);
    }

    ResourceGroups placing(long collection, String group) {
        var places = new TreeMap<>(placed);
        if (group.equals(ResourceGroup.DEFAULT_NAME)) places.remove(collection);
        else places.put(collection, group);
        return new ResourceGroups(all, places);
    }

    ResourceGroups forgetting(long collection) {
        return placed.containsKey(collection) ? placing(collection, ResourceGroup.DEFAULT_NAME) : this;
    }
}
