package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.source.Source;
import dev.sextant.transfer.source.SourceStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.VersionParser;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;

/// A stored column: single values, or the elements of lists. Walks from value to value through one group of rows after
/// the other. One thread.
final class Leaf {
    final ColumnDescriptor column;
    private final Source source;
    private final int index; // among the columns of a group
    private final int blockBytes;
    private final int mostPageBytes;
    private final Room room;
    private Optional<Pages> pages = Optional.empty();
    private final int listLevel; // definition level at which the list is there, if it is one
    private Optional<ColumnReader> reader = Optional.empty();
    private Optional<FloatLists> floats = Optional.empty();
    private long left; // values of this group
    private long readBefore; // bytes of earlier groups
    private Optional<SourceStream> stream = Optional.empty();

    Leaf(
            MessageType schema,
            ColumnDescriptor column,
            int index,
            Source source,
            int blockBytes,
            int mostPageBytes,
            Room room) {
        this.column = column;
        this.index = index;
        this.source = source;
        this.blockBytes = blockBytes;
        this.mostPageBytes = mostPageBytes;
        this.room = room;
        listLevel = listLevel(schema, column);
    }

    private static int listLevel(MessageType schema, ColumnDescriptor column) {
        var path = column.getPath();
        int level = 0;
        for (int depth = 1; depth <= path.length; depth++) {
            var type = schema.getType(Arrays.copyOf(path, depth));
            if (type.isRepetition(Repetition.REPEATED)) return level;
            if (type.isRepetition(Repetition.OPTIONAL)) level++;
        }
        return -1;
    }

    boolean isList() {
        return listLevel >= 0;
    }

    PrimitiveTypeName type() {
        return column.getPrimitiveType().getPrimitiveTypeName();
    }

    /// From now on it is read as lists of floats, and in no other way.
    FloatLists floats() {
        var lists = new FloatLists(column.getMaxDefinitionLevel(), listLevel);
        floats = Optional.of(lists);
        return lists;
    }

    void begin(RowGroup group, String createdBy) {
        if (index >= group.getColumnsSize()) throw new Unfit("the Parquet file is broken: a group lacks columns");
        ColumnChunk chunk = group.getColumns().get(index);
        if (chunk.isSetFile_path() || !chunk.isSetMeta_data())
            throw new Unfit("columns in other files, or encrypted ones, are not read");
        var about = chunk.getMeta_data();
        long from = about.isSetDictionary_page_offset() && about.getDictionary_page_offset() > 0
                ? Math.min(about.getDictionary_page_offset(), about.getData_page_offset())
                : about.getData_page_offset();
        long to = from + about.getTotal_compressed_size();
        if (from < 4 || to < from || to > source.size() || about.getNum_values() < 0)
            throw new Unfit("the Parquet file is broken: a column lies at " + from + " to " + to + " of "
                    + source.size() + " bytes");
        readBefore += stream.map(SourceStream::taken).orElse(0L);
        var pieces = new SourceStream(source, from, to, blockBytes);
        stream = Optional.of(pieces);
        left = about.getNum_values();
        var pages = new Pages(pieces, Codec.of(about.getCodec()), left, mostPageBytes, room, column);
        this.pages.ifPresent(Pages::close);
        this.pages = Optional.of(pages);
        if (floats.isPresent()) floats.get().begin(pages);
        else reader = Optional.of(new ColumnReaderImpl(column, pages, new PrimitiveConverter() {}, version(createdBy)));
    }

    private static VersionParser.ParsedVersion version(String createdBy) {
        try {
            return VersionParser.parse(createdBy);
        } catch (VersionParser.VersionParseException | RuntimeException unknown) {
            return new VersionParser.ParsedVersion("unknown", null, null);
        }
    }

    long bytesRead() {
        return readBefore + stream.map(SourceStream::taken).orElse(0L);
    }

    ColumnReader reader() {
        return reader.orElseThrow();
    }

    /// Stands at a value, or at its absence.
    private void need() {
        if (left <= 0) throw new Unfit("the column ends before its group of rows does");
    }

    void consume() {
        left--;
        reader().consume();
    }

    /// Whether the value that it stands at is there; throws at the end. For columns of single values.
    boolean isThere() {
        need();
        return reader().getCurrentDefinitionLevel() == column.getMaxDefinitionLevel();
    }

    /// What a row of a list column begins with: -1 null, 0 empty, 1 an element.
    int list() {
        need();
        if (reader().getCurrentRepetitionLevel() != 0) throw new Unfit("the column begins in the middle of a list");
        int level = reader().getCurrentDefinitionLevel();
        if (level < listLevel) return -1;
        if (level == listLevel) return 0;
        checkElement();
        return 1;
    }

    private void checkElement() {
        if (reader().getCurrentDefinitionLevel() < column.getMaxDefinitionLevel())
            throw new Unfit("an element of the list is null");
    }

    /// What follows a number of a list inside of a list.
    enum Nested {
        SAME,
        LIST,
        ROW
    }

    /// Past a number of a list inside of a list.
    Nested nextNested() {
        consume();
        if (left <= 0 || reader().getCurrentRepetitionLevel() == 0) return Nested.ROW;
        checkElement();
        return reader().getCurrentRepetitionLevel() == 1 ? Nested.LIST : Nested.SAME;
    }

    /// Past an element, whether another one follows in the same row.
    boolean next() {
        consume();
        if (left <= 0 || reader().getCurrentRepetitionLevel() == 0) return false;
        checkElement();
        return true;
    }
}
