package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.ColumnCodec;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where everything in a segment file lies. Read whole when the file is opened; every place is held against the file
/// before it is believed. Drawn in docs/formats/segment.md.
///
/// @param chunks by field id, each field's chunks in order
record Directory(
        SegmentHead head,
        int rows,
        long minTimestamp,
        long maxTimestamp,
        Map<Integer, List<ChunkEntry>> chunks,
        KeyEntry keys,
        Place timestamps,
        Place partitions) {

    private static final int ARRAY = 9;
    private static final int VECTOR = 10;
    private static final int SPARSE = 5;
    private static final int MOST_PAGE_SHIFT = 16;

    private static final int TIMESTAMPTZ = 11;
    private static final int TEXT = 12;
    private static final int GEOMETRY = 13;

    /// Their places are part of the format; those that came later have codes above.
    private static final List<FieldType.Primitive> PRIMITIVES = List.of(
            FieldType.Primitive.BOOL,
            FieldType.Primitive.INT8,
            FieldType.Primitive.INT16,
            FieldType.Primitive.INT32,
            FieldType.Primitive.INT64,
            FieldType.Primitive.FLOAT,
            FieldType.Primitive.DOUBLE);
    /// Their places are part of the format: new ones go to the end.
    private static final List<Field.Trait> TRAITS = List.of(
            Field.Trait.PRIMARY_KEY,
            Field.Trait.AUTO_ID,
            Field.Trait.PARTITION_KEY,
            Field.Trait.CLUSTERING_KEY,
            Field.Trait.NULLABLE,
            Field.Trait.DYNAMIC,
            Field.Trait.FUNCTION_OUTPUT);

    int chunkCount() {
        return chunkCount(rows);
    }

    static int chunkCount(int rows) {
        return (int) ((rows + (long) SegmentFile.CHUNK_ROWS - 1) / SegmentFile.CHUNK_ROWS);
    }

    int rowsOf(int chunk) {
        return Math.min(SegmentFile.CHUNK_ROWS, rows - chunk * SegmentFile.CHUNK_ROWS);
    }

    void write(ByteOutput out) {
        out.writeLong(head.shard())
                .writeLong(head.segment())
                .writeInt(rows)
                .writeLong(minTimestamp)
                .writeLong(maxTimestamp);
        out.writeInt(head.schema().version()).writeInt(head.schema().fields().size());
        for (var field : head.schema().fields()) {
            writeField(field, out);
            for (var chunk : chunks.get(field.id())) writeChunk(chunk, out);
        }
        out.writeInt(keys.pages())
                .writeLong(keys.starts()[0])
                .writeInts(ChunkEntry.lengths(keys.starts()))
                .writeInts(keys.crcs());
        ColumnCodec.write(keys.firsts(), out);
        writePlace(keys.filter(), out);
        writePlace(timestamps, out);
        writePlace(partitions, out);
    }

    /// @param end of the part of the file that places may name
    static Directory read(ByteInput in, long end) {
        long shard = in.readLong();
        long segment = in.readLong();
        int rows = in.readInt();
        if (rows < 0) throw in.damage("a number of rows", rows);
        long least = in.readLong();
        long most = in.readLong();
        int version = in.readInt();
        int count = in.readCount(8);
        var fields = new ArrayList<Field>();
        var chunks = new LinkedHashMap<Integer, List<ChunkEntry>>();
        for (int i = 0; i < count; i++) {
            var field = readField(in);
            fields.add(field);
            if (chunks.put(field.id(), readChunks(field.type(), rows, in, end)) != null)
                throw in.damage("each field once", field.id());
        }
        var schema = new Schema(version, fields);
        var key = schema.fields().stream()
                .filter(field -> field.has(Field.Trait.PRIMARY_KEY))
                .findFirst();
        if (key.isEmpty() || !canBeKey(key.get().type()))
            throw in.damage("a primary key of INT64 or VARCHAR", key.map(Field::type));
        var keys = readKeys(key.get().type(), rows, in, end);
        var timestamps = readPlace(in, end);
        var partitions = readPlace(in, end);
        in.mustEnd();
        return new Directory(
                new SegmentHead(shard, segment, schema), rows, least, most, chunks, keys, timestamps, partitions);
    }

    static boolean canBeKey(FieldType type) {
        return type == FieldType.Primitive.INT64 || type instanceof FieldType.Varchar;
    }

    private static void writeField(Field field, ByteOutput out) {
        int traits = 0;
        for (int i = 0; i < TRAITS.size(); i++) if (field.has(TRAITS.get(i))) traits |= 1 << i;
        out.writeInt(field.id()).writeInt(traits);
        writeText(field.name(), out);
        writeType(field.type(), out);
    }

    private static Field readField(ByteInput in) {
        int id = in.readInt();
        int bits = in.readInt();
        var traits = EnumSet.noneOf(Field.Trait.class);
        for (int i = 0; i < TRAITS.size(); i++) if ((bits & 1 << i) != 0) traits.add(TRAITS.get(i));
        return new Field(id, readText(in), "", readType(in, true), Set.copyOf(traits), Optional.empty(), Map.of());
    }

    private static void writeType(FieldType type, ByteOutput out) {
        switch (type) {
            case FieldType.Primitive.TIMESTAMPTZ -> out.writeByte(TIMESTAMPTZ);
            case FieldType.Primitive primitive -> out.writeByte(PRIMITIVES.indexOf(primitive));
            case FieldType.Varchar(int maxBytes) -> out.writeByte(7).writeInt(maxBytes);
            case FieldType.Text(int maxBytes) -> out.writeByte(TEXT).writeInt(maxBytes);
            case FieldType.Geometry _ -> out.writeByte(GEOMETRY);
            case FieldType.Json _ -> out.writeByte(8);
            case FieldType.Array(var element, int maxElements) -> {
                out.writeByte(ARRAY).writeInt(maxElements);
                writeType(element, out);
            }
            case FieldType.Vector(var vector, int dimension) ->
                out.writeByte(VECTOR)
                        .writeByte(vector.isDense() ? ColumnCodec.vectorCode(vector) : SPARSE)
                        .writeInt(dimension);
        }
    }

    private static FieldType readType(ByteInput in, boolean mayNest) {
        int code = in.readByte();
        if (code >= 0 && code < PRIMITIVES.size()) return PRIMITIVES.get(code);
        if (code == 7) return new FieldType.Varchar(in.readInt());
        if (!mayNest && code != VECTOR) throw in.damage("a type that arrays can hold", code);
        return switch (code) {
            case 8 -> new FieldType.Json();
            case TIMESTAMPTZ -> FieldType.Primitive.TIMESTAMPTZ;
            case TEXT -> new FieldType.Text(in.readInt());
            case GEOMETRY -> new FieldType.Geometry();
            case ARRAY -> {
                int most = in.readInt();
                yield new FieldType.Array(readType(in, false), most);
            }
            case VECTOR -> {
                int vector = in.readByte();
                int dimension = in.readInt();
                if (vector == SPARSE && mayNest) yield new FieldType.Vector(VectorType.SPARSE, dimension);
                var type = ColumnCodec.vectorType(in, vector);
                ColumnCodec.checkDimension(in, type, dimension);
                yield new FieldType.Vector(type, dimension);
            }
            default -> throw in.damage("a type of field", code);
        };
    }

    private static void writeChunk(ChunkEntry chunk, ByteOutput out) {
        out.writeInt(chunk.items()).writeByte(chunk.pageShift()).writeLong(chunk.offset());
        out.writeInts(ChunkEntry.lengths(chunk.starts())).writeInts(chunk.crcs());
        writePlace(chunk.nulls(), out);
        Zones.write(chunk.zone(), out);
    }

    private static List<ChunkEntry> readChunks(FieldType type, int rows, ByteInput in, long end) {
        var chunks = new ArrayList<ChunkEntry>();
        for (int chunk = 0; chunk < chunkCount(rows); chunk++) {
            int rowsHere = Math.min(SegmentFile.CHUNK_ROWS, rows - chunk * SegmentFile.CHUNK_ROWS);
            int items = in.readInt();
            boolean fits = type.isVectors() || items <= rowsHere && (items == rowsHere || type.isVector());
            if (items < 0 || !fits) throw in.damage(rowsHere + " rows", items);
            int shift = in.readByte();
            if (shift < 0 || shift > MOST_PAGE_SHIFT) throw in.damage("pages of up to 65536 rows", shift);
            long offset = in.readLong();
            int pages = ChunkEntry.pages(items, shift);
            var lengths = in.readInts(pages);
            var crcs = in.readInts(pages);
            checkPages(offset, lengths, in, end);
            if (type instanceof FieldType.Vector(var sparse, _) && !sparse.isDense())
                for (int page = 0; page < pages; page++)
                    if (lengths[page] < 4 * Math.min(1 << shift, items - (page << shift)))
                        throw in.damage("4 bytes a row", lengths[page]);
            if (type.isVector() && type.vector().type().isDense()) {
                var vector = type.vector();
                long stride = SegmentFile.strideBytes(vector.type(), vector.dimension());
                for (int page = 0; page < pages; page++)
                    if (lengths[page] != stride * Math.min(1 << shift, items - (page << shift)))
                        throw in.damage("pages of " + (stride << shift) + " bytes", lengths[page]);
                if (offset % 64 != 0) throw in.damage("vectors at a multiple of 64", offset);
            }
            var nulls = readPlace(in, end);
            if (type instanceof FieldType.Vector
                    && (items < rowsHere ? nulls.bytes() != (rowsHere + 7) / 8 : nulls.bytes() != 0))
                throw in.damage(
                        "nulls of " + rowsHere + " rows, " + items + " of them not null", nulls.bytes() + " bytes");
            chunks.add(new ChunkEntry(items, shift, ChunkEntry.starts(offset, lengths), crcs, nulls, Zones.read(in)));
        }
        return List.copyOf(chunks);
    }

    private static KeyEntry readKeys(FieldType type, int rows, ByteInput in, long end) {
        int pages = in.readCount(8);
        if (pages != (rows + KeyEntry.PAGE_KEYS - 1L) / KeyEntry.PAGE_KEYS)
            throw in.damage("pages for " + rows + " keys", pages);
        long offset = in.readLong();
        var lengths = in.readInts(pages);
        var crcs = in.readInts(pages);
        checkPages(offset, lengths, in, end);
        var firsts = ColumnCodec.read(in);
        boolean fits = type instanceof FieldType.Varchar
                ? firsts instanceof dev.sextant.model.Column.Texts
                : firsts instanceof dev.sextant.model.Column.Longs;
        if (firsts.rows() != pages || !fits) throw in.damage(pages + " keys of " + type, firsts.rows());
        return new KeyEntry(ChunkEntry.starts(offset, lengths), crcs, firsts, readPlace(in, end));
    }

    private static void checkPages(long offset, int[] lengths, ByteInput in, long end) {
        long left = end - offset;
        if (offset < SegmentFile.HEAD_BYTES || left < 0) throw in.damage("an offset below " + end, offset);
        for (int length : lengths) {
            if (length < 0 || length > left) throw in.damage("at most " + left + " bytes", length);
            left -= length;
        }
    }

    private static void writePlace(Place place, ByteOutput out) {
        out.writeLong(place.offset()).writeInt(place.bytes()).writeInt(place.crc());
    }

    private static Place readPlace(ByteInput in, long end) {
        var place = new Place(in.readLong(), in.readInt(), in.readInt());
        if (place.offset() < 0 || place.bytes() < 0 || place.offset() > end - place.bytes())
            throw in.damage("a place below " + end, place.offset() + " and " + place.bytes() + " bytes");
        return place;
    }

    static void writeText(String text, ByteOutput out) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(MemorySegment.ofArray(bytes));
    }

    static String readText(ByteInput in) {
        return new String(in.readBytes(in.readCount(1)), StandardCharsets.UTF_8);
    }
}
