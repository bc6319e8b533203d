package dev.sextant.query.filter;

import dev.sextant.engine.FieldIndex;
import dev.sextant.engine.Part;
import dev.sextant.index.scalar.Found;
import dev.sextant.index.scalar.Lookup;
import dev.sextant.index.scalar.ScalarIndex;
import dev.sextant.kernel.Bits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Lets the indexes of a part answer those conditions that they answer sooner than the column does. Of an `and` the
/// rarest goes first, and what is left for the others decides whether they need an index at all.
final class Serving {
    /// Bits of a part made, joined and looked through, for each word of 64 rows.
    private static final double WORD_NANOS = 2;

    private final Part part;
    private final double scanWeight;
    private final List<String> notes = new ArrayList<>();

    private Serving(Part part, double scanWeight) {
        this.part = part;
        this.scanWeight = scanWeight;
    }

    /// @param root what is left to ask of the rows in `among`
    /// @param among the rows that were asked about, less those that indexes have ruled out
    /// @param notes which index answers what, in sentences
    record Plan(Predicate root, Bits among, List<String> notes) {}

    static Plan plan(Predicate root, Part part, Bits among) {
        return plan(root, part, among, 1);
    }

    /// @param scanWeight how much dearer columns are than they are thought to be
    static Plan plan(Predicate root, Part part, Bits among, double scanWeight) {
        if (part.growing()) return new Plan(root, among, List.of());
        var serving = new Serving(part, scanWeight);
        var planned = serving.plan(root, serving.hasIndexes(root) ? among.count(part.rows()) : 0);
        return narrowed(planned, among, serving.notes);
    }

    /// Takes the answers that are sure and that every row needs out of the condition.
    private static Plan narrowed(Predicate planned, Bits among, List<String> notes) {
        var all = planned instanceof Predicate.And(var operands) ? operands : List.of(planned);
        var rest = new ArrayList<Predicate>();
        for (var one : all)
            if (one instanceof Predicate.Indexed(_, var taken, var unsure) && unsure.isEmpty())
                among = among.and(taken);
            else rest.add(one);
        if (rest.size() == all.size()) return new Plan(planned, among, notes);
        var root = rest.isEmpty()
                ? new Predicate.Constant(true)
                : rest.size() == 1 ? rest.getFirst() : new Predicate.And(rest);
        return new Plan(root, among, notes);
    }

    private boolean hasIndexes(Predicate predicate) {
        return switch (predicate) {
            case Predicate.And(var all) -> all.stream().anyMatch(this::hasIndexes);
            case Predicate.Or(var any) -> any.stream().anyMatch(this::hasIndexes);
            default -> field(predicate) >= 0 && !part.indexes(field(predicate)).isEmpty();
        };
    }

    /// The field that a leaf is about; -1 for those that no index can answer.
    private static int field(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Scalar scalar -> scalar.field();
            case Predicate.IsNull isNull -> isNull.field();
            case Predicate.Contains contains -> contains.field();
            case Predicate.Element element -> element.field();
            case Predicate.Json json -> json.field();
            case Predicate.Constant _,
                    Predicate.Elements _,
                    Predicate.And _,
                    Predicate.Or _,
                    Predicate.Columns _,
                    Predicate.Length _,
                    Predicate.ArrayIs _,
                    Predicate.Indexed _ -> -1;
        };
    }

    /// @param rows that the condition would be put to
    private Predicate plan(Predicate predicate, long rows) {
        if (rows == 0) return predicate;
        return switch (predicate) {
            case Predicate.And(var all) -> and(all, rows);
            case Predicate.Or(var any) ->
                new Predicate.Or(any.stream().map(one -> plan(one, rows)).toList());
            default ->
                offer(predicate)
                        .filter(offer -> pays(offer, rows))
                        .map(this::serve)
                        .orElse(predicate);
        };
    }

    private Predicate and(List<Predicate> all, long rows) {
        var offers = new ArrayList<Offer>();
        var others = new ArrayList<Predicate>();
        for (var one : all) offer(one).ifPresentOrElse(offers::add, () -> others.add(one));
        offers.sort(Comparator.comparingLong(Offer::rows));
        var planned = new ArrayList<Predicate>();
        var rest = new ArrayList<Predicate>();
        long left = rows;
        for (var offer : offers)
            if (pays(offer, left)) {
                planned.add(serve(offer));
                left = Math.min(left, offer.rows());
            } else rest.add(offer.leaf);
        for (var one : all) // in the order of the filter, which has the cheap ones first
        if (rest.contains(one)) planned.add(one);
            else if (others.contains(one)) planned.add(plan(one, left));
        return new Predicate.And(planned);
    }

    /// An index that can answer a leaf.
    ///
    /// @param rows that the leaf takes, about
    /// @param nanos until they are known
    private record Offer(Predicate leaf, FieldIndex index, Optional<Lookup> lookup, long rows, double nanos) {}

    private boolean pays(Offer offer, long among) {
        return offer.nanos < scanWeight * ScanCost.ofRow(offer.leaf) * among;
    }

    private Optional<Offer> offer(Predicate leaf) {
        int field = field(leaf);
        if (field < 0) return Optional.empty();
        return part.indexes(field).stream()
                .flatMap(index -> offer(leaf, index).stream())
                .min(Comparator.comparingDouble(Offer::nanos));
    }

    private Optional<Offer> offer(Predicate leaf, FieldIndex index) {
        double words = WORD_NANOS * ((part.rows() + 63) / 64);
        var structure = index.structure();
        if (leaf instanceof Predicate.IsNull(_, var negated))
            return Optional.of(
                    new Offer(leaf, index, Optional.empty(), negated ? part.rows() : count(structure.nulls()), words));
        if (leaf instanceof Predicate.Json(_, var path, JsonTest.Exists _, _, _, _)) {
            boolean one = index.place()
                    .map(place -> place.path().equals(path) && !place.cast().isArray())
                    .orElse(false);
            double looks = ScanCost.ofRow(leaf) * (count(structure.others()) + count(structure.unsure()));
            return one
                    ? Optional.of(new Offer(leaf, index, Optional.empty(), part.rows(), words + looks))
                    : Optional.empty();
        }
        return look(leaf, index).map(lookup -> offer(leaf, index, lookup, words));
    }

    private Offer offer(Predicate leaf, FieldIndex index, Lookup lookup, double words) {
        var structure = index.structure();
        boolean mayBe = structure.structure() == ScalarIndex.Structure.GRAMS
                || structure.structure() == ScalarIndex.Structure.BOXES;
        long unsure = mayBe || leaf instanceof Predicate.Element ? lookup.rows() : count(structure.unsure());
        long rows = isNegated(leaf) ? part.rows() - lookup.rows() : lookup.rows();
        return new Offer(
                leaf, index, Optional.of(lookup), rows, words + lookup.nanos() + unsure * ScanCost.ofRow(leaf));
    }

    private static boolean isNegated(Predicate leaf) {
        return switch (leaf) {
            case Predicate.Scalar scalar -> scalar.negated();
            case Predicate.Contains contains -> contains.negated();
            case Predicate.Json json -> json.negated();
            default -> false;
        };
    }

    private static Optional<Lookup> look(Predicate leaf, FieldIndex index) {
        var structure = index.structure();
        boolean plain = index.place().isEmpty();
        return switch (leaf) {
            case Predicate.Scalar(_, var test, _) ->
                plain ? Asking.of(test, index, false).flatMap(structure::look) : Optional.empty();
            case Predicate.Contains(_, var quantity, var values, _) ->
                plain
                        ? Asking.of((Test) values, index, quantity == Predicate.Quantity.ALL)
                                .flatMap(structure::look)
                        : Optional.empty();
            // A row whose element passes has an element that passes.
            case Predicate.Element(_, _, var test, var negated, var missing) ->
                plain && !negated && !missing
                        ? Asking.of(test, index, false).flatMap(structure::look)
                        : Optional.empty();
            case Predicate.Json(_, var path, var test, var negated, var missing, _) -> {
                boolean here =
                        index.place().map(place -> place.path().equals(path)).orElse(false);
                boolean told = !(test instanceof JsonTest.In) || negated == missing;
                yield here && told ? Asking.of(test, index).flatMap(structure::look) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private Predicate serve(Offer offer) {
        var answer = answer(offer);
        notes.add(String.format(
                Locale.ROOT,
                "index '%s' (%s) answers: %,d rows for sure, %,d to be looked at",
                offer.index.name(),
                offer.index.structure().structure().name().toLowerCase(Locale.ROOT),
                count(answer.taken()),
                answer.unsure().map(this::count).orElse(0)));
        return answer;
    }

    private Predicate.Indexed answer(Offer offer) {
        var index = offer.index.structure();
        return switch (offer.leaf) {
            case Predicate.IsNull(_, var negated) ->
                new Predicate.Indexed(
                        offer.leaf,
                        negated ? Bits.ALL.andNot(index.nulls(), part.rows()) : index.nulls(),
                        Optional.empty());
            case Predicate.Json(_, _, JsonTest.Exists _, var negated, _, var nullRows) ->
                joined(
                        offer.leaf,
                        index,
                        new Found(index.valued(), index.unsure().or(index.others())),
                        negated,
                        false,
                        nullRows);
            case Predicate.Scalar(_, _, var negated) ->
                joined(offer.leaf, index, offer.lookup.orElseThrow().find(), negated, negated, false);
            case Predicate.Contains(_, _, _, var negated) ->
                joined(offer.leaf, index, offer.lookup.orElseThrow().find(), negated, false, false);
            case Predicate.Element _ -> {
                var found = offer.lookup.orElseThrow().find();
                yield new Predicate.Indexed(
                        offer.leaf,
                        Bits.none(part.rows()),
                        Optional.of(found.rows().or(found.unsure())));
            }
            case Predicate.Json(_, _, _, var negated, var missing, var nullRows) ->
                joined(offer.leaf, index, offer.lookup.orElseThrow().find(), negated, missing, nullRows);
            default -> throw new AssertionError(offer.leaf);
        };
    }

    /// What a leaf takes: of the rows with a value those that were found, or the others when it is negated; rows
    /// without one as it says.
    private Predicate.Indexed joined(
            Predicate leaf, ScalarIndex index, Found found, boolean negated, boolean missing, boolean nullRows) {
        int rows = part.rows();
        boolean anyUnsure = found.unsure().next(0, rows) >= 0;
        var taken = negated ? index.valued().andNot(found.rows(), rows) : found.rows();
        if (anyUnsure) taken = taken.andNot(found.unsure(), rows);
        if (missing) taken = taken.or(index.others());
        if (nullRows) taken = taken.or(index.nulls());
        return new Predicate.Indexed(leaf, taken, anyUnsure ? Optional.of(found.unsure()) : Optional.empty());
    }

    private int count(Bits bits) {
        return bits.count(part.rows());
    }
}
