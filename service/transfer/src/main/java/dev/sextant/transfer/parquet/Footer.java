package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;

/// What a Parquet file says of itself, at its end.
///
/// @param schema with types as they are stored, without what they stand for
final class Footer {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int TAIL = 8;
    private static final int MOST_FOOTER = 64 << 20;
    private static final int MOST_DEPTH = 32;

    final FileMetaData data;
    final MessageType schema;

    private Footer(FileMetaData data) {
        this.data = data;
        var elements = data.getSchema();
        if (elements == null || elements.isEmpty()) throw new Unfit("the Parquet file has no schema");
        var walk = new Walk(elements);
        var root = walk.group(elements.getFirst(), 0);
        schema = new MessageType(elements.getFirst().getName(), root);
    }

    static Footer read(Source source, long memoryBytes) throws IOException {
        long size = source.size();
        if (size < TAIL + MAGIC.length) throw new Unfit("the file is no Parquet file: it has " + size + " bytes");
        var tail = new byte[TAIL];
        source.read(size - TAIL, tail, 0, TAIL);
        for (int i = 0; i < MAGIC.length; i++)
            if (tail[4 + i] != MAGIC[i])
                throw new Unfit("the file is no Parquet file, or not complete: it does not end as one");
        int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > size - TAIL - MAGIC.length)
            throw new Unfit("the Parquet file is broken: its footer has " + length + " bytes");
        if (length > Math.min(MOST_FOOTER, memoryBytes / 4))
            throw new Unfit("the footer of the Parquet file has " + length + " bytes");
        var bytes = new byte[length];
        source.read(size - TAIL - length, bytes, 0, length);
        try {
            return new Footer(Util.readFileMetaData(new ByteArrayInputStream(bytes)));
        } catch (Unfit why) {
            throw why;
        } catch (IOException | RuntimeException why) {
            throw new Unfit("the footer of the Parquet file is broken: " + Unreadable.reason(why));
        }
    }

    /// The tree of types out of the list of its nodes, parents first.
    private static final class Walk {
        private final List<SchemaElement> elements;
        private int at = 1;

        Walk(List<SchemaElement> elements) {
            this.elements = elements;
        }

        List<org.apache.parquet.schema.Type> group(SchemaElement element, int depth) {
            int count = element.getNum_children();
            if (count < 0 || count > elements.size() || depth > MOST_DEPTH)
                throw new Unfit("the schema of the Parquet file is broken");
            var children = new java.util.ArrayList<org.apache.parquet.schema.Type>(count);
            for (int i = 0; i < count; i++) {
                if (at >= elements.size()) throw new Unfit("the schema of the Parquet file is broken");
                var child = elements.get(at++);
                var repetition = repetition(child.getRepetition_type());
                if (child.isSetNum_children() && child.getNum_children() > 0)
                    children.add(new GroupType(repetition, child.getName(), group(child, depth + 1)));
                else
                    children.add(new PrimitiveType(
                            repetition, type(child.getType()), child.getType_length(), child.getName()));
            }
            return children;
        }

        private static Repetition repetition(FieldRepetitionType type) {
            return type == null ? Repetition.REQUIRED : Repetition.valueOf(type.name());
        }

        private static PrimitiveTypeName type(Type type) {
            if (type == null) throw new Unfit("the schema of the Parquet file is broken: a column has no type");
            return switch (type) {
                case BOOLEAN -> PrimitiveTypeName.BOOLEAN;
                case INT32 -> PrimitiveTypeName.INT32;
                case INT64 -> PrimitiveTypeName.INT64;
                case INT96 -> PrimitiveTypeName.INT96;
                case FLOAT -> PrimitiveTypeName.FLOAT;
                case DOUBLE -> PrimitiveTypeName.DOUBLE;
                case BYTE_ARRAY -> PrimitiveTypeName.BINARY;
                case FIXED_LEN_BYTE_ARRAY -> PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
            };
        }
    }
}
