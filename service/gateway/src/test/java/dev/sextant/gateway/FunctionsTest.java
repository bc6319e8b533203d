package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.wire.milvus.AddCollectionFunctionRequest;
import dev.sextant.wire.milvus.AlterCollectionFunctionRequest;
import dev.sextant.wire.milvus.DescribeCollectionRequest;
import dev.sextant.wire.milvus.DropCollectionFunctionRequest;
import dev.sextant.wire.milvus.FunctionSchema;
import dev.sextant.wire.milvus.FunctionType;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A function that embeds joins a collection that is there, and leaves it. Its model is a stand-in on this machine: the
/// vector of a text under `/long` is twice as long.
class FunctionsTest {
    @TempDir
    Path directory;

    private HttpServer model;
    private Running running;

    @BeforeEach
    void open() throws IOException {
        model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        model.createContext("/", exchange -> {
            int times = exchange.getRequestURI().getPath().startsWith("/long") ? 2 : 1;
            var answer = "[[%d,0]]".formatted(times).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        model.start();
        var models = new EmbeddingConfig(Map.of(), Map.of(), List.of(url("")), 5, Duration.ofSeconds(5));
        running = new Running(directory, DatabaseConfig.DEFAULT.with(to -> to.embedding = models));
        good("collections/create", """
                {'collectionName':'c','schema':{'fields':[
                 {'fieldName':'id','dataType':'Int64','isPrimary':true},
                 {'fieldName':'s','dataType':'VarChar','elementTypeParams':{'max_length':99}},
                 {'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]},
                 'indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}""");
    }

    @AfterEach
    void close() {
        running.close();
        model.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + model.getAddress().getPort() + path;
    }

    private String ask(String route, String body) {
        return running.rest(route, body.replace('\'', '"'));
    }

    private void good(String route, String body) {
        assertThat(ask(route, body)).as(route).startsWith("{\"code\":0");
    }

    private static void good(Status status) {
        assertThat(status.getCode()).as(status.getReason()).isZero();
    }

    private FunctionSchema function(String path) {
        return FunctionSchema.newBuilder()
                .setName("f")
                .setType(FunctionType.TextEmbedding)
                .addInputFieldNames("s")
                .addOutputFieldNames("v")
                .addParams(KeyValuePair.newBuilder().setKey("provider").setValue("tei"))
                .addParams(KeyValuePair.newBuilder().setKey("endpoint").setValue(url(path)))
                .build();
    }

    private String inJson(String path) {
        return "{'collectionName':'c','functionName':'f','function':{'name':'f','type':'TextEmbedding','inputFieldNames':['s'],"
                + "'outputFieldNames':['v'],'params':{'provider':'tei','endpoint':'" + url(path) + "'}}}";
    }

    private void stored(int id, String vector) {
        good("entities/insert", "{'collectionName':'c','data':[{'id':" + id + ",'s':'words'}]}");
        assertThat(ask("entities/get", "{'collectionName':'c','id':" + id + ",'outputFields':['v']}"))
                .contains("\"v\":" + vector);
    }

    private void madeNoMore() {
        assertThat(ask("entities/insert", "{'collectionName':'c','data':[{'id':9,'s':'words'}]}"))
                .doesNotStartWith("{\"code\":0");
    }

    private int functions() {
        return running.milvus()
                .describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollectionName("c")
                        .build())
                .getSchema()
                .getFunctionsCount();
    }

    @Test
    void aFunctionIsAddedAlteredAndDropped() {
        madeNoMore();
        good(running.milvus()
                .addCollectionFunction(AddCollectionFunctionRequest.newBuilder()
                        .setCollectionName("c")
                        .setFunctionSchema(function("/short"))
                        .build()));
        assertThat(functions()).isOne();
        stored(1, "[1.0,0.0]");
        good(running.milvus()
                .alterCollectionFunction(AlterCollectionFunctionRequest.newBuilder()
                        .setCollectionName("c")
                        .setFunctionName("f")
                        .setFunctionSchema(function("/long"))
                        .build()));
        stored(2, "[2.0,0.0]");
        good(running.milvus()
                .dropCollectionFunction(DropCollectionFunctionRequest.newBuilder()
                        .setCollectionName("c")
                        .setFunctionName("f")
                        .build()));
        assertThat(functions()).isZero();
        madeNoMore();
    }

    @Test
    void overHttpItIsTheSame() {
        good("collections/add_function", inJson("/short"));
        stored(1, "[1.0,0.0]");
        good("collections/alter_function", inJson("/long"));
        stored(2, "[2.0,0.0]");
        good("collections/drop_function", "{'collectionName':'c','FunctionName':'f'}");
        madeNoMore();
    }
}
