package dev.sextant.gateway.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/// What property keys do, seen over the wire: each of a collection or database of its own. Without the key there is
/// another outcome, which is looked at first wherever that could be in doubt.
final class PropertyEffects {
    /// Sees that a key does what it is for; fails where it does not.
    interface Effect {
        /// @param name of a collection or database that is not there yet
        void on(Wire wire, String name);
    }

    private static final String ID = "{'fieldName':'id','dataType':'Int64','isPrimary':true}";
    private static final String V = "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}";
    private static final String UNTIL = "{'fieldName':'until','dataType':'Timestamptz','nullable':true}";
    private static final String TEXT =
            "{'fieldName':'s','dataType':'VarChar','nullable':true,'elementTypeParams':{'max_length':9}}";
    private static final int UNTIL_GONE_SECONDS = 60;

    private PropertyEffects() {}

    /// A collection that can be written and read.
    ///
    /// @param schema members of its schema behind the fields
    /// @param more members of the request
    private static void make(Wire wire, String name, String fields, String schema, String more) {
        wire.good(
                "collections/create",
                "{'collectionName':'" + name + "','schema':{'fields':[" + ID + "," + V
                        + (fields.isEmpty() ? "" : "," + fields) + "]" + schema + "},"
                        + "'indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]"
                        + more
                        + "}");
    }

    private static void make(Wire wire, String name, String fields) {
        make(wire, name, fields, "", "");
    }

    private static void set(Wire wire, String name, String key, String value) {
        wire.good("collections/alter_properties", about(name, "'properties':{'" + key + "':'" + value + "'}"));
    }

    private static String about(String name, String members) {
        return "{'collectionName':'" + name + "'" + (members.isEmpty() ? "" : "," + members) + "}";
    }

    private static String insert(Wire wire, String name, int id, String cells) {
        return wire.ask(
                "entities/insert",
                about(
                        name,
                        "'data':[{'id':" + id + ",'v':[0," + id + "]" + (cells.isEmpty() ? "" : "," + cells) + "}]"));
    }

    private static void stored(Wire wire, String name, int id, String cells) {
        var answer = insert(wire, name, id, cells);
        assertThat(Wire.code(answer)).as(answer).isZero();
    }

    private static String rows(Wire wire, String name, String outputs) {
        return wire.ask("entities/query", about(name, "'filter':'id >= 0','outputFields':" + outputs));
    }

    private static String search(Wire wire, String name, String more) {
        return wire.ask("entities/search", about(name, "'data':[[0,1]],'annsField':'v'" + more));
    }

    private static void released(Wire wire, String name) {
        wire.good("collections/release", about(name, ""));
    }

    private static void told(String answer, String... parts) {
        for (var part : parts) assertThat(answer).contains(part.replace('\'', '"'));
    }

    static void rowsAreGoneAfterTheirTime(Wire wire, String name) {
        make(wire, name, "");
        stored(wire, name, 1, "");
        told(rows(wire, name, "['id']"), "'data':[{'id':1}]");
        set(wire, name, "collection.ttl.seconds", "1");
        long end = System.nanoTime() + Duration.ofSeconds(UNTIL_GONE_SECONDS).toNanos();
        while (!rows(wire, name, "['id']").contains("\"data\":[]"))
            assertThat(System.nanoTime() - end).as("nanoseconds too long").isNegative();
    }

    static void aRowIsGoneAfterItsOwnTime(Wire wire, String name) {
        make(wire, name, UNTIL);
        stored(wire, name, 1, "'until':'2020-01-01T00:00:00Z'");
        stored(wire, name, 2, "'until':null");
        told(rows(wire, name, "['id']"), "'data':[{'id':1},{'id':2}]");
        set(wire, name, "ttl_field", "until");
        told(rows(wire, name, "['id']"), "'data':[{'id':2}]");
    }

    static void theCollectionIsDescribedSo(Wire wire, String name) {
        make(wire, name, "");
        set(wire, name, "collection.description", "words of it");
        told(wire.ask("collections/describe", about(name, "")), "'description':'words of it'");
    }

    /// One server shows every acknowledged row at any level; what clients ask for by themselves follows what is told.
    static void clientsAreToldTheLevel(Wire wire, String name) {
        make(wire, name, "");
        told(wire.ask("collections/describe", about(name, "")), "'consistencyLevel':'Bounded'");
        set(wire, name, "consistency_level", "Strong");
        told(wire.ask("collections/describe", about(name, "")), "'consistencyLevel':'Strong'");
    }

    static void aSearchNamesItsPartitionKey(Wire wire, String name) {
        wire.good(
                "collections/create",
                about(
                        name,
                        "'schema':{'fields':[" + ID + "," + V
                                + ",{'fieldName':'k','dataType':'Int64','isPartitionKey':true}]}"));
        set(wire, name, "partitionkey.isolation", "true");
        wire.good(
                "indexes/create",
                about(name, "'indexParams':[{'fieldName':'v','metricType':'L2','indexType':'HNSW','indexName':'v'}]"));
        wire.good("collections/load", about(name, ""));
        stored(wire, name, 1, "'k':5");
        told(search(wire, name, ""), "partition key not found in expr");
        told(search(wire, name, ",'filter':'k in [5, 6]'"), "does not support IN");
        told(search(wire, name, ",'filter':'k == 5'"), "'id':1");
    }

    static void rowsBringMoreThanTheirFields(Wire wire, String name) {
        make(wire, name, "");
        assertThat(Wire.code(insert(wire, name, 1, "'more':7"))).isNotZero();
        set(wire, name, "dynamicfield.enabled", "true");
        stored(wire, name, 2, "'more':7");
        told(
                wire.ask("entities/query", about(name, "'filter':'more == 7','outputFields':['more']")),
                "'data':[{'id':2,'more':7}]");
    }

    static void momentsAreReadAndToldThere(Wire wire, String name) {
        make(wire, name, UNTIL);
        stored(wire, name, 1, "'until':'2025-01-01T00:00:00'");
        told(rows(wire, name, "['until']"), "'until':'2025-01-01T00:00:00Z'");
        set(wire, name, "timezone", "Asia/Shanghai");
        stored(wire, name, 2, "'until':'2025-01-01T00:00:00'");
        told(
                rows(wire, name, "['until']"),
                "'until':'2025-01-01T08:00:00+08:00'",
                "'until':'2025-01-01T00:00:00+08:00'");
    }

    static void keysMayCome(Wire wire, String name) {
        make(wire, name, "", ",'autoId':true", "");
        assertThat(Wire.code(insert(wire, name, 7, ""))).isNotZero();
        set(wire, name, "allow_insert_auto_id", "true");
        stored(wire, name, 7, "");
        told(rows(wire, name, "['id']"), "'data':[{'id':7}]");
    }

    static void aSearchMayAskForMore(Wire wire, String name) {
        wire.good("collections/create", about(name, "'schema':{'fields':[" + ID + "," + V + "]}"));
        set(wire, name, "query_mode", "large_topk");
        wire.good(
                "indexes/create",
                about(name, "'indexParams':[{'fieldName':'v','metricType':'L2','indexType':'FLAT','indexName':'v'}]"));
        wire.good("collections/load", about(name, ""));
        stored(wire, name, 1, "");
        told(search(wire, name, ",'limit':20000"), "'id':1");
        make(wire, name + "_", "");
        told(search(wire, name + "_", ",'limit':20000"), "topk [20000] is invalid");
    }

    static void whatIsMadeMayCome(Wire wire, String name) {
        wire.good(
                "collections/create",
                about(
                        name,
                        "'schema':{'fields':[" + ID + "," + TEXT
                                + ",{'fieldName':'b','dataType':'BinaryVector','elementTypeParams':{'dim':64}}],"
                                + "'functions':[{'name':'f','type':'MinHash','inputFieldNames':['s'],'outputFieldNames':['b']}]}"));
        var rows = about(name, "'data':[{'id':1,'s':'words','b':[1,2,3,4,5,6,7,8]}]");
        assertThat(Wire.code(wire.ask("entities/insert", rows))).isNotZero();
        set(wire, name, "collection.function.allowInsertNonBM25FunctionOutputs", "true");
        wire.good("entities/insert", rows);
    }

    /// There is no model where this one is said to be.
    static void modelsAreNotAsked(Wire wire, String name) {
        var create = about(
                name,
                "'schema':{'fields':[" + ID + "," + V + "," + TEXT.replace("'nullable':true,", "")
                        + "],'functions':[{'name':'f','type':'TextEmbedding',"
                        + "'inputFieldNames':['s'],'outputFieldNames':['v'],'params':{'provider':'tei',"
                        + "'endpoint':'http://127.0.0.1:1'}}]},'properties':{'disable_func_runtime_check':'%s'}");
        assertThat(Wire.code(wire.ask("collections/create", create.formatted("false"))))
                .isNotZero();
        wire.good("collections/create", create.formatted("true"));
    }

    static void eachNamespaceHasItsRows(Wire wire, String name) {
        make(wire, name, "", "", ",'properties':{'namespace.enabled':'true'}");
        insideNamespaces(wire, name);
    }

    static void aPartitionIsANamespace(Wire wire, String name) {
        make(wire, name, "", "", ",'properties':{'namespace.enabled':'true','namespace.mode':'partition'}");
        told(
                wire.ask("entities/insert", about(name, "'namespace':'a','data':[{'id':1,'v':[0,1]}]")),
                "partition not found");
        for (var each : new String[] {"a", "b"}) {
            wire.good("partitions/create", about(name, "'partitionName':'" + each + "'"));
            wire.good("partitions/load", about(name, "'partitionNames':['" + each + "']"));
        }
        insideNamespaces(wire, name);
    }

    private static void insideNamespaces(Wire wire, String name) {
        wire.good("entities/insert", about(name, "'namespace':'a','data':[{'id':1,'v':[0,1]}]"));
        var query = "'filter':'id >= 0','outputFields':['id'],'namespace':";
        told(wire.ask("entities/query", about(name, query + "'a'")), "'data':[{'id':1}]");
        told(wire.ask("entities/query", about(name, query + "'b'")), "'data':[]");
    }

    static void aLoadWantsSoManyReplicas(Wire wire, String name) {
        make(wire, name, "");
        released(wire, name);
        set(wire, name, "collection.replica.number", "2");
        assertThat(Wire.code(wire.ask("collections/load", about(name, "")))).isEqualTo(304);
    }

    static void aLoadGoesToTheGroup(Wire wire, String name) {
        make(wire, name, "");
        released(wire, name);
        group(wire, "rg_" + name);
        set(wire, name, "collection.resource_groups", "rg_" + name);
        told(wire.ask("collections/load", about(name, "")), "rg_" + name);
    }

    /// One without any node.
    private static void group(Wire wire, String name) {
        wire.good(
                "resource_groups/create",
                "{'name':'" + name + "','config':{'requests':{'node_num':0},'limits':{'node_num':0}}}");
    }

    /// A rate of nothing, so that no clock decides.
    static Effect limits(String key, String route, String members) {
        return (wire, name) -> {
            make(wire, name, "");
            assertThat(Wire.code(wire.ask(route, about(name, members)))).isNotEqualTo(1807);
            set(wire, name, key, "0");
            told(wire.ask(route, about(name, members)), "'code':1807", "rate limit exceeded");
            wire.good("collections/drop_properties", about(name, "'propertyKeys':['" + key + "']"));
            assertThat(Wire.code(wire.ask(route, about(name, members)))).isNotEqualTo(1807);
        };
    }

    static void noMoreIsStored(Wire wire, String name) {
        make(wire, name, "");
        stored(wire, name, 1, "");
        wire.good("collections/flush", about(name, ""));
        set(wire, name, "collection.diskProtection.diskQuota.mb", "0.0001");
        told(insert(wire, name, 2, ""), "'code':1807", "disk quota exceeded");
    }

    static void noMoreIsStoredInAPartition(Wire wire, String name) {
        make(wire, name, "");
        stored(wire, name, 1, "");
        wire.good("partitions/create", about(name, "'partitionName':'empty'"));
        wire.good("collections/flush", about(name, ""));
        set(wire, name, "partition.diskProtection.diskQuota.mb", "0.0001");
        told(insert(wire, name, 2, ""), "'code':1807", "disk quota exceeded");
        wire.good("entities/insert", about(name, "'partitionName':'empty','data':[{'id':3,'v':[0,1]}]"));
    }

    static void longerTextsAreTaken(Wire wire, String name) {
        make(wire, name, TEXT);
        var row = "'s':'more than nine'";
        told(insert(wire, name, 1, row), "exceeds max length");
        field(wire, name, "s", "max_length", "20");
        stored(wire, name, 1, row);
    }

    static void longerArraysAreTaken(Wire wire, String name) {
        make(
                wire,
                name,
                "{'fieldName':'a','dataType':'Array','elementDataType':'Int64','elementTypeParams':{'max_capacity':2}}");
        told(insert(wire, name, 1, "'a':[1,2,3]"), "exceeds max capacity");
        field(wire, name, "a", "max_capacity", "3");
        stored(wire, name, 1, "'a':[1,2,3]");
    }

    static void theFieldIsDescribedSo(Wire wire, String name) {
        make(wire, name, TEXT);
        field(wire, name, "s", "field.description", "words of it");
        told(wire.ask("collections/describe", about(name, "")), "'description':'words of it'");
    }

    private static void field(Wire wire, String name, String field, String key, String value) {
        wire.good(
                "collections/fields/alter_properties",
                about(name, "'fieldName':'" + field + "','fieldParams':{'" + key + "':'" + value + "'}"));
    }

    static void theFieldStaysOutOfMemory(Wire wire, String name) {
        make(
                wire,
                name,
                "{'fieldName':'s','dataType':'VarChar','elementTypeParams':{'max_length':9,'field.skipLoad':'true'}}");
        stored(wire, name, 1, "'s':'words'");
        assertThat(Wire.code(rows(wire, name, "['s']"))).isNotZero();
        told(rows(wire, name, "['id']"), "'data':[{'id':1}]");
    }

    /// A collection of a database is named `<database>','dbName':'<database>`: every helper above takes that.
    private static String within(String database) {
        return database + "','dbName':'" + database;
    }

    private static void database(Wire wire, String name, String key, String value) {
        wire.good("databases/create", "{'dbName':'" + name + "'}");
        setOfDatabase(wire, name, key, value);
    }

    private static void setOfDatabase(Wire wire, String name, String key, String value) {
        wire.good("databases/alter", "{'dbName':'" + name + "','properties':{'" + key + "':'" + value + "'}}");
    }

    static void itsCollectionsTellMomentsThere(Wire wire, String name) {
        database(wire, name, "timezone", "Asia/Shanghai");
        make(wire, within(name), UNTIL);
        stored(wire, within(name), 1, "'until':'2025-01-01T00:00:00Z'");
        told(rows(wire, within(name), "['until']"), "'until':'2025-01-01T08:00:00+08:00'");
    }

    static void itsLoadsWantSoManyReplicas(Wire wire, String name) {
        database(wire, name, "database.replica.number", "1");
        make(wire, within(name), "");
        released(wire, within(name));
        setOfDatabase(wire, name, "database.replica.number", "2");
        assertThat(Wire.code(wire.ask("collections/load", about(within(name), ""))))
                .isEqualTo(304);
    }

    static void itsLoadsGoToTheGroup(Wire wire, String name) {
        group(wire, "rg_" + name);
        database(wire, name, "database.replica.number", "1");
        make(wire, within(name), "");
        released(wire, within(name));
        setOfDatabase(wire, name, "database.resource_groups", "rg_" + name);
        told(wire.ask("collections/load", about(within(name), "")), "rg_" + name);
    }

    static void noMoreIsStoredInIt(Wire wire, String name) {
        database(wire, name, "database.diskQuota.mb", "100");
        make(wire, within(name), "");
        stored(wire, within(name), 1, "");
        wire.good("collections/flush", about(within(name), ""));
        setOfDatabase(wire, name, "database.diskQuota.mb", "0");
        told(insert(wire, within(name), 2, ""), "'code':1807", "disk quota exceeded");
    }

    static void itHoldsSoManyCollections(Wire wire, String name) {
        database(wire, name, "database.max.collections", "1");
        make(wire, within(name), "");
        var second = "{'dbName':'" + name + "','collectionName':'second','dimension':2}";
        assertThat(Wire.code(wire.ask("collections/create", second))).isEqualTo(102);
        setOfDatabase(wire, name, "database.max.collections", "2");
        wire.good("collections/create", second);
    }

    /// What is switched off is refused until it is switched on.
    static Effect denies(String key, String route, String members) {
        return (wire, name) -> {
            database(wire, name, key, "false");
            make(wire, within(name), "");
            setOfDatabase(wire, name, key, "true");
            told(
                    wire.ask(route, about(within(name), members)),
                    "'code':1807",
                    "access has been disabled by the administrator");
            wire.good("databases/drop_properties", "{'dbName':'" + name + "','propertyKeys':['" + key + "']}");
            wire.good(route, about(within(name), members));
        };
    }
}
