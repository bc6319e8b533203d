package dev.sextant.torture.hostile;

import dev.sextant.wire.milvus.*;
import io.grpc.ManagedChannel;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// All that a server tells of what it holds, by its place: what must be the same after a restart.
final class Census {
    private final MilvusServiceGrpc.MilvusServiceBlockingStub milvus;

    private Census(ManagedChannel channel) {
        milvus = MilvusServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    static SortedMap<String, String> of(ManagedChannel channel) {
        return new Census(channel).taken();
    }

    private SortedMap<String, String> taken() {
        var all = new TreeMap<String, String>();
        for (var database :
                milvus.listDatabases(ListDatabasesRequest.getDefaultInstance()).getDbNamesList()) {
            all.put(
                    "database " + database,
                    milvus.describeDatabase(DescribeDatabaseRequest.newBuilder()
                                    .setDbName(database)
                                    .build())
                            .toString());
            for (var name : milvus.showCollections(ShowCollectionsRequest.newBuilder()
                            .setDbName(database)
                            .build())
                    .getCollectionNamesList()) collection(database, name, all);
        }
        all.put(
                "rights",
                milvus.backupRBAC(BackupRBACMetaRequest.getDefaultInstance()).toString());
        all.put(
                "resource groups",
                milvus.listResourceGroups(ListResourceGroupsRequest.getDefaultInstance())
                        .toString());
        all.put(
                "files",
                milvus.listFileResources(ListFileResourcesRequest.getDefaultInstance())
                        .toString());
        return all;
    }

    private void collection(String database, String name, SortedMap<String, String> all) {
        var place = "collection " + database + "." + name;
        var described = milvus.describeCollection(DescribeCollectionRequest.newBuilder()
                .setDbName(database)
                .setCollectionName(name)
                .build());
        all.put(place, described.toString());
        all.put(
                "partitions of " + place,
                milvus.showPartitions(ShowPartitionsRequest.newBuilder()
                                .setDbName(database)
                                .setCollectionName(name)
                                .build())
                        .toString());
        var indexes = milvus.describeIndex(DescribeIndexRequest.newBuilder()
                .setDbName(database)
                .setCollectionName(name)
                .build());
        indexes.getIndexDescriptionsList()
                .forEach(index -> all.put(
                        "index " + index.getIndexName() + " of " + place,
                        index.getFieldName() + " " + index.getIndexID() + " " + index.getParamsList()));
        var load = milvus.getLoadState(GetLoadStateRequest.newBuilder()
                .setDbName(database)
                .setCollectionName(name)
                .build());
        boolean loaded = load.getState() == LoadState.LoadStateLoaded;
        all.put("load of " + place, Boolean.toString(load.getState() != LoadState.LoadStateNotLoad));
        // Rows that are over by their time go when they like.
        if (loaded && !described.toString().contains("ttl")) all.put("rows of " + place, rows(database, name));
    }

    private String rows(String database, String name) {
        var counted = milvus.query(QueryRequest.newBuilder()
                .setDbName(database)
                .setCollectionName(name)
                .addOutputFields("count(*)")
                .setConsistencyLevel(ConsistencyLevel.Strong)
                .build());
        if (counted.getStatus().getCode() != 0)
            return "refused, code " + counted.getStatus().getCode();
        return counted.getFieldsData(0).getScalars().getLongData().getDataList().toString();
    }
}
