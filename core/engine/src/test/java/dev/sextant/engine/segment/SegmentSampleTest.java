package dev.sextant.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.FieldType;
import dev.sextant.world.RealDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Segments that released versions wrote can be read for ever.
class SegmentSampleTest {
    private static final RealDisk SAMPLES = RealDisk.at(Path.of("src/test/formats"));
    private static final int ROWS = 40;

    /// The types that came later have samples of their own.
    private static final Map<String, List<FieldType>> TYPES = Map.of(
            "segment-1",
            Rows.FIRST,
            "segment-1-moments-texts-figures",
            Rows.LATER,
            "segment-1-arrays-of-vectors",
            Rows.ARRAYS_OF_VECTORS);

    static java.util.Set<String> samples() {
        return TYPES.keySet();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSegmentOfVersion1IsRead(String sample) {
        var schema = Rows.schema(true, TYPES.get(sample));
        var columns = Rows.columns(schema, ROWS, new SplittableRandom(1));
        try (var segment = SegmentFile.open(SAMPLES, sample)) {
            segment.verify();
            assertThat(segment.head()).isEqualTo(new SegmentHead(11, 22, schema));
            for (var field : schema.fields()) Rows.assertSame(segment.chunk(field.id(), 0), columns.get(field.id()));
            assertThat(segment.timestamps())
                    .usingRecursiveComparison()
                    .isEqualTo(new Runs(new int[] {10, 20, 30, 40}, new long[] {0, 1, 2, 3}));
            var found = segment.find(columns.get(Rows.KEY));
            for (int i = 0; i < found.count(); i++)
                assertThat(Keys.compare(columns.get(Rows.KEY), found.key()[i], columns.get(Rows.KEY), found.row()[i]))
                        .isZero();
            assertThat(found.row())
                    .contains(
                            LongStream.range(0, ROWS).mapToInt(row -> (int) row).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSegmentIsWrittenToTheByteAsVersion1Was(String sample) {
        var disk = new dev.sextant.world.MemoryDisk();
        var digest = write(disk, sample).digest();
        try (var segment = SegmentFile.open(SAMPLES, sample)) {
            assertThat(segment.written().digest()).isEqualTo(digest);
        }
    }

    private static Written write(dev.sextant.world.Disk disk, String sample) {
        var schema = Rows.schema(true, TYPES.get(sample));
        try (var writer = SegmentWriter.create(disk, sample, new SegmentHead(11, 22, schema))) {
            writer.add(
                    Rows.columns(schema, ROWS, new SplittableRandom(1)),
                    LongStream.range(0, ROWS).map(row -> row / 10).toArray(),
                    new long[] {3});
            return writer.finish();
        }
    }

    /// Writes the sample anew: once for each version, never again after its release.
    static final class Make {
        public static void main(String[] sample) {
            write(SAMPLES, sample[0]);
        }
    }
}
