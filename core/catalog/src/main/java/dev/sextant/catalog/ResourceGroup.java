package dev.sextant.catalog;

import dev.sextant.model.Operate.GroupConfig;

/// A share of the nodes, set aside for some collections.
///
/// @param created hybrid timestamp: of two that want one node, the older has it
public record ResourceGroup(String name, GroupConfig config, long created) {
    /// Holds whatever no other asks for. It is never stored, and cannot be dropped.
    public static final String DEFAULT_NAME = "__default_resource_group";
}
