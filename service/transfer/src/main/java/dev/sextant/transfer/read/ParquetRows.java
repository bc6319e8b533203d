package dev.sextant.transfer.read;

import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.parquet.ParquetFile;
import dev.sextant.transfer.source.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Rows as columns of a Parquet file.
final class ParquetRows extends Opened {
    private final ParquetFile file;
    private final int batch;
    private boolean reading;

    /// @param whole every field must have its column
    ParquetRows(Source source, Schema schema, boolean whole, long memoryBytes) throws IOException {
        super(List.of(source), schema);
        file = new ParquetFile(source, schema.fields(), memoryBytes);
        var there = new ArrayList<>(schema.fields());
        there.removeIf(field -> !file.has(field));
        for (var field : schema.fields())
            if (!file.has(field) && (whole || !mayBeAbsent(field)))
                throw new Unfit("no parquet field for milvus field '" + field.name() + "'");
        if (there.isEmpty()) throw new Unfit("no column is called as a field is");
        batch = batchRows(there, memoryBytes);
    }

    @Override
    Optional<Rows> read() throws IOException {
        reading = true;
        var next = file.read(batch);
        if (next.isEmpty()) return Optional.empty();
        var columns = next.get();
        var rows = Rows.of(columns.firstEntry().getValue().rows());
        columns.forEach((field, column) -> rows.with(field.name(), column));
        return Optional.of(rows.build());
    }

    @Override
    int inBatch() {
        return reading ? file.row() : -1;
    }

    @Override
    public OptionalLong rows() {
        return OptionalLong.of(file.rows());
    }

    @Override
    public long bytesRead() {
        return file.bytesRead();
    }
}
