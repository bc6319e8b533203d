package dev.sextant.cli.bench.data;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;

/// One two-dimensional data set of an HDF5 file. ann-benchmarks.com writes `train`, `test`, `neighbors`
/// and `distances`. Nothing here is loaded before such a file is named.
final class Hdf5 {
    /// Rows that are read at once.
    private static final int PIECE_BYTES = 16 << 20;

    private Hdf5() {}

    static Matrix read(Path file, String name, int mostRows) throws IOException {
        try (var opened = new HdfFile(file)) {
            var found = opened.getChildren().get(name);
            if (!(found instanceof Dataset dataset))
                throw new IOException("there is no data set '" + name + "', but "
                        + String.join(", ", opened.getChildren().keySet()) + "; choose one as FILE#NAME");
            return read(dataset, name, mostRows);
        } catch (RuntimeException damaged) {
            // Of every kind: the library trusts what it reads.
            throw new IOException("not an HDF5 file that can be read: " + damaged.getMessage(), damaged);
        }
    }

    private static Matrix read(Dataset dataset, String name, int mostRows) throws IOException {
        var shape = dataset.getDimensions();
        if (shape.length != 2 || shape[1] <= 0)
            throw new IOException("'" + name + "' has the shape " + Arrays.toString(shape) + ", expected a matrix");
        int rows = Math.min(shape[0], mostRows);
        int dimension = shape[1];
        int count = Numbers.count(rows, dimension);
        var kind = dataset.getJavaType();
        boolean whole = kind == int.class || kind == long.class || kind == short.class || kind == byte.class;
        if (!whole && kind != float.class && kind != double.class)
            throw new IOException("'" + name + "' holds " + kind.getSimpleName() + ", expected numbers");
        var longs = new long[whole ? count : 0];
        var floats = new float[whole ? 0 : count];
        int step = Math.max(1, PIECE_BYTES / (8 * dimension));
        for (int from = 0; from < rows; from += step) {
            int taken = Math.min(step, rows - from);
            var piece = dataset.getData(new long[] {from, 0}, new int[] {taken, dimension});
            for (int row = 0; row < taken; row++) {
                var values = Array.get(piece, row);
                int at = (from + row) * dimension;
                if (values instanceof float[] reals) System.arraycopy(reals, 0, floats, at, dimension);
                else if (whole) for (int i = 0; i < dimension; i++) longs[at + i] = Array.getLong(values, i);
                else for (int i = 0; i < dimension; i++) floats[at + i] = (float) Array.getDouble(values, i);
            }
        }
        return whole ? Matrix.of(rows, dimension, longs) : Matrix.of(rows, dimension, floats);
    }
}
