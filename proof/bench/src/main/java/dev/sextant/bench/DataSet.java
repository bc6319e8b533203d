package dev.sextant.bench;

import dev.sextant.cli.bench.Filters;
import dev.sextant.cli.bench.Truth;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.bench.data.MatrixFile;
import dev.sextant.cli.bench.data.MatrixFile.Role;
import dev.sextant.model.Metric;
import java.nio.file.Files;
import java.nio.file.Path;

/// Rows, queries and their exact nearest rows, out of a folder.
///
/// @param train where the rows are, as a peer is told
/// @param test where the queries are
record DataSet(String name, String train, String test, Matrix base, Matrix queries, Truth truth) {

    static DataSet read(Path folder, String set, Metric metric, int k, int mostRows, int mostQueries) {
        var whole = folder.resolve(set + ".hdf5");
        boolean one = Files.exists(whole);
        var train =
                one ? whole + "#train" : folder.resolve(set + "-train.npy.gz").toString();
        var test = one ? whole + "#test" : folder.resolve(set + "-test.npy.gz").toString();
        var nearest = one ? whole : folder.resolve(set + "-truth100.npy.gz");
        var base = MatrixFile.read(Path.of(train), Role.ROWS, mostRows);
        var queries = MatrixFile.read(Path.of(test), Role.QUERIES, mostQueries);
        // The file's nearest rows hold for all rows and for its own metric.
        boolean known = metric == Metric.L2 && base.rows() < mostRows && Files.exists(nearest);
        var truth = known
                ? Truth.of(MatrixFile.read(nearest, Role.TRUTH, mostQueries), base, queries, metric, k)
                : Truth.computed(base, queries, metric, k, Filters.NONE);
        return new DataSet(set, train, test, base, queries, truth);
    }
}
