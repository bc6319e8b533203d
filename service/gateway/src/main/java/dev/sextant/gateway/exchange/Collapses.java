package dev.sextant.gateway.exchange;

import dev.sextant.model.Read.Collapse;
import dev.sextant.model.Read.Combination;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// How the elements that a part of a hybrid search finds become rows: `element_scope` of its parameters.
public final class Collapses {
    private static final String SCOPE = "element_scope";

    private Collapses() {}

    public static Optional<Collapse> of(Parameters parameters) {
        if (!parameters.has(SCOPE)) return Optional.empty();
        var scope = JsonTexts.object(parameters.text(SCOPE, ""), SCOPE);
        if (!scope.containsKey("collapse")) return Optional.empty();
        var collapse = new Parameters(JsonTexts.object(scope.get("collapse"), SCOPE + ".collapse"));
        var strategy = collapse.text("strategy", "max").strip().toLowerCase(Locale.ROOT);
        return Optional.of(
                switch (strategy) {
                    case "max" -> Collapse.BEST;
                    case "sum" -> new Collapse(Combination.SUM, OptionalInt.empty());
                    case "avg" -> new Collapse(Combination.AVERAGE, OptionalInt.empty());
                    case "topk_sum" -> new Collapse(Combination.SUM, most(collapse));
                    case "topk_avg" -> new Collapse(Combination.AVERAGE, most(collapse));
                    default ->
                        throw refused("unknown collapse strategy " + strategy
                                + ", expected max, sum, avg, topk_sum or topk_avg");
                });
    }

    private static OptionalInt most(Parameters collapse) {
        var most = collapse.count("topk");
        if (most.isEmpty() || most.getAsInt() < 1)
            throw refused("a collapse strategy with topk needs topk, an integer above 0");
        return most;
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter(SCOPE, detail));
    }
}
