package dev.sextant.transfer.parquet;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Struct;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.source.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.apache.parquet.column.ColumnDescriptor;

/// The columns of a Parquet file that fields are called as, row after row, whatever groups they are stored in. One
/// thread; the source is its caller's.
public final class ParquetFile {
    private static final int MOST_BLOCK = 1 << 20, LEAST_BLOCK = 16 << 10;

    private final Footer footer;
    private final Map<Field, Reading> readings = new LinkedHashMap<>();
    private final List<Leaf> leaves = new ArrayList<>();
    private final Reading.Where where = new Reading.Where();
    private int group = -1;
    private long left; // rows of the group

    public ParquetFile(Source source, List<Field> fields, long memoryBytes) throws IOException {
        footer = Footer.read(source, memoryBytes);
        var stored = footer.schema.getColumns();
        for (var field : fields)
            if (Struct.isPart(field.name()) && footer.schema.containsField(field.name()))
                throw new Unfit("field '" + field.name() + "': a struct array comes as one column, a list of structs");
        var wanted = fields.stream()
                .filter(field -> footer.schema.containsField(StoredStructs.columnOf(field)))
                .toList();
        int block = Math.clamp(
                memoryBytes / 4 / Math.max(1, wanted.size()), LEAST_BLOCK, Math.max(source.blockBytes(), MOST_BLOCK));
        int mostPage = Math.clamp(memoryBytes / 4 * 3, 1 << 20, 1 << 30);
        var room = new Room(Math.max(2 * memoryBytes, 4 << 20));
        for (var field : wanted) {
            var its = new ArrayList<Leaf>();
            for (int i = 0; i < stored.size(); i++)
                if (StoredStructs.isOf(footer.schema, stored.get(i), field))
                    its.add(new Leaf(footer.schema, stored.get(i), i, source, block, mostPage, room));
            if (its.isEmpty()) throw new Unfit("no parquet field for milvus field '" + field.name() + "'");
            try {
                readings.put(field, Reading.of(field.type(), field.isNullable(), its));
            } catch (Unfit why) {
                throw new Unfit("field '" + field.name() + "': " + why.getMessage());
            }
            leaves.addAll(its);
        }
        checkNames(stored);
    }

    private static void checkNames(List<ColumnDescriptor> stored) {
        var seen = new java.util.HashSet<String>();
        for (var column : stored) {
            var path = String.join("\0", column.getPath());
            if (!seen.add(path)) throw new Unfit("the column '" + column.getPath()[0] + "' comes twice");
        }
    }

    public boolean has(Field field) {
        return readings.containsKey(field);
    }

    public long rows() {
        return footer.data.getNum_rows();
    }

    public long bytesRead() {
        return leaves.stream().mapToLong(Leaf::bytesRead).sum();
    }

    /// The row at fault, within those that were asked for last.
    public int row() {
        return where.row;
    }

    /// The next rows, at most `most`; empty at the end.
    public Optional<SequencedMap<Field, Column>> read(int most) {
        where.row = 0;
        while (left == 0) {
            if (++group >= footer.data.getRow_groupsSize()) return Optional.empty();
            begin();
        }
        int count = (int) Math.min(most, left);
        var columns = new LinkedHashMap<Field, Column>();
        for (var reading : readings.entrySet())
            try {
                where.row = 0;
                columns.put(reading.getKey(), reading.getValue().read(count, where));
            } catch (RuntimeException why) {
                throw new Unfit(
                        "field '" + reading.getKey().name() + "', group of rows " + group + ": " + why.getMessage());
            }
        left -= count;
        return Optional.of(columns);
    }

    private void begin() {
        var rows = footer.data.getRow_groups().get(group);
        left = rows.getNum_rows();
        if (left < 0) throw new Unfit("the Parquet file is broken: a group has " + left + " rows");
        if (left == 0) return;
        for (var leaf : leaves)
            try {
                leaf.begin(rows, String.valueOf(footer.data.getCreated_by()));
            } catch (RuntimeException why) {
                throw new Unfit(
                        "field '" + leaf.column.getPath()[0] + "', group of rows " + group + ": " + why.getMessage());
            }
    }
}
