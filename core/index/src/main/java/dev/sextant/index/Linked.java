package dev.sextant.index;

/// The edges of a frozen graph, as one that is built from it sees them.
///
/// @param degree places for edges of a node
record Linked(int count, int degree, EdgeAt edges) {
    /// The node that an edge leads to; -1 where there is none.
    @FunctionalInterface
    interface EdgeAt {
        int edge(int node, int at);
    }

    int edge(int node, int at) {
        return edges.edge(node, at);
    }
}
