package dev.sextant.cli.bench.data;

import dev.sextant.server.Kin;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// The files that data sets come in, told by their names: NumPy's `.npy`; `.fvecs`, `.bvecs`, `.ivecs`
/// (corpus-texmex.irisa.fr); `.fbin`, `.u8bin`, `.ibin` (big-ann-benchmarks.com); these also gzip-compressed
/// as `….gz`; `.hdf5` with the data sets of ann-benchmarks; `.parquet` with a column of lists. What a file says of its
/// own size is believed only as far as its bytes can bear it.
public final class MatrixFile {
    /// Deflate packs at most so many bytes into one.
    private static final long MOST_PACKED = 1032;

    private static final List<String> KINDS = List.of(
            ".npy", ".fvecs", ".bvecs", ".ivecs", ".fbin", ".u8bin", ".ibin", ".hdf5", ".h5", ".parquet", ".npy.gz");

    /// What is looked for in a file that holds several matrices.
    public enum Role {
        ROWS("train", List.of("emb", "embedding", "vector", "train")),
        QUERIES("test", List.of("emb", "embedding", "vector", "test")),
        TRUTH("neighbors", List.of("neighbors_id", "neighbors", "ids"));

        final String dataSet;
        final List<String> columns;

        Role(String dataSet, List<String> columns) {
            this.dataSet = dataSet;
            this.columns = columns;
        }
    }

    private MatrixFile() {}

    /// Reads at most `mostRows` rows. A name behind `#` chooses the data set of an HDF5 file or the column of a Parquet
    /// file: `set.hdf5#test`.
    public static Matrix read(Path named, Role role, int mostRows) {
        var file = whole(named);
        var part = file.equals(named)
                ? ""
                : named.toString().substring(file.toString().length() + 1);
        if (!Files.isReadable(file) || Files.isDirectory(file))
            throw new IllegalArgumentException("there is no file " + file + " that can be read");
        try {
            return switch (kind(file)) {
                case "hdf5", "h5" -> Hdf5.read(file, part.isEmpty() ? role.dataSet : part, mostRows);
                case "parquet" ->
                    Parquet.read(file, part.isEmpty() ? role.columns : List.of(part), part.isEmpty(), mostRows);
                default -> stream(file, mostRows);
            };
        } catch (IOException failed) {
            var reason = failed instanceof EOFException && failed.getMessage() == null
                    ? "the file ends where more was expected"
                    : failed.getMessage();
            throw new UncheckedIOException(file + ": " + reason, failed);
        }
    }

    /// The file itself, without the part of it that is chosen.
    public static Path whole(Path named) {
        int mark = named.toString().lastIndexOf('#');
        return mark < 0 ? named : Path.of(named.toString().substring(0, mark));
    }

    /// Whether one file holds rows, queries and truth together.
    public static boolean holdsAll(Path named) {
        var kind = kind(whole(named));
        return kind.equals("hdf5") || kind.equals("h5");
    }

    /// The name of the data set, without what tells its kind and part.
    public static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("(-train)?(\\.[A-Za-z0-9]{2,7})(\\.gz)?(#.*)?$", "");
    }

    private static String kind(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        var plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        return plain.substring(plain.lastIndexOf('.') + 1);
    }

    private static Matrix stream(Path file, int mostRows) throws IOException {
        boolean packed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        long size = Files.size(file);
        long mostBytes = packed ? Math.multiplyExact(size, MOST_PACKED) : size;
        try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 20);
                var in = new DataInputStream(packed ? new GZIPInputStream(raw, 1 << 20) : raw)) {
            return switch (kind(file)) {
                case "npy" -> Npy.read(in, mostBytes, mostRows);
                case "fvecs" -> Vecs.read(in, Numbers.F4, mostBytes, mostRows);
                case "ivecs" -> Vecs.read(in, Numbers.I4, mostBytes, mostRows);
                case "bvecs" -> Vecs.read(in, Numbers.U1, mostBytes, mostRows);
                case "fbin" -> bin(in, Numbers.F4, mostBytes, mostRows);
                case "u8bin" -> bin(in, Numbers.U1, mostBytes, mostRows);
                case "ibin" -> bin(in, Numbers.I4, mostBytes, mostRows);
                default -> throw new IllegalArgumentException(unknown(file));
            };
        }
    }

    private static String unknown(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        var end = name.substring(Math.max(0, name.lastIndexOf('.')));
        return file + ": files of this kind are not known (" + String.join(", ", KINDS) + ")" + Kin.hint(end, KINDS);
    }

    private static Matrix bin(DataInputStream in, Numbers kind, long mostBytes, int mostRows) throws IOException {
        int rows = Integer.reverseBytes(in.readInt());
        int dimension = Integer.reverseBytes(in.readInt());
        return kind.matrix(in, rows, dimension, mostBytes - 8, mostRows);
    }
}
