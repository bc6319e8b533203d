package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.wire.milvus.AddCollectionFieldRequest;
import dev.sextant.wire.milvus.AlterIndexRequest;
import dev.sextant.wire.milvus.AlterRoleRequest;
import dev.sextant.wire.milvus.ComputePhraseMatchSlopRequest;
import dev.sextant.wire.milvus.CreateRoleRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DescribeIndexRequest;
import dev.sextant.wire.milvus.DescribeResourceGroupRequest;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.GetIndexBuildProgressRequest;
import dev.sextant.wire.milvus.GetIndexStateRequest;
import dev.sextant.wire.milvus.GetIndexStatisticsRequest;
import dev.sextant.wire.milvus.IndexState;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.LoadPartitionsRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc.MilvusServiceBlockingStub;
import dev.sextant.wire.milvus.RoleEntity;
import dev.sextant.wire.milvus.Status;
import dev.sextant.wire.milvus.TransferNodeRequest;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What today's clients ask in other words, and tools and older ones still ask so.
class SeldomCallsTest {
    @TempDir
    static Path directory;

    private static Running running;
    private static MilvusServiceBlockingStub milvus;

    @BeforeAll
    static void open() {
        running = new Running(directory);
        milvus = running.milvus();
    }

    @AfterAll
    static void close() {
        running.close();
    }

    private static String ask(String route, String body) {
        return running.rest(route, body.replace('\'', '"'));
    }

    private static void good(String route, String body) {
        assertThat(ask(route, body)).as(route).startsWith("{\"code\":0");
    }

    private static void good(Status status) {
        assertThat(status.getCode()).as(status.getReason()).isZero();
    }

    private static void told(String answer, String... parts) {
        for (var part : parts) assertThat(answer).contains(part.replace('\'', '"'));
    }

    /// With an index, loaded, and three rows.
    private static void make(String name) {
        good(
                "collections/create",
                "{'collectionName':'" + name
                        + "','schema':{'fields':[{'fieldName':'id','dataType':'Int64','isPrimary':true},"
                        + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}]},"
                        + "'indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}");
        good(
                "entities/insert",
                "{'collectionName':'" + name + "','data':[{'id':1,'v':[0,1]},{'id':2,'v':[0,2]},{'id':3,'v':[0,3]}]}");
    }

    private static String rows(String name, String outputs) {
        return ask(
                "entities/query", "{'collectionName':'" + name + "','filter':'id > 0','outputFields':" + outputs + "}");
    }

    @Test
    void anIndexTellsOfItselfInFourWays() {
        make("indexed");
        good("collections/flush", "{'collectionName':'indexed'}");
        var state = milvus.getIndexState(GetIndexStateRequest.newBuilder()
                .setCollectionName("indexed")
                .setIndexName("v")
                .build());
        good(state.getStatus());
        assertThat(state.getState()).isEqualTo(IndexState.Finished);
        var progress = milvus.getIndexBuildProgress(GetIndexBuildProgressRequest.newBuilder()
                .setCollectionName("indexed")
                .setIndexName("v")
                .build());
        good(progress.getStatus());
        assertThat(progress.getTotalRows()).isEqualTo(3);
        assertThat(progress.getIndexedRows()).isEqualTo(3);
        var statistics = milvus.getIndexStatistics(GetIndexStatisticsRequest.newBuilder()
                .setCollectionName("indexed")
                .build());
        good(statistics.getStatus());
        assertThat(statistics.getIndexDescriptions(0).getIndexName()).isEqualTo("v");
        assertThat(statistics.getIndexDescriptions(0).getTotalRows()).isEqualTo(3);
    }

    @Test
    void aPropertyOfAnIndexComesAndGoes() {
        make("altered");
        good("collections/release", "{'collectionName':'altered'}");
        good(milvus.alterIndex(AlterIndexRequest.newBuilder()
                .setCollectionName("altered")
                .setIndexName("v")
                .addExtraParams(KeyValuePair.newBuilder().setKey("mmap.enabled").setValue("true"))
                .build()));
        assertThat(described("altered")).contains("mmap.enabled");
        good("indexes/drop_properties", "{'collectionName':'altered','indexName':'v','propertyKeys':['mmap.enabled']}");
        assertThat(described("altered")).doesNotContain("mmap.enabled");
    }

    private static String described(String collection) {
        return milvus.describeIndex(DescribeIndexRequest.newBuilder()
                        .setCollectionName(collection)
                        .build())
                .toString();
    }

    @Test
    void aFieldThatIsAddedIsNullInTheRowsThatAreThere() {
        make("grown");
        good(milvus.addCollectionField(AddCollectionFieldRequest.newBuilder()
                .setCollectionName("grown")
                .setSchema(FieldSchema.newBuilder()
                        .setName("n")
                        .setDataType(DataType.Int64)
                        .setNullable(true)
                        .build()
                        .toByteString())
                .build()));
        good(
                "collections/fields/add",
                "{'collectionName':'grown','schema':{'fieldName':'m','dataType':'Bool','nullable':true}}");
        good("entities/insert", "{'collectionName':'grown','data':[{'id':4,'v':[0,4],'n':7,'m':true}]}");
        told(rows("grown", "['n','m']"), "{'id':3,'n':null,'m':null}", "{'id':4,'n':7,'m':true}");
    }

    @Test
    void aCollectionIsEmptiedLoadedAnewAndLosesAName() {
        make("full");
        good("aliases/create", "{'collectionName':'full','aliasName':'nick'}");
        make("other");
        good("aliases/alter", "{'collectionName':'other','aliasName':'nick'}");
        told(ask("aliases/describe", "{'aliasName':'nick'}"), "'collectionName':'other'");
        good("collections/refresh_load", "{'collectionName':'full'}");
        told(rows("full", "['id']"), "{'id':3}");
        good("collections/truncate", "{'collectionName':'full'}");
        told(rows("full", "['id']"), "'data':[]");
        told(rows("nick", "['id']"), "{'id':3}");
    }

    @Test
    void partitionsAreLoadedOneByOne() {
        make("parted");
        good("collections/release", "{'collectionName':'parted'}");
        good("partitions/create", "{'collectionName':'parted','partitionName':'p'}");
        good(milvus.loadPartitions(LoadPartitionsRequest.newBuilder()
                .setCollectionName("parted")
                .addPartitionNames("p")
                .build()));
        told(rows("parted", "['id']"), "'data':[]");
        good(milvus.loadPartitions(LoadPartitionsRequest.newBuilder()
                .setCollectionName("parted")
                .addPartitionNames("_default")
                .build()));
        told(rows("parted", "['id']"), "{'id':3}");
    }

    @Test
    void aCompactionTellsHowFarItIs() {
        make("compacted");
        var begun = Pattern.compile("\"compactionID\":\"?(-?\\d+)")
                .matcher(ask("collections/compact", "{'collectionName':'compacted'}"));
        assertThat(begun.find()).isTrue();
        told(ask("collections/get_compaction_state", "{'jobID':" + begun.group(1) + "}"), "'state':'");
    }

    @Test
    void aDatabaseIsAlteredByEitherName() {
        good("databases/create", "{'dbName':'altered'}");
        good("databases/alter_properties", "{'dbName':'altered','properties':{'database.max.collections':'0'}}");
        told(ask("databases/describe", "{'dbName':'altered'}"), "'database.max.collections'");
        assertThat(ask("collections/create", "{'dbName':'altered','collectionName':'c','dimension':2}"))
                .startsWith("{\"code\":102");
    }

    @Test
    void aRoleIsDescribedAnew() {
        good(milvus.createRole(CreateRoleRequest.newBuilder()
                .setEntity(RoleEntity.newBuilder().setName("reader"))
                .build()));
        good(milvus.alterRole(AlterRoleRequest.newBuilder()
                .setRoleName("reader")
                .setDescription("who reads")
                .build()));
        told(ask("roles/describe", "{'roleName':'reader'}"), "who reads");
    }

    @Test
    void theOneNodeAndItsReplicasGoToAnotherGroupAndBack() {
        make("placed");
        good("resource_groups/create", "{'name':'rg','config':{'requests':{'node_num':0},'limits':{'node_num':0}}}");
        good(
                "resource_groups/transfer_replica",
                "{'sourceRgName':'__default_resource_group','targetRgName':'rg','collectionName':'placed','replicaNum':1}");
        told(ask("resource_groups/describe", "{'name':'rg'}"), "placed");
        good(milvus.transferNode(transfer("__default_resource_group", "rg")));
        assertThat(nodes("rg")).isOne();
        good(milvus.transferNode(transfer("rg", "__default_resource_group")));
        assertThat(nodes("rg")).isZero();
        told(rows("placed", "['id']"), "{'id':3}");
        good(
                "resource_groups/transfer_replica",
                "{'sourceRgName':'rg','targetRgName':'__default_resource_group','collectionName':'placed','replicaNum':1}");
    }

    private static TransferNodeRequest transfer(String from, String to) {
        return TransferNodeRequest.newBuilder()
                .setSourceResourceGroup(from)
                .setTargetResourceGroup(to)
                .setNumNode(1)
                .build();
    }

    private static int nodes(String group) {
        return milvus.describeResourceGroup(DescribeResourceGroupRequest.newBuilder()
                        .setResourceGroup(group)
                        .build())
                .getResourceGroup()
                .getNumAvailableNode();
    }

    @Test
    void wordsThatStandApartHaveASlop() {
        var slops = milvus.computePhraseMatchSlop(ComputePhraseMatchSlopRequest.newBuilder()
                .setAnalyzerParams("{\"tokenizer\":\"standard\"}")
                .setQueryText("red pie")
                .addDataTexts("a red apple pie")
                .addDataTexts("red pie")
                .addDataTexts("blue")
                .build());
        good(slops.getStatus());
        assertThat(slops.getIsMatchList()).containsExactly(true, true, false);
        assertThat(slops.getSlopsList().subList(0, 2)).containsExactly(1L, 0L);
    }
}
