package dev.sextant.gateway.exchange;

import dev.sextant.model.Read;
import dev.sextant.model.Read.Figure;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Optional;

/// Figures among the outputs of a query, as clients write them: `count(*)`, `sum(price)`.
///
/// @param groups fields to group by
public record Figures(List<Figure> figures, List<String> groups) {
    /// None when rows are asked for.
    public static Optional<Figures> of(List<String> outputs, List<String> groups) {
        var figures = outputs.stream()
                .flatMap(output -> Figure.parse(output).stream())
                .toList();
        if (figures.isEmpty() && groups.isEmpty()) return Optional.empty();
        for (var output : outputs)
            if (!groups.contains(output) && Figure.parse(output).isEmpty())
                throw new Refused(new Refusal.InvalidParameter(
                        "output_fields",
                        "output field '" + output + "' is not allowed: only fields to group by and aggregates are"));
        return Optional.of(new Figures(figures, groups));
    }

    /// Whether nothing but the number of rows is asked for.
    public boolean countsRows() {
        return groups.isEmpty()
                && figures.size() == 1
                && figures.getFirst().calculation() == Read.Calculation.COUNT
                && figures.getFirst().field().equals("*");
    }
}
