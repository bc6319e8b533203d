package dev.sextant.gateway.milvus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sextant.gateway.exchange.Lists;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read.Target;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.wire.milvus.PlaceholderGroup;
import dev.sextant.wire.milvus.PlaceholderType;
import dev.sextant.wire.milvus.PlaceholderValue;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The vectors that a search looks for, packed as bytes inside of its request.
final class Placeholders {
    private Placeholders() {}

    /// @param analyzer by which texts are read
    static Target target(ByteString group, String analyzer) {
        var first = first(group);
        if (first.getType() == PlaceholderType.VarChar)
            return new Target.Texts(
                    first.getValuesList().stream().map(ByteString::toStringUtf8).toList(), analyzer);
        return new Target.Vectors(
                switch (first.getType()) {
                    case FloatVector -> dense(VectorType.FLOAT32, first.getValuesList());
                    case Float16Vector -> dense(VectorType.FLOAT16, first.getValuesList());
                    case BFloat16Vector -> dense(VectorType.BFLOAT16, first.getValuesList());
                    case Int8Vector -> dense(VectorType.INT8, first.getValuesList());
                    case BinaryVector -> dense(VectorType.BINARY, first.getValuesList());
                    case SparseFloatVector -> sparse(first.getValuesList());
                    case EmbListFloatVector -> lists(VectorType.FLOAT32, first.getValuesList());
                    case EmbListFloat16Vector -> lists(VectorType.FLOAT16, first.getValuesList());
                    case EmbListBFloat16Vector -> lists(VectorType.BFLOAT16, first.getValuesList());
                    case EmbListInt8Vector -> lists(VectorType.INT8, first.getValuesList());
                    case EmbListBinaryVector -> lists(VectorType.BINARY, first.getValuesList());
                    case EmbListSparseFloatVector ->
                        throw new Refused(new Refusal.Unsupported("a search by lists of sparse vectors"));
                    case None, Int64, VarChar, UNRECOGNIZED ->
                        throw new Refused(new Refusal.InvalidParameter(
                                "placeholder_group", "unknown type of query vectors: " + first.getTypeValue()));
                });
    }

    private static PlaceholderValue first(ByteString group) {
        try {
            var in = group.newCodedInput();
            in.enableAliasing(true);
            var parsed = PlaceholderGroup.parseFrom(in);
            if (parsed.getPlaceholdersCount() > 0) return parsed.getPlaceholders(0);
        } catch (InvalidProtocolBufferException malformed) {
            throw new Refused(new Refusal.InvalidParameter(
                    "placeholder_group", "the query vectors cannot be read: " + malformed.getMessage()));
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        throw new Refused(new Refusal.Missing("placeholder_group", "vectors to search for are needed"));
    }

    private static Column dense(VectorType type, List<ByteString> values) {
        if (values.isEmpty()) throw new Refused(new Refusal.OutOfRange("nq", "0", "[1, 16384]"));
        int size = values.getFirst().size();
        int dimension = dimension(type, size);
        if (values.size() == 1) return new Column.Dense(type, dimension, ColumnsIn.view(values.getFirst()), Nulls.NONE);
        var all = MemorySegment.ofArray(new byte[Math.multiplyExact(size, values.size())]);
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).size() != size)
                throw new Refused(new Refusal.InvalidParameter(
                        "placeholder_group",
                        "vector dimension mismatch, expected vector size(byte) " + size + ", actual "
                                + values.get(i).size() + "."));
            MemorySegment.copy(ColumnsIn.view(values.get(i)), 0, all, (long) i * size, size);
        }
        return new Column.Dense(type, dimension, all, Nulls.NONE);
    }

    /// Each list in one piece, which [dev.sextant.gateway.exchange.Lists] cuts.
    private static Column lists(VectorType type, List<ByteString> values) {
        if (values.isEmpty()) throw new Refused(new Refusal.OutOfRange("nq", "0", "[1, 16384]"));
        int each = type.rowBytes(Lists.uncut(type));
        var ends = new int[values.size()];
        var all = ByteString.copyFrom(values);
        int size = 0;
        for (int row = 0; row < ends.length; row++) {
            size += values.get(row).size();
            if (size % each != 0)
                throw new Refused(new Refusal.InvalidParameter(
                        "placeholder_group",
                        "a list of vectors of " + type + " has "
                                + values.get(row).size() + " bytes"));
            ends[row] = size / each;
        }
        var bytes = new Column.Dense(type, Lists.uncut(type), ColumnsIn.view(all), Nulls.NONE);
        return new Column.Lists(ends, bytes, Nulls.NONE);
    }

    private static int dimension(VectorType type, int bytes) {
        int dimension = switch (type) {
            case FLOAT32 -> bytes % 4 == 0 ? bytes / 4 : 0;
            case FLOAT16, BFLOAT16 -> bytes % 2 == 0 ? bytes / 2 : 0;
            case INT8 -> bytes;
            case BINARY -> bytes * 8;
            case SPARSE -> throw new IllegalArgumentException("sparse rows have no fixed size");
        };
        return ColumnsIn.dimension("placeholder_group", type, dimension);
    }

    private static Column sparse(List<ByteString> values) {
        var cells = new Slices.Builder(values.size());
        values.forEach(value -> cells.add(value.toByteArray()));
        return new Column.Sparse(cells.build(), Nulls.NONE);
    }
}
