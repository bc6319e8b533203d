package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Exchange;
import dev.sextant.gateway.exchange.Faults;
import dev.sextant.model.Column;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldPartialUpdateOp;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.MutationResult;
import dev.sextant.wire.milvus.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Insert, upsert, delete.
final class Writes {
    private static final int MOST_ROWS = 1 << 26;
    private static final int MOST_LISTED = 1 << 20; // a request may claim rows that it does not have

    private Writes() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getInsertMethod(),
                        Faults.Asked.ANYTHING,
                        (request, exchange) -> {
                            within(request.hasNamespace(), request.getNamespace(), exchange)
                                    .ask(
                                            new Write.Insert(
                                                    request.getCollectionName(),
                                                    named(request.getPartitionName()),
                                                    rows(request.getFieldsDataList(), request.getNumRows()),
                                                    version(request.getSchemaTimestamp())),
                                            Writes::inserted);
                        },
                        (request, status) -> failed(request.getNumRows(), status))
                .on(
                        MilvusServiceGrpc.getUpsertMethod(),
                        Faults.Asked.ANYTHING,
                        (request, exchange) -> {
                            var upsert = new Write.Upsert(
                                    request.getCollectionName(),
                                    named(request.getPartitionName()),
                                    rows(request.getFieldsDataList(), request.getNumRows()),
                                    request.getPartialUpdate(),
                                    version(request.getSchemaTimestamp()),
                                    arrays(request.getFieldOpsList()));
                            within(request.hasNamespace(), request.getNamespace(), exchange)
                                    .ask(upsert, written -> upserted(written, upsert.partial()));
                        },
                        (request, status) -> failed(request.getNumRows(), status))
                .on(MilvusServiceGrpc.getDeleteMethod(), Faults.Asked.DELETE, (request, exchange) -> {
                    if (request.getExpr().isBlank())
                        throw new Refused(new Refusal.InvalidParameter(
                                "expr", "delete plan can't be empty or always true : " + request.getExpr()));
                    within(request.hasNamespace(), request.getNamespace(), exchange)
                            .ask(
                                    new Write.Delete(
                                            request.getCollectionName(),
                                            named(request.getPartitionName()),
                                            Conditions.of(request.getExpr(), request.getExprTemplateValuesMap())),
                                    Writes::deleted);
                });
    }

    /// A namespace may be the empty text: whether there is one is told apart.
    static <P> Exchange<P> within(boolean has, String namespace, Exchange<P> exchange) {
        return exchange.within(has ? Optional.of(namespace) : Optional.empty());
    }

    private static Rows rows(List<FieldData> fields, int count) {
        // Told as unsigned; beyond this no message could hold them.
        if (count < 0 || count > MOST_ROWS)
            throw new Refused(new Refusal.InvalidParameter(
                    "num_rows", "num_rows is out of range: " + Integer.toUnsignedString(count)));
        return ColumnsIn.rows(fields, count);
    }

    private static Map<String, Write.ArrayChange> arrays(List<FieldPartialUpdateOp> ops) {
        var changes = new HashMap<String, Write.ArrayChange>();
        var named = new HashSet<String>();
        for (var op : ops) {
            if (!named.add(op.getFieldName()))
                throw new Refused(new Refusal.InvalidParameter(
                        "field_ops", "field " + op.getFieldName() + " has several operations"));
            switch (op.getOp()) {
                case REPLACE -> {}
                case ARRAY_APPEND -> changes.put(op.getFieldName(), Write.ArrayChange.APPEND);
                case ARRAY_REMOVE -> changes.put(op.getFieldName(), Write.ArrayChange.REMOVE);
                case UNRECOGNIZED ->
                    throw new Refused(new Refusal.Unsupported("the field operation " + op.getOpValue()));
            }
        }
        return changes;
    }

    private static Optional<String> named(String partition) {
        return partition.isEmpty() ? Optional.empty() : Optional.of(partition);
    }

    private static OptionalLong version(long schemaTimestamp) {
        return schemaTimestamp == 0 ? OptionalLong.empty() : OptionalLong.of(schemaTimestamp);
    }

    private static MutationResult inserted(Written written) {
        return withKeys(written).setInsertCnt(written.inserted()).build();
    }

    private static MutationResult upserted(Written written, boolean partial) {
        return withKeys(written)
                .setUpsertCnt(written.upserted())
                .setInsertCnt(written.upserted())
                // A full upsert is counted as delete and insert of each row, whether or not it was there.
                .setDeleteCnt(partial ? written.deleted() : written.upserted())
                .build();
    }

    private static MutationResult deleted(Written written) {
        return MutationResult.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setDeleteCnt(written.deleted())
                .setTimestamp(written.timestamp())
                .build();
    }

    private static MutationResult.Builder withKeys(Written written) {
        Column keys = written.keys();
        var result = MutationResult.newBuilder()
                .setStatus(Statuses.SUCCESS)
                .setIDs(ColumnsOut.ids(keys))
                .setTimestamp(written.timestamp());
        for (int i = 0; i < keys.rows(); i++) result.addSuccIndex(i);
        return result;
    }

    /// Every row failed, and clients want them listed.
    private static MutationResult failed(int rows, Status status) {
        var result = MutationResult.newBuilder().setStatus(status);
        if (rows <= MOST_LISTED) for (int i = 0; i < rows; i++) result.addErrIndex(i);
        return result.build();
    }
}
