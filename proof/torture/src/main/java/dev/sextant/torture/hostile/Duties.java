package dev.sextant.torture.hostile;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sextant.wire.milvus.*;
import java.util.List;

/// Requests that are right, as [Polite] has them, of those who look after a server: databases, partitions, aliases,
/// loads, users and roles, resource groups, jobs, measurements.
final class Duties {
    private Duties() {}

    private static Message read(Message.Builder builder, String text) {
        try {
            TextFormat.merge(text, builder);
            return builder.build();
        } catch (TextFormat.ParseException mistyped) {
            throw new IllegalArgumentException(mistyped.getMessage() + " in " + text, mistyped);
        }
    }

    /// In an order in which each of them is granted, again and again.
    static List<Message> requests() {
        var all = new java.util.ArrayList<Message>();
        all.addAll(tellingAll());
        all.addAll(tellingOfOne());
        all.addAll(databases());
        all.addAll(partitions());
        all.addAll(aliases());
        all.addAll(collections());
        all.addAll(kinds());
        all.addAll(templates());
        all.addAll(users());
        all.addAll(privileges());
        all.addAll(resourceGroups());
        all.addAll(files());
        all.addAll(clients());
        return all;
    }

    private static List<Message> tellingAll() {
        return List.of(
                read(ConnectRequest.newBuilder(), """
                        client_info { sdk_type: "Python" sdk_version: "3.0.2" user: "" host: "here" local_time: "now"
                          reserved { key: "a" value: "b" } }
                        """),
                read(GetVersionRequest.newBuilder(), ""),
                read(CheckHealthRequest.newBuilder(), ""),
                read(GetComponentStatesRequest.newBuilder(), ""),
                read(GetMetricsRequest.newBuilder(), "request: '{\"metric_type\":\"system_info\"}'"),
                read(DummyRequest.newBuilder(), "request_type: '{\"request_type\":\"query\"}'"),
                read(RegisterLinkRequest.newBuilder(), ""),
                read(AllocTimestampRequest.newBuilder(), ""),
                read(ShowCollectionsRequest.newBuilder(), "type: InMemory collection_names: 'target'"),
                read(UpdateReplicateConfigurationRequest.newBuilder(), """
                        replicate_configuration { clusters { cluster_id: "by-dev" pchannels: "by-dev-rootcoord-dml_0"
                          connection_param { uri: "http://here:19530" token: "a secret" } } }
                        """),
                read(GetReplicateConfigurationRequest.newBuilder(), ""),
                read(ListRefreshExternalCollectionJobsRequest.newBuilder(), ""),
                read(ComputePhraseMatchSlopRequest.newBuilder(), """
                        analyzer_params: '{"type":"standard"}' query_text: "some text" data_texts: "some more text"
                        data_texts: "nothing of it"
                        """));
    }

    private static List<Message> tellingOfOne() {
        return List.of(
                read(HasCollectionRequest.newBuilder(), "collection_name: 'target' time_stamp: 0"),
                read(DescribeCollectionRequest.newBuilder(), "collection_name: 'target'"),
                read(BatchDescribeCollectionRequest.newBuilder(), "collection_name: 'target' collection_name: 'words'"),
                read(GetCollectionStatisticsRequest.newBuilder(), "collection_name: 'target'"),
                read(GetLoadingProgressRequest.newBuilder(), "collection_name: 'target'"),
                read(GetLoadStateRequest.newBuilder(), "collection_name: 'target' partition_names: '_default'"),
                read(DescribeIndexRequest.newBuilder(), "collection_name: 'target' index_name: 'v_index'"),
                read(GetIndexStatisticsRequest.newBuilder(), "collection_name: 'target' index_name: 'v_index'"),
                read(GetIndexStateRequest.newBuilder(), "collection_name: 'target' index_name: 'v_index'"),
                read(GetIndexBuildProgressRequest.newBuilder(), "collection_name: 'target' index_name: 'v_index'"),
                read(GetPersistentSegmentInfoRequest.newBuilder(), "collectionName: 'target'"),
                read(GetQuerySegmentInfoRequest.newBuilder(), "collectionName: 'target'"),
                read(GetReplicasRequest.newBuilder(), "collection_name: 'target' with_shard_nodes: true"),
                read(LoadBalanceRequest.newBuilder(), "collectionName: 'target' src_nodeID: 1"),
                read(FlushRequest.newBuilder(), "collection_names: 'target'"),
                read(GetFlushStateRequest.newBuilder(), "collection_name: 'target' flush_ts: 1"),
                read(FlushAllRequest.newBuilder(), "flush_targets { db_name: 'default' collection_names: 'target' }"),
                read(GetFlushAllStateRequest.newBuilder(), "flush_all_ts: 1"),
                read(GetCompactionPlansRequest.newBuilder(), "collection_name: 'target'"),
                read(ListImportTasksRequest.newBuilder(), "collection_name: 'target' limit: 3"));
    }

    private static List<Message> databases() {
        return List.of(
                read(CreateDatabaseRequest.newBuilder(), """
                        db_name: "elsewhere" properties { key: "database.max.collections" value: "5" }
                        """),
                read(AlterDatabaseRequest.newBuilder(), """
                        db_name: "elsewhere" properties { key: "timezone" value: "Asia/Shanghai" }
                        """),
                read(AlterDatabaseRequest.newBuilder(), "db_name: 'elsewhere' delete_keys: 'timezone'"),
                read(DescribeDatabaseRequest.newBuilder(), "db_name: 'elsewhere'"),
                read(ListDatabasesRequest.newBuilder(), ""),
                read(DropDatabaseRequest.newBuilder(), "db_name: 'elsewhere'"));
    }

    private static List<Message> partitions() {
        return List.of(
                read(CreatePartitionRequest.newBuilder(), "collection_name: 'target' partition_name: 'p'"),
                read(HasPartitionRequest.newBuilder(), "collection_name: 'target' partition_name: 'p'"),
                read(
                        ShowPartitionsRequest.newBuilder(),
                        "collection_name: 'target' partition_names: 'p' type: InMemory"),
                read(GetPartitionStatisticsRequest.newBuilder(), "collection_name: 'target' partition_name: 'p'"),
                read(
                        LoadPartitionsRequest.newBuilder(),
                        "collection_name: 'target' partition_names: 'p' replica_number: 1"),
                read(ReleasePartitionsRequest.newBuilder(), "collection_name: 'target' partition_names: 'p'"),
                read(DropPartitionRequest.newBuilder(), "collection_name: 'target' partition_name: 'p'"));
    }

    private static List<Message> aliases() {
        return List.of(
                read(CreateAliasRequest.newBuilder(), "collection_name: 'target' alias: 'other'"),
                read(AlterAliasRequest.newBuilder(), "collection_name: 'words' alias: 'other'"),
                read(DescribeAliasRequest.newBuilder(), "alias: 'other'"),
                read(ListAliasesRequest.newBuilder(), "collection_name: 'words'"),
                read(DropAliasRequest.newBuilder(), "alias: 'other'"));
    }

    private static List<Message> collections() {
        return List.of(
                Polite.create(Shapes.schema("forms")),
                read(AlterCollectionRequest.newBuilder(), """
                        collection_name: "forms" properties { key: "collection.ttl.seconds" value: "86400" }
                        """),
                read(
                        AlterCollectionRequest.newBuilder(),
                        "collection_name: 'forms' delete_keys: 'collection.ttl.seconds'"),
                read(DropCollectionRequest.newBuilder(), "collection_name: 'grown'"),
                Polite.create(Shapes.grown()),
                read(AddCollectionFunctionRequest.newBuilder(), """
                        collection_name: "grown" functionSchema { name: "f" type: TextEmbedding input_field_names: "text"
                          output_field_names: "v" params { key: "provider" value: "tei" } }
                        """),
                read(AlterCollectionFunctionRequest.newBuilder(), """
                        collection_name: "grown" function_name: "f" functionSchema { name: "f" type: TextEmbedding
                          input_field_names: "text" output_field_names: "v" params { key: "provider" value: "tei" }
                          params { key: "truncate" value: "true" } }
                        """),
                read(InsertRequest.newBuilder(), """
                        collection_name: "grown" num_rows: 2
                        fields_data { field_name: "id" type: Int64 scalars { long_data { data: 1 data: 2 } } }
                        fields_data { field_name: "spare" type: Int64 valid_data: true valid_data: false
                          scalars { long_data { data: 1 } } }
                        fields_data { field_name: "text" type: VarChar scalars { string_data { data: "a" data: "b" } } }
                        """),
                read(DropCollectionFunctionRequest.newBuilder(), "collection_name: 'grown' function_name: 'f'"),
                read(DropCollectionRequest.newBuilder(), "collection_name: 'sacrifice'"),
                read(RenameCollectionRequest.newBuilder(), "oldName: 'forms' newName: 'sacrifice'"),
                read(TruncateCollectionRequest.newBuilder(), "collection_name: 'sacrifice'"),
                read(ReleaseCollectionRequest.newBuilder(), "collection_name: 'target'"),
                read(AlterIndexRequest.newBuilder(), """
                        collection_name: "target" index_name: "sp_index" extra_params { key: "mmap.enabled" value: "true" }
                        """),
                read(
                        AlterIndexRequest.newBuilder(),
                        "collection_name: 'target' index_name: 'sp_index' delete_keys: 'mmap.enabled'"),
                read(DropIndexRequest.newBuilder(), "collection_name: 'target' index_name: 'n_index'"),
                read(LoadCollectionRequest.newBuilder(), """
                        collection_name: "target" replica_number: 1 load_fields: "id" load_fields: "v" load_fields: "h"
                        load_fields: "bin" load_fields: "sp" load_fields: "i8" load_fields: "name" load_fields: "n"
                        load_fields: "d" load_fields: "json"
                        """),
                read(LoadCollectionRequest.newBuilder(), "collection_name: 'target' refresh: true"),
                read(DropCollectionRequest.newBuilder(), "collection_name: 'sacrifice'"));
    }

    /// What a schema may say of its fields, and rows that come with what it asks for.
    private static CollectionSchema kindsSchema() {
        return (CollectionSchema) read(CollectionSchema.newBuilder(), """
                name: "kinds" description: "of all kinds" enable_dynamic_field: false
                fields { name: "id" description: "made" data_type: Int64 is_primary_key: true autoID: true }
                fields { name: "b" data_type: BFloat16Vector type_params { key: "dim" value: "4" }
                  index_params { key: "metric_type" value: "IP" } }
                fields { name: "lang" data_type: VarChar is_partition_key: true type_params { key: "max_length" value: "9" } }
                fields { name: "f" data_type: Float is_clustering_key: true default_value { float_data: 1.5 } }
                fields { name: "s" data_type: VarChar nullable: true type_params { key: "max_length" value: "9" }
                  default_value { string_data: "x" } }
                fields { name: "t" data_type: Timestamptz nullable: true default_value { string_data: "2026-01-01T00:00:00Z" } }
                fields { name: "i" data_type: Int8 default_value { int_data: 3 } }
                fields { name: "text" data_type: VarChar type_params { key: "max_length" value: "99" }
                  type_params { key: "enable_analyzer" value: "true" } type_params { key: "enable_match" value: "true" } }
                fields { name: "sum" data_type: BinaryVector is_function_output: true type_params { key: "dim" value: "128" } }
                functions { name: "m" description: "prints" type: MinHash input_field_names: "text" output_field_names: "sum"
                  params { key: "num_hashes" value: "4" } }
                """);
    }

    private static List<Message> kinds() {
        return List.of(
                read(DropCollectionRequest.newBuilder(), "collection_name: 'kinds'"),
                Polite.create(kindsSchema()).toBuilder().setNumPartitions(3).build(),
                Polite.index("kinds", "b", "IVF_FLAT", "IP", "{\"nlist\":2}"),
                Polite.index("kinds", "sum", "MINHASH_LSH", "MHJACCARD", "{\"mh_lsh_band\":2}"),
                read(LoadCollectionRequest.newBuilder(), """
                        collection_name: "kinds" resource_groups: "__default_resource_group"
                        load_params { key: "load_priority" value: "high" }
                        """),
                read(InsertRequest.newBuilder(), """
                        collection_name: "kinds" num_rows: 2
                        fields_data { field_name: "b" type: BFloat16Vector vectors { dim: 4 bfloat16_vector: "aaaabbbbccccdddd" } }
                        fields_data { field_name: "lang" type: VarChar scalars { string_data { data: "en" data: "de" } } }
                        fields_data { field_name: "f" type: Float scalars { float_data { data: 1 data: 2.5 } } }
                        fields_data { field_name: "text" type: VarChar scalars { string_data { data: "a text" data: "another" } } }
                        """),
                read(FlushRequest.newBuilder(), "collection_names: 'kinds'"),
                read(ManualCompactionRequest.newBuilder(), "collection_name: 'kinds' majorCompaction: true"),
                read(QueryRequest.newBuilder(), """
                        collection_name: "kinds" expr: "lang == 'en' or text_match(text, 'another')" output_fields: "*"
                        not_return_all_meta: true use_default_consistency: true
                        """),
                read(RunAnalyzerRequest.newBuilder(), """
                        collection_name: "kinds" field_name: "text" placeholder: "some text" with_detail: true
                        """));
    }

    /// Constants beside a condition, partitions that are named, changes of parts of rows.
    private static List<Message> templates() {
        return List.of(
                Polite.rows("target", 0),
                read(QueryRequest.newBuilder(), """
                        collection_name: "target" partition_names: "_default" use_default_consistency: true output_fields: "id"
                        expr: "(n > {i} and d < {f} and name != {s} and flag == {b}) or name in {ss} or d in {ds} or flag in {bs}"
                        expr_template_values { key: "i" value { int64_val: 1 } }
                        expr_template_values { key: "f" value { float_val: 2.5 } }
                        expr_template_values { key: "s" value { string_val: "x" } }
                        expr_template_values { key: "b" value { bool_val: true } }
                        expr_template_values { key: "ss" value { array_val { string_data { data: "name 1" } } } }
                        expr_template_values { key: "ds" value { array_val { double_data { data: 0.5 } } } }
                        expr_template_values { key: "bs" value { array_val { bool_data { data: true } } } }
                        """),
                read(DeleteRequest.newBuilder(), """
                        collection_name: "target" partition_name: "_default" expr: "id in {gone}"
                        expr_template_values { key: "gone" value { array_val { long_data { data: 11 } } } }
                        """),
                read(UpsertRequest.newBuilder(), """
                        collection_name: "target" partition_name: "_default" num_rows: 1 partial_update: true
                        fields_data { field_name: "id" type: Int64 scalars { long_data { data: 2 } } }
                        fields_data { field_name: "tags" type: Array scalars { array_data { element_type: VarChar
                          data { string_data { data: "more" } } } } }
                        field_ops { field_name: "tags" op: ARRAY_APPEND }
                        """));
    }

    private static List<Message> users() {
        return List.of(
                read(CreateCredentialRequest.newBuilder(), "username: 'ann' password: 'c2VjcmV0LWFubg=='"),
                read(UpdateCredentialRequest.newBuilder(), """
                        username: "ann" oldPassword: "c2VjcmV0LWFubg==" newPassword: "c2VjcmV0LWFubi0y" description: "who reads"
                        """),
                read(ListCredUsersRequest.newBuilder(), ""),
                read(CreateRoleRequest.newBuilder(), "entity { name: 'reader' description: 'reads' }"),
                read(AlterRoleRequest.newBuilder(), "role_name: 'reader' description: 'reads on'"),
                read(OperateUserRoleRequest.newBuilder(), "username: 'ann' role_name: 'reader' type: AddUserToRole"),
                read(SelectRoleRequest.newBuilder(), "role { name: 'reader' } include_user_info: true"),
                read(SelectUserRequest.newBuilder(), "user { name: 'ann' } include_role_info: true"),
                read(BackupRBACMetaRequest.newBuilder(), ""));
    }

    private static List<Message> privileges() {
        return List.of(
                read(CreatePrivilegeGroupRequest.newBuilder(), "group_name: 'few'"),
                read(OperatePrivilegeGroupRequest.newBuilder(), """
                        group_name: "few" privileges { name: "Query" } privileges { name: "Search" } type: AddPrivilegesToGroup
                        """),
                read(ListPrivilegeGroupsRequest.newBuilder(), ""),
                read(OperatePrivilegeRequest.newBuilder(), """
                        entity { role { name: "reader" } object { name: "Collection" } object_name: "target"
                          grantor { privilege { name: "Search" } } db_name: "default" } type: Grant
                        """),
                read(OperatePrivilegeV2Request.newBuilder(), """
                        role { name: "reader" } grantor { privilege { name: "few" } } type: Grant db_name: "default"
                        collection_name: "*"
                        """),
                read(SelectGrantRequest.newBuilder(), "entity { role { name: 'reader' } db_name: 'default' }"),
                read(OperatePrivilegeV2Request.newBuilder(), """
                        role { name: "reader" } grantor { privilege { name: "few" } } type: Revoke db_name: "default"
                        collection_name: "*"
                        """),
                read(OperatePrivilegeRequest.newBuilder(), """
                        entity { role { name: "reader" } object { name: "Collection" } object_name: "target"
                          grantor { privilege { name: "Search" } } db_name: "default" } type: Revoke
                        """),
                read(DropPrivilegeGroupRequest.newBuilder(), "group_name: 'few'"),
                read(
                        OperateUserRoleRequest.newBuilder(),
                        "username: 'ann' role_name: 'reader' type: RemoveUserFromRole"),
                read(DropRoleRequest.newBuilder(), "role_name: 'reader' force_drop: true"),
                read(DeleteCredentialRequest.newBuilder(), "username: 'ann'"),
                read(RestoreRBACMetaRequest.newBuilder(), """
                        RBAC_meta { users { user: "ben" password: "$2a$04$abcdefghijklmnopqrstuuWmhf8g0BnZYUmyaHVbK3M5Vm6nXkq2S"
                            roles { name: "writer" } } roles { name: "writer" }
                          grants { role { name: "writer" } object { name: "Global" } object_name: "*" db_name: "default"
                            grantor { user { name: "root" } privilege { name: "CreateCollection" } } } }
                        """),
                read(DropRoleRequest.newBuilder(), "role_name: 'writer' force_drop: true"),
                read(DeleteCredentialRequest.newBuilder(), "username: 'ben'"));
    }

    private static List<Message> resourceGroups() {
        return List.of(
                read(CreateResourceGroupRequest.newBuilder(), """
                        resource_group: "rg" config { requests { node_num: 0 } limits { node_num: 1 } }
                        """),
                read(UpdateResourceGroupsRequest.newBuilder(), """
                        resource_groups { key: "rg" value { requests { node_num: 0 } limits { node_num: 0 }
                          transfer_from { resource_group: "__default_resource_group" } } }
                        """),
                read(UpdateResourceGroupsRequest.newBuilder(), """
                        resource_groups { key: "rg" value { requests { node_num: 0 } limits { node_num: 1 } } }
                        """),
                read(ListResourceGroupsRequest.newBuilder(), ""),
                read(DescribeResourceGroupRequest.newBuilder(), "resource_group: 'rg'"),
                read(TransferNodeRequest.newBuilder(), """
                        source_resource_group: "__default_resource_group" target_resource_group: "rg" num_node: 1
                        """),
                read(TransferReplicaRequest.newBuilder(), """
                        source_resource_group: "__default_resource_group" target_resource_group: "rg"
                        collection_name: "target" num_replica: 1
                        """),
                read(TransferReplicaRequest.newBuilder(), """
                        source_resource_group: "rg" target_resource_group: "__default_resource_group"
                        collection_name: "target" num_replica: 1
                        """),
                read(TransferNodeRequest.newBuilder(), """
                        source_resource_group: "rg" target_resource_group: "__default_resource_group" num_node: 1
                        """),
                read(UpdateResourceGroupsRequest.newBuilder(), """
                        resource_groups { key: "rg" value { requests { node_num: 0 } limits { node_num: 0 } } }
                        """),
                read(DropResourceGroupRequest.newBuilder(), "resource_group: 'rg'"));
    }

    private static List<Message> files() {
        return List.of(
                read(AddFileResourceRequest.newBuilder(), "name: 'terms' path: 'terms.txt'"),
                read(ListFileResourcesRequest.newBuilder(), ""),
                read(RunAnalyzerRequest.newBuilder(), """
                        analyzer_params: '{"tokenizer":{"type":"jieba","extra_dict_file":{"type":"remote","resource_name":"terms","file_name":"terms.txt"}},"filter":[{"type":"synonym","synonyms":["a, b"],"expand":true}]}'
                        placeholder: "some terms" with_hash: true
                        """),
                read(RemoveFileResourceRequest.newBuilder(), "name: 'terms'"));
    }

    private static List<Message> clients() {
        return List.of(
                read(ClientHeartbeatRequest.newBuilder(), """
                        client_info { sdk_type: "Python" sdk_version: "3.0.2" reserved { key: "client_id" value: "c1" } }
                        report_timestamp: 1 config_hash: "x"
                        metrics { operation: "Search" global { request_count: 5 success_count: 4 error_count: 1
                            avg_latency_ms: 1.5 p99_latency_ms: 3 max_latency_ms: 4 }
                          collection_metrics { key: "target" value { request_count: 5 } } }
                        command_replies { command_id: "none" success: true payload: "{}" }
                        """),
                read(GetClientTelemetryRequest.newBuilder(), "include_metrics: true"),
                read(PushClientCommandRequest.newBuilder(), """
                        command_type: "push_config" payload: "{\\"a\\":1}" ttl_seconds: 5 persistent: true
                        """));
    }
}
