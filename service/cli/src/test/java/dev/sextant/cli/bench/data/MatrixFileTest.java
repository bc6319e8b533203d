package dev.sextant.cli.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.cli.bench.data.MatrixFile.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixFileTest {
    private static final int ALL = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] npy(String kind, String shape, byte[] values) {
        return npy(kind, "False", shape, values);
    }

    private static byte[] npy(String kind, String fortran, String shape, byte[] values) {
        var head = ("{'descr': '" + kind + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return little(10 + head.length + values.length)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) head.length)
                .put(head)
                .put(values)
                .array();
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static Path sample(String name) {
        try {
            return Path.of(MatrixFileTest.class.getResource("/bench/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void everyKindOfNumberOfNumpyIsRead() throws IOException {
        var bytes = new byte[] {1, 2, (byte) 200, 4, 5, 6};
        assertThat(MatrixFile.read(file("a.npy", npy("|u1", "(2, 3)", bytes)), Role.ROWS, ALL)
                        .value(0, 2))
                .isEqualTo(200);
        assertThat(MatrixFile.read(file("b.npy", npy("|i1", "(2, 3)", bytes)), Role.ROWS, ALL)
                        .value(0, 2))
                .isEqualTo(-56);
        var ints = little(16).putInt(7).putInt(16_777_217).putInt(9).putInt(-1).array();
        assertThat(MatrixFile.read(file("c.npy", npy("<i4", "(2, 2)", ints)), Role.TRUTH, ALL)
                        .whole(0, 1))
                .isEqualTo(16_777_217);
        var longs = little(16).putLong(1L << 40).putLong(3).array();
        assertThat(MatrixFile.read(file("d.npy", npy("<i8", "(1, 2)", longs)), Role.TRUTH, ALL)
                        .whole(0, 0))
                .isEqualTo(1L << 40);
        var floats = little(8).putFloat(1.5f).putFloat(-2).array();
        assertThat(MatrixFile.read(file("e.npy", npy("<f4", "(1, 2)", floats)), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(1.5f, -2);
        var doubles = little(16).putDouble(0.25).putDouble(8).array();
        assertThat(MatrixFile.read(file("f.npy", npy("<f8", "(2, 1)", doubles)), Role.ROWS, ALL)
                        .rows(0, 2))
                .containsExactly(0.25f, 8);
        var halves = little(4)
                .putShort(Float.floatToFloat16(0.5f))
                .putShort(Float.floatToFloat16(3))
                .array();
        assertThat(MatrixFile.read(file("g.npy", npy("<f2", "(1, 2)", halves)), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(0.5f, 3);
    }

    @Test
    void numbersLieInEitherOrderOfBytesByRowsOrByColumns() throws IOException {
        var big = ByteBuffer.allocate(24)
                .putInt(1)
                .putInt(2)
                .putInt(3)
                .putInt(4)
                .putInt(5)
                .putInt(-1);
        var ids = MatrixFile.read(file("a.npy", npy(">u4", "True", "(3, 2)", big.array())), Role.TRUTH, 2);
        assertThat(ids.rows()).isEqualTo(2);
        assertThat(ids.whole(0, 0)).isEqualTo(1);
        assertThat(ids.whole(0, 1)).isEqualTo(4);
        assertThat(ids.whole(1, 1)).isEqualTo(5);
        var rows = MatrixFile.read(file("b.npy", npy(">u4", "(3, 2)", big.array())), Role.TRUTH, ALL);
        assertThat(rows.whole(2, 1)).isEqualTo(4_294_967_295L);
        var floats =
                ByteBuffer.allocate(16).putFloat(1.5f).putFloat(2).putFloat(3).putFloat(4);
        assertThat(MatrixFile.read(file("c.npy", npy(">f4", "(2, 2)", floats.array())), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(1.5f, 2);
        var bytes = npy("|u1", "True", "(2, 3)", new byte[] {1, 2, 3, 4, 5, (byte) 200});
        assertThat(MatrixFile.read(file("d.npy", bytes), Role.ROWS, ALL).row(1)).containsExactly(2, 4, 200);
        var shorts = little(4).putShort((short) 40_000).putShort((short) -2).array();
        assertThat(MatrixFile.read(file("e.npy", npy("<u2", "(1, 2)", shorts)), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(40_000, 65_534);
        assertThat(MatrixFile.read(file("f.npy", npy("<i2", "(1, 2)", shorts)), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(-25_536, -2);
        assertThat(MatrixFile.read(file("g.npy", npy("<u8", "(1, 1)", new byte[8])), Role.TRUTH, ALL)
                        .whole(0, 0))
                .isZero();
        assertThatThrownBy(() -> MatrixFile.read(file("h.npy", npy("<f4", "(4,)", new byte[16])), Role.ROWS, ALL))
                .hasMessageContaining("two dimensions");
    }

    @Test
    void whatIsNoWholeNumberIsNoId() throws IOException {
        for (float wrong : new float[] {1.5f, Float.NaN, 16_777_216, Float.POSITIVE_INFINITY}) {
            var ids = MatrixFile.read(
                    file(
                            "a.npy",
                            npy(
                                    "<f4",
                                    "(1, 2)",
                                    little(8).putFloat(3).putFloat(wrong).array())),
                    Role.TRUTH,
                    ALL);
            assertThat(ids.whole(0, 0)).isEqualTo(3);
            assertThatThrownBy(() -> ids.whole(0, 1)).hasMessageContaining("stands for an id in row 0, column 1");
        }
    }

    @Test
    void aPackedFileReadsLikeThePlainOneAndRowsCanBeCut() throws IOException {
        var bytes = npy("|u1", "(3, 2)", new byte[] {1, 2, 3, 4, 5, 6});
        var matrix = MatrixFile.read(file("a.npy.gz", packed(bytes)), Role.ROWS, 2);
        assertThat(matrix.rows()).isEqualTo(2);
        assertThat(matrix.row(1)).containsExactly(3, 4);
    }

    @Test
    void theVecsAndBinFormatsAreRead() throws IOException {
        var fvecs = little(32);
        for (int row = 0; row < 2; row++)
            fvecs.putInt(3).putFloat(row).putFloat(row + 1).putFloat(row + 2);
        assertThat(MatrixFile.read(file("a.fvecs", fvecs.array()), Role.ROWS, ALL)
                        .row(1))
                .containsExactly(1, 2, 3);
        var bvecs = little(12)
                .putInt(2)
                .put((byte) 1)
                .put((byte) 255)
                .putInt(2)
                .put((byte) 3)
                .put((byte) 4);
        assertThat(MatrixFile.read(file("a.bvecs", bvecs.array()), Role.ROWS, ALL)
                        .row(0))
                .containsExactly(1, 255);
        var ivecs = little(12).putInt(2).putInt(5).putInt(6);
        assertThat(MatrixFile.read(file("a.ivecs", ivecs.array()), Role.TRUTH, ALL)
                        .whole(0, 1))
                .isEqualTo(6);
        var fbin = little(24)
                .putInt(2)
                .putInt(2)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .putFloat(4);
        assertThat(MatrixFile.read(file("a.fbin", fbin.array()), Role.ROWS, ALL).row(1))
                .containsExactly(3, 4);
        var ibin = little(16).putInt(1).putInt(2).putInt(8).putInt(9);
        assertThat(MatrixFile.read(file("a.ibin", ibin.array()), Role.TRUTH, ALL)
                        .whole(0, 0))
                .isEqualTo(8);
    }

    @Test
    void anHdf5FileHoldsRowsQueriesAndTruth() {
        var file = sample("small.hdf5");
        assertThat(MatrixFile.holdsAll(file)).isTrue();
        assertThat(MatrixFile.read(file, Role.ROWS, ALL).row(39)).containsExactly(156, 157, 158, 159);
        assertThat(MatrixFile.read(file, Role.QUERIES, 3).rows()).isEqualTo(3);
        assertThat(MatrixFile.read(file, Role.TRUTH, ALL).whole(4, 2)).isEqualTo(6);
        var chunks = MatrixFile.read(Path.of(file + "#packed"), Role.ROWS, ALL);
        assertThat(chunks.rows(0, 40))
                .isEqualTo(MatrixFile.read(file, Role.ROWS, ALL).rows(0, 40));
        assertThatThrownBy(() -> MatrixFile.read(Path.of(file + "#cube"), Role.ROWS, ALL))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("expected a matrix");
        assertThatThrownBy(() -> MatrixFile.read(Path.of(file + "#words"), Role.ROWS, ALL))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> MatrixFile.read(Path.of(file + "#tests"), Role.ROWS, ALL))
                .hasMessageContaining("no data set 'tests'")
                .hasMessageContaining("neighbors");
    }

    @Test
    void aParquetFileGivesRowsAndTheirNames() {
        var rows = MatrixFile.read(sample("vectors.parquet"), Role.ROWS, ALL);
        assertThat(rows.rows()).isEqualTo(30);
        assertThat(rows.row(29)).containsExactly(116, 117, 118, 119);
        assertThat(rows.ids()).hasSize(30).startsWith(1000, 1003);
        assertThat(MatrixFile.read(sample("vectors.parquet"), Role.QUERIES, 9).rows())
                .isEqualTo(9);
        var truth = MatrixFile.read(sample("neighbors.parquet"), Role.TRUTH, ALL);
        assertThat(truth.whole(2, 0)).isEqualTo(1006);
        assertThatThrownBy(() -> MatrixFile.read(sample("ragged.parquet"), Role.ROWS, ALL))
                .hasMessageContaining("row 1 has 1 components, expected 2");
    }

    @Test
    void aPartThatIsNamedIsNotReplacedByAnother() {
        assertThat(MatrixFile.holdsAll(Path.of("set.hdf5#train"))).isTrue();
        assertThat(MatrixFile.whole(Path.of("set.hdf5#train"))).isEqualTo(Path.of("set.hdf5"));
        for (var part : List.of("vectors.parquet#emb2", "small.hdf5#emb2"))
            assertThatThrownBy(() -> MatrixFile.read(
                            sample(part.substring(0, part.indexOf('#'))).resolveSibling(part), Role.ROWS, ALL))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("emb2")
                    .hasMessageContaining("choose one as FILE#NAME");
    }

    @Test
    void aParquetFileThatWasCutShortIsSaidToBe() throws IOException {
        var bytes = Files.readAllBytes(sample("vectors.parquet"));
        for (int length : new int[] {0, 5, 100, bytes.length - 1})
            assertThatThrownBy(() -> MatrixFile.read(file("cut.parquet", Arrays.copyOf(bytes, length)), Role.ROWS, ALL))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cut.parquet: not a Parquet file, or cut short");
    }

    @Test
    void aFileThatPromisesMoreThanItHoldsIsRefusedBeforeRoomIsMade() throws IOException {
        assertThatThrownBy(() ->
                        MatrixFile.read(file("a.npy", npy("<f4", "(400000000, 4)", new byte[16])), Role.ROWS, ALL))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("too short");
        assertThatThrownBy(() -> MatrixFile.read(
                        file("a.npy.gz", packed(npy("<f4", "(400000000, 4)", new byte[16]))), Role.ROWS, ALL))
                .hasMessageContaining("too short");
        assertThatThrownBy(() -> MatrixFile.read(
                        file(
                                "a.fbin",
                                little(12).putInt(1 << 30).putInt(1 << 30).array()),
                        Role.ROWS,
                        ALL))
                .hasMessageContaining("too short");
        assertThatThrownBy(() -> MatrixFile.read(
                        file("a.fvecs", little(8).putInt(1 << 30).array()), Role.ROWS, ALL))
                .hasMessageContaining("rows of");
        assertThatThrownBy(() -> MatrixFile.read(file("a.npy", npy("|O", "(1, 1)", new byte[8])), Role.ROWS, ALL))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aFileWithoutAHeadEndsTooEarly() throws IOException {
        for (var name : new String[] {"a.fvecs", "a.ibin"}) {
            var file = file(name, new byte[2]);
            assertThatThrownBy(() -> MatrixFile.read(file, Role.ROWS, ALL))
                    .hasMessageContaining(name)
                    .hasMessageContaining("the file ends where more was expected");
        }
    }

    @Test
    void anUnknownEndingIsToldWithItsNearestKin() throws IOException {
        var file = file("set.parquets", new byte[4]);
        assertThatThrownBy(() -> MatrixFile.read(file, Role.ROWS, ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean .parquet?");
    }

    @Test
    @Tag("slow")
    void damagedBytesAreRefusedAndNeverAnythingElse() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var originals = new java.util.LinkedHashMap<String, byte[]>();
        originals.put("x.npy", npy("<f4", "(4, 4)", new byte[64]));
        originals.put("x.npy.gz", packed(npy("<f4", "(4, 4)", new byte[64])));
        originals.put(
                "x.fvecs",
                little(24).putInt(2).putFloat(1).putFloat(2).putInt(2).array());
        originals.put("x.fbin", little(24).putInt(2).putInt(2).array());
        originals.put("x.hdf5", Files.readAllBytes(sample("small.hdf5")));
        originals.put("x.parquet", Files.readAllBytes(sample("vectors.parquet")));
        for (var original : originals.entrySet())
            for (int i = 0; i < 60; i++) {
                var bytes = original.getValue().clone();
                for (int flips = 1 + random.nextInt(4); flips > 0; flips--)
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                if (random.nextInt(3) == 0) bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
                var file = file(original.getKey(), bytes);
                try {
                    MatrixFile.read(file, Role.ROWS, ALL);
                } catch (UncheckedIOException refused) {
                    assertThat(refused).as("seed " + seed).hasMessageContaining(original.getKey());
                } catch (Throwable wrong) {
                    throw new AssertionError("seed " + seed + ", " + original.getKey() + " " + i, wrong);
                }
            }
    }
}
