package dev.sextant.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may do what: the roles, who holds them, and the groups of privileges that were made here. As long as none of it
/// changes, catalogs share one value of it.
///
/// @param held the roles of each user who holds any
/// @param groups the privileges of each group
public record Rights(Map<String, Role> roles, Map<String, Set<String>> held, Map<String, Set<String>> groups) {
    public static final Rights NONE = new Rights(Map.of(), Map.of(), Map.of());

    public Optional<Role> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    /// Without the one that everybody holds.
    public Set<String> rolesOf(String user) {
        return held.getOrDefault(user, Set.of());
    }

    public SortedSet<String> holdersOf(String role) {
        var holders = new TreeSet<String>();
        held.forEach((user, its) -> {
            if (its.contains(role)) holders.add(user);
        });
        return holders;
    }

    Rights with(Role role) {
        return new Rights(put(roles, role.name(), role), held, groups);
    }

    Rights withoutRole(String name) {
        var holding = new TreeMap<String, Set<String>>();
        held.forEach((user, its) -> {
            var left = new TreeSet<>(its);
            left.remove(name);
            if (!left.isEmpty()) holding.put(user, left);
        });
        return new Rights(without(roles, name), holding, groups);
    }

    Rights holding(String user, Set<String> its) {
        return new Rights(roles, its.isEmpty() ? without(held, user) : put(held, user, new TreeSet<>(its)), groups);
    }

    Rights withGroup(String name, Set<String> privileges) {
        return new Rights(roles, held, put(groups, name, new TreeSet<>(privileges)));
    }

    Rights withoutGroup(String name) {
        return new Rights(roles, held, without(groups, name));
    }

    private static <T> Map<String, T> put(Map<String, T> old, String name, T value) {
        var map = new TreeMap<>(old);
        map.put(name, value);
        return map;
    }

    private static <T> Map<String, T> without(Map<String, T> old, String name) {
        if (!old.containsKey(name)) return old;
        var map = new TreeMap<>(old);
        map.remove(name);
        return map;
    }
}
