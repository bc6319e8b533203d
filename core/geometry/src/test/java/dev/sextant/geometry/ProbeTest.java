package dev.sextant.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Wkb;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeTest {
    private static final long SEED = new Random().nextLong();
    private static final String SQUARE = "POLYGON ((10 10, 30 10, 30 30, 10 30, 10 10))";

    private final Random random = new Random(SEED);

    private static boolean test(Probe probe, String stored) {
        var bytes = Shapes.wkb(stored);
        return probe.test(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    CONTAINS   ; POLYGON ((0 0, 50 0, 50 50, 0 50, 0 0))   ; true
                    CONTAINS   ; POINT (20 20)                             ; false
                    WITHIN     ; POINT (20 20)                             ; true
                    WITHIN     ; POINT (10 20)                             ; false
                    INTERSECTS ; POINT (10 20)                             ; true
                    TOUCHES    ; POINT (10 20)                             ; true
                    TOUCHES    ; POINT (20 20)                             ; false
                    CROSSES    ; LINESTRING (0 20, 40 20)                  ; true
                    CROSSES    ; LINESTRING (15 20, 20 20)                 ; false
                    OVERLAPS   ; POLYGON ((20 20, 40 20, 40 40, 20 20))    ; true
                    EQUALS     ; POLYGON ((30 30, 10 30, 10 10, 30 10, 30 30)) ; true
                    EQUALS     ; POLYGON ((30 30, 10 30, 10 10, 30 30))    ; false
                    INTERSECTS ; GEOMETRYCOLLECTION (POINT (99 99), POINT (11 11)) ; true
                    INTERSECTS ; POINT EMPTY                               ; false
                    """)
    void aStoredGeometryLiesSoToTheGivenOne(Relation relation, String stored, boolean holds) {
        assertThat(test(Probe.of(relation, SQUARE), stored)).isEqualTo(holds);
    }

    @Test
    void geometriesThatBreakTheRulesHaveNoRelationButFailNothing() {
        var bow = "POLYGON ((0 0, 20 20, 20 0, 0 20, 0 0))";
        for (var relation : Relation.values()) {
            test(Probe.of(relation, SQUARE), bow);
            test(Probe.of(relation, bow), SQUARE);
        }
        assertThat(test(Probe.valid(), bow)).isFalse();
        assertThat(test(Probe.valid(), SQUARE)).isTrue();
    }

    @Test
    void distancesAreThoseOfGreatCircles() {
        var berlin = "POINT (13.405 52.52)";
        assertThat(test(Probe.near(berlin, 880_000), "POINT (2.3522 48.8566)")).isTrue(); // Paris: 877.5 km
        assertThat(test(Probe.near(berlin, 875_000), "POINT (2.3522 48.8566)")).isFalse();
        assertThat(test(Probe.near("POINT (179.9 0)", 23_000), "POINT (-179.9 0)"))
                .isTrue();
        assertThat(test(Probe.near("POINT (179.9 0)", 23_000), "LINESTRING (-179.9 -5, -179.9 5)"))
                .isTrue();
        assertThat(test(Probe.near("POINT (0 0)", 0), "POINT (0 0)")).isTrue();
        assertThat(test(Probe.near("POINT (0 0)", 1e9), "POINT (500 0)")).isFalse();
        assertThat(test(Probe.near("POINT (0 0)", 1), "POLYGON ((-1 -1, 1 -1, 1 1, -1 1, -1 -1))"))
                .isTrue();
        assertThatThrownBy(() -> Probe.near("LINESTRING (0 0, 1 1)", 5)).isInstanceOf(NotAShape.class);
        assertThatThrownBy(() -> Probe.near("POINT (181 0)", 5)).isInstanceOf(NotAShape.class);
    }

    @Test
    void whatAProbeTakesMeetsItsReach() {
        System.out.println("seed " + SEED);
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            var probe = random.nextBoolean()
                    ? Probe.near(point(), Math.pow(10, random.nextDouble(1, 7.3)))
                    : Probe.of(Relation.values()[random.nextInt(7)], geometry());
            for (int j = 0; j < 8; j++) {
                var stored = Shapes.wkb(geometry());
                if (!probe.test(stored, 0, stored.length)) continue;
                taken++;
                var box = Wkb.box(stored, 0, stored.length);
                assertThat(probe.reach().map(box::meets).orElse(true))
                        .as(() -> probe.reach() + " and " + Shapes.wkt(stored, 0, stored.length))
                        .isTrue();
            }
        }
        assertThat(taken).isGreaterThan(150);
    }

    private String point() {
        return "POINT (" + random.nextDouble(-180, 180) + " " + random.nextDouble(-90, 90) + ")";
    }

    private String geometry() {
        double x = random.nextInt(-179, 170), y = random.nextInt(-89, 80);
        double right = x + random.nextInt(1, 10), up = y + random.nextInt(1, 10);
        return switch (random.nextInt(4)) {
            case 0 -> point();
            case 1 -> "LINESTRING (" + x + " " + y + ", " + right + " " + up + ")";
            case 2 -> "MULTIPOINT ((" + x + " " + y + "), (" + right + " " + up + "))";
            default ->
                "POLYGON ((" + x + " " + y + ", " + right + " " + y + ", " + right + " " + up + ", " + x + " " + up
                        + ", " + x + " " + y + "))";
        };
    }
}
