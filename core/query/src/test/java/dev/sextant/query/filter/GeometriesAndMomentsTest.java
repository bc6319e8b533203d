package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.geometry.Shapes;
import dev.sextant.index.scalar.ScalarParameters;
import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.language.Filters;
import dev.sextant.model.Box;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.query.MemoryPart;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Filters over geometries and moments against plain models, with and without indexes.
class GeometriesAndMomentsTest {
    private static final long SEED = new Random().nextLong();
    private static final int FIGURE = 101, MOMENT = 102, OTHER = 103;
    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("k", Primitive.INT64, Trait.PRIMARY_KEY).withId(100),
                    Field.of("g", new FieldType.Geometry(), Trait.NULLABLE).withId(FIGURE),
                    Field.of("at", Primitive.TIMESTAMPTZ, Trait.NULLABLE).withId(MOMENT),
                    Field.of("by", Primitive.TIMESTAMPTZ).withId(OTHER)));

    private final Random random = new Random(SEED);
    private final Memory memory = new Memory(256 << 20);

    /// A point when it has no extent, else a rectangle.
    private static String text(Box box) {
        if (box.minX() == box.maxX()) return "POINT (" + box.minX() + " " + box.minY() + ")";
        return "POLYGON ((" + box.minX() + " " + box.minY() + ", " + box.maxX() + " " + box.minY() + ", " + box.maxX()
                + " " + box.maxY() + ", " + box.minX() + " " + box.maxY() + ", " + box.minX() + " " + box.minY() + "))";
    }

    private Box box(boolean mayBePoint) {
        double x = random.nextInt(-40, 40), y = random.nextInt(-40, 40);
        if (mayBePoint && random.nextBoolean()) return new Box(x, y, x, y);
        return new Box(x, y, x + random.nextInt(1, 30), y + random.nextInt(1, 30));
    }

    /// Of a point or rectangle to a rectangle.
    private static boolean holds(String relation, Box stored, Box given) {
        boolean point = stored.minX() == stored.maxX();
        boolean interiors = stored.minX() < given.maxX()
                && given.minX() < stored.maxX()
                && stored.minY() < given.maxY()
                && given.minY() < stored.maxY();
        boolean inside = given.minX() <= stored.minX()
                && stored.maxX() <= given.maxX()
                && given.minY() <= stored.minY()
                && stored.maxY() <= given.maxY();
        boolean around = stored.minX() <= given.minX()
                && given.maxX() <= stored.maxX()
                && stored.minY() <= given.minY()
                && given.maxY() <= stored.maxY();
        return switch (relation) {
            case "st_intersects" -> stored.meets(given);
            case "st_touches" -> stored.meets(given) && !interiors;
            case "st_within" -> inside && interiors;
            case "st_contains" -> around && !point;
            case "st_equals" -> stored.equals(given);
            case "st_overlaps" -> interiors && !inside && !around && !point;
            default -> throw new AssertionError(relation);
        };
    }

    private static final String[] RELATIONS = {
        "st_intersects", "st_touches", "st_within", "st_contains", "st_equals", "st_overlaps"
    };

    private record Row(Optional<Box> geometry, boolean empty, Optional<Long> moment, long other) {}

    private List<Row> rows(int count) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < count; i++)
            rows.add(new Row(
                    random.nextInt(8) == 0 ? Optional.empty() : Optional.of(box(true)),
                    random.nextInt(12) == 0,
                    random.nextInt(8) == 0 ? Optional.empty() : Optional.of(moment()),
                    moment()));
        return rows;
    }

    private long moment() {
        return random.nextInt(4) == 0
                ? 1_735_689_600_000_000L + random.nextInt(5) * 86_400_000_000L
                : random.nextLong(1_600_000_000L, 1_800_000_000L) * 1_000_000 + random.nextInt(3);
    }

    private static MemoryPart part(List<Row> rows) {
        var geometries = new Slices.Builder(rows.size());
        var noGeometry = new BitSet();
        var noMoment = new BitSet();
        var moments = new long[rows.size()];
        var others = new long[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (row.geometry.isEmpty()) noGeometry.set(i);
            if (row.moment.isEmpty()) noMoment.set(i);
            geometries.add(
                    row.geometry.isEmpty()
                            ? new byte[0]
                            : Shapes.wkb(row.empty ? "POINT EMPTY" : text(row.geometry.get())));
            moments[i] = row.moment.orElse(0L);
            others[i] = row.other;
        }
        return new MemoryPart(
                1,
                false,
                Map.of(
                        FIGURE, new Column.Shapes(geometries.build(), Nulls.of(noGeometry)),
                        MOMENT, new Column.Longs(moments, Nulls.of(noMoment)),
                        OTHER, Column.longs(others)),
                Bits.ALL,
                new long[1],
                new long[rows.size()],
                true);
    }

    private void check(MemoryPart part, List<Row> rows, String filter, ZoneId zone, Predicate<Row> expected) {
        var bound = Binder.bind(Filters.filter(filter, Map.of()).in(zone), SCHEMA);
        for (double weight : new double[] {0, 1, Double.POSITIVE_INFINITY}) {
            var found = Matching.rows(part, bound, part.visible(), 0, () -> {}, weight);
            for (int row = 0; row < rows.size(); row++)
                assertThat(found.get(row))
                        .as("seed " + SEED + ", " + filter + ", row " + rows.get(row))
                        .isEqualTo(expected.test(rows.get(row)));
        }
    }

    private MemoryPart indexed(List<Row> rows) {
        var part = part(rows);
        part.withIndex(
                memory,
                FIGURE,
                new FieldType.Geometry(),
                new ScalarParameters(Wanted.BOXES, Optional.empty(), 2, 3, 500));
        part.withIndex(
                memory,
                MOMENT,
                Primitive.TIMESTAMPTZ,
                new ScalarParameters(Wanted.SORTED, Optional.empty(), 2, 3, 500));
        return part;
    }

    @Test
    void geometriesAreTakenAsThePlainModelTakesThem() {
        System.out.println("seed " + SEED);
        for (int table = 0; table < 6; table++) {
            var rows = rows(random.nextInt(1, 400));
            try (var part = indexed(rows)) {
                for (int i = 0; i < 60; i++) {
                    var relation = RELATIONS[random.nextInt(RELATIONS.length)];
                    var given = box(false);
                    Predicate<Row> holds =
                            row -> row.geometry.isPresent() && !row.empty && holds(relation, row.geometry.get(), given);
                    var call = relation + "(g, '" + text(given) + "')";
                    check(part, rows, call, ZoneOffset.UTC, holds);
                    check(
                            part,
                            rows,
                            "not (" + call + ")",
                            ZoneOffset.UTC,
                            row -> row.geometry.isPresent() && !holds.test(row));
                    check(
                            part,
                            rows,
                            call + " or g is null",
                            ZoneOffset.UTC,
                            row -> row.geometry.isEmpty() || holds.test(row));
                }
            }
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void theTreeIsAskedWhereItPays() {
        var rows = rows(3_000);
        try (var part = indexed(rows)) {
            var bound = Binder.bind(
                    Filters.filter("st_within(g, 'POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0))')", Map.of()), SCHEMA);
            assertThat(Serving.plan(bound.root(), part, Bits.ALL).notes())
                    .singleElement()
                    .asString()
                    .contains("(boxes) answers: 0 rows for sure");
        }
    }

    @Test
    @Tag("slow")
    void momentsAreTakenAsThePlainModelTakesThem() {
        System.out.println("seed " + SEED);
        var zones = new ZoneId[] {ZoneOffset.UTC, ZoneId.of("Asia/Shanghai")};
        for (int table = 0; table < 6; table++) {
            var rows = rows(random.nextInt(1, 300));
            try (var part = indexed(rows)) {
                for (int i = 0; i < 60; i++) {
                    var zone = zones[random.nextInt(2)];
                    long bound = random.nextBoolean() ? moment() : rows.getFirst().other;
                    var naive = Moments.print(bound, zone).substring(0, 19);
                    long whole = Math.floorDiv(bound, 1_000_000) * 1_000_000;
                    var full = Moments.print(bound, ZoneId.of("America/New_York"));
                    check(
                            part,
                            rows,
                            "at > '" + naive + "'",
                            zone,
                            row -> row.moment.isPresent() && row.moment.get() > whole);
                    check(
                            part,
                            rows,
                            "ISO '" + full + "' >= at",
                            zone,
                            row -> row.moment.isPresent() && row.moment.get() <= bound);
                    check(
                            part,
                            rows,
                            "at != ISO '" + full + "'",
                            zone,
                            row -> row.moment.isPresent() && row.moment.get() != bound);
                    check(
                            part,
                            rows,
                            "not (at == '" + full + "')",
                            zone,
                            row -> row.moment.isPresent() && row.moment.get() != bound);
                    check(part, rows, "at < by", zone, row -> row.moment.isPresent() && row.moment.get() < row.other);
                    check(
                            part,
                            rows,
                            "at in ['" + full + "', '" + naive + "']",
                            zone,
                            row -> row.moment.isPresent() && (row.moment.get() == bound || row.moment.get() == whole));
                    long upper = bound + random.nextInt(1, 100) * 86_400_000_000L;
                    check(
                            part,
                            rows,
                            "'" + full + "' < at <= '" + Moments.print(upper, ZoneOffset.UTC) + "'",
                            zone,
                            row -> row.moment.isPresent() && row.moment.get() > bound && row.moment.get() <= upper);
                    int months = random.nextInt(3), days = random.nextInt(400);
                    boolean minus = random.nextBoolean();
                    check(
                            part,
                            rows,
                            "at " + (minus ? "-" : "+") + " INTERVAL 'P" + months + "M" + days + "DT3H' <= ISO '" + full
                                    + "'",
                            zone,
                            row -> row.moment.isPresent()
                                    && shifted(row.moment.get(), minus ? -1 : 1, months, days) <= bound);
                }
            }
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    private static long shifted(long micros, int sign, int months, int days) {
        var local = Moments.at(micros, ZoneOffset.UTC).plus(Period.ofMonths(sign * months));
        return (local.toEpochSecond(ZoneOffset.UTC) + sign * (days * 86_400L + 3 * 3600)) * 1_000_000
                + local.getNano() / 1000;
    }
}
