package dev.sextant.index.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Box;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoxesTest {
    private static final long SEED = new Random().nextLong();

    private final Memory memory = new Memory(256 << 20);
    private final Random random = new Random(SEED);

    /// A line between two corners, as well-known binary.
    static byte[] line(Box box) {
        return ByteBuffer.allocate(41)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(2)
                .putInt(2)
                .putDouble(box.minX())
                .putDouble(box.minY())
                .putDouble(box.maxX())
                .putDouble(box.maxY())
                .array();
    }

    private static byte[] emptyPoint() {
        return ByteBuffer.allocate(21)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(1)
                .putDouble(Double.NaN)
                .putDouble(Double.NaN)
                .array();
    }

    private double coordinate(double scale) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(-3, 4);
            case 1 -> random.nextGaussian() * 1e-12;
            default -> random.nextDouble(-scale, scale);
        };
    }

    private Box box(double scale) {
        double x = coordinate(scale), y = coordinate(scale);
        boolean point = random.nextBoolean();
        return new Box(
                x,
                y,
                point ? x : x + random.nextDouble() * scale / 20,
                point ? y : y + random.nextDouble() * scale / 20);
    }

    ScalarIndex build(Column.Shapes column) {
        var parameters = new ScalarParameters(Wanted.BOXES, Optional.empty(), 2, 3, 500);
        try (var build = new ScalarBuild(memory, parameters, new FieldType.Geometry(), column.rows())) {
            for (int from = 0; from < column.rows(); from += 700)
                build.add(column.slice(from, Math.min(column.rows(), from + 700)));
            return build.finish();
        }
    }

    @Test
    void aTreeFindsWhatALookAtEachBoxFinds() {
        System.out.println("seed " + SEED);
        for (int rows : new int[] {0, 1, 15, 16, 17, 256, 257, 5_000}) {
            double scale = Math.pow(10, random.nextInt(-3, 300));
            var boxes = new Box[rows];
            var bytes = new Slices.Builder(rows);
            var nulls = new BitSet();
            var empty = new BitSet();
            for (int row = 0; row < rows; row++) {
                boxes[row] = box(scale);
                if (random.nextInt(10) == 0) nulls.set(row);
                else if (random.nextInt(10) == 0) empty.set(row);
                bytes.add(nulls.get(row) ? new byte[0] : empty.get(row) ? emptyPoint() : line(boxes[row]));
            }
            try (var index = build(new Column.Shapes(bytes.build(), Nulls.of(nulls)))) {
                assertThat(index.nulls().count(rows)).isEqualTo(nulls.cardinality());
                assertThat(index.others().count(rows)).isEqualTo(empty.cardinality());
                for (int i = 0; i < 200; i++) {
                    var sought = i == 0 ? new Box(-1e308, -1e308, 1e308, 1e308) : box(scale * random.nextInt(1, 30));
                    var lookup = index.look(new Sought.Meeting(sought)).orElseThrow();
                    var found = lookup.find();
                    assertThat(found.rows().next(0, rows)).isNegative();
                    assertThat(lookup.rows()).isEqualTo(found.unsure().count(rows));
                    for (int row = 0; row < rows; row++) {
                        boolean meets = !nulls.get(row) && !empty.get(row) && boxes[row].meets(sought);
                        // Boxes are kept a little larger, never smaller.
                        if (meets)
                            assertThat(found.unsure().get(row)).as("row " + row).isTrue();
                        if (found.unsure().get(row) && !meets && scale < 1e30)
                            assertThat(boxes[row].meets(widened(sought, scale))).isTrue();
                    }
                }
            }
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    private static Box widened(Box box, double scale) {
        double more = scale * 1e-5 + 1e-30;
        return new Box(box.minX() - more, box.minY() - more, box.maxX() + more, box.maxY() + more);
    }

    @Test
    void otherQuestionsAreNotAnswered() {
        try (var index = build(new Column.Shapes(new Slices.Builder(0).build(), Nulls.NONE))) {
            assertThat(index.look(new Sought.Wholes(0, 1))).isEmpty();
            assertThat(index.look(Sought.Texts.one(new byte[1]))).isEmpty();
        }
    }

    @Test
    void theCurveMeetsEveryCellOnceAndNeighboursAreOneStepApart() {
        int side = 1 << 16, step = side / 64;
        var seen = new HashSet<Long>();
        for (int x = 0; x < side; x += step)
            for (int y = 0; y < side; y += step)
                assertThat(seen.add(BoxesBuild.hilbert(x, y))).isTrue();
        var cells = IntStream.range(0, 64)
                .boxed()
                .flatMap(x -> IntStream.range(0, 64).mapToObj(y -> new int[] {x, y}))
                .sorted(java.util.Comparator.comparingLong(cell -> BoxesBuild.hilbert(cell[0] << 10, cell[1] << 10)))
                .toList();
        for (int i = 1; i < cells.size(); i++)
            assertThat(Math.abs(cells.get(i)[0] - cells.get(i - 1)[0])
                            + Math.abs(cells.get(i)[1] - cells.get(i - 1)[1]))
                    .isEqualTo(1);
    }
}
