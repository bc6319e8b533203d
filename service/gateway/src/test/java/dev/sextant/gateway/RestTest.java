package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestTest {
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

    private static String ask(String route, String body, String... headers) {
        return running.rest(route, body.replace('\'', '"'), headers);
    }

    private static String expected(String json) {
        return json.replace('\'', '"');
    }

    @Test
    void aQuicklyCreatedCollectionTakesRowsAndFindsThem() {
        assertThat(ask("collections/create", "{'collectionName':'quick','dimension':2,'metricType':'L2'}"))
                .isEqualTo(expected("{'code':0,'data':{}}"));
        assertThat(ask("collections/has", "{'collectionName':'quick'}"))
                .isEqualTo(expected("{'code':0,'data':{'has':true}}"));
        assertThat(
                        ask(
                                "entities/insert",
                                "{'data':[{'id':1,'vector':[0,1],'c':'red'},{'id':2,'vector':[0,3]}],'collectionName':'quick'}"))
                .isEqualTo(expected("{'code':0,'cost':0,'data':{'insertCount':2,'insertIds':[1,2]}}"));
        assertThat(ask("entities/search", "{'collectionName':'quick','data':[[0,1]],'limit':2,'outputFields':['c']}"))
                .isEqualTo(
                        expected(
                                "{'code':0,'cost':0,'data':[{'distance':0.0,'id':1,'c':'red'},{'distance':4.0,'id':2}],'topks':[2]}"));
        assertThat(ask("entities/get", "{'collectionName':'quick','id':[2],'outputFields':['vector']}"))
                .contains(expected("'vector':[0.0,3.0]"));
        assertThat(ask("entities/delete", "{'collectionName':'quick','filter':'id == 1'}"))
                .isEqualTo(expected("{'code':0,'cost':0,'data':{'deleteCount':1}}"));
        assertThat(ask("entities/query", "{'collectionName':'quick','filter':'','outputFields':['count(*)']}"))
                .isEqualTo(expected("{'code':0,'cost':0,'data':[{'count(*)':1}]}"));
    }

    @Test
    void aLargeIntegerIsExactAndATextWhereAsked() {
        ask("collections/create", "{'collectionName':'large','dimension':2}");
        assertThat(ask("entities/insert", "{'collectionName':'large','data':{'id':9007199254740993,'vector':[1,1]}}"))
                .contains("[9007199254740993]");
        assertThat(ask(
                        "entities/query",
                        "{'collectionName':'large','filter':'id > 0','outputFields':['id']}",
                        "Accept-Type-Allow-Int64",
                        "false"))
                .isEqualTo(expected("{'code':0,'cost':0,'data':[{'id':'9007199254740993'}]}"));
    }

    @Test
    void whatIsNoJsonIsToldWithItsPlaceAndNoWordOfTheReader() {
        assertThat(ask("collections/list", "{'dbName':'default'"))
                .contains("expected close marker for Object, line 1, column 20")
                .doesNotContain("Source", "REDACTED");
    }

    @Test
    void mistakesHaveCodesOfTheirOwn() {
        assertThat(ask("collections/describe", "{'collectionName':'nowhere'}")).startsWith(expected("{'code':100,"));
        assertThat(ask("collections/describe", "{}")).startsWith(expected("{'code':1802,"));
        assertThat(ask("collections/describe", "no json")).startsWith(expected("{'code':1801,"));
        assertThat(ask("collections/list", "")).startsWith(expected("{'code':1801,"));
        assertThat(ask("collections/list", "{'dbName':'nowhere'}")).startsWith(expected("{'code':800,"));
        assertThat(ask("nothing/here", "{}")).contains("404");
    }

    @Test
    void aKeyInAGetCannotBecomePartOfTheFilter() {
        ask(
                "collections/create",
                "{'collectionName':'texts','dimension':2,'idType':'VarChar','params':{'max_length':'100'}}");
        ask(
                "entities/insert",
                "{'collectionName':'texts','data':[{'id':'a','vector':[1,1]},{'id':'b','vector':[1,1]}]}");
        assertThat(ask(
                        "entities/get",
                        "{'collectionName':'texts','id':'a\\' or id != \\''}".replace("\\'", "\\\\u0022")))
                .isEqualTo(expected("{'code':0,'cost':0,'data':[]}"));
    }

    @Test
    void aPageOfAnotherOriginIsNotAnswered() {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "origin,host");
        assertThat(ask("collections/list", "{}", "Origin", "https://evil.example"))
                .contains("other origins");
    }

    @Test
    void damagedBodiesAreAnsweredWithACode() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        ask("collections/create", "{'collectionName':'hostile','dimension':2}");
        var body = expected(
                "{'collectionName':'hostile','data':[{'id':1,'vector':[0.5,1],'x':{'y':[1,null]}}],'limit':3,'filter':'id > 0'}");
        var routes = new String[] {
            "entities/insert", "entities/search", "entities/query", "entities/hybrid_search", "collections/create"
        };
        for (int round = 0; round < 200; round++) {
            var bytes = new StringBuilder(body);
            for (int i = 0, changes = 1 + random.nextInt(3); i < changes; i++)
                bytes.setCharAt(random.nextInt(bytes.length()), "{}[]\",:0-e.nul ".charAt(random.nextInt(15)));
            var answer = running.rest(routes[round % routes.length], bytes.toString());
            assertThat(answer)
                    .as("seed %s, round %s: %s", seed, round, bytes)
                    .startsWith("{\"code\":")
                    .doesNotContain("65535");
        }
    }

    @Test
    void aPartOfAHybridSearchIsWeighedByItsBoostsAndWhatItCannotDoIsRefused() {
        ask("collections/create", "{'collectionName':'weighed','dimension':2,'metricType':'L2'}");
        ask("entities/insert", "{'collectionName':'weighed','data':[{'id':1,'vector':[0,1]},{'id':2,'vector':[0,2]}]}");
        var search = "{'collectionName':'weighed','limit':1,'search':[{'data':[[0,0]],'limit':2%s}]}";
        assertThat(ask("entities/hybrid_search", search.formatted(""))).contains(expected("'id':1"));
        assertThat(ask(
                        "entities/hybrid_search",
                        search.formatted(
                                ",'functionScore':{'functions':[{'name':'b','type':'Rerank','inputFieldNames':[],"
                                        + "'params':{'reranker':'boost','weight':9,'filter':'id == 1'}}]}")))
                .contains(expected("'id':2"));
        for (var name : new String[] {"orderByFields", "functionChains"})
            assertThat(ask("entities/hybrid_search", search.formatted(",'" + name + "':['id']")))
                    .contains(name + " in a hybrid search");
        assertThat(ask("entities/search", "{'collectionName':'weighed','data':[[0,0]],'functionChains':[{}]}"))
                .contains("functionChains");
    }

    @Test
    void fieldsMaySayTheirSizesAsTheGuideWritesThem() {
        assertThat(
                        ask(
                                "collections/create",
                                "{'collectionName':'guided','schema':{'fields':["
                                        + "{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                                        + "{'fieldName':'j','dataType':'JSON','isNullable':true},"
                                        + "{'fieldName':'v','dataType':'FloatVector','typeParams':{'dim':'2'},'nullable':true}]}}"))
                .contains(expected("'code':0"));
        assertThat(ask("entities/insert", "{'collectionName':'guided','data':[{'id':1},{'id':2,'v':[0,1],'j':{}}]}"))
                .contains(expected("'insertCount':2"));
    }

    @Test
    void arraysAreAppendedToAndElementsAreRemoved() {
        ask(
                "collections/create",
                "{'collectionName':'arrays','schema':{'fields':["
                        + "{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                        + "{'fieldName':'t','dataType':'Array','elementDataType':'VarChar','nullable':true,"
                        + "'elementTypeParams':{'max_capacity':4,'max_length':9}},"
                        + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]},"
                        + "'indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}");
        assertThat(
                        ask(
                                "entities/insert",
                                "{'collectionName':'arrays','data':[{'id':1,'v':[0,1],'t':['a','b','a']},{'id':2,'v':[0,1],'t':null}]}"))
                .contains(expected("'insertCount':2"));
        assertThat(ask(
                        "entities/upsert",
                        "{'collectionName':'arrays','fieldOps':[{'fieldName':'t','op':'ARRAY_REMOVE'}],"
                                + "'data':[{'id':1,'t':['a','x']},{'id':2,'t':['a']}]}"))
                .contains(expected("'upsertCount':2"));
        assertThat(ask(
                        "entities/upsert",
                        "{'collectionName':'arrays','fieldOps':[{'fieldName':'t','op':'ARRAY_APPEND'}],"
                                + "'data':[{'id':1,'t':['c','d']},{'id':2,'t':['e']}]}"))
                .contains(expected("'upsertCount':2"));
        assertThat(ask("entities/get", "{'collectionName':'arrays','id':[1,2],'outputFields':['t','v']}"))
                .contains(expected("'t':['b','c','d']"), expected("'t':['e']"), expected("'v':[0.0,1.0]"));
        assertThat(ask(
                        "entities/upsert",
                        "{'collectionName':'arrays','fieldOps':[{'fieldName':'t','op':'ARRAY_APPEND'}],"
                                + "'data':[{'id':1,'t':['e','f']}]}"))
                .contains("exceeds max capacity (4)");
        assertThat(ask(
                        "entities/upsert",
                        "{'collectionName':'arrays','fieldOps':[{'fieldName':'v','op':'ARRAY_APPEND'}],"
                                + "'data':[{'id':1,'v':[1,1]}]}"))
                .contains("only Array fields");
    }

    @Test
    void aSearchAmongManyAsksForMoreWhereItsCollectionIsMadeForThat() {
        ask("collections/create", "{'collectionName':'many','dimension':2,'metricType':'L2'}");
        ask("entities/insert", "{'collectionName':'many','data':[{'id':1,'vector':[0,1]}]}");
        var search = "{'collectionName':'many','data':[[0,1]],'limit':20000}";
        assertThat(ask("entities/search", search)).contains("topk [20000] is invalid");
        ask("collections/release", "{'collectionName':'many'}");
        ask("indexes/drop", "{'collectionName':'many','indexName':'vector'}");
        ask("collections/alter_properties", "{'collectionName':'many','properties':{'query_mode':'large_topk'}}");
        ask(
                "indexes/create",
                "{'collectionName':'many','indexParams':[{'fieldName':'vector','indexName':'vector','metricType':'L2','indexType':'AUTOINDEX'}]}");
        ask("collections/load", "{'collectionName':'many'}");
        assertThat(ask("entities/search", search)).contains(expected("'id':1"));
        assertThat(ask("entities/search", search.replace("20000", "1000001"))).contains("[1, 1000000]");
        assertThat(ask("entities/search", search.replace("20000}", "5,'outputFields':['count(*)']}")))
                .contains("is not allowed in a search");
    }

    @Test
    void aVectorOfBytesIsLookedForAsItIsShown() {
        ask("collections/create", """
                {'collectionName':'bytes','schema':{'fields':[
                 {'fieldName':'id','dataType':'Int64','isPrimary':true},
                 {'fieldName':'bits','dataType':'BinaryVector','elementTypeParams':{'dim':16}},
                 {'fieldName':'half','dataType':'Float16Vector','elementTypeParams':{'dim':2}}]},
                 'indexParams':[{'fieldName':'bits','metricType':'HAMMING','indexType':'BIN_FLAT'},
                 {'fieldName':'half','metricType':'L2','indexType':'FLAT'}]}""");
        ask(
                "entities/insert",
                "{'collectionName':'bytes','data':[{'id':1,'bits':[1,2],'half':[0.5,1]},{'id':2,'bits':[255,255],'half':[8,8]}]}");
        for (var field : new String[] {"bits", "half"}) {
            var shown = ask("entities/get", "{'collectionName':'bytes','id':[2],'outputFields':['" + field + "']}");
            var text = shown.replaceAll(".*\"" + field + "\":\"([^\"]*)\".*", "$1");
            assertThat(ask(
                            "entities/search",
                            "{'collectionName':'bytes','annsField':'" + field + "','data':['" + text + "'],'limit':1}"))
                    .as(shown)
                    .contains(expected("{'distance':0.0,'id':2}"));
            for (var wrong : new String[] {"AAA", "AA==", "no base64!"})
                assertThat(ask(
                                "entities/search",
                                "{'collectionName':'bytes','annsField':'" + field + "','data':['" + wrong + "']}"))
                        .contains("\"code\":1")
                        .doesNotContain("xception");
        }
    }

    @Test
    void aRadiusThatSaysNothingIsNoSearchWithoutOne() {
        ask("collections/create", "{'collectionName':'around','dimension':2,'metricType':'L2'}");
        ask("entities/insert", "{'collectionName':'around','data':[{'id':1,'vector':[0,1]}]}");
        for (var wrong : new String[] {"{'radius':''}", "{'params':{'radius':' '}}", "{'radius':5,'range_filter':''}"})
            assertThat(ask(
                            "entities/search",
                            "{'collectionName':'around','data':[[0,1]],'searchParams':" + wrong + "}"))
                    .contains("invalid float value");
        assertThat(ask("entities/search", "{'collectionName':'around','data':[[0,1]],'searchParams':{'radius':null}}"))
                .contains(expected("'id':1"));
    }
}
