package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestV1Test {
    private static final String DONE = expected("{'code':200,'data':{}}");

    @TempDir
    static Path directory;

    static Running running;

    @BeforeAll
    static void open() {
        running = new Running(directory);
    }

    @AfterAll
    static void close() {
        running.close();
    }

    private static String post(String route, String body) {
        return running.ask("POST", "/v1/vector/" + route, expected(body));
    }

    private static String get(String route) {
        return running.ask("GET", "/v1/vector/" + route, "");
    }

    private static String expected(String json) {
        return json.replace('\'', '"');
    }

    /// With keys that the caller chooses, which version 1 cannot make.
    private static void createKeyed(String name, String keyType) {
        running.rest(
                "collections/create",
                expected("{'collectionName':'" + name + "','dimension':2,'metricType':'L2','idType':'" + keyType
                        + "','params':{'max_length':'100'}}"));
    }

    @Test
    void aCollectionIsMadeDescribedListedAndDropped() {
        assertThat(
                        post(
                                "collections/create",
                                "{'collectionName':'quick','dimension':2,'primaryField':'key','vectorField':'place','description':'d'}"))
                .isEqualTo(DONE);
        assertThat(get("collections"))
                .startsWith(expected("{'code':200,'data':["))
                .contains(expected("'quick'"));
        assertThat(get("collections/describe?collectionName=quick"))
                .isEqualTo(expected(
                        "{'code':200,'data':{'collectionName':'quick','description':'d','enableDynamic':true,'enableDynamicField':true,'fields':["
                                + "{'autoId':true,'description':'','name':'key','partitionKey':false,'primaryKey':true,'type':'Int64'},"
                                + "{'autoId':false,'description':'','name':'place','partitionKey':false,'primaryKey':false,'type':'FloatVector(2)'}],"
                                + "'indexes':[{'indexName':'vector_idx','fieldName':'place','metricType':'L2'}],"
                                + "'load':'LoadStateLoaded','shardsNum':1}}"));
        assertThat(post("collections/drop", "{'collectionName':'quick'}")).isEqualTo(DONE);
        assertThat(get("collections/describe?collectionName=quick")).startsWith(expected("{'code':100,"));
        assertThat(post("collections/drop", "{'collectionName':'quick'}")).startsWith(expected("{'code':100,"));
    }

    @Test
    void rowsOfAQuicklyCreatedCollectionGetTheirKeys() {
        post("collections/create", "{'collectionName':'counted','dimension':2}");
        assertThat(post("insert", "{'collectionName':'counted','data':[{'vector':[0,1]},{'vector':[0,2]}]}"))
                .matches(expected("\\{'code':200,'data':\\{'insertCount':2,'insertIds':\\[\\d+,\\d+]}}"));
    }

    @Test
    void rowsAreInsertedReplacedFoundAndDeleted() {
        createKeyed("rows", "Int64");
        assertThat(post(
                        "insert",
                        "{'collectionName':'rows','data':[{'id':1,'vector':[0,1],'c':'red'},{'id':2,'vector':[0,3]}]}"))
                .isEqualTo(expected("{'code':200,'data':{'insertCount':2,'insertIds':[1,2]}}"));
        assertThat(post("insert", "{'collectionName':'rows','data':{'id':3,'vector':[0,9]}}"))
                .isEqualTo(expected("{'code':200,'data':{'insertCount':1,'insertIds':[3]}}"));
        assertThat(post("upsert", "{'collectionName':'rows','data':{'id':3,'vector':[0,4],'c':'blue'}}"))
                .isEqualTo(expected("{'code':200,'data':{'upsertCount':1,'upsertIds':[3]}}"));
        assertThat(post("search", "{'collectionName':'rows','vector':[0,1],'limit':2,'outputFields':['c']}"))
                .isEqualTo(expected("{'code':200,'data':[{'distance':0.0,'id':1,'c':'red'},{'distance':4.0,'id':2}]}"));
        assertThat(post("search", "{'collectionName':'rows','vector':[0,1],'filter':'id > 1','offset':1}"))
                .isEqualTo(expected("{'code':200,'data':[{'distance':9.0,'id':3}]}"));
        assertThat(post("search", "{'collectionName':'rows','vector':[0,1],'params':{'radius':5,'range_filter':1}}"))
                .isEqualTo(expected("{'code':200,'data':[{'distance':4.0,'id':2}]}"));
        assertThat(post("query", "{'collectionName':'rows','filter':'id >= 2','outputFields':['id'],'limit':1}"))
                .isEqualTo(expected("{'code':200,'data':[{'id':2}]}"));
        assertThat(post("query", "{'collectionName':'rows','filter':'id > 0','outputFields':['count(*)']}"))
                .isEqualTo(expected("{'code':200,'data':[{'count(*)':3}]}"));
        assertThat(post("get", "{'collectionName':'rows','id':3}"))
                .contains(expected("'vector':[0.0,4.0]"), expected("'c':'blue'"));
        assertThat(post("delete", "{'collectionName':'rows','id':[1,2]}")).isEqualTo(DONE);
        assertThat(post("delete", "{'collectionName':'rows','filter':'id == 3'}"))
                .isEqualTo(DONE);
        assertThat(post("get", "{'collectionName':'rows','id':[1,2,3]}")).isEqualTo(expected("{'code':200,'data':[]}"));
    }

    @Test
    void aKeyCannotBecomePartOfTheFilter() {
        createKeyed("texts", "VarChar");
        post("insert", "{'collectionName':'texts','data':[{'id':'a','vector':[1,1]},{'id':'b','vector':[1,1]}]}");
        post("delete", "{'collectionName':'texts','id':'a\\u0022 or id != \\u0022'}");
        assertThat(post("get", "{'collectionName':'texts','id':['a','b'],'outputFields':['id']}"))
                .isEqualTo(expected("{'code':200,'data':[{'id':'a'},{'id':'b'}]}"));
    }

    @Test
    void mistakesHaveTheCodesOfVersion2() {
        createKeyed("strict", "Int64");
        for (var route : new String[] {"collections/create", "insert", "upsert", "delete", "get", "query", "search"}) {
            assertThat(post(route, "no json")).as(route).startsWith(expected("{'code':1801,"));
            assertThat(post(route, "{'collectionName':'strict'}")).as(route).startsWith(expected("{'code':1802,"));
        }
        assertThat(get("collections/describe")).startsWith(expected("{'code':1802,"));
        assertThat(get("collections?dbName=nowhere")).startsWith(expected("{'code':800,"));
        assertThat(post("search", "{'collectionName':'nowhere','vector':[1,1]}"))
                .startsWith(expected("{'code':100,"));
        assertThat(post("search", "{'collectionName':'strict','vector':3}")).startsWith(expected("{'code':1801,"));
        assertThat(get("collections/create")).contains("404");
        assertThat(post("collections", "{}")).contains("404");
    }

    @Test
    void aDatabaseIsNamedInTheBodyOrInThePath() {
        running.rest("databases/create", expected("{'dbName':'other'}"));
        assertThat(post("collections/create", "{'dbName':'other','collectionName':'there','dimension':2}"))
                .isEqualTo(DONE);
        assertThat(get("collections?dbName=other")).isEqualTo(expected("{'code':200,'data':['there']}"));
        assertThat(get("collections")).doesNotContain("there");
    }

    @Test
    void damagedBodiesAreAnsweredWithACode() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        createKeyed("hostile", "Int64");
        var body = expected(
                "{'collectionName':'hostile','data':[{'id':1,'vector':[0.5,1]}],'vector':[1,2],'limit':3,'filter':'id > 0','id':[1]}");
        var routes = new String[] {"insert", "upsert", "search", "query", "get", "delete"};
        for (int round = 0; round < 120; round++) {
            var bytes = new StringBuilder(body);
            for (int i = 0, changes = 1 + random.nextInt(3); i < changes; i++)
                bytes.setCharAt(random.nextInt(bytes.length()), "{}[]\",:0-e.nul ".charAt(random.nextInt(15)));
            var answer = running.ask("POST", "/v1/vector/" + routes[round % routes.length], bytes.toString());
            assertThat(answer)
                    .as("seed %s, round %s: %s", seed, round, bytes)
                    .startsWith("{\"code\":")
                    .doesNotContain("65535");
        }
    }
}
