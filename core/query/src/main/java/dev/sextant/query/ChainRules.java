package dev.sextant.query;

import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// What a chain of steps may be, and which fields of the hits it needs. Pure, but for models, which are asked whether
/// they could be asked.
record ChainRules(Schema schema, Models models, int queries) {
    /// The steps of a fusion.
    static List<Link> links(Read.Fusion fusion) {
        return switch (fusion) {
            case Read.Fusion.Chain(var links) -> links;
            case Read.Fusion.Model(var field, var queries, var parameters) ->
                List.of(
                        new Link.Put(Link.SCORE, new Link.Term.Judge(field, queries, parameters)),
                        new Link.Sort(Link.SCORE, true, java.util.Optional.of(Link.KEY)));
            case Read.Fusion.ReciprocalRank _, Read.Fusion.Weighted _, Read.Fusion.Decay _, Read.Fusion.Boosts _ ->
                List.of();
        };
    }

    /// The fields that the steps read, by name. Refuses steps that cannot be taken.
    SequencedMap<String, Field> fields(List<Link> links) {
        var fields = new LinkedHashMap<String, Field>();
        Set<String> written = new HashSet<>();
        for (var link : links) {
            switch (link) {
                case Link.Put(var column, var term) -> {
                    for (var name : term.reads()) {
                        boolean text = term instanceof Link.Term.Judge;
                        field(name, written, text ? Wanted.TEXT : Wanted.NUMBER, fields);
                    }
                    check(term);
                    if (column.isBlank() || column.startsWith("$") && !column.equals(Link.SCORE))
                        throw wrong("map cannot write column '" + column + "'");
                    if (!column.equals(Link.SCORE)) written.add(column);
                }
                case Link.Sort sort -> sort.reads().forEach(name -> field(name, written, Wanted.SCALAR, fields));
                case Link.Limit(var limit, var offset) -> {
                    if (limit < 1) throw wrong("limit must be positive, got " + limit);
                    if (offset < 0) throw wrong("offset must not be negative, got " + offset);
                }
            }
        }
        return fields;
    }

    private enum Wanted {
        NUMBER,
        TEXT,
        SCALAR
    }

    private void field(String name, Set<String> written, Wanted wanted, SequencedMap<String, Field> fields) {
        if (name.equals(Link.SCORE) || written.contains(name)) {
            if (wanted == Wanted.TEXT) throw wrong("column '" + name + "' holds no text");
            return;
        }
        var field = name.equals(Link.KEY)
                ? schema.primaryKey()
                : schema.field(name)
                        .orElseThrow(() -> wrong("column '" + name + "' is neither written before nor a field"));
        boolean fits = switch (field.type()) {
            case Primitive type -> wanted == Wanted.SCALAR || wanted == Wanted.NUMBER && type != Primitive.BOOL;
            case FieldType.Varchar _ -> wanted != Wanted.NUMBER;
            case FieldType.Text _ -> wanted == Wanted.TEXT;
            case FieldType.Geometry _, FieldType.Json _, FieldType.Array _, FieldType.Vector _ -> false;
        };
        if (!fits)
            throw wrong(
                    "column '" + name + "' has unsupported type " + field.type().word());
        if (!name.equals(Link.KEY)) fields.put(name, field);
    }

    private void check(Link.Term term) {
        switch (term) {
            case Link.Term.Decay decay -> Decaying.check(decay.origin(), decay.scale(), decay.offset(), decay.decay());
            case Link.Term.Combine combine -> {
                if (combine.columns().size() < 2) throw wrong("num_combine requires at least two columns");
                boolean weighted = combine.mode() == Link.Mode.WEIGHTED;
                if (combine.weights().size() != (weighted ? combine.columns().size() : 0))
                    throw wrong("num_combine weights must match its columns, and come with mode weighted alone");
            }
            case Link.Term.Round(_, var digits) -> {
                if (digits < 0 || digits > 6) throw wrong("round_decimal must be between 0 and 6, got " + digits);
            }
            case Link.Term.Trees trees -> {
                if (trees.columns().isEmpty()) throw wrong("xgboost requires at least one feature column");
                if (trees.model().isBlank()) throw wrong("xgboost model_resource must be a non-empty string");
            }
            case Link.Term.Judge judge -> {
                if (judge.queries().size() != queries)
                    throw wrong("the model needs one query for each vector searched for: expected " + queries + ", got "
                            + judge.queries().size());
                models.check(judge.parameters());
            }
        }
    }

    private static Refused wrong(String detail) {
        return new Refused(new Refusal.InvalidParameter("function_chains", detail));
    }

    /// The same fields once.
    static List<Field> together(List<Field> some, Iterable<Field> others) {
        var all = new ArrayList<>(some);
        for (var field : others) if (!all.contains(field)) all.add(field);
        return all;
    }
}
