package dev.sextant.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Box;
import dev.sextant.model.Wkb;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesTest {
    private static final long SEED = new Random().nextLong();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POINT (1 2)",
                "POINT (-1.5 1e-7)",
                "POINT EMPTY",
                "LINESTRING (0 0, 1 1, 2 0)",
                "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))",
                "MULTIPOINT ((1 1), (2 2))",
                "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
                "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
                "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 5 5))",
                "GEOMETRYCOLLECTION EMPTY",
                "POINT Z(1 2 3)"
            })
    void aTextComesBackAsItWentIn(String text) {
        var bytes = Shapes.wkb(text);
        assertThat(Shapes.wkb(Shapes.wkt(bytes, 0, bytes.length))).isEqualTo(bytes);
        assertThat(Shapes.kept(bytes, 0, bytes.length)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-Double.MAX_VALUE, 1e300, -1.2345678901234567e100, 123456789012345680d})
    void noNumberBecomesMuchLongerAsText(double number) {
        var bytes = Shapes.wkb("LINESTRING Z(" + number + " 0 1, 2 " + number + " " + number + ")");
        var text = Shapes.wkt(bytes, 0, bytes.length);
        assertThat(text).hasSizeLessThan(100);
        assertThat(Shapes.wkb(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "here",
                "POINT",
                "POINT (1)",
                "POINT (1 2",
                "POINT (1 2) and more",
                "POINT (NaN NaN)",
                "POINT (1 Infinity)",
                "POLYGON ((0 0, 1 1, 2 2))",
                "LINESTRING (1 1)",
                "CIRCLE (1 1)"
            })
    void whatIsNoGeometryIsRefused(String text) {
        assertThatThrownBy(() -> Shapes.wkb(text)).isInstanceOf(NotAShape.class).hasMessageNotContaining("null");
    }

    @Test
    void geometriesInsideOfGeometriesEndSomewhere() {
        var deep = "GEOMETRYCOLLECTION (".repeat(100_000) + "POINT (1 1)" + ")".repeat(100_000);
        assertThatThrownBy(() -> Shapes.wkb(deep)).isInstanceOf(NotAShape.class);
    }

    @Test
    void bytesThatWereChangedAreAGeometryOrRefusedAndNothingElse() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        var texts = new String[] {
            "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))",
            "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 5 5), MULTIPOINT ((1 1), (2 2)))"
        };
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            var bytes = Shapes.wkb(texts[random.nextInt(texts.length)]);
            for (int change = random.nextInt(1, 4); change > 0; change--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            int end = random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            try {
                var kept = Shapes.kept(bytes, 0, end);
                assertThat(Wkb.box(kept, 0, kept.length)).isNotNull();
            } catch (NotAShape wrong) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void theBoxOfBytesIsTheOneAroundTheGeometry() {
        var bytes = Shapes.wkb("GEOMETRYCOLLECTION (POINT (7 -1), LINESTRING (0 0, 5 9))");
        assertThat(Wkb.box(bytes, 0, bytes.length)).isEqualTo(new Box(0, -1, 7, 9));
        var empty = Shapes.wkb("POINT EMPTY");
        assertThat(Wkb.box(empty, 0, empty.length)).isEqualTo(Box.NOTHING);
    }
}
