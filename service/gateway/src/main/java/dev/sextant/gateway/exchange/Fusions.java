package dev.sextant.gateway.exchange;

import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Read.Fusion;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.FunctionSchema;
import dev.sextant.wire.milvus.HybridSearchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How several lists become one: as parameters of the ranking, or spelled as a function.
public final class Fusions {
    private static final double USUAL_K = 60;

    private Fusions() {}

    public static Fusion of(HybridSearchRequest request, Parameters ranking) {
        var functions = request.getFunctionScore().getFunctionsList();
        if (functions.size() > 1) throw new Refused(new Refusal.Unsupported("more than one ranking function"));
        return functions.isEmpty()
                ? of(ranking.text("strategy", "rrf"), object(ranking.text("params", "")))
                : of(functions.getFirst());
    }

    private static Map<String, String> object(String json) {
        return json.isBlank() ? Map.of() : JsonTexts.object(json, "params");
    }

    private static Fusion of(FunctionSchema function) {
        var parameters = new HashMap<String, String>();
        function.getParamsList()
                .forEach(pair -> parameters.put(pair.getKey().toLowerCase(Locale.ROOT), pair.getValue()));
        return of(parameters.getOrDefault("reranker", ""), parameters);
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
