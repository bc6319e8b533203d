package dev.sextant.gateway.milvus;

import com.google.protobuf.Message;
import dev.sextant.gateway.exchange.Fault;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Refused;
import dev.sextant.wire.milvus.DummyResponse;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.RegisterLinkResponse;
import io.grpc.MethodDescriptor;

/// Calls that Milvus itself has given up, answered as it answers them.
final class Retired {
    private Retired() {}

    static void bind(Rpcs rpcs) {
        gone(rpcs, MilvusServiceGrpc.getCalcDistanceMethod(), "interface deprecated");
        gone(rpcs, MilvusServiceGrpc.getReplicateMessageMethod(), "not supported in streaming mode");
        gone(rpcs, MilvusServiceGrpc.getListIndexedSegmentMethod(), "unimp");
        gone(rpcs, MilvusServiceGrpc.getDescribeSegmentIndexDataMethod(), "unimp");
        rpcs.on(
                        MilvusServiceGrpc.getRegisterLinkMethod(),
                        (_, exchange) -> exchange.answer(RegisterLinkResponse.newBuilder()
                                .setStatus(Statuses.SUCCESS)
                                .build()))
                .on(
                        MilvusServiceGrpc.getDummyMethod(),
                        dev.sextant.gateway.exchange.Faults.Asked.ANYTHING,
                        (request, exchange) -> exchange.answer(dummy(request.getRequestType())),
                        (_, _) -> FAILED);
    }

    private static final DummyResponse FAILED =
            DummyResponse.newBuilder().setResponse("{\"status\": \"fail\"}").build();

    private static DummyResponse dummy(String request) {
        try {
            return "query".equals(JsonTexts.object(request, "request_type").get("request_type"))
                    ? DummyResponse.newBuilder()
                            .setResponse("{\"status\": \"success\", \"time\": \"0\"}")
                            .build()
                    : FAILED;
        } catch (Refused noJson) {
            return FAILED;
        }
    }

    private static <Q extends Message, P extends Message> void gone(
            Rpcs rpcs, MethodDescriptor<Q, P> method, String why) {
        rpcs.on(method, (_, _) -> {
            throw new Told(Fault.later(2, why + ": service unavailable: " + method.getBareMethodName()));
        });
    }
}
