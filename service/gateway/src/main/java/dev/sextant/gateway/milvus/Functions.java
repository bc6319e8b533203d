package dev.sextant.gateway.milvus;

import dev.sextant.gateway.exchange.Parameters;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Watch;
import dev.sextant.wire.milvus.AnalyzerResult;
import dev.sextant.wire.milvus.AnalyzerToken;
import dev.sextant.wire.milvus.ComputePhraseMatchSlopResponse;
import dev.sextant.wire.milvus.FunctionSchema;
import dev.sextant.wire.milvus.FunctionType;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.RunAnalyzerRequest;
import dev.sextant.wire.milvus.RunAnalyzerResponse;
import java.util.List;

/// Functions that make fields, and what analyzers do to texts.
final class Functions {
    private Functions() {}

    static void bind(Rpcs rpcs) {
        rpcs.on(
                        MilvusServiceGrpc.getAddCollectionFunctionMethod(),
                        (request, exchange) -> Collections.byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> exchange.ask(
                                        new Define.AddFunction(name, function(request.getFunctionSchema())),
                                        _ -> Statuses.SUCCESS)))
                .on(
                        MilvusServiceGrpc.getAlterCollectionFunctionMethod(),
                        (request, exchange) -> Collections.byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> exchange.ask(
                                        new Define.AlterFunction(
                                                name, request.getFunctionName(), function(request.getFunctionSchema())),
                                        _ -> Statuses.SUCCESS)))
                .on(
                        MilvusServiceGrpc.getDropCollectionFunctionMethod(),
                        (request, exchange) -> Collections.byName(
                                request.getCollectionName(),
                                request.getCollectionID(),
                                exchange,
                                name -> exchange.ask(
                                        new Define.DropFunction(name, request.getFunctionName()),
                                        _ -> Statuses.SUCCESS)))
                .on(
                        MilvusServiceGrpc.getRunAnalyzerMethod(),
                        (request, exchange) -> exchange.ask(analyze(request), texts -> analyzed(request, texts)))
                .on(
                        MilvusServiceGrpc.getComputePhraseMatchSlopMethod(),
                        (request, exchange) -> exchange.ask(
                                new Watch.PhraseSlops(
                                        request.getAnalyzerParams(),
                                        request.getQueryText(),
                                        request.getDataTextsList()),
                                slops -> {
                                    var response = ComputePhraseMatchSlopResponse.newBuilder()
                                            .setStatus(Statuses.SUCCESS);
                                    for (var slop : slops)
                                        response.addIsMatch(slop.isPresent()).addSlops(slop.orElse(0));
                                    return response.build();
                                }));
    }

    static List<Function> functions(List<FunctionSchema> wire) {
        return wire.stream().map(Functions::function).toList();
    }

    static Function function(FunctionSchema wire) {
        return new Function(
                0,
                wire.getName(),
                wire.getDescription(),
                kind(wire),
                wire.getInputFieldNamesList(),
                wire.getOutputFieldNamesList(),
                Parameters.map(wire.getParamsList()));
    }

    private static Function.Kind kind(FunctionSchema wire) {
        return switch (wire.getType()) {
            case BM25 -> Function.Kind.BM25;
            case TextEmbedding -> Function.Kind.TEXT_EMBEDDING;
            case MinHash -> Function.Kind.MINHASH;
            case Unknown, Rerank, MolFingerprint, UNRECOGNIZED ->
                throw new Refused(new InvalidSchema(
                        wire.getName(),
                        Rule.FUNCTION,
                        "check input field for unknown function type: a schema cannot have a function of type "
                                + wire.getType()));
        };
    }

    static FunctionSchema wire(Function function, Schema schema) {
        var wire = FunctionSchema.newBuilder()
                .setId(function.id())
                .setName(function.name())
                .setDescription(function.description())
                .setType(
                        switch (function.kind()) {
                            case BM25 -> FunctionType.BM25;
                            case TEXT_EMBEDDING -> FunctionType.TextEmbedding;
                            case MINHASH -> FunctionType.MinHash;
                        })
                .addAllInputFieldNames(function.inputs())
                .addAllOutputFieldNames(function.outputs())
                .addAllParams(Parameters.pairs(function.parameters()));
        for (var name : function.inputs()) schema.field(name).map(Field::id).ifPresent(wire::addInputFieldIds);
        for (var name : function.outputs()) schema.field(name).map(Field::id).ifPresent(wire::addOutputFieldIds);
        return wire.build();
    }

    private static Watch.Analyze analyze(RunAnalyzerRequest request) {
        return new Watch.Analyze(
                request.getAnalyzerParams(),
                request.getCollectionName(),
                request.getFieldName(),
                request.getAnalyzerNamesList(),
                request.getPlaceholderList().stream()
                        .map(com.google.protobuf.ByteString::toStringUtf8)
                        .toList());
    }

    private static RunAnalyzerResponse analyzed(RunAnalyzerRequest request, List<Watch.Analyzed> texts) {
        var response = RunAnalyzerResponse.newBuilder().setStatus(Statuses.SUCCESS);
        for (var text : texts) {
            var result = AnalyzerResult.newBuilder();
            for (var word : text.words()) {
                var token = AnalyzerToken.newBuilder().setToken(word.text());
                if (request.getWithDetail())
                    token.setStartOffset(word.start())
                            .setEndOffset(word.end())
                            .setPosition(word.position())
                            .setPositionLength(word.length());
                if (request.getWithHash()) token.setHash(word.term());
                result.addTokens(token);
            }
            response.addResults(result);
        }
        return response.build();
    }
}
