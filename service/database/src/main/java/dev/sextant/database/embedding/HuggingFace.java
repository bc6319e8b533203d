package dev.sextant.database.embedding;

import java.util.Map;

/// Models that Hugging Face runs, behind one address: each is reached by its name and by what it is to do.
final class HuggingFace {
    static final String ROUTER = "https://router.huggingface.co";
    private static final String ROUTE = "hf-inference";

    private HuggingFace() {}

    /// @param parameters names in lower case
    static String path(Map<String, String> parameters, String task) {
        var route = parameters.getOrDefault("hf_provider", ROUTE).strip();
        if (!route.equals(ROUTE))
            throw Embedding.refused("hf_provider " + route + " is not supported, only " + ROUTE + " is");
        var model = parameters.getOrDefault("model_name", parameters.getOrDefault("model", ""));
        if (model.contains("..")) throw Embedding.refused("a model name is no path, got " + model);
        var escaped = Http.escaped(model).replace("%2F", "/");
        return "/" + ROUTE + "/models/" + escaped + "/pipeline/" + task;
    }
}
