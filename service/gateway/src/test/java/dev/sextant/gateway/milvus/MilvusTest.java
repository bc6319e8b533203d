package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.Running;
import dev.sextant.wire.Parts;
import dev.sextant.wire.milvus.CompactionState;
import dev.sextant.wire.milvus.ConnectRequest;
import dev.sextant.wire.milvus.CreatePartitionRequest;
import dev.sextant.wire.milvus.DeleteRequest;
import dev.sextant.wire.milvus.DescribeCollectionRequest;
import dev.sextant.wire.milvus.DescribeIndexRequest;
import dev.sextant.wire.milvus.DropCollectionRequest;
import dev.sextant.wire.milvus.ErrorCode;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FlushAllRequest;
import dev.sextant.wire.milvus.FlushRequest;
import dev.sextant.wire.milvus.GetCompactionPlansRequest;
import dev.sextant.wire.milvus.GetFlushAllStateRequest;
import dev.sextant.wire.milvus.GetFlushStateRequest;
import dev.sextant.wire.milvus.GetLoadingProgressRequest;
import dev.sextant.wire.milvus.GetPersistentSegmentInfoRequest;
import dev.sextant.wire.milvus.HasCollectionRequest;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.ManualCompactionRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc;
import dev.sextant.wire.milvus.PersistentSegmentInfo;
import dev.sextant.wire.milvus.QueryRequest;
import dev.sextant.wire.milvus.SearchRequest;
import dev.sextant.wire.milvus.SegmentState;
import dev.sextant.wire.milvus.Status;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MilvusTest {
    static final int DIMENSION = 4;

    @TempDir
    static Path directory;

    static Running running;
    static MilvusServiceGrpc.MilvusServiceBlockingStub milvus;

    @BeforeAll
    static void open() {
        running = new Running(directory);
        milvus = running.milvus();
    }

    @AfterAll
    static void close() {
        running.close();
    }

    static void good(Status status) {
        assertThat(status.getCode()).as(status.getReason()).isZero();
        assertThat(status.getErrorCode()).isEqualTo(ErrorCode.Success);
    }

    static void create(String name) {
        good(milvus.createCollection(Parts.create(name, Parts.key("id"), Parts.vector("v", DIMENSION))
                .build()));
        good(milvus.createIndex(Parts.index(name, "v", "index_type", "AUTOINDEX", "metric_type", "L2")
                .build()));
        good(milvus.loadCollection(Parts.load(name)));
    }

    static InsertRequest rows(String name, int rows) {
        var values = new float[rows * DIMENSION];
        for (int i = 0; i < rows; i++) values[i * DIMENSION] = i;
        return Parts.insert(
                        name,
                        rows,
                        Parts.longs("id", LongStream.range(0, rows).toArray()),
                        Parts.vectors("v", DIMENSION, Parts.floats(values)))
                .build();
    }

    static SearchRequest.Builder search(String name, int limit) {
        return Parts.search(name, "v", limit, Parts.floats(0, 0, 0, 0)).setUseDefaultConsistency(true);
    }

    @Test
    void aQuickstartWorks() {
        good(milvus.connect(ConnectRequest.getDefaultInstance()).getStatus());
        create("quick");
        assertThat(milvus.getLoadingProgress(GetLoadingProgressRequest.newBuilder()
                                .setCollectionName("quick")
                                .build())
                        .getProgress())
                .isEqualTo(100);
        var inserted = milvus.insert(rows("quick", 20));
        good(inserted.getStatus());
        assertThat(inserted.getInsertCnt()).isEqualTo(20);
        assertThat(inserted.getSuccIndexList()).hasSize(20);
        assertThat(inserted.getTimestamp()).isPositive();
        var found = milvus.search(search("quick", 3).addOutputFields("v").build());
        good(found.getStatus());
        assertThat(found.getResults().getIds().getIntId().getDataList()).containsExactly(0L, 1L, 2L);
        assertThat(found.getResults().getScoresList()).containsExactly(0f, 1f, 4f);
        assertThat(found.getResults().getTopksList()).containsExactly(3L);
        assertThat(found.getResults().getPrimaryFieldName()).isEqualTo("id");
        assertThat(found.getResults().getFieldsDataList())
                .extracting(FieldData::getFieldName)
                .containsExactly("v");
        var deleted = milvus.delete(DeleteRequest.newBuilder()
                .setCollectionName("quick")
                .setExpr("id in [0, 1, 99]")
                .build());
        good(deleted.getStatus());
        assertThat(deleted.getDeleteCnt()).isEqualTo(3);
        var counted = milvus.query(QueryRequest.newBuilder()
                .setCollectionName("quick")
                .addOutputFields("count(*)")
                .setUseDefaultConsistency(true)
                .build());
        good(counted.getStatus());
        assertThat(counted.getFieldsData(0).getScalars().getLongData().getData(0))
                .isEqualTo(18);
        good(milvus.dropCollection(
                DropCollectionRequest.newBuilder().setCollectionName("quick").build()));
        good(milvus.dropCollection(
                DropCollectionRequest.newBuilder().setCollectionName("quick").build()));
    }

    @Test
    void whatIsNotThereIsToldInTheWordsThatClientsKnow() {
        var described = milvus.describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollectionName("nowhere")
                        .build())
                .getStatus();
        assertThat(described.getErrorCode()).isEqualTo(ErrorCode.CollectionNotExists);
        assertThat(described.getReason()).contains("can't find collection");
        assertThat(milvus.hasCollection(HasCollectionRequest.newBuilder()
                                .setCollectionName("nowhere")
                                .build())
                        .getValue())
                .isFalse();
        create("bare");
        var noIndex = milvus.describeIndex(DescribeIndexRequest.newBuilder()
                .setCollectionName("bare")
                .setIndexName("other")
                .build());
        assertThat(noIndex.getStatus().getCode()).isEqualTo(700);
        assertThat(noIndex.getStatus().getErrorCode()).isEqualTo(ErrorCode.IndexNotExist);
    }

    @Test
    void theDatabaseComesFromTheMetadataWhenTheRequestNamesNone() {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("dbname", Metadata.ASCII_STRING_MARSHALLER), "missing");
        var elsewhere = milvus.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        assertThat(elsewhere
                        .connect(ConnectRequest.getDefaultInstance())
                        .getStatus()
                        .getCode())
                .isEqualTo(800);
    }

    @Test
    void aFailedInsertListsEveryRowAsFailed() {
        create("listed");
        var request = rows("listed", 3).toBuilder();
        request.getFieldsDataBuilder(1).getVectorsBuilder().setDim(2);
        var result = milvus.insert(request.build());
        assertThat(result.getStatus().getCode()).isEqualTo(1100);
        assertThat(result.getErrIndexList()).containsExactly(0, 1, 2);
        assertThat(result.getIDs().getIntId().getDataList()).isEmpty();
    }

    @Test
    void aStaleSchemaIsRefusedSoThatTheClientReadsItAgain() {
        create("stale");
        var result =
                milvus.insert(rows("stale", 1).toBuilder().setSchemaTimestamp(5).build());
        assertThat(result.getStatus().getCode()).isEqualTo(109);
        assertThat(result.getStatus().getErrorCode()).isEqualTo(ErrorCode.SchemaMismatch);
    }

    @Test
    void aSearchWithoutHitsHasNoIdsButATopkForEachQuery() {
        create("empty");
        var found = milvus.search(search("empty", 3).addOutputFields("v").build());
        good(found.getStatus());
        assertThat(found.getResults().getTopksList()).containsExactly(0L);
        assertThat(found.getResults().hasIds()).isFalse();
        assertThat(found.getResults().getFieldsData(0).getVectors().getDim()).isEqualTo(DIMENSION);
    }

    @Test
    void anIteratorSeesEachRowOnceThoughManyScoresAreEqual() {
        create("paged");
        var request = rows("paged", 300).toBuilder();
        var values = new float[300 * DIMENSION];
        for (int i = 0; i < 300; i++) values[i * DIMENSION] = i % 5;
        request.getFieldsDataBuilder(1)
                .getVectorsBuilder()
                .getFloatVectorBuilder()
                .setData(Parts.floats(values));
        good(milvus.insert(request.build()).getStatus());
        var seen = new ArrayList<Long>();
        var token = "";
        long snapshot = 0;
        float bound = 0;
        while (true) {
            var page = search("paged", 40)
                    .addSearchParams(Parts.pair("iterator", "True"))
                    .addSearchParams(Parts.pair("search_iter_v2", "True"))
                    .addSearchParams(Parts.pair("search_iter_batch_size", "40"))
                    .setGuaranteeTimestamp(snapshot);
            if (!token.isEmpty())
                page.addSearchParams(Parts.pair("search_iter_id", token))
                        .addSearchParams(Parts.pair("search_iter_last_bound", "" + bound));
            var answer = milvus.search(page.build());
            good(answer.getStatus());
            token = answer.getResults().getSearchIteratorV2Results().getToken();
            bound = answer.getResults().getSearchIteratorV2Results().getLastBound();
            if (snapshot == 0) {
                snapshot = answer.getSessionTs();
                // Written while the iterator is under way: not part of what it sees.
                good(milvus.insert(rows("paged", 10)).getStatus());
            }
            var keys = answer.getResults().getIds().getIntId().getDataList();
            if (keys.isEmpty()) break;
            seen.addAll(keys);
        }
        assertThat(seen).hasSize(300);
        assertThat(new HashSet<>(seen)).hasSize(300);
    }

    @Test
    void anExpiredIteratorIsRefusedInsteadOfSkippingRows() {
        create("lost");
        var answer = milvus.search(search("lost", 5)
                .addSearchParams(Parts.pair("search_iter_v2", "True"))
                .addSearchParams(Parts.pair("search_iter_batch_size", "5"))
                .addSearchParams(Parts.pair("search_iter_id", "no-such-token"))
                .build());
        assertThat(answer.getStatus().getCode()).isEqualTo(1100);
        assertThat(List.of(answer.getStatus().getErrorCode())).doesNotContain(ErrorCode.Success);
    }

    @Test
    void aCollectionOfAnotherDatabaseIsNotKnownByItsNumber() {
        good(milvus.createDatabase(dev.sextant.wire.milvus.CreateDatabaseRequest.newBuilder()
                .setDbName("elsewhere")
                .build()));
        for (var database : List.of("default", "elsewhere"))
            good(milvus.createCollection(Parts.create("numbered", Parts.key("id"), Parts.vector("v", 4))
                    .setDbName(database)
                    .build()));
        long id = milvus.describeCollection(DescribeCollectionRequest.newBuilder()
                        .setDbName("elsewhere")
                        .setCollectionName("numbered")
                        .build())
                .getCollectionID();
        var asked = dev.sextant.wire.milvus.ShowPartitionsRequest.newBuilder().setCollectionID(id);
        assertThat(milvus.showPartitions(asked.setDbName("default").build())
                        .getStatus()
                        .getErrorCode())
                .as("its name means another collection there")
                .isEqualTo(ErrorCode.CollectionNotExists);
        good(milvus.showPartitions(asked.setDbName("elsewhere").build()).getStatus());
    }

    @Test
    void aBatchThatNamesOneCollectionManyTimesIsAnsweredForEach() {
        create("often");
        var asked = dev.sextant.wire.milvus.BatchDescribeCollectionRequest.newBuilder();
        for (int i = 0; i < 20_000; i++) asked.addCollectionName(i % 2 == 0 ? "often" : "never");
        var answer = milvus.batchDescribeCollection(asked.build());
        good(answer.getStatus());
        assertThat(answer.getResponsesCount()).isEqualTo(20_000);
        good(answer.getResponses(19_998).getStatus());
        assertThat(answer.getResponses(19_999).getStatus().getCode()).isEqualTo(100);
    }

    @Test
    void whatAnIteratorCannotGoOnWithIsRefusedOnItsFirstPage() {
        create("turned");
        var ordered = search("turned", 5)
                .addSearchParams(Parts.pair("search_iter_v2", "True"))
                .addSearchParams(Parts.pair("order_by_fields", "id"));
        assertThat(milvus.search(ordered.build()).getStatus().getReason())
                .contains("ORDER BY with iterator is not supported");
        var grouped = search("turned", 5)
                .addSearchParams(Parts.pair("iterator", "True"))
                .addSearchParams(Parts.pair("group_by_field", "id"));
        assertThat(milvus.search(grouped.build()).getStatus().getReason())
                .contains("Not allowed to do groupBy when doing iteration");
    }

    @Test
    void aMergeTellsWhatBecameOfWhichSegments() throws InterruptedException {
        create("merged");
        for (int i = 0; i < 3; i++) {
            good(milvus.insert(rows("merged", 50)).getStatus());
            var flushed = milvus.flush(
                    FlushRequest.newBuilder().addCollectionNames("merged").build());
            var state = GetFlushStateRequest.newBuilder()
                    .setCollectionName("merged")
                    .addAllSegmentIDs(flushed.getCollSegIDsOrThrow("merged").getDataList())
                    .setFlushTs(flushed.getCollFlushTsOrThrow("merged"))
                    .build();
            while (!milvus.getFlushState(state).getFlushed()) Thread.sleep(5);
        }
        var started = milvus.manualCompaction(ManualCompactionRequest.newBuilder()
                .setCollectionName("merged")
                .setTargetSize(1L << 30)
                .build());
        good(started.getStatus());
        var job = GetCompactionPlansRequest.newBuilder()
                .setCompactionID(started.getCompactionID())
                .build();
        while (milvus.getCompactionStateWithPlans(job).getState() != CompactionState.Completed) Thread.sleep(5);
        var plans = milvus.getCompactionStateWithPlans(job).getMergeInfosList();
        assertThat(plans).isNotEmpty();
        assertThat(plans.getFirst().getSourcesCount()).isGreaterThan(1);
        assertThat(plans.getFirst().getTarget()).isNotIn(plans.getFirst().getSourcesList());
    }

    private void insertAndFlush(String collection, String partition) throws InterruptedException {
        good(milvus.insert(rows(collection, 50).toBuilder()
                        .setPartitionName(partition)
                        .build())
                .getStatus());
        var flushed = milvus.flush(
                FlushRequest.newBuilder().addCollectionNames(collection).build());
        var state = GetFlushStateRequest.newBuilder()
                .setCollectionName(collection)
                .addAllSegmentIDs(flushed.getCollSegIDsOrThrow(collection).getDataList())
                .setFlushTs(flushed.getCollFlushTsOrThrow(collection))
                .build();
        while (!milvus.getFlushState(state).getFlushed()) Thread.sleep(5);
    }

    private List<PersistentSegmentInfo> segmentsOf(String collection) {
        return milvus
                .getPersistentSegmentInfo(GetPersistentSegmentInfoRequest.newBuilder()
                        .setCollectionName(collection)
                        .build())
                .getInfosList()
                .stream()
                .filter(each -> each.getState() == SegmentState.Flushed)
                .toList();
    }

    private List<Long> merged(ManualCompactionRequest.Builder asked) throws InterruptedException {
        var started = milvus.manualCompaction(asked.build());
        good(started.getStatus());
        if (started.getCompactionID() < 0) {
            assertThat(started.getCompactionPlanCount()).isZero();
            return List.of();
        }
        var job = GetCompactionPlansRequest.newBuilder()
                .setCompactionID(started.getCompactionID())
                .build();
        while (milvus.getCompactionStateWithPlans(job).getState() != CompactionState.Completed) Thread.sleep(5);
        return milvus.getCompactionStateWithPlans(job).getMergeInfosList().stream()
                .flatMap(plan -> plan.getSourcesList().stream())
                .sorted()
                .toList();
    }

    @Test
    void aMergeTouchesTheSegmentsThatWereNamedAndNoOthers() throws InterruptedException {
        create("named");
        for (var partition : List.of("p", "q"))
            good(milvus.createPartition(CreatePartitionRequest.newBuilder()
                    .setCollectionName("named")
                    .setPartitionName(partition)
                    .build()));
        for (var partition : List.of("p", "q", "p")) insertAndFlush("named", partition);
        var all = segmentsOf("named");
        assertThat(all).hasSize(3);
        long p = all.getFirst().getPartitionID();
        var ofP = all.stream()
                .filter(each -> each.getPartitionID() == p)
                .map(PersistentSegmentInfo::getSegmentID)
                .sorted()
                .toList();
        var asked = ManualCompactionRequest.newBuilder().setCollectionName("named");
        assertThat(merged(asked.clone().setPartitionId(12345)))
                .as("no such partition")
                .isEmpty();
        assertThat(merged(asked.clone().addSegmentIds(12345)))
                .as("no such segment")
                .isEmpty();
        assertThat(merged(asked.clone().setChannel("by-dev-rootcoord-dml_9_1v9")))
                .as("no such channel")
                .isEmpty();
        assertThat(merged(asked.clone().addSegmentIds(ofP.getFirst())))
                .as("one that is whole")
                .isEmpty();
        assertThat(merged(asked.clone().setPartitionId(p))).isEqualTo(ofP);
        var left = segmentsOf("named");
        assertThat(left).hasSize(2);
        var ids =
                left.stream().map(PersistentSegmentInfo::getSegmentID).sorted().toList();
        assertThat(merged(asked.clone()
                        .setChannel(left.getFirst().getInsertChannel())
                        .addAllSegmentIds(ids)))
                .isEqualTo(ids);
        assertThat(segmentsOf("named"))
                .singleElement()
                .satisfies(only -> assertThat(only.getNumRows()).isEqualTo(150));
    }

    @Test
    void whoFlushesEverythingNeedNotAskTwice() {
        create("flushed");
        good(milvus.insert(rows("flushed", 500)).getStatus());
        var flushed = milvus.flushAll(FlushAllRequest.getDefaultInstance());
        good(flushed.getStatus());
        var state = milvus.getFlushAllState(GetFlushAllStateRequest.newBuilder()
                .setFlushAllTs(flushed.getFlushAllTs())
                .build());
        good(state.getStatus());
        assertThat(state.getFlushed()).isTrue();
    }
}
