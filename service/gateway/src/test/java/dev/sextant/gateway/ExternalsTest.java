package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.RowFiles;
import dev.sextant.model.Column;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.wire.milvus.BatchUpdateManifestItem;
import dev.sextant.wire.milvus.BatchUpdateManifestRequest;
import dev.sextant.wire.milvus.CollectionSchema;
import dev.sextant.wire.milvus.CreateCollectionRequest;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DescribeCollectionRequest;
import dev.sextant.wire.milvus.FieldSchema;
import dev.sextant.wire.milvus.GetPersistentSegmentInfoRequest;
import dev.sextant.wire.milvus.GetRefreshExternalCollectionProgressRequest;
import dev.sextant.wire.milvus.InsertRequest;
import dev.sextant.wire.milvus.KeyValuePair;
import dev.sextant.wire.milvus.ListRefreshExternalCollectionJobsRequest;
import dev.sextant.wire.milvus.MilvusServiceGrpc.MilvusServiceBlockingStub;
import dev.sextant.wire.milvus.RefreshExternalCollectionJobInfo;
import dev.sextant.wire.milvus.RefreshExternalCollectionRequest;
import dev.sextant.wire.milvus.RefreshExternalCollectionState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// External collections as clients of Milvus ask for them.
class ExternalsTest {
    private static final String SPEC =
            "{\"format\":\"parquet\",\"extfs\":{\"access_key_id\":\"AKIDX\",\"access_key_value\":\"hush\"}}";

    @TempDir
    static Path directory;

    private static Running running;
    private static MilvusServiceBlockingStub milvus;

    /// One file with three rows; nothing where the source ends so.
    private static final class Lake implements RowFiles {
        @Override
        public void check(List<String> group) {}

        @Override
        public void check(Place place) {}

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            throw new Refused(new Refusal.NotImportable("", -1, "nobody imports"));
        }

        @Override
        public Outside outside(Place place, int most) {
            return new Outside() {
                @Override
                public List<Found> files() {
                    return place.source().endsWith("nothing/")
                            ? List.of()
                            : List.of(new Found(place.source() + "a.parquet", 3, "1"));
                }

                @Override
                public Batches open(Found file, Schema schema, long memoryBytes) {
                    return new Three();
                }

                @Override
                public void close() {}
            };
        }
    }

    private static final class Three implements RowFiles.Batches {
        private boolean read;

        @Override
        public Optional<Rows> next() {
            if (read) return Optional.empty();
            read = true;
            return Optional.of(Rows.of(3)
                    .with("id", Column.longs(1, 2, 3))
                    .with("embedding", Column.Dense.of(2, new float[] {1, 0, 0, 1, 1, 1}))
                    .build());
        }

        @Override
        public OptionalLong rows() {
            return OptionalLong.of(3);
        }

        @Override
        public long bytes() {
            return 3;
        }

        @Override
        public long bytesRead() {
            return read ? 3 : 0;
        }

        @Override
        public void close() {}
    }

    @BeforeAll
    static void open() {
        running = new Running(directory, DatabaseConfig.DEFAULT, new Lake());
        milvus = running.milvus();
    }

    @AfterAll
    static void close() {
        running.close();
    }

    private static void create(String name) {
        var schema = CollectionSchema.newBuilder()
                .setName(name)
                .setExternalSource("s3://bucket/lake/")
                .setExternalSpec(SPEC)
                .addFields(FieldSchema.newBuilder()
                        .setName("number")
                        .setDataType(DataType.Int64)
                        .setExternalField("id"))
                .addFields(FieldSchema.newBuilder()
                        .setName("v")
                        .setDataType(DataType.FloatVector)
                        .setExternalField("embedding")
                        .addTypeParams(KeyValuePair.newBuilder().setKey("dim").setValue("2")));
        assertThat(milvus.createCollection(CreateCollectionRequest.newBuilder()
                                .setCollectionName(name)
                                .setSchema(schema.build().toByteString())
                                .build())
                        .getReason())
                .isEmpty();
    }

    private static RefreshExternalCollectionJobInfo ended(long job) {
        var asked = GetRefreshExternalCollectionProgressRequest.newBuilder()
                .setJobId(job)
                .build();
        for (int i = 0; i < 3000; i++) {
            var info = milvus.getRefreshExternalCollectionProgress(asked).getJobInfo();
            if (info.getState() == RefreshExternalCollectionState.RefreshCompleted
                    || info.getState() == RefreshExternalCollectionState.RefreshFailed) return info;
            pause();
        }
        throw new AssertionError("no end in sight");
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private static String rest(String route, String body) {
        return running.rest(route, body.replace('\'', '"'));
    }

    @Test
    void aRefreshIsAskedForFollowedAndListed() {
        create("followed");
        var started = milvus.refreshExternalCollection(RefreshExternalCollectionRequest.newBuilder()
                .setCollectionName("followed")
                .build());
        assertThat(started.getStatus().getReason()).isEmpty();
        var info = ended(started.getJobId());
        assertThat(info.getState()).isEqualTo(RefreshExternalCollectionState.RefreshCompleted);
        assertThat(info.getProgress()).isEqualTo(100);
        assertThat(info.getCollectionName()).isEqualTo("followed");
        assertThat(info.getExternalSource()).isEqualTo("s3://bucket/lake/");
        assertThat(info.getExternalSpec())
                .contains("parquet")
                .doesNotContain("hush")
                .doesNotContain("AKIDX");
        assertThat(info.getEndTime())
                .isGreaterThanOrEqualTo(info.getStartTime())
                .isPositive();
        var listed = milvus.listRefreshExternalCollectionJobs(ListRefreshExternalCollectionJobsRequest.newBuilder()
                .setCollectionName("followed")
                .build());
        assertThat(listed.getJobsList()).containsExactly(info);
        var failed = milvus.refreshExternalCollection(RefreshExternalCollectionRequest.newBuilder()
                .setCollectionName("followed")
                .setExternalSource("s3://bucket/nothing/")
                .setExternalSpec("{}")
                .build());
        assertThat(ended(failed.getJobId()).getReason()).contains("no files found in external source");
        var unknown =
                milvus.getRefreshExternalCollectionProgress(GetRefreshExternalCollectionProgressRequest.newBuilder()
                        .setJobId(1)
                        .build());
        assertThat(unknown.getStatus().getCode()).isEqualTo(1100);
        assertThat(unknown.getStatus().getReason()).contains("refresh job 1 not found");
    }

    @Test
    void aSchemaIsToldWithItsColumnsAndWithoutSecrets() {
        create("told");
        var schema = milvus.describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollectionName("told")
                        .build())
                .getSchema();
        assertThat(schema.getExternalSource()).isEqualTo("s3://bucket/lake/");
        assertThat(schema.getExternalSpec()).contains("\"***\"").doesNotContain("hush");
        assertThat(schema.getFieldsList())
                .extracting(FieldSchema::getName, FieldSchema::getExternalField)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("__virtual_pk__", ""),
                        org.assertj.core.groups.Tuple.tuple("number", "id"),
                        org.assertj.core.groups.Tuple.tuple("v", "embedding"));
        var refused = milvus.insert(InsertRequest.newBuilder()
                .setCollectionName("told")
                .setNumRows(1)
                .build());
        assertThat(refused.getStatus().getCode()).isEqualTo(1100);
    }

    @Test
    void overRestToo() {
        var schema = "'schema':{'externalSource':'s3://bucket/lake/','externalSpec':'{}','fields':["
                + "{'fieldName':'number','dataType':'Int64','externalField':'id'},{'fieldName':'v','dataType':'FloatVector',"
                + "'elementTypeParams':{'dim':2},'externalField':'embedding'}]}";
        assertThat(rest("collections/create", "{'collectionName':'rest','externalSource':'x'," + schema + "}"))
                .startsWith("{\"code\":1100");
        assertThat(rest("collections/create", "{'collectionName':'rest'," + schema + "}"))
                .startsWith("{\"code\":0");
        assertThat(rest("collections/describe", "{'collectionName':'rest'}"))
                .contains("\"externalField\":\"id\"")
                .contains("\"externalSource\":\"s3://bucket/lake/\"");
        var started = rest("jobs/external_collection/refresh", "{'collectionName':'rest'}");
        long job = Long.parseLong(started.replaceAll(".*\"jobId\":(\\d+).*", "$1"));
        ended(job);
        assertThat(rest("jobs/external_collection/describe", "{'jobId':" + job + "}"))
                .contains("\"state\":\"RefreshCompleted\"")
                .contains("\"progress\":100");
        assertThat(rest("jobs/external_collection/list", "{'collectionName':'rest'}"))
                .contains("\"jobId\":" + job);
        assertThat(rest("jobs/external_collection/describe", "{'jobId':1}")).contains("refresh job 1 not found");
        assertThat(rest("jobs/external_collection/refresh", "{'collectionName':'nobody'}"))
                .startsWith("{\"code\":100,");
    }

    @Test
    void manifestsOfSegmentsThatAreNotThereArePassedOver() {
        create("manifests");
        var request = BatchUpdateManifestRequest.newBuilder().setCollectionName("manifests");
        assertThat(milvus.batchUpdateManifest(request.build()).getReason()).contains("items is empty");
        request.addItems(BatchUpdateManifestItem.newBuilder().setSegmentId(7).setManifestVersion(2));
        assertThat(milvus.batchUpdateManifest(request.build()).getCode()).isZero();
        assertThat(milvus.batchUpdateManifest(
                                request.clone().setCollectionName("nobody").build())
                        .getCode())
                .isEqualTo(100);
        ended(milvus.refreshExternalCollection(RefreshExternalCollectionRequest.newBuilder()
                        .setCollectionName("manifests")
                        .build())
                .getJobId());
        var segments = milvus.getPersistentSegmentInfo(GetPersistentSegmentInfoRequest.newBuilder()
                .setCollectionName("manifests")
                .build());
        request.addItems(BatchUpdateManifestItem.newBuilder()
                .setSegmentId(segments.getInfos(0).getSegmentID()));
        assertThat(milvus.batchUpdateManifest(request.build()).getReason()).contains("has no manifest");
    }
}
