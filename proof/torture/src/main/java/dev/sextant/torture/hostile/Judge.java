package dev.sextant.torture.hostile;

import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import dev.sextant.wire.milvus.*;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What may be answered to anybody: a refusal with a code that clients know and words that say nothing of the inside,
/// or an answer whose parts fit each other. Stateless.
final class Judge {
    private static final int MOST_REASON = 6_000;

    /// Those of docs/compatibility/milvus.md that are ever told, in an answer.
    private static final Set<Integer> CODES = Set.of(
            0, 1, 2, 3, 8, 9, 11, 100, 101, 102, 104, 105, 107, 109, 200, 201, 250, 300, 301, 302, 303, 304, 600, 700,
            702, 800, 801, 802, 901, 1009, 1100, 1101, 1102, 1200, 1400, 1401, 1402, 1600, 1601, 1602, 1700, 1701, 1800,
            1801, 1802, 1804, 1806, 1807, 2100, 2101, 2304, 2400, 2600, 2601, 3000, 10001);

    /// What only a programmer would write: names of classes, of places in them, and what they print of themselves.
    private static final Pattern INSIDE = Pattern.compile(
            "Exception|\\tat |java\\.(?:lang|util|io|nio)|dev\\.sextant|Optional\\[|Optional\\.empty|\\[[BIJFDLC]@|@[0-9a-f]{6,8}\\b"
                    + "|AssertionError|out of bounds|Cannot invoke|class [a-z.A-Z]+ cannot be cast|\\b[A-Z][a-z]+[A-Z]?[a-z]*\\[[a-z][A-Za-z]*=(?!.*\\]\\[)"
                    + "|NullPointer|StackOverflow|OutOfMemory");

    private Judge() {}

    /// What is wrong with an answer, if anything.
    static Optional<String> of(Message request, Message answer) {
        var status = status(answer);
        if (status.getCode() != 0) return refusal(status);
        if (status.getErrorCode() != ErrorCode.Success)
            return Optional.of("granted by its code, refused by its older one: " + status.getErrorCode());
        return switch (answer) {
            case SearchResults found -> hits(found.getResults());
            case QueryResults rows -> columns(rows.getFieldsDataList(), -1);
            case MutationResult done -> changed(request, done);
            default -> Optional.empty();
        };
    }

    static Status status(Message answer) {
        if (answer instanceof Status status) return status;
        for (var field : answer.getDescriptorForType().getFields())
            if (field.getJavaType() == JavaType.MESSAGE
                    && !field.isRepeated()
                    && answer.getField(field) instanceof Status status) return status;
        return Status.getDefaultInstance();
    }

    private static Optional<String> refusal(Status status) {
        var reason = status.getReason();
        if (!CODES.contains(status.getCode()) && !reason.contains("internal error: no job"))
            return Optional.of("answers code " + status.getCode() + ": " + shortened(reason));
        if (status.getErrorCode() == ErrorCode.Success)
            return Optional.of("refused, but not by its older code: " + reason);
        if (reason.isBlank()) return Optional.of("refused without a word, code " + status.getCode());
        return words(reason);
    }

    /// Whether a sentence is one for callers.
    static Optional<String> words(String reason) {
        if (reason.length() > MOST_REASON) return Optional.of("a reason of " + reason.length() + " characters");
        var inside = INSIDE.matcher(reason);
        return inside.find()
                ? Optional.of("tells of the inside, '" + inside.group() + "': " + shortened(reason))
                : Optional.empty();
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    private static Optional<String> hits(SearchResultData found) {
        long hits = found.getTopksList().stream().mapToLong(Long::longValue).sum();
        if (found.getAggBucketsCount() > 0 || found.getAggTopksCount() > 0) return Optional.empty();
        if (found.getTopksCount() != found.getNumQueries())
            return Optional.of(found.getNumQueries() + " queries, counts of " + found.getTopksCount());
        if (found.getScoresCount() != hits) return Optional.of(hits + " hits, " + found.getScoresCount() + " scores");
        int keys = Math.max(
                found.getIds().getIntId().getDataCount(),
                found.getIds().getStrId().getDataCount());
        if (keys != hits) return Optional.of(hits + " hits, " + keys + " keys");
        for (float score : found.getScoresList()) if (!Float.isFinite(score)) return Optional.of("a score is " + score);
        return columns(found.getFieldsDataList(), (int) hits);
    }

    /// @param rows that each must have; -1 for as many as the first has
    private static Optional<String> columns(List<FieldData> columns, int rows) {
        int expected = rows;
        for (var column : columns) {
            int own = rows(column);
            if (expected < 0) expected = own;
            if (own != expected)
                return Optional.of("field " + column.getFieldName() + " of type " + column.getType() + " has " + own
                        + " rows, others " + expected);
        }
        return Optional.empty();
    }

    private static int rows(FieldData column) {
        if (column.getValidDataCount() > 0) return column.getValidDataCount();
        if (column.hasStructArrays())
            return column.getStructArrays().getFieldsCount() == 0
                    ? 0
                    : rows(column.getStructArrays().getFields(0));
        return column.hasVectors() ? vectors(column.getVectors()) : scalars(column.getScalars());
    }

    private static int scalars(ScalarField scalars) {
        return switch (scalars.getDataCase()) {
            case BOOL_DATA -> scalars.getBoolData().getDataCount();
            case INT_DATA -> scalars.getIntData().getDataCount();
            case LONG_DATA -> scalars.getLongData().getDataCount();
            case FLOAT_DATA -> scalars.getFloatData().getDataCount();
            case DOUBLE_DATA -> scalars.getDoubleData().getDataCount();
            case STRING_DATA -> scalars.getStringData().getDataCount();
            case BYTES_DATA -> scalars.getBytesData().getDataCount();
            case ARRAY_DATA -> scalars.getArrayData().getDataCount();
            case JSON_DATA -> scalars.getJsonData().getDataCount();
            case GEOMETRY_DATA -> scalars.getGeometryData().getDataCount();
            case GEOMETRY_WKT_DATA -> scalars.getGeometryWktData().getDataCount();
            case TIMESTAMPTZ_DATA -> scalars.getTimestamptzData().getDataCount();
            default -> 0;
        };
    }

    private static int vectors(VectorField vectors) {
        int dimension = (int) Math.max(1, vectors.getDim());
        return switch (vectors.getDataCase()) {
            case FLOAT_VECTOR -> vectors.getFloatVector().getData().size() / 4 / dimension;
            case BINARY_VECTOR -> vectors.getBinaryVector().size() * 8 / dimension;
            case FLOAT16_VECTOR -> vectors.getFloat16Vector().size() / 2 / dimension;
            case BFLOAT16_VECTOR -> vectors.getBfloat16Vector().size() / 2 / dimension;
            case INT8_VECTOR -> vectors.getInt8Vector().size() / dimension;
            case SPARSE_FLOAT_VECTOR -> vectors.getSparseFloatVector().getContentsCount();
            case VECTOR_ARRAY -> vectors.getVectorArray().getDataCount();
            default -> 0;
        };
    }

    private static Optional<String> changed(Message request, MutationResult done) {
        long asked = switch (request) {
            case InsertRequest rows -> rows.getNumRows();
            case UpsertRequest rows -> rows.getNumRows();
            default -> -1;
        };
        if (asked < 0) return Optional.empty();
        int keys = Math.max(
                done.getIDs().getIntId().getDataCount(),
                done.getIDs().getStrId().getDataCount());
        if (keys != asked || done.getSuccIndexCount() != asked)
            return Optional.of(
                    asked + " rows written, " + keys + " keys and " + done.getSuccIndexCount() + " places told");
        return Optional.empty();
    }
}
