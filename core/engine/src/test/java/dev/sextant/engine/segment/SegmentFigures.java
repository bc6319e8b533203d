package dev.sextant.engine.segment;

import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.world.RealDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Not a test: prints how fast segment files are written and read on this machine. `java … SegmentFigures [directory]`
final class SegmentFigures {
    private static final int CHUNKS = 4;
    private static final int DIMENSION = 256;

    private SegmentFigures() {}

    public static void main(String[] arguments) throws Exception {
        var parent = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(System.getProperty("java.io.tmpdir"));
        var directory = Files.createTempDirectory(parent, "segment-figures");
        var disk = RealDisk.at(directory);
        var schema = new Schema(
                1,
                List.of(
                        Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                .withId(100),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                                .withId(101),
                        Field.of("number", FieldType.Primitive.INT32).withId(102),
                        Field.of("city", new FieldType.Varchar(50)).withId(103),
                        Field.of("title", new FieldType.Varchar(200)).withId(104),
                        Field.of("meta", new FieldType.Json()).withId(105)));
        for (int round = 0; round < 3; round++) {
            var path = "s" + round;
            var chunks =
                    IntStream.range(0, CHUNKS).mapToObj(SegmentFigures::chunk).toList();
            long start = System.nanoTime();
            Written written;
            try (var writer = SegmentWriter.create(disk, path, new SegmentHead(1, round, schema))) {
                for (var chunk : chunks) writer.add(chunk, new long[] {1}, new long[] {1});
                written = writer.finish();
            }
            print("write and force", start, written.bytes());
            for (var field : schema.fields()) fieldBytes(disk, path, field);
            try (var segment = SegmentFile.open(disk, path)) {
                var memory = new Memory(2L << 30);
                start = System.nanoTime();
                segment.loadVectors(101, memory).close();
                print("load vectors", start, 4L * DIMENSION * written.rows());
                for (var field : schema.fields()) {
                    start = System.nanoTime();
                    for (int chunk = 0; chunk < CHUNKS; chunk++) segment.chunk(field.id(), chunk);
                    System.out.printf(
                            "  decode %-8s %6.1f ns a row%n",
                            field.name(), (System.nanoTime() - start) / (double) written.rows());
                }
                var random = new SplittableRandom(round);
                for (var field : schema.fields()) {
                    start = System.nanoTime();
                    for (int i = 0; i < 100; i++)
                        segment.fetch(
                                field.id(), random.ints(10, 0, written.rows()).toArray());
                    System.out.printf(
                            "  fetch 10 of %-8s %6.0f us%n", field.name(), (System.nanoTime() - start) / 100e3);
                }
                find(segment, written.rows(), random);
                start = System.nanoTime();
                segment.verify();
                print("verify", start, written.bytes());
            }
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static void find(SegmentFile segment, int rows, SplittableRandom random) {
        segment.find(Column.longs(1));
        long start = System.nanoTime();
        for (int i = 0; i < 1000; i++) segment.find(Column.longs(7L * random.nextInt(rows)));
        System.out.printf("  find one key there %6.1f us, ", (System.nanoTime() - start) / 1e6);
        start = System.nanoTime();
        for (int i = 0; i < 1000; i++) segment.find(Column.longs(7L * random.nextInt(rows) + 1));
        System.out.printf("not there %6.1f us, ", (System.nanoTime() - start) / 1e6);
        var many = new Column.Longs(
                LongStream.range(0, 10_000).map(_ -> 7L * random.nextInt(rows)).toArray(), Nulls.NONE);
        start = System.nanoTime();
        segment.find(many);
        System.out.printf("10,000 at once %6.1f ms%n", (System.nanoTime() - start) / 1e6);
    }

    private static void fieldBytes(RealDisk disk, String path, Field field) {
        try (var segment = SegmentFile.open(disk, path)) {
            System.out.printf(
                    "  %-8s %6.1f bytes a row%n",
                    field.name(), segment.storedBytes(field.id()) / (double) segment.rows());
        }
    }

    private static void print(String what, long start, long bytes) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-16s %7.0f MB in %.2f s: %6.0f MB/s%n", what, bytes / 1e6, seconds, bytes / 1e6 / seconds);
    }

    private static Map<Integer, Column> chunk(int number) {
        var random = new SplittableRandom(number);
        int rows = SegmentFile.CHUNK_ROWS;
        var vectors = new byte[4 * DIMENSION * rows];
        random.nextBytes(vectors);
        var cities = List.of("Berlin", "Paris", "London", "Rome", "Tokyo");
        var city = new ArrayList<String>();
        var title = new ArrayList<String>();
        var meta = new ArrayList<String>();
        for (int i = 0; i < rows; i++) {
            city.add(cities.get(random.nextInt(5)));
            title.add("On the matter of " + random.nextInt(1 << 20) + " and its consequences in "
                    + cities.get(random.nextInt(5)));
            meta.add("{\"author\":\"a" + random.nextInt(5000) + "\",\"year\":" + random.nextInt(1900, 2026)
                    + ",\"tags\":[\"x\",\"y\"]}");
        }
        var columns = new HashMap<Integer, Column>();
        columns.put(
                100,
                new Column.Longs(
                        LongStream.range((long) number * rows, (long) (number + 1) * rows)
                                .map(row -> 7 * row)
                                .toArray(),
                        Nulls.NONE));
        columns.put(101, new Column.Dense(VectorType.FLOAT32, DIMENSION, MemorySegment.ofArray(vectors), Nulls.NONE));
        columns.put(102, new Column.Ints(random.ints(rows, 0, 1000).toArray(), Nulls.NONE));
        columns.put(103, Column.texts(city));
        columns.put(104, Column.texts(title));
        columns.put(105, new Column.Jsons(dev.sextant.model.Slices.ofTexts(meta), Nulls.NONE));
        return columns;
    }
}
