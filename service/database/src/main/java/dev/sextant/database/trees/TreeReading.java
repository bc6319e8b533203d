package dev.sextant.database.trees;

import dev.sextant.database.trees.BoostedTrees.Link;
import dev.sextant.database.trees.UniversalJson.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A model of trees out of its names and numbers, checked so that walking it needs no checks: features are there,
/// children are nodes of the same tree, and no node is met twice.
final class TreeReading {
    private static final int LEAF = -1;

    private final int columns;
    private final int[] roots;
    private final int[] feature;
    private final float[] split;
    private final int[] left;
    private final int[] right;
    private final boolean[] missingLeft;
    private int nodes; // that are read

    private TreeReading(int columns, int trees, int all) {
        this.columns = columns;
        roots = new int[trees];
        feature = new int[all];
        split = new float[all];
        left = new int[all];
        right = new int[all];
        missingLeft = new boolean[all];
    }

    static BoostedTrees of(Node model) {
        var learner = members(model, "the model").get("learner");
        var parts = members(learner, "learner");
        var sizes = members(parts.get("learner_model_param"), "learner_model_param");
        if (figure(sizes, "num_class", 0) > 1) throw wrong("a model of several classes");
        if (figure(sizes, "num_target", 1) > 1) throw wrong("a model of several targets");
        double columns = figure(sizes, "num_feature", 0);
        if (columns < 1 || columns > 4096 || columns != (int) columns) throw wrong("num_feature " + columns);
        var link = link(parts.get("objective"));
        var trees = trees(parts.get("gradient_booster"));
        long all = 0;
        for (var tree : trees) all += wholes(tree, "left_children").length;
        if (all > Integer.MAX_VALUE / 32) throw wrong(all + " nodes");
        var reading = new TreeReading((int) columns, trees.size(), (int) all);
        for (int i = 0; i < trees.size(); i++) reading.tree(trees.get(i), i);
        return reading.done(link, base(figure(sizes, "base_score", 0.5), link));
    }

    private BoostedTrees done(Link link, float base) {
        return new BoostedTrees(columns, link, base, roots, feature, split, left, right, missingLeft);
    }

    private static Link link(Node objective) {
        var name = members(objective, "objective").get("name") instanceof Node.Text(var text) ? text : "";
        return switch (name) {
            case "reg:squarederror" -> Link.IDENTITY;
            case "binary:logistic" -> Link.LOGISTIC;
            default -> throw wrong("the objective '" + name + "': it is neither reg:squarederror nor binary:logistic");
        };
    }

    /// The base is told as what the model says, not as what its leaves add to.
    private static float base(double score, Link link) {
        return switch (link) {
            case IDENTITY -> (float) score;
            case LOGISTIC -> {
                if (!(score > 0 && score < 1)) throw wrong("base_score " + score);
                yield (float) -Math.log(1 / score - 1);
            }
        };
    }

    private static List<Map<String, Node>> trees(Node booster) {
        var parts = members(booster, "gradient_booster");
        if (!(parts.get("name") instanceof Node.Text(var name) && name.equals("gbtree")))
            throw wrong("a booster other than gbtree");
        if (!(members(parts.get("model"), "model").get("trees") instanceof Node.Items(var all)))
            throw wrong("a model without trees");
        return all.stream().map(tree -> members(tree, "a tree")).toList();
    }

    private void tree(Map<String, Node> tree, int number) {
        if (figure(members(tree.get("tree_param"), "tree_param"), "size_leaf_vector", 0) > 1)
            throw wrong("leaves of several numbers");
        var lefts = wholes(tree, "left_children");
        int count = lefts.length;
        if (count == 0) throw wrong("a tree without nodes");
        var rights = wholes(tree, "right_children", count);
        var features = wholes(tree, "split_indices", count);
        var defaults = wholes(tree, "default_left", count);
        var splits = numbers(tree, "split_conditions", count);
        if (tree.containsKey("split_type")
                && Arrays.stream(wholes(tree, "split_type", count)).anyMatch(kind -> kind != 0))
            throw wrong("splits by categories");
        check(lefts, rights, features);
        roots[number] = nodes;
        for (int i = 0; i < count; i++) {
            boolean leaf = lefts[i] == LEAF;
            left[nodes + i] = leaf ? LEAF : nodes + lefts[i];
            right[nodes + i] = leaf ? LEAF : nodes + rights[i];
            feature[nodes + i] = leaf ? 0 : features[i];
            missingLeft[nodes + i] = defaults[i] != 0;
            split[nodes + i] = splits[i];
        }
        nodes += count;
    }

    /// From the root on, what is met is a node, and is met once. What is not met was pruned.
    private void check(int[] lefts, int[] rights, int[] features) {
        var met = new boolean[lefts.length];
        var waiting = new int[lefts.length + 1];
        int held = 1; // the root
        while (held > 0) {
            int node = waiting[--held];
            if (met[node]) throw wrong("a tree that meets a node twice");
            met[node] = true;
            if (lefts[node] == LEAF) continue;
            for (int child : new int[] {lefts[node], rights[node]}) {
                if (child < 0 || child >= lefts.length) throw wrong("a tree without its node " + child);
                if (held == waiting.length) throw wrong("a tree that meets a node twice");
                waiting[held++] = child;
            }
            if (features[node] < 0 || features[node] >= columns) throw wrong("a split by feature " + features[node]);
        }
        for (int i = 0; i < lefts.length; i++) if (!met[i]) lefts[i] = LEAF; // nobody comes here
    }

    // ---- names and numbers

    private static Map<String, Node> members(Node node, String name) {
        if (node instanceof Node.Members(var all)) return all;
        throw wrong(name + " is missing");
    }

    /// Numbers stand in texts, newer ones in brackets.
    private static double figure(Map<String, Node> of, String name, double otherwise) {
        return switch (of.get(name)) {
            case null -> otherwise;
            case Node.Figure(var value) -> value;
            case Node.Text(var text) -> parsed(name, text);
            default -> throw wrong(name + " is no number");
        };
    }

    private static double parsed(String name, String text) {
        var bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        try {
            return Double.parseDouble(bare);
        } catch (NumberFormatException noNumber) {
            throw wrong(name + " is no number");
        }
    }

    private static int[] wholes(Map<String, Node> tree, String name) {
        return switch (tree.get(name)) {
            case Node.Wholes(var all) -> all;
            case Node.Items(var all) ->
                all.stream().mapToInt(node -> whole(node, name)).toArray();
            case null, default -> throw wrong("a tree without " + name);
        };
    }

    private static int whole(Node node, String name) {
        return switch (node) {
            case Node.Figure(var value) when value == (int) value -> (int) value;
            case Node.Truth(var value) -> value ? 1 : 0;
            default -> throw wrong(name + " holds what is no integer");
        };
    }

    private static int[] wholes(Map<String, Node> tree, String name, int count) {
        var all = wholes(tree, name);
        if (all.length != count) throw wrong(name + " has " + all.length + " of " + count);
        return all;
    }

    private static float[] numbers(Map<String, Node> tree, String name, int count) {
        if (tree.get(name) instanceof Node.Numbers(var all) && all.length == count) return all;
        if (tree.get(name) instanceof Node.Items(var all) && all.size() == count) {
            var numbers = new float[count];
            for (int i = 0; i < count; i++) {
                if (!(all.get(i) instanceof Node.Figure(var value))) throw wrong(name + " holds what is no number");
                numbers[i] = (float) value;
            }
            return numbers;
        }
        throw wrong("a tree without its " + name);
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what);
    }
}
