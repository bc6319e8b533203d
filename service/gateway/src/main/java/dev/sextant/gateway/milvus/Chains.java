package dev.sextant.gateway.milvus;

import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.FunctionChain;
import dev.sextant.wire.milvus.FunctionChainExpr;
import dev.sextant.wire.milvus.FunctionChainOp;
import dev.sextant.wire.milvus.FunctionChainStage;
import dev.sextant.wire.milvus.FunctionParamValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Function chains as steps.
final class Chains {
    /// In the order they are taken.
    private static final List<FunctionChainStage> STAGES = List.of(
            FunctionChainStage.FunctionChainStageL0Rerank,
            FunctionChainStage.FunctionChainStageL1Rerank,
            FunctionChainStage.FunctionChainStageL2Rerank);

    private Chains() {}

    /// Those of all stages, one after the other: hits are found in one place, so a stage begins where the one before it
    /// ended.
    static Read.Fusion of(List<FunctionChain> chains) {
        var stages = EnumSet.noneOf(FunctionChainStage.class);
        for (var chain : chains) {
            if (!STAGES.contains(chain.getStage())) throw wrong("unsupported function chain stage " + chain.getStage());
            if (!stages.add(chain.getStage()))
                throw wrong("function chain stage " + chain.getStage() + " appears more than once");
            if (chain.getOpsCount() == 0) throw wrong("a function chain needs at least one operation");
        }
        var links = new ArrayList<Link>();
        var before = new HashSet<String>();
        chains.stream()
                .sorted(Comparator.comparingInt(chain -> STAGES.indexOf(chain.getStage())))
                .forEach(chain -> links.addAll(links(chain, before)));
        return new Read.Fusion.Chain(links);
    }

    /// @param before columns that earlier stages wrote, each for itself; those of this one are added
    private static List<Link> links(FunctionChain chain, Set<String> before) {
        boolean last = chain.getStage() == FunctionChainStage.FunctionChainStageL2Rerank;
        var links = new ArrayList<Link>();
        var own = new HashSet<String>();
        for (var op : chain.getOpsList()) {
            if (!last) early(chain.getStage(), op);
            var link = link(op);
            for (var column : link.reads())
                if (before.contains(column) && !own.contains(column))
                    throw wrong("column '" + column + "' was written by an earlier stage, which keeps it for itself");
            if (link instanceof Link.Put put && !put.column().equals(Link.SCORE)) own.add(put.column());
            links.add(link);
        }
        before.addAll(own);
        // Whoever comes after an early stage gets the best first.
        if (!last) links.add(new Link.Sort(Link.SCORE, true, Optional.of(Link.KEY)));
        return links;
    }

    /// What a stage before the last may do.
    private static void early(FunctionChainStage stage, FunctionChainOp op) {
        boolean first = stage == FunctionChainStage.FunctionChainStageL0Rerank;
        if (first && !op.getOp().equals("map"))
            throw wrong("function chain operation " + op.getOp() + " is not supported in stage " + stage);
        if (op.getExpr().getName().equals("rerank_model"))
            throw wrong("function chain expression rerank_model is not supported in stage " + stage);
    }

    private static Link link(FunctionChainOp op) {
        return switch (op.getOp()) {
            case "map" -> {
                if (!op.hasExpr() || op.getOutputsCount() != 1)
                    throw wrong("map takes one expression and writes one column, not " + op.getOutputsList());
                yield new Link.Put(op.getOutputs(0), term(op.getExpr()));
            }
            case "sort" -> {
                var by = text(op.getParamsMap(), "column").orElseThrow(() -> wrong("sort lost param: column"));
                var tie = text(op.getParamsMap(), "tie_break_col");
                var inputs = tie.map(other -> List.of(by, other)).orElse(List.of(by));
                if (op.getInputsCount() > 0 && !op.getInputsList().equals(inputs))
                    throw wrong("the inputs of sort are its columns " + inputs + ", not " + op.getInputsList());
                yield new Link.Sort(by, truth(op.getParamsMap(), "desc", true), tie);
            }
            case "limit" ->
                new Link.Limit(
                        count(op.getParamsMap(), "limit").orElseThrow(() -> wrong("limit lost param: limit")),
                        count(op.getParamsMap(), "offset").orElse(0));
            default -> throw wrong("unsupported function chain operation " + op.getOp());
        };
    }

    private static Link.Term term(FunctionChainExpr expr) {
        var given = expr.getParamsMap();
        return switch (expr.getName()) {
            case "decay" ->
                new Link.Term.Decay(
                        one(expr),
                        curve(text(given, "function").orElse("")),
                        number(given, "origin").orElseThrow(() -> wrong("decay function lost param: origin")),
                        number(given, "scale").orElseThrow(() -> wrong("decay function lost param: scale")),
                        number(given, "offset").orElse(0.0),
                        number(given, "decay").orElse(0.5));
            case "num_combine" ->
                new Link.Term.Combine(columns(expr), mode(text(given, "mode").orElse("sum")), weights(given));
            case "round_decimal" ->
                new Link.Term.Round(
                        one(expr),
                        count(given, "decimal").orElseThrow(() -> wrong("round_decimal lost param: decimal")));
            case "rerank_model" -> new Link.Term.Judge(one(expr), queries(given), parameters(given));
            case "xgboost" -> new Link.Term.Trees(columns(expr), resource(given), margin(given));
            default -> throw wrong("unsupported function chain expression " + expr.getName());
        };
    }

    private static String resource(Map<String, FunctionParamValue> given) {
        for (var name : given.keySet())
            if (!name.equals("model_resource") && !name.equals("output"))
                throw wrong("xgboost has no parameter '" + name + "'");
        return text(given, "model_resource").orElseThrow(() -> wrong("xgboost lost param: model_resource"));
    }

    private static boolean margin(Map<String, FunctionParamValue> given) {
        return switch (text(given, "output").orElse("default")) {
            case "raw" -> true;
            case "default" -> false;
            default -> throw wrong("xgboost output must be default or raw");
        };
    }

    private static List<String> columns(FunctionChainExpr expr) {
        return expr.getArgsList().stream()
                .map(arg -> {
                    if (arg.hasColumn()) return arg.getColumn().getName();
                    throw wrong(expr.getName() + " takes columns only");
                })
                .toList();
    }

    private static String one(FunctionChainExpr expr) {
        var columns = columns(expr);
        if (columns.size() != 1) throw wrong(expr.getName() + " takes one column, got " + columns.size());
        return columns.getFirst();
    }

    private static Read.Curve curve(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gauss" -> Read.Curve.GAUSS;
            case "exp" -> Read.Curve.EXPONENTIAL;
            case "linear" -> Read.Curve.LINEAR;
            default -> throw wrong("invalid decay function: " + name + ", only support [gauss,linear,exp]");
        };
    }

    private static Link.Mode mode(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "multiply" -> Link.Mode.MULTIPLY;
            case "sum" -> Link.Mode.SUM;
            case "max" -> Link.Mode.MAX;
            case "min" -> Link.Mode.MIN;
            case "avg" -> Link.Mode.AVERAGE;
            case "weighted" -> Link.Mode.WEIGHTED;
            default -> throw wrong("unsupported num_combine mode: " + name);
        };
    }

    private static List<Double> weights(Map<String, FunctionParamValue> given) {
        return given.containsKey("weights")
                ? given.get("weights").getArrayValue().getValuesList().stream()
                        .map(value -> number(value, "weights"))
                        .toList()
                : List.of();
    }

    private static List<String> queries(Map<String, FunctionParamValue> given) {
        if (!given.containsKey("queries")) throw wrong("rerank_model lost param: queries");
        return given.get("queries").getArrayValue().getValuesList().stream()
                .map(FunctionParamValue::getStringValue)
                .toList();
    }

    /// All but the queries, as texts.
    private static Map<String, String> parameters(Map<String, FunctionParamValue> given) {
        var parameters = new HashMap<String, String>();
        given.forEach((name, value) -> {
            if (!name.equals("queries")) parameters.put(name.toLowerCase(Locale.ROOT), written(value));
        });
        return parameters;
    }

    private static String written(FunctionParamValue value) {
        return switch (value.getValueCase()) {
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT64_VALUE -> Long.toString(value.getInt64Value());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case STRING_VALUE -> value.getStringValue();
            case ARRAY_VALUE ->
                value.getArrayValue().getValuesList().stream()
                        .map(Chains::written)
                        .collect(Collectors.joining(",", "[", "]"));
            case OBJECT_VALUE, BYTES_VALUE -> throw wrong("a parameter of a model is a text, a number or a truth");
            case VALUE_NOT_SET -> "";
        };
    }

    private static Optional<String> text(Map<String, FunctionParamValue> given, String name) {
        return Optional.ofNullable(given.get(name))
                .map(FunctionParamValue::getStringValue)
                .filter(text -> !text.isEmpty());
    }

    private static boolean truth(Map<String, FunctionParamValue> given, String name, boolean otherwise) {
        return given.containsKey(name) ? given.get(name).getBoolValue() : otherwise;
    }

    private static Optional<Integer> count(Map<String, FunctionParamValue> given, String name) {
        return Optional.ofNullable(given.get(name)).map(value -> {
            if (!value.hasInt64Value()) throw wrong(name + " must be an integer");
            return Math.clamp(value.getInt64Value(), Integer.MIN_VALUE, Integer.MAX_VALUE);
        });
    }

    private static Optional<Double> number(Map<String, FunctionParamValue> given, String name) {
        return Optional.ofNullable(given.get(name)).map(value -> number(value, name));
    }

    private static double number(FunctionParamValue value, String name) {
        return switch (value.getValueCase()) {
            case DOUBLE_VALUE -> value.getDoubleValue();
            case INT64_VALUE -> value.getInt64Value();
            default -> throw wrong(name + " must be a number");
        };
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("function_chains", detail));
    }
}
