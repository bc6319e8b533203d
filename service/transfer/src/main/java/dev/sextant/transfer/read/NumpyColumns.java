package dev.sextant.transfer.read;

import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.source.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Rows as NumPy arrays: a file a field, called as the field is.
final class NumpyColumns extends Opened {
    private final List<NumpyColumn> columns = new ArrayList<>();
    private final long rows;
    private final int batch;
    private long read;

    NumpyColumns(List<Source> sources, Schema schema, long memoryBytes) throws IOException {
        super(sources, schema);
        var seen = new HashSet<String>();
        for (var source : sources) open(source, seen, memoryBytes);
        for (var field : schema.fields())
            if (!seen.contains(field.name()) && !mayBeAbsent(field))
                throw new Unfit("no file for field: " + field.name());
        if (columns.isEmpty()) throw new Unfit("no file is called as a field is");
        rows = columns.getFirst().head.rows();
        for (var column : columns)
            if (column.head.rows() != rows)
                throw new Unfit("field '" + column.field.name() + "' has " + column.head.rows() + " rows, field '"
                        + columns.getFirst().field.name() + "' has " + rows);
        long rowBytes = columns.stream().mapToLong(NumpyColumn::rowBytes).sum();
        batch = Math.clamp(memoryBytes / 8 / Math.max(1, rowBytes), 1, MOST_ROWS);
    }

    private void open(Source source, HashSet<String> seen, long memoryBytes) throws IOException {
        var name = Kind.fieldName(source.name());
        var field = schema.field(name);
        if (field.isEmpty()) return;
        if (!seen.add(name)) throw new Unfit("field '" + name + "' comes twice");
        try {
            columns.add(new NumpyColumn(field.get(), source, Math.max(1, memoryBytes / 8)));
        } catch (IOException | RuntimeException why) {
            throw refused(source.name(), -1, why);
        }
    }

    @Override
    Optional<Rows> read() throws IOException {
        if (read == rows) return Optional.empty();
        int count = (int) Math.min(batch, rows - read);
        var batches = Rows.of(count);
        for (var column : columns)
            try {
                batches.with(column.field.name(), column.read(count));
            } catch (IOException | RuntimeException why) {
                throw new Unfit("field '" + column.field.name() + "': " + why.getMessage());
            }
        read += count;
        return Optional.of(batches.build());
    }

    @Override
    int inBatch() {
        return -1;
    }

    @Override
    public OptionalLong rows() {
        return OptionalLong.of(rows);
    }

    @Override
    public long bytesRead() {
        return columns.stream().mapToLong(NumpyColumn::bytesRead).sum();
    }
}
