package dev.sextant.gateway.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.Running;
import dev.sextant.gateway.compatibility.PropertyEffects.Effect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Each property key is set, shown again and, where it has a rule, refused outside of it.
class PropertyKeysTest {
    /// What a key is a property of.
    enum Of {
        COLLECTION,
        FIELD,
        INDEX,
        DATABASE
    }

    /// @param good a value that is taken and shown again; empty where none is
    /// @param bad a value that is refused; empty where every value is taken
    /// @param state as on the page
    /// @param effect of a key that works, and of no other
    record Key(String name, Of of, String good, String bad, String state, String note, Optional<Effect> effect) {}

    private static Key works(String name, Of of, String good, String bad, String note, Effect effect) {
        return new Key(name, of, good, bad, "works", note, Optional.of(effect));
    }

    private static Key kept(String name, Of of, String good, String bad, String why) {
        return new Key(name, of, good, bad, "kept", why, Optional.empty());
    }

    private static Key refused(String name, Of of, String bad, String why) {
        return new Key(name, of, "", bad, "refused", why, Optional.empty());
    }

    private static Key asInMilvus(String name, Of of, String bad, String why) {
        return new Key(name, of, "", bad, "as in Milvus", why, Optional.empty());
    }

    private static Key rate(String name, String note, String route, String members) {
        var key = "collection." + name;
        return works(key, Of.COLLECTION, "10", "much", note, PropertyEffects.limits(key, route, members));
    }

    private static Key leastRate(String name) {
        return kept(
                "collection." + name,
                Of.COLLECTION,
                "1",
                "much",
                "the floor of Milvus' slowing down; here a rate holds or there is none");
    }

    private static Key denial(String name, String route, String members) {
        var key = "database.force.deny." + name;
        return works(key, Of.DATABASE, "true", "maybe", "code 9", PropertyEffects.denies(key, route, members));
    }

    static final List<Key> KEYS = List.of(
            works(
                    "collection.ttl.seconds",
                    Of.COLLECTION,
                    "3600",
                    "-5",
                    "rows are not seen after it",
                    PropertyEffects::rowsAreGoneAfterTheirTime),
            works(
                    "ttl_field",
                    Of.COLLECTION,
                    "until",
                    "id",
                    "rows are not seen from that moment on",
                    PropertyEffects::aRowIsGoneAfterItsOwnTime),
            kept("collection.autocompaction.enabled", Of.COLLECTION, "false", "maybe", "merging has its own rules"),
            works(
                    "collection.description",
                    Of.COLLECTION,
                    "words",
                    "",
                    "changes the description",
                    PropertyEffects::theCollectionIsDescribedSo),
            works(
                    "consistency_level",
                    Of.COLLECTION,
                    "Strong",
                    "Sometimes",
                    "by name or number",
                    PropertyEffects::clientsAreToldTheLevel),
            kept("mmap.enabled", Of.COLLECTION, "true", "maybe", "memory is owned, never mapped"),
            kept("warmup.scalarField", Of.COLLECTION, "sync", "later", "what is loaded is in memory"),
            kept("warmup.scalarIndex", Of.COLLECTION, "async", "later", "the same"),
            kept("warmup.vectorField", Of.COLLECTION, "disable", "later", "the same"),
            kept("warmup.vectorIndex", Of.COLLECTION, "sync", "later", "the same"),
            works(
                    "partitionkey.isolation",
                    Of.COLLECTION,
                    "true",
                    "maybe",
                    "needs a partition key, and no vector index",
                    PropertyEffects::aSearchNamesItsPartitionKey),
            works(
                    "dynamicfield.enabled",
                    Of.COLLECTION,
                    "true",
                    "maybe",
                    "alone, and only from false to true",
                    PropertyEffects::rowsBringMoreThanTheirFields),
            works(
                    "timezone",
                    Of.COLLECTION,
                    "Asia/Shanghai",
                    "Nowhere/There",
                    "how moments are read and told",
                    PropertyEffects::momentsAreReadAndToldThere),
            works(
                    "allow_insert_auto_id",
                    Of.COLLECTION,
                    "true",
                    "maybe",
                    "keys may come although they are made",
                    PropertyEffects::keysMayCome),
            works(
                    "query_mode",
                    Of.COLLECTION,
                    "large_topk",
                    "small_topk",
                    "needs no vector index to be there",
                    PropertyEffects::aSearchMayAskForMore),
            works(
                    "disable_func_runtime_check",
                    Of.COLLECTION,
                    "true",
                    "maybe",
                    "models are not asked when a function is made",
                    PropertyEffects::modelsAreNotAsked),
            works(
                    "collection.function.allowInsertNonBM25FunctionOutputs",
                    Of.COLLECTION,
                    "true",
                    "maybe",
                    "what embeddings and signatures make may come with rows",
                    PropertyEffects::whatIsMadeMayCome),
            works(
                    "namespace.enabled",
                    Of.COLLECTION,
                    "",
                    "true",
                    "or `enable_namespace` of the schema; said at creation",
                    PropertyEffects::eachNamespaceHasItsRows),
            works(
                    "namespace.mode",
                    Of.COLLECTION,
                    "",
                    "partition",
                    "`partition_key` (a hidden one) or `partition` (each namespace is one, made by its owner); said at creation",
                    PropertyEffects::aPartitionIsANamespace),
            kept(
                    "namespace.sharding.enabled",
                    Of.COLLECTION,
                    "",
                    "true",
                    "said at creation; the primary key always chooses the shard"),
            works(
                    "collection.replica.number",
                    Of.COLLECTION,
                    "1",
                    "",
                    "when a load names none; there is one node",
                    PropertyEffects::aLoadWantsSoManyReplicas),
            works(
                    "collection.resource_groups",
                    Of.COLLECTION,
                    "__default_resource_group",
                    "",
                    "when a load names none",
                    PropertyEffects::aLoadGoesToTheGroup),
            kept("load_priority", Of.COLLECTION, "high", "", "searches go before jobs always"),
            rate("insertRate.max.mb", "code 8 beyond it", "entities/insert", "'data':[{'id':1,'v':[0,1]}]"),
            leastRate("insertRate.min.mb"),
            rate("deleteRate.max.mb", "code 8 beyond it", "entities/delete", "'filter':'id == 1'"),
            leastRate("deleteRate.min.mb"),
            rate(
                    "bulkLoadRate.max.mb",
                    "code 8 beyond it; counts the request as in Milvus, not the files",
                    "jobs/import/create",
                    "'files':[['rows.json']]"),
            leastRate("bulkLoadRate.min.mb"),
            rate("queryRate.max.qps", "code 8 beyond it", "entities/query", "'filter':'id >= 0'"),
            leastRate("queryRate.min.qps"),
            rate(
                    "searchRate.max.vps",
                    "code 8 beyond it, which counts the vectors searched for",
                    "entities/search",
                    "'data':[[0,1]],'annsField':'v'"),
            leastRate("searchRate.min.vps"),
            works(
                    "collection.diskProtection.diskQuota.mb",
                    Of.COLLECTION,
                    "1000",
                    "much",
                    "code 9 once it is stored",
                    PropertyEffects::noMoreIsStored),
            works(
                    "partition.diskProtection.diskQuota.mb",
                    Of.COLLECTION,
                    "1000",
                    "much",
                    "code 9 once a partition stores it; not where a partition key chooses",
                    PropertyEffects::noMoreIsStoredInAPartition),
            asInMilvus("collection.external_source", Of.COLLECTION, "s3://there", "a schema and a refresh say it"),
            asInMilvus("collection.external_spec", Of.COLLECTION, "{}", "the same"),
            works("max_length", Of.FIELD, "200", "70000", "of VarChar", PropertyEffects::longerTextsAreTaken),
            works(
                    "max_capacity",
                    Of.FIELD,
                    "",
                    "9",
                    "of Array; not of the fields of structs",
                    PropertyEffects::longerArraysAreTaken),
            works("field.description", Of.FIELD, "words", "", "", PropertyEffects::theFieldIsDescribedSo),
            works(
                    "field.skipLoad",
                    Of.FIELD,
                    "",
                    "true",
                    "said at creation; reads of it are refused",
                    PropertyEffects::theFieldStaysOutOfMemory),
            kept("mmap.enabled", Of.FIELD, "true", "maybe", "memory is owned, never mapped"),
            kept("warmup", Of.FIELD, "sync", "later", "what is loaded is in memory"),
            asInMilvus("dim", Of.FIELD, "8", "nothing else of a field can be altered"),
            kept("mmap.enabled", Of.INDEX, "true", "maybe", "memory is owned, never mapped"),
            kept("indexoffsetcache.enabled", Of.INDEX, "true", "", "indexes are in memory as a whole"),
            kept("warmup", Of.INDEX, "sync", "later", "what is loaded is in memory"),
            asInMilvus(
                    "index.nonEncoding",
                    Of.INDEX,
                    "true",
                    "no index is altered by it; given with the index it is kept"),
            works(
                    "timezone",
                    Of.DATABASE,
                    "Asia/Shanghai",
                    "Nowhere/There",
                    "for collections that name none",
                    PropertyEffects::itsCollectionsTellMomentsThere),
            works(
                    "database.replica.number",
                    Of.DATABASE,
                    "1",
                    "",
                    "when neither load nor collection names one",
                    PropertyEffects::itsLoadsWantSoManyReplicas),
            works(
                    "database.resource_groups",
                    Of.DATABASE,
                    "__default_resource_group",
                    "",
                    "the same",
                    PropertyEffects::itsLoadsGoToTheGroup),
            works(
                    "database.diskQuota.mb",
                    Of.DATABASE,
                    "1000",
                    "much",
                    "code 9 once it is stored",
                    PropertyEffects::noMoreIsStoredInIt),
            works(
                    "database.max.collections",
                    Of.DATABASE,
                    "10",
                    "many",
                    "code 102 beyond it",
                    PropertyEffects::itHoldsSoManyCollections),
            denial("writing", "entities/insert", "'data':[{'id':1,'v':[0,1]}]"),
            denial("reading", "entities/query", "'filter':'id >= 0'"),
            denial("ddl", "partitions/create", "'partitionName':'p'"),
            denial("collectionDDL", "collections/release", ""),
            denial("partitionDDL", "partitions/create", "'partitionName':'p'"),
            denial("index", "indexes/drop", "'indexName':'none'"),
            denial("flush", "collections/flush", ""),
            denial("compaction", "collections/compact", ""),
            refused(
                    "cipher.enabled",
                    Of.DATABASE,
                    "true",
                    "nothing is encrypted at rest; nor by cipher.key, cipher.ezID"));

    static Table table() {
        return new Table(
                "Property keys: "
                        + KEYS.stream()
                                .filter(key -> key.state().equals("works")
                                        || key.state().equals("kept"))
                                .count() + " of " + KEYS.size(),
                "**works**: taken, shown again, and seen by `PropertyKeysTest` to do what it says. **kept**: taken, checked and"
                        + " shown again, without effect; the note says why. **refused**: with a reason; **as in Milvus**: where it refuses too. Other keys are kept as"
                        + " they come.",
                List.of("Key", "Of", "State", "Note"),
                KEYS.stream()
                        .map(key -> List.of(
                                Table.code(key.name()),
                                key.of().name().toLowerCase(java.util.Locale.ROOT),
                                key.state(),
                                key.note()))
                        .toList());
    }

    @TempDir
    static Path directory;

    static Wire wire;

    @BeforeAll
    static void open() {
        wire = new Wire(new Running(directory));
    }

    @AfterAll
    static void close() {
        wire.running().close();
    }

    @Test
    void eachKeyIsTakenAndShownAndRefusedOutsideOfItsRule() {
        int number = 0;
        for (var key : KEYS) {
            var name = "p" + number++;
            create(key.of(), name);
            if (!key.bad().isEmpty())
                assertThat(Wire.code(alter(key, name, key.bad())))
                        .as("%s of %s: %s", key.name(), key.of(), key.bad())
                        .isIn(1100, 105);
            if (key.good().isEmpty()) continue;
            var answer = alter(key, name, key.good());
            assertThat(Wire.code(answer))
                    .as("%s of %s: %s", key.name(), key.of(), answer)
                    .isZero();
            assertThat(shown(key, name)).as("%s of %s", key.name(), key.of()).contains(told(key));
        }
    }

    @TestFactory
    Stream<DynamicTest> aKeyThatWorksDoesWhatItSays() {
        var number = new AtomicInteger();
        return KEYS.stream()
                .filter(key -> key.effect().isPresent())
                .map(key -> DynamicTest.dynamicTest(
                        key.name() + " of " + key.of(),
                        () -> key.effect().get().on(wire, "e" + number.getAndIncrement())));
    }

    @Test
    void whatHasNoEffectSaysWhy() {
        for (var key : KEYS)
            if (key.effect().isEmpty()) assertThat(key.note()).as(key.name()).isNotEmpty();
    }

    private static void create(Of of, String name) {
        if (of == Of.DATABASE) {
            wire.good("databases/create", "{'dbName':'" + name + "'}");
            return;
        }
        wire.good(
                "collections/create",
                "{'collectionName':'" + name + "','schema':{'fields':["
                        + "{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                        + "{'fieldName':'key','dataType':'Int64','isPartitionKey':true},"
                        + "{'fieldName':'s','dataType':'VarChar','elementTypeParams':{'max_length':100}},"
                        + "{'fieldName':'until','dataType':'Timestamptz','nullable':true},"
                        + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]}}");
        if (of == Of.INDEX)
            wire.good(
                    "indexes/create",
                    "{'collectionName':'" + name
                            + "','indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}");
    }

    private static String alter(Key key, String name, String value) {
        var pair = "{'" + key.name() + "':'" + value + "'}";
        return switch (key.of()) {
            case COLLECTION ->
                wire.ask("collections/alter_properties", "{'collectionName':'" + name + "','properties':" + pair + "}");
            case FIELD ->
                wire.ask(
                        "collections/fields/alter_properties",
                        "{'collectionName':'" + name + "','fieldName':'s','fieldParams':" + pair + "}");
            case INDEX ->
                wire.ask(
                        "indexes/alter_properties",
                        "{'collectionName':'" + name + "','indexName':'v','properties':" + pair + "}");
            case DATABASE -> wire.ask("databases/alter", "{'dbName':'" + name + "','properties':" + pair + "}");
        };
    }

    private static String shown(Key key, String name) {
        return switch (key.of()) {
            case COLLECTION, FIELD -> wire.ask("collections/describe", "{'collectionName':'" + name + "'}");
            case INDEX -> wire.ask("indexes/describe", "{'collectionName':'" + name + "','indexName':'v'}");
            case DATABASE -> wire.ask("databases/describe", "{'dbName':'" + name + "'}");
        };
    }

    /// Most keys are shown by their names; some change what has a place of its own.
    private static String told(Key key) {
        return switch (key.name()) {
            case "collection.description", "field.description" -> "\"description\":\"" + key.good() + "\"";
            case "consistency_level" -> "\"consistencyLevel\":\"" + key.good() + "\"";
            case "dynamicfield.enabled" -> "\"enableDynamicField\":" + key.good();
            default -> "\"" + key.name() + "\"";
        };
    }
}
