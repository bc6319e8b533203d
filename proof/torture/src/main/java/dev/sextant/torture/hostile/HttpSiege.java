package dev.sextant.torture.hostile;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Hostile HTTP: bodies that are nearly right, and bytes that are hardly HTTP. Every request that has come to its end
/// is answered, or its connection is closed.
final class HttpSiege {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int PATIENCE_MILLIS = 20_000;
    private static final long SLOW_MILLIS = 15_000;
    private static final Pattern CODE = Pattern.compile("\\{\"code\":(-?\\d+)");
    private static final Pattern SCALAR = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|-?\\d+(?:\\.\\d+)?|true|false");

    private static final Map<String, List<String>> BODIES = Map.ofEntries(
            Map.entry(
                    "collections/create",
                    List.of("{\"collectionName\":\"made\",\"dimension\":4,\"metricType\":\"L2\"}", """
                            {"collectionName":"made","schema":{"autoID":false,"enableDynamicField":true,"fields":[
                            {"fieldName":"id","dataType":"Int64","isPrimary":true},
                            {"fieldName":"name","dataType":"VarChar","elementTypeParams":{"max_length":50},"nullable":true},
                            {"fieldName":"tags","dataType":"Array","elementDataType":"Int32","elementTypeParams":{"max_capacity":4}},
                            {"fieldName":"v","dataType":"FloatVector","elementTypeParams":{"dim":4}}],"functions":[]},
                            "indexParams":[{"fieldName":"v","indexName":"i","metricType":"L2","params":{"index_type":"HNSW","M":8}}],
                            "params":{"shardsNum":1,"partitionsNum":2,"consistencyLevel":"Strong","ttlSeconds":9}}""")),
            Map.entry(
                    "entities/insert",
                    List.of(
                            "{\"collectionName\":\"made\",\"data\":[{\"id\":1,\"v\":[1,2,3,4],\"name\":\"x\",\"tags\":[1,2],\"more\":{\"a\":[1]}},"
                                    + "{\"id\":2,\"v\":[1,2,3,4.5],\"name\":null,\"tags\":[]}]}")),
            Map.entry(
                    "entities/upsert",
                    List.of("{\"collectionName\":\"target\",\"partialUpdate\":true,\"data\":[{\"id\":1,\"n\":7}]}")),
            Map.entry(
                    "entities/search",
                    List.of(
                            "{\"collectionName\":\"target\",\"data\":[[1,2,3,4]],\"annsField\":\"v\",\"limit\":5,\"offset\":1,\"filter\":\"id > {n}\","
                                    + "\"exprParams\":{\"n\":1},\"outputFields\":[\"*\"],\"searchParams\":{\"params\":{\"ef\":20,\"radius\":9}},\"groupingField\":\"n\"}",
                            "{\"collectionName\":\"target\",\"data\":[{\"1\":0.5,\"7\":2}],\"annsField\":\"sp\",\"limit\":5}",
                            "{\"collectionName\":\"words\",\"data\":[\"some words\"],\"annsField\":\"sparse\",\"limit\":5,"
                                    + "\"highlighter\":{\"type\":\"lexical\",\"params\":{\"highlight_search_text\":true}}}",
                            "{\"collectionName\":\"shapes\",\"data\":[[1,2,3,4]],\"annsField\":\"v\",\"limit\":5,\"outputFields\":[\"n\"],"
                                    + "\"functionScore\":{\"functions\":[{\"name\":\"d\",\"type\":\"Rerank\",\"inputFieldNames\":[\"n\"],\"params\":"
                                    + "{\"reranker\":\"decay\",\"function\":\"gauss\",\"origin\":1,\"scale\":2}}]}}",
                            "{\"collectionName\":\"shapes\",\"data\":[[1,2,3,4]],\"annsField\":\"v\",\"limit\":5,"
                                    + "\"searchAggregation\":{\"fields\":[\"kind\"],\"size\":2,\"metrics\":{\"m\":{\"op\":\"max\",\"fieldName\":\"n\"}}}}")),
            Map.entry(
                    "entities/hybrid_search",
                    List.of(
                            "{\"collectionName\":\"target\",\"search\":[{\"data\":[[1,2,3,4]],\"annsField\":\"v\",\"limit\":5},"
                                    + "{\"data\":[{\"1\":1}],\"annsField\":\"sp\",\"limit\":5}],\"rerank\":{\"strategy\":\"rrf\",\"params\":{\"k\":10}},\"limit\":3}")),
            Map.entry(
                    "entities/query",
                    List.of(
                            "{\"collectionName\":\"target\",\"filter\":\"id in [1,2]\",\"outputFields\":[\"*\"],\"limit\":10,\"offset\":0}")),
            Map.entry("entities/get", List.of("{\"collectionName\":\"target\",\"id\":[1,2],\"outputFields\":[\"*\"]}")),
            Map.entry("entities/delete", List.of("{\"collectionName\":\"target\",\"filter\":\"id == 1\"}")),
            Map.entry(
                    "indexes/create",
                    List.of(
                            "{\"collectionName\":\"target\",\"indexParams\":[{\"fieldName\":\"d\",\"indexName\":\"d\",\"params\":{\"index_type\":\"STL_SORT\"}}]}")),
            Map.entry(
                    "collections/fields/add",
                    List.of(
                            "{\"collectionName\":\"made\",\"schema\":{\"fieldName\":\"more\",\"dataType\":\"Int64\",\"nullable\":true,\"defaultValue\":5}}")),
            Map.entry(
                    "jobs/import/create",
                    List.of(
                            "{\"collectionName\":\"target\",\"files\":[[\"rows.json\"]],\"options\":{\"timeout\":\"5s\"}}")),
            Map.entry(
                    "databases/create",
                    List.of("{\"dbName\":\"elsewhere\",\"properties\":{\"database.max.collections\":5}}")),
            Map.entry("databases/alter", List.of("{\"dbName\":\"elsewhere\",\"properties\":{\"timezone\":\"UTC\"}}")),
            Map.entry("databases/drop", List.of("{\"dbName\":\"elsewhere\"}")),
            Map.entry(
                    "collections/alter_properties",
                    List.of("{\"collectionName\":\"made\",\"properties\":{\"collection.ttl.seconds\":60000}}")),
            Map.entry(
                    "collections/drop_properties",
                    List.of("{\"collectionName\":\"made\",\"propertyKeys\":[\"collection.ttl.seconds\"]}")),
            Map.entry(
                    "collections/fields/alter_properties",
                    List.of(
                            "{\"collectionName\":\"made\",\"fieldName\":\"name\",\"fieldParams\":{\"max_length\":60}}")),
            Map.entry(
                    "collections/struct_fields/add",
                    List.of(
                            "{\"collectionName\":\"made\",\"schema\":{\"fieldName\":\"parts\",\"nullable\":true,\"fields\":["
                                    + "{\"fieldName\":\"n\",\"dataType\":\"Array\",\"elementDataType\":\"Int32\",\"elementTypeParams\":{\"max_capacity\":4}}]}}")),
            Map.entry(
                    "collections/add_function",
                    List.of(
                            "{\"collectionName\":\"grown\",\"function\":{\"name\":\"f\",\"type\":\"BM25\",\"inputFieldNames\":[\"text\"],\"outputFieldNames\":[\"counted\"]}}")),
            Map.entry(
                    "collections/rename", List.of("{\"collectionName\":\"made\",\"newCollectionName\":\"sacrifice\"}")),
            Map.entry("partitions/create", List.of("{\"collectionName\":\"target\",\"partitionName\":\"p\"}")),
            Map.entry("partitions/load", List.of("{\"collectionName\":\"target\",\"partitionNames\":[\"p\"]}")),
            Map.entry("aliases/create", List.of("{\"collectionName\":\"target\",\"aliasName\":\"other\"}")),
            Map.entry("aliases/drop", List.of("{\"aliasName\":\"other\"}")),
            Map.entry("users/create", List.of("{\"userName\":\"ann\",\"password\":\"secret-ann\"}")),
            Map.entry(
                    "users/update_password",
                    List.of("{\"userName\":\"ann\",\"password\":\"secret-ann\",\"newPassword\":\"secret-ann2\"}")),
            Map.entry("users/grant_role", List.of("{\"userName\":\"ann\",\"roleName\":\"reader\"}")),
            Map.entry("roles/create", List.of("{\"roleName\":\"reader\"}")),
            Map.entry(
                    "roles/grant_privilege_v2",
                    List.of(
                            "{\"roleName\":\"reader\",\"privilege\":\"Search\",\"collectionName\":\"target\",\"dbName\":\"default\"}")),
            Map.entry(
                    "roles/grant_privilege",
                    List.of(
                            "{\"roleName\":\"reader\",\"objectType\":\"Collection\",\"objectName\":\"target\",\"privilege\":\"Search\"}")),
            Map.entry(
                    "privilege_groups/add_privileges_to_group",
                    List.of("{\"privilegeGroupName\":\"few\",\"privileges\":[\"Query\",\"Search\"]}")),
            Map.entry(
                    "resource_groups/create",
                    List.of(
                            "{\"name\":\"rg\",\"config\":{\"requests\":{\"node_num\":0},\"limits\":{\"node_num\":1}}}")),
            Map.entry(
                    "resource_groups/alter",
                    List.of(
                            "{\"resource_groups\":{\"rg\":{\"requests\":{\"node_num\":0},\"limits\":{\"node_num\":0}}}}")),
            Map.entry(
                    "indexes/alter_properties",
                    List.of(
                            "{\"collectionName\":\"target\",\"indexName\":\"sp_index\",\"properties\":{\"mmap.enabled\":true}}")),
            Map.entry(
                    "common/run_analyzer",
                    List.of(
                            "{\"text\":[\"some words\"],\"analyzerParams\":{\"type\":\"english\"},\"withDetail\":true}")));

    private static final List<String> MEMBERS = List.of(
            "collectionName",
            "vector",
            "dbName",
            "partitionName",
            "partitionNames",
            "data",
            "id",
            "filter",
            "limit",
            "offset",
            "annsField",
            "searchParams",
            "outputFields",
            "indexName",
            "fieldName",
            "params",
            "properties",
            "schema",
            "roleName",
            "userName",
            "password",
            "newPassword",
            "privilege",
            "privilegeGroupName",
            "privileges",
            "objectType",
            "objectName",
            "aliasName",
            "newCollectionName",
            "newDbName",
            "jobId",
            "name",
            "config",
            "function",
            "functionName",
            "files",
            "options",
            "propertyKeys",
            "segmentIDs",
            "indexParams",
            "fieldParams",
            "text",
            "analyzerParams",
            "resource_groups",
            "resource_group",
            "sourceRgName",
            "targetRgName",
            "replicaNum");

    private static final List<String> HEADS = List.of(
            "GET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/9.9\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/%zz%/../..//collections/list HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
            "POST http://evil:80/v2/vectordb/collections/list HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0",
            "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u00ff\u00ff\u00ff\u0009\u00ff\u00ff\u00ff\u00ff\u00ff",
            "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
            "\0\0\0\0\0\0\0\0",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nRequest-Timeout: 99999999999999999999\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nAuthorization: Basic !!!!\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nDB-Name: \u0001\u00ff\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v2/vectordb/collections/list HTTP/1.1\r\nOrigin: null\r\nContent-Length: 2\r\n\r\n{}",
            "OPTIONS * HTTP/1.1\r\n\r\n",
            "BREW /v2/vectordb/collections/list HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");

    private final Besieged besieged;
    private final Findings findings;
    private final SplittableRandom random;
    private final Words words;
    private final Spoiler spoiler;
    private final List<String> routes;
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private int requests;

    HttpSiege(Besieged besieged, Findings findings, SplittableRandom random) {
        this.besieged = besieged;
        this.findings = findings;
        this.random = random;
        words = new Words(random);
        spoiler = new Spoiler(random, words);
        routes = List.copyOf(besieged.routes());
    }

    int requests() {
        return requests;
    }

    Map<Integer, Integer> answers() {
        return answers;
    }

    void once() {
        if (words.oneIn(12)) {
            crude();
            return;
        }
        var route = words.oneIn(2)
                ? words.pick(List.copyOf(BODIES.keySet().stream().sorted().toList()))
                : words.pick(routes);
        var body = BODIES.containsKey(route) ? words.pick(BODIES.get(route)) : body();
        var bytes = switch (random.nextInt(8)) {
            case 0 -> body.getBytes(StandardCharsets.UTF_8);
            case 1 -> body().getBytes(StandardCharsets.UTF_8);
            case 2 -> words.json(7).getBytes(StandardCharsets.UTF_8);
            case 3, 4 -> spoiler.damaged(body.getBytes(StandardCharsets.UTF_8));
            default -> spoilt(body).getBytes(StandardCharsets.UTF_8);
        };
        ask(route, bytes);
    }

    /// An object with members that routes know.
    private String body() {
        var text = new StringBuilder("{\"collectionName\":").append(Words.quoted(words.pick(Vocabulary.COLLECTIONS)));
        for (int i = random.nextInt(6); i > 0; i--) {
            var member = words.pick(MEMBERS);
            text.append(',').append(Words.quoted(member)).append(':');
            text.append(words.oneIn(2) ? words.json(4) : Words.quoted(words.text(member)));
        }
        return text.append('}').toString();
    }

    /// Some scalars replaced.
    private String spoilt(String body) {
        var matcher = SCALAR.matcher(body);
        int each = 1 + random.nextInt(12);
        return matcher.replaceAll(found -> {
            boolean isName = found.end() < body.length() && body.charAt(found.end()) == ':';
            if (!words.oneIn(isName ? 4 * each : each)) return java.util.regex.Matcher.quoteReplacement(found.group());
            var other = isName
                    ? Words.quoted(words.pick(MEMBERS))
                    : words.oneIn(4) ? Words.quoted(words.condition()) : words.json(3);
            return java.util.regex.Matcher.quoteReplacement(other);
        });
    }

    private void ask(String route, byte[] body) {
        var path = route.startsWith("/") ? route : "/v2/vectordb/" + route;
        var head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        var request = Arrays.copyOf(head.getBytes(StandardCharsets.ISO_8859_1), head.length() + body.length);
        System.arraycopy(body, 0, request, head.length(), body.length);
        var answer = exchange(route, request, true);
        int space = answer.indexOf(' ');
        if (!answer.startsWith("HTTP/1.1 ") || answer.length() < space + 4) {
            findings.add(route + " is not answered", answer);
            return;
        }
        int status = Integer.parseInt(answer.substring(space + 1, space + 4));
        var code = CODE.matcher(answer);
        int told = code.find() ? Integer.parseInt(code.group(1)) : -status;
        answers.merge(told, 1, Integer::sum);
        boolean internal = answer.contains("internal error") && !answer.contains("error: no job");
        var said = answer.substring(Math.max(0, answer.indexOf("\r\n\r\n")));
        if (status >= 500 || told == 65535 || told == 5 && !answer.contains("error: no job") || internal)
            findings.add("REST " + route + " answers " + told(answer), "");
        // Rows may hold anything; refusals may not.
        if (told != 0) Judge.words(said).ifPresent(wrong -> findings.add("REST " + route + " " + told(wrong), ""));
        else if (!isWhole(said)) findings.add("REST " + route + " answers with broken JSON", told(answer));
    }

    private static String told(String answer) {
        return answer.substring(0, Math.min(300, answer.length()))
                .replaceAll("fault [0-9a-f]{8}", "fault")
                .replaceAll("\\d{3,}", "N");
    }

    private static boolean isWhole(String json) {
        try (var parser = JSON.createParser(json)) {
            int values = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken())
                if (parser.getParsingContext().inRoot()) values++;
            return values > 0;
        } catch (IOException broken) {
            return false;
        }
    }

    /// Bytes that are no request of ours, and connections that end in the middle.
    private void crude() {
        var bytes = words.pick(HEADS).getBytes(StandardCharsets.ISO_8859_1);
        if (words.oneIn(3)) bytes = spoiler.damaged(bytes);
        if (words.oneIn(10)) bytes = ("GET /" + "x".repeat(1 << random.nextInt(18)) + " HTTP/1.1\r\n\r\n").getBytes();
        if (words.oneIn(10))
            bytes = ("GET / HTTP/1.1\r\n" + ("a: " + "b".repeat(100) + "\r\n").repeat(1 << random.nextInt(12)) + "\r\n")
                    .getBytes();
        exchange("crude HTTP", bytes, false);
    }

    /// @param patient whether an answer is owed
    private String exchange(String what, byte[] request, boolean patient) {
        requests++;
        int number = requests;
        findings.asking(() -> "HTTP " + number + ": "
                + new String(request, 0, Math.min(3000, request.length), StandardCharsets.UTF_8));
        long began = System.nanoTime();
        try (var socket = new Socket("127.0.0.1", besieged.port())) {
            socket.setSoTimeout(patient ? PATIENCE_MILLIS : 20);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            var answer = read(socket.getInputStream());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            if (patient && millis > SLOW_MILLIS) findings.add("REST " + what + " is slow", millis + " ms");
            return answer;
        } catch (IOException ended) {
            // The server may hang up on what it will not read.
            return "";
        }
    }

    private static String read(InputStream in) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = new byte[8192];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) all.write(buffer, 0, read);
        } catch (SocketTimeoutException none) {
            if (all.size() == 0) return "";
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
