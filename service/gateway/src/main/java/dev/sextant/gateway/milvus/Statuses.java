package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Fault;
import dev.sextant.model.Hits;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.Status;

/// The part of an answer that says whether it is one. Old clients read only the older of its two codes, so both are
/// always set.
final class Statuses {
    static final Status SUCCESS = Status.getDefaultInstance();

    private Statuses() {}

    static Status of(Fault fault) {
        var status = Status.newBuilder()
                .setErrorCode(legacy(fault.code()))
                .setCode(fault.code())
                .setReason(fault.reason())
                .setDetail(fault.reason())
                .setRetriable(fault.retriable());
        if (fault.input()) status.putExtraInfo("is_input_error", "true");
        return status.build();
    }

    /// Of a search: what it looked at, and whether something was left out.
    static Status of(Hits hits) {
        var status = Status.newBuilder()
                .putExtraInfo(
                        "scanned_total_bytes", Long.toString(hits.scanned().bytes()));
        if (!hits.complete()) status.putExtraInfo("incomplete", "true");
        return status.build();
    }

    /// The enum from before there were codes.
    static ErrorCode legacy(int code) {
        return switch (code) {
            case 0 -> ErrorCode.Success;
            case 1, 110 -> ErrorCode.NotReadyServe;
            case 3 -> ErrorCode.InsufficientMemoryToLoad;
            case 7 -> ErrorCode.DiskQuotaExhausted;
            case 8 -> ErrorCode.RateLimit;
            case 9 -> ErrorCode.ForceDeny;
            case 11, 505 -> ErrorCode.TimeTickLongDelay;
            case 100 -> ErrorCode.CollectionNotExists;
            case 109 -> ErrorCode.SchemaMismatch;
            case 200, 400, 501 -> ErrorCode.MetaFailed;
            case 401, 503, 506, 905 -> ErrorCode.NoReplicaAvailable;
            case 600 -> ErrorCode.SegmentNotFound;
            case 700 -> ErrorCode.IndexNotExist;
            case 904 -> ErrorCode.NodeIDNotMatch;
            case 1100, 1101, 1102 -> ErrorCode.IllegalArgument;
            default -> ErrorCode.UnexpectedError;
        };
    }

    /// How a call ends that gets no answer; none when there is one.
    static io.grpc.Status ending(Fault fault) {
        return switch (fault.ending()) {
            case ANSWERED -> io.grpc.Status.OK;
            case UNAUTHENTICATED -> io.grpc.Status.UNAUTHENTICATED.withDescription(fault.reason());
            case PERMISSION_DENIED -> io.grpc.Status.PERMISSION_DENIED.withDescription(fault.reason());
            case DEADLINE_EXCEEDED -> io.grpc.Status.DEADLINE_EXCEEDED.withDescription(fault.reason());
            case CANCELLED -> io.grpc.Status.CANCELLED.withDescription(fault.reason());
            case UNAVAILABLE -> io.grpc.Status.UNAVAILABLE.withDescription(fault.reason());
        };
    }
}
