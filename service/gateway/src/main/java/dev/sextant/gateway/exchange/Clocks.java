package dev.sextant.gateway.exchange;

import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Hits;
import dev.sextant.model.Moments;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How moments are read and told in one request: at the clocks of a zone, as texts or as numbers of some hands.
///
/// @param zone that the request names; the collection's when it names none
/// @param hands none for texts
public record Clocks(Optional<ZoneId> zone, List<Hand> hands) {
    /// As the collection has it.
    public static final Clocks USUAL = new Clocks(Optional.empty(), List.of());

    /// A part of a moment.
    public enum Hand {
        YEAR,
        MONTH,
        DAY,
        HOUR,
        MINUTE,
        SECOND,
        MICROSECOND;

        long of(LocalDateTime shown) {
            return switch (this) {
                case YEAR -> shown.getYear();
                case MONTH -> shown.getMonthValue();
                case DAY -> shown.getDayOfMonth();
                case HOUR -> shown.getHour();
                case MINUTE -> shown.getMinute();
                case SECOND -> shown.getSecond();
                case MICROSECOND -> shown.getNano() / 1000;
            };
        }
    }

    public static Clocks of(Parameters parameters) {
        return of(parameters.text("timezone", ""), parameters.text("time_fields", ""));
    }

    /// @param hands with commas or blanks between them
    public static Clocks of(String zone, String hands) {
        return new Clocks(zone.isBlank() ? Optional.empty() : Optional.of(zone(zone.strip())), hands(hands));
    }

    /// Each at most once: otherwise a short request could ask for numbers without end.
    private static List<Hand> hands(String names) {
        var hands = new ArrayList<Hand>();
        for (var name : names.split("[,\\s]+")) {
            if (name.isEmpty()) continue;
            var hand = hand(name);
            if (hands.contains(hand))
                throw new Refused(
                        new Refusal.InvalidParameter("time_fields", "time field '" + name + "' is named twice"));
            hands.add(hand);
        }
        return List.copyOf(hands);
    }

    private static ZoneId zone(String name) {
        return Moments.zone(name)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "timezone", "invalid timezone name; must be a valid IANA Time Zone ID: " + name)));
    }

    private static Hand hand(String name) {
        for (var hand : Hand.values()) if (hand.name().equals(name.toUpperCase(Locale.ROOT))) return hand;
        throw new Refused(new Refusal.InvalidParameter(
                "time_fields",
                "invalid time field '" + name + "', expected some of "
                        + Arrays.stream(Hand.values())
                                .map(hand -> hand.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    /// The filter, with its moments read at these clocks.
    public Optional<Filter> read(Optional<Filter> filter) {
        return filter.map(present -> zone.map(present::in).orElse(present));
    }

    /// The rows, with their moments told.
    public Rows told(Schema schema, ZoneId ofCollection, Rows rows) {
        var moments = rows.columns().keySet().stream()
                .filter(name -> isMoment(schema, name))
                .toList();
        if (moments.isEmpty()) return rows;
        var told = Rows.of(rows.count());
        rows.columns().forEach((name, column) -> told.with(name, told(schema, ofCollection, name, column)));
        return told.build();
    }

    public Column told(Schema schema, ZoneId ofCollection, String name, Column column) {
        return column instanceof Column.Longs moments && isMoment(schema, name)
                ? told(moments, zone.orElse(ofCollection))
                : column;
    }

    /// Rows of figures and of what they are grouped by.
    public Rows told(Schema schema, ZoneId ofCollection, List<Read.Figure> figures, Rows rows) {
        var told = Rows.of(rows.count());
        rows.columns().forEach((name, column) -> {
            var figure = figures.stream().filter(one -> one.name().equals(name)).findFirst();
            told.with(
                    name,
                    figure.map(one -> told(schema, ofCollection, one, column))
                            .orElseGet(() -> told(schema, ofCollection, name, column)));
        });
        return told.build();
    }

    /// The least and the most moment are told as moments are.
    public Column told(Schema schema, ZoneId ofCollection, Read.Figure figure, Column column) {
        return isExtreme(figure) ? told(schema, ofCollection, figure.field(), column) : column;
    }

    private static boolean isExtreme(Read.Figure figure) {
        return switch (figure.calculation()) {
            case LEAST, MOST -> true;
            case COUNT, SUM, AVERAGE -> false;
        };
    }

    /// One value, which has no room for numbers of several hands: always a text.
    public Value told(Schema schema, ZoneId ofCollection, String name, Value value) {
        return value instanceof Value.Int(var moment) && isMoment(schema, name)
                ? Value.of(Moments.print(moment, zone.orElse(ofCollection)))
                : value;
    }

    /// The buckets, with the moments of their hits, keys and figures told.
    public Buckets.Found told(Schema schema, ZoneId ofCollection, Buckets.Level level, Buckets.Found found) {
        var all = found.buckets().stream()
                .map(own -> told(schema, ofCollection, level, own))
                .toList();
        var hits = found.hits();
        var shown = new Hits(
                hits.counts(),
                hits.keys(),
                hits.scores(),
                told(schema, ofCollection, hits.outputs()),
                hits.groups(),
                hits.elements(),
                hits.complete(),
                hits.timestamp(),
                hits.scanned());
        return new Buckets.Found(shown, all);
    }

    private List<Buckets.Bucket> told(
            Schema schema, ZoneId ofCollection, Buckets.Level level, List<Buckets.Bucket> buckets) {
        var moments = level.figures().stream()
                .filter(Clocks::isExtreme)
                .collect(Collectors.toMap(Read.Figure::name, Read.Figure::field));
        return buckets.stream()
                .map(bucket -> {
                    var key = new LinkedHashMap<>(bucket.key());
                    key.replaceAll((name, value) -> told(schema, ofCollection, name, value));
                    var figures = new LinkedHashMap<>(bucket.figures());
                    figures.replaceAll(
                            (name, value) -> told(schema, ofCollection, moments.getOrDefault(name, ""), value));
                    var inner = level.inner()
                            .map(next -> told(schema, ofCollection, next, bucket.inner()))
                            .orElse(bucket.inner());
                    return new Buckets.Bucket(key, bucket.count(), figures, bucket.hits(), inner);
                })
                .toList();
    }

    private static boolean isMoment(Schema schema, String name) {
        return schema.field(name)
                .filter(field -> field.type() == FieldType.Primitive.TIMESTAMPTZ)
                .isPresent();
    }

    private Column told(Column.Longs moments, ZoneId at) {
        return hands.isEmpty() ? texts(moments, at) : numbers(moments, at);
    }

    private static Column texts(Column.Longs moments, ZoneId at) {
        var texts = new ArrayList<String>(moments.rows());
        for (int row = 0; row < moments.rows(); row++)
            texts.add(moments.isNull(row) ? "" : Moments.print(moments.values()[row], at));
        return new Column.Texts(Slices.ofTexts(texts), moments.nulls());
    }

    private Column numbers(Column.Longs moments, ZoneId at) {
        var ends = new int[moments.rows()];
        var numbers =
                new long[Math.multiplyExact(moments.rows() - moments.nulls().count(), hands.size())];
        int count = 0;
        for (int row = 0; row < ends.length; row++) {
            if (!moments.isNull(row)) {
                var shown = Moments.at(moments.values()[row], at);
                for (var hand : hands) numbers[count++] = hand.of(shown);
            }
            ends[row] = count;
        }
        return new Column.Lists(ends, Column.longs(numbers), moments.nulls());
    }
}
