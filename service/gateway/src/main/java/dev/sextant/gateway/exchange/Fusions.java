package dev.sextant.gateway.exchange;

import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.language.Filters;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Fusion;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.FunctionScore;
import dev.sextant.wire.milvus.HybridSearchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How several lists become one: as parameters of the ranking, or spelled as a function.
public final class Fusions {
    private static final double USUAL_K = 60;

    private Fusions() {}

    public static Fusion of(HybridSearchRequest request, Parameters ranking) {
        if (request.getFunctionScore().getFunctionsCount() == 0)
            return of(ranking.text("strategy", "rrf"), object(ranking.text("params", "")));
        return of(request.getFunctionScore()).ofParts();
    }

    /// Functions that score, as they were given: a fusion, and boosts of the hits that are fused.
    ///
    /// @param others none when there are boosts alone
    public record Scoring(Optional<Fusion.Boosts> boosts, Optional<Fusion> others) {
        /// Both as one; only boosts of a single list stand for themselves.
        public Fusion fusion() {
            return others.orElseGet(boosts::orElseThrow);
        }

        /// How the lists of a hybrid search become one: boosts weigh hits of a single list, so they go with nothing
        /// else here.
        public Fusion ofParts() {
            if (boosts.isPresent() && others.isPresent())
                throw invalid("reranker", "boost reranker is only supported in a search of one vector field");
            return fusion();
        }
    }

    /// A function that scores, as it was written.
    ///
    /// @param parameters names in lower case
    public record Ranker(List<String> inputs, Map<String, String> parameters) {
        public Ranker {
            var named = new HashMap<String, String>();
            parameters.forEach((name, value) -> named.put(name.toLowerCase(Locale.ROOT), value));
            parameters = named;
        }

        private String kind() {
            return parameters.getOrDefault("reranker", "").strip().toLowerCase(Locale.ROOT);
        }
    }

    public static Scoring of(FunctionScore score) {
        return of(
                score.getFunctionsList().stream()
                        .map(function ->
                                new Ranker(function.getInputFieldNamesList(), Parameters.map(function.getParamsList())))
                        .toList(),
                Parameters.map(score.getParamsList()));
    }

    /// @param parameters of all of them together
    public static Scoring of(List<Ranker> rankers, Map<String, String> parameters) {
        var boosts = new ArrayList<Read.Boost>();
        var others = new ArrayList<Fusion>();
        for (var ranker : rankers) {
            if (!ranker.kind().equals("boost")) others.add(of(ranker.kind(), ranker.inputs(), ranker.parameters()));
            else if (ranker.inputs().isEmpty()) boosts.add(boost(new Parameters(ranker.parameters())));
            else
                throw invalid(
                        "input_field_names",
                        "boost reranker requires 0 input field, got "
                                + ranker.inputs().size());
        }
        if (others.size() > 1)
            throw invalid("function_score", "at most one ranking function that is no boost, got " + others.size());
        var modes = new HashMap<String, String>();
        parameters.forEach((name, value) -> modes.put(name.toLowerCase(Locale.ROOT), value));
        return new Scoring(
                boosts.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Fusion.Boosts(boosts, adds(modes, "function_mode"), adds(modes, "boost_mode"))),
                others.stream().findFirst());
    }

    private static boolean adds(Map<String, String> modes, String name) {
        return switch (modes.getOrDefault(name, "multiply").strip().toLowerCase(Locale.ROOT)) {
            case "sum" -> true;
            case "multiply" -> false;
            default -> throw invalid(name, "unknown " + name + ": " + modes.get(name) + ", only multiply and sum");
        };
    }

    private static Read.Boost boost(Parameters given) {
        var filter = given.text("filter", "");
        return new Read.Boost(
                given.real("weight").orElseThrow(() -> invalid("weight", "must set weight params for weight scorer")),
                filter.isBlank() ? Optional.empty() : Optional.of(Filters.filter(filter, Map.of())),
                given.has("random_score")
                        ? Optional.of(chance(object(given.text("random_score", ""))))
                        : Optional.empty());
    }

    private static Read.Chance chance(Map<String, String> given) {
        var parameters = new Parameters(given);
        return new Read.Chance(
                parameters.whole("seed").orElse(0),
                Optional.of(parameters.text("field", "")).filter(name -> !name.isEmpty()));
    }

    private static Map<String, String> object(String json) {
        return json.isBlank() ? Map.of() : JsonTexts.object(json, "params");
    }

    /// @param inputs names of fields
    private static Fusion of(String reranker, List<String> inputs, Map<String, String> parameters) {
        return switch (reranker.strip().toLowerCase(Locale.ROOT)) {
            case "decay" -> decay(inputs, new Parameters(parameters));
            case "rrf", "weighted" -> {
                if (!inputs.isEmpty())
                    throw invalid(
                            "input_field_names",
                            "The " + reranker + " function does not support input parameters, but got " + inputs);
                yield of(reranker, parameters);
            }
            case "model" -> model(inputs, new Parameters(parameters));
            default -> throw invalid("reranker", "unsupported reranker " + reranker);
        };
    }

    private static Fusion model(List<String> inputs, Parameters given) {
        if (inputs.size() != 1)
            throw invalid("input_field_names", "model reranker requires exactly 1 input field, got " + inputs.size());
        return new Fusion.Model(
                inputs.getFirst(),
                queries(given.text("queries", "")),
                given.without(Set.of("reranker", "queries")).values());
    }

    /// `["one for each query"]`
    static List<String> queries(String json) {
        var queries = new ArrayList<String>();
        try (var parser = JsonTexts.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) throw noQueries(json);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_STRING) throw noQueries(json);
                queries.add(parser.getText());
            }
        } catch (IOException malformed) {
            throw noQueries(json);
        }
        if (queries.isEmpty()) throw noQueries(json);
        return queries;
    }

    private static Refused noQueries(String json) {
        return invalid("queries", "rerank function lost params queries: a JSON array of texts is needed, got " + json);
    }

    private static Fusion decay(List<String> inputs, Parameters given) {
        if (inputs.size() != 1)
            throw invalid("input_field_names", "decay reranker requires exactly 1 input field, got " + inputs.size());
        var curve = switch (given.text("function", "").strip().toLowerCase(Locale.ROOT)) {
            case "gauss" -> Read.Curve.GAUSS;
            case "exp" -> Read.Curve.EXPONENTIAL;
            case "linear" -> Read.Curve.LINEAR;
            default ->
                throw invalid(
                        "function",
                        "invalid decay function: " + given.text("function", "") + ", only support [gauss,linear,exp]");
        };
        var combination = switch (given.text("score_mode", "max").strip().toLowerCase(Locale.ROOT)) {
            case "max" -> Read.Combination.MAX;
            case "sum" -> Read.Combination.SUM;
            case "avg" -> Read.Combination.AVERAGE;
            default -> throw invalid("score_mode", "unsupported score mode: " + given.text("score_mode", ""));
        };
        return new Fusion.Decay(
                inputs.getFirst(),
                curve,
                given.real("origin").orElseThrow(() -> invalid("origin", "decay function lost param: origin")),
                given.real("scale").orElseThrow(() -> invalid("scale", "decay function lost param: scale")),
                given.real("offset").orElse(0),
                given.real("decay").orElse(0.5),
                combination,
                given.truth("norm_score", false));
    }

    private static Refused invalid(String parameter, String detail) {
        return new Refused(new Refusal.InvalidParameter(parameter, detail));
    }

    public static Fusion of(String strategy, Map<String, String> parameters) {
        var texts = new Parameters(parameters);
        return switch (strategy.strip().toLowerCase(Locale.ROOT)) {
            case "rrf", "" -> new Fusion.ReciprocalRank(texts.real("k").orElse(USUAL_K));
            case "weighted" ->
                new Fusion.Weighted(weights(texts.text("weights", "")), texts.truth("norm_score", false));
            default -> throw new Refused(new Refusal.InvalidParameter("strategy", "unsupported rank type " + strategy));
        };
    }

    private static List<Double> weights(String json) {
        var weights = new ArrayList<Double>();
        try (var parser = JsonTexts.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) throw noWeights(json);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (!parser.currentToken().isNumeric()) throw noWeights(json);
                weights.add(parser.getDoubleValue());
            }
        } catch (IOException malformed) {
            throw noWeights(json);
        }
        return weights;
    }

    private static Refused noWeights(String json) {
        return new Refused(
                new Refusal.InvalidParameter("weights", "weights should be a JSON array of numbers, got " + json));
    }
}
