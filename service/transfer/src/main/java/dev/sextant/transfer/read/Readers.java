package dev.sextant.transfer.read;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.transfer.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Opens groups of files by what they hold.
public final class Readers {
    private Readers() {}

    /// Takes the sources over; throws [Refused], and closes them, when they cannot be understood.
    public static RowFiles.Batches open(
            Kind kind, List<Source> sources, Schema schema, Map<String, String> options, long memoryBytes) {
        return open(kind, sources, schema, options, false, memoryBytes);
    }

    /// @param whole files of columns must have one of every field
    public static RowFiles.Batches open(
            Kind kind,
            List<Source> sources,
            Schema schema,
            Map<String, String> options,
            boolean whole,
            long memoryBytes) {
        try {
            var first = sources.getFirst();
            return switch (kind) {
                case JSON -> new JsonRows(first, schema, false, memoryBytes);
                case JSON_LINES -> new JsonRows(first, schema, true, memoryBytes);
                case CSV -> new CsvRows(first, schema, options, whole, memoryBytes);
                case NUMPY -> new NumpyColumns(sources, schema, memoryBytes);
                case PARQUET -> new ParquetRows(first, schema, whole, memoryBytes);
            };
        } catch (IOException | RuntimeException why) {
            sources.forEach(Source::close);
            if (why instanceof Refused refused) throw refused;
            throw Opened.refused(
                    String.join(",", sources.stream().map(Source::name).toList()), -1, why);
        }
    }
}
