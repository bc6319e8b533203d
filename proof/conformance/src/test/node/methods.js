// What the published Node client can do and the other stories do not; and that no public method is left out of all.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const {
  MilvusClient, DataType, FunctionType, RRFRanker, WeightedRanker, buildBloomFilter, buildRoaringBitmap,
} = require('@zilliz/milvus2-sdk-node');

const DIM = 8;
const vector = (seed) => Array.from({ length: DIM }, (_, i) => Math.sin(seed * 31 + i * 7));
const ok = (reply) => {
  const status = reply.alter_status || reply.status || reply;
  assert.equal(status.error_code, 'Success', JSON.stringify(status));
  return reply;
};
const refused = (reply, reason) => {
  const status = reply.status || reply;
  assert.notEqual(status.error_code, 'Success');
  assert.ok(status.reason.includes(reason), status.reason);
};
const name = 'node_methods';
const it = { collection_name: name };
const words = (output) => ({ name: output, type: FunctionType.BM25, input_field_names: ['text'], output_field_names: [output], params: {} });
const counted = (output) => ({
  ...it, field: { name: output, data_type: DataType.SparseFloatVector, is_function_output: true }, function: words(output),
  index_name: output, extra_params: { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'BM25' },
});
const drained = async (pages) => {
  const ids = [];
  for await (const page of pages) ids.push(...page.map((row) => Number(row.id)));
  return ids;
};

module.exports = {
  async aCollectionIsChangedWhileItIsUsed(client) {
    ok(await client.dropCollection(it));
    ok(await client.createCollection({
      ...it,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'v', data_type: DataType.FloatVector, dim: DIM },
        { name: 'text', data_type: DataType.VarChar, max_length: 200, enable_analyzer: true },
        { name: 'n', data_type: DataType.Int32, nullable: true },
      ],
      index_params: [{ field_name: 'v', index_type: 'FLAT', metric_type: 'L2' }],
      enable_dynamic_field: true,
      consistency_level: 'Strong',
    }));
    ok(await client.loadCollectionSync(it));
    const data = Array.from({ length: 200 }, (_, i) => ({ id: i, v: vector(i), text: `hello w${i}`, n: i, x: i % 3 }));
    ok(await client.insert({ ...it, data }));
    ok(await client.addCollectionField({ ...it, field: { name: 'added', data_type: DataType.Int64, nullable: true, default_value: 4 } }));
    ok(await client.addCollectionFields({ ...it, fields: [{ name: 'gone', data_type: DataType.Int64, nullable: true }] }));
    ok(await client.dropCollectionField({ ...it, field_name: 'gone' }));
    ok(await client.addFunctionField(counted('words')));
    ok(await client.alterCollectionSchema(counted('again')));
    ok(await client.dropFunctionField({ ...it, function_name: 'again' }));
    refused(await client.addCollectionFunction({ ...it, function: words('words') }), 'adding BM25');
    refused(await client.alterCollectionFunction({ ...it, function_name: 'words', function: words('words') }), 'altering BM25');
    ok(await client.dropCollectionFunction({ ...it, function_name: 'never_was' }));
    ok(await client.alterCollectionFieldProperties({ ...it, field_name: 'text', properties: { max_length: 300 } }));
    ok(await client.alterCollectionProperties({ ...it, properties: { 'collection.ttl.seconds': 3600 } }));
    ok(await client.dropCollectionProperties({ ...it, properties: ['collection.ttl.seconds'] }));
    ok(await client.upsert({ ...it, partial_update: true, data: [{ id: 5, n: 99 }] }));
    assert.deepEqual(ok(await client.query({ ...it, filter: 'n == 99', output_fields: ['id', 'added'] })).data.map((r) => [r.id, r.added]), [['5', '4'], ['99', '4']]);
    assert.equal(Number(ok(await client.deleteEntities({ ...it, expr: 'id in [199]' })).delete_cnt), 1);
    assert.equal(await client.getPkFieldName(it), 'id');
    assert.equal(await client.getPkFieldType(it), 'Int64');
    assert.equal((await client.getPkField(it)).is_primary_key, true);
    const described = ok(await client.describeCollection(it));
    for (const asked of [{ collection_names: [name] }, { collection_names: [], collectionIDs: [described.collectionID] }])
      assert.equal((await client.batchDescribeCollections(asked)).responses[0].collection_name, name);
  },

  async pagesHybridsAndSets(client) {
    assert.equal((await drained(await client.queryIterator({ ...it, batchSize: 60, filter: 'id < 150', output_fields: ['id'] }))).length, 150);
    const near = await drained(await client.searchIterator({ ...it, data: vector(3), anns_field: 'v', batchSize: 70, limit: 180 }));
    assert.equal(new Set(near).size, 180);
    for (const rerank of [RRFRanker(60), WeightedRanker([0.5, 0.5])]) {
      const found = ok(await client.hybridSearch({ ...it, data: [{ anns_field: 'v', data: vector(3) }, { anns_field: 'words', data: 'w3' }], rerank, limit: 3 }));
      assert.equal(found.results[0].id, '3');
    }
    const analyzed = ok(await client.runAnalyzer({ text: ['Hello World'], analyzer_params: { tokenizer: 'standard', filter: ['lowercase'] }, with_detail: true }));
    assert.deepEqual(analyzed.results[0].tokens.map((t) => t.token), ['hello', 'world']);
    for (const [filter, set] of [
      ['membership_match(id, {set}, type=roaring)', buildRoaringBitmap([3n, 5n, 70000n])],
      ['membership_match(text, {set}, type=bloom)', buildBloomFilter(['hello w3', 'hello w5'])],
    ])
      assert.deepEqual(ok(await client.query({ ...it, filter, exprValues: { set }, output_fields: ['id'] })).data.map((r) => r.id), ['3', '5']);
    assert.equal(ok(await client.session('by-dev').query({ ...it, filter: 'id == 1', output_fields: ['id'] })).data.length, 1);
  },

  async loadedFlushedAndMerged(client) {
    ok(await client.loadCollection(it));
    ok(await client.loadCollectionAsync(it));
    ok(await client.refreshLoad(it));
    assert.equal(ok(await client.getLoadState(it)).state, 'LoadStateLoaded');
    assert.equal(ok(await client.getLoadingProgress(it)).progress, '100');
    ok(await client.createPartition({ ...it, partition_name: 'side' }));
    assert.equal(ok(await client.hasPartition({ ...it, partition_name: 'side' })).value, true);
    ok(await client.loadPartitions({ ...it, partition_names: ['side'] }));
    ok(await client.loadPartitionsSync({ ...it, partition_names: ['side'] }));
    assert.equal(ok(await client.getPartitionStatistics({ ...it, partition_name: 'side' })).data.row_count, '0');
    ok(await client.releasePartitions({ ...it, partition_names: ['side'] }));
    ok(await client.dropPartition({ ...it, partition_name: 'side' }));
    assert.deepEqual(ok(await client.listPartitions(it)).partition_names, ['_default']);
    const flushed = ok(await client.flush({ collection_names: [name] }));
    ok(await client.getFlushState({ segmentIDs: flushed.coll_segIDs[name].data, ...it }));
    ok(await client.flushAll());
    const all = ok(await client.flushAllSync());
    assert.equal(all.flushed, true);
    assert.equal(ok(await client.getFlushAllState({ flush_all_ts: 1 })).flushed, true);
    assert.ok(Number(ok(await client.getCollectionStatistics(it)).data.row_count) >= 199);
    const job = ok(await client.compact({ ...it, target_size: 100 }));
    ok(await client.getCompactionState(job));
    assert.ok(ok(await client.getCompactionStateWithPlans(job)).mergeInfos.every((merge) => merge.trigger_id === undefined || merge.trigger_id === job.compactionID));
    assert.ok(ok(await client.getQuerySegmentInfo({ collectionName: name })).infos.length >= 1);
    assert.ok(ok(await client.getPersistentSegmentInfo({ collectionName: name })).infos.length >= 1);
    const { collectionID } = ok(await client.describeCollection(it));
    assert.equal(ok(await client.getReplicas({ collectionID, with_shard_nodes: true })).replicas.length, 1);
    ok(await client.loadBalance({ src_nodeID: 1, dst_nodeIDs: [1], sealed_segmentIDs: [], collectionName: name }));
    assert.equal(ok(await client.getIndexState({ ...it, index_name: 'v' })).state, 'Finished');
    const progress = ok(await client.getIndexBuildProgress({ ...it, index_name: 'v' }));
    assert.equal(progress.indexed_rows, progress.total_rows);
    assert.equal(ok(await client.describeIndex({ ...it, index_name: 'v' })).index_descriptions[0].field_name, 'v');
    ok(await client.getIndexStatistics({ ...it, index_name: 'v' }));
    assert.deepEqual(ok(await client.listIndexes(it)).indexes.sort(), ['v', 'words']);
    ok(await client.createIndex({ ...it, field_name: 'n', index_name: 'by_n', index_type: 'INVERTED' }));
    ok(await client.dropIndex({ ...it, index_name: 'by_n' }));
    ok(await client.releaseCollection(it));
    ok(await client.alterIndexProperties({ ...it, index_name: 'v', params: { 'mmap.enabled': true } }));
    ok(await client.dropIndexProperties({ ...it, index_name: 'v', properties: ['mmap.enabled'] }));
    ok(await client.loadCollectionSync(it));
  },

  async namesDatabasesAndSnapshots(client) {
    ok(await client.createAlias({ ...it, alias: 'node_other' }));
    ok(await client.alterAlias({ ...it, alias: 'node_other' }));
    assert.equal(ok(await client.describeAlias({ ...it, alias: 'node_other' })).collection, name);
    assert.deepEqual(ok(await client.listAliases(it)).aliases, ['node_other']);
    ok(await client.dropAlias({ alias: 'node_other' }));
    ok(await client.createDatabase({ db_name: 'node_db', properties: { 'database.max.collections': 5 } }));
    ok(await client.alterDatabase({ db_name: 'node_db', properties: { 'database.replica.number': 1 } }));
    ok(await client.dropDatabaseProperties({ db_name: 'node_db', properties: ['database.replica.number'] }));
    assert.deepEqual(ok(await client.describeDatabase({ db_name: 'node_db' })).properties, [{ key: 'database.max.collections', value: '5' }]);
    assert.ok(ok(await client.listDatabases()).db_names.includes('node_db'));
    await client.use({ db_name: 'node_db' });
    assert.deepEqual(ok(await client.showCollections()).data, []);
    await client.use({ db_name: 'default' });
    ok(await client.renameCollection({ ...it, new_collection_name: 'node_moved', new_db_name: 'node_db' }));
    ok(await client.renameCollection({ collection_name: 'node_moved', db_name: 'node_db', new_collection_name: name, new_db_name: 'default' }));
    ok(await client.dropDatabase({ db_name: 'node_db' }));
    const snapshot = { ...it, snapshot_name: 'node_snapshot' };
    ok(await client.createSnapshot(snapshot));
    assert.deepEqual(ok(await client.listSnapshots(it)).snapshots, ['node_snapshot']);
    assert.equal(ok(await client.describeSnapshot(snapshot)).collection_name, name);
    const { pin_id } = ok(await client.pinSnapshotData({ ...snapshot, ttl_seconds: 60 }));
    ok(await client.unpinSnapshotData({ pin_id }));
    const { job_id } = ok(await client.restoreSnapshot({ snapshot_name: 'node_snapshot', source_collection_name: name, target_collection_name: 'node_restored' }));
    assert.equal(ok(await client.getRestoreSnapshotState({ job_id })).info.collection_name, 'node_restored');
    assert.ok(ok(await client.listRestoreSnapshotJobs({ collection_name: 'node_restored' })).jobs.length >= 1);
    ok(await client.dropSnapshot(snapshot));
    ok(await client.dropCollection({ collection_name: 'node_restored' }));
    refused(await client.refreshExternalCollection(it), 'is not an external collection');
    assert.deepEqual(ok(await client.listRefreshExternalCollectionJobs({})).jobs, []);
    refused(await client.getRefreshExternalCollectionProgress({ job_id: 1 }), 'not found');
  },

  async aCollectionShowsTheFilesOfSomebodyElse(client) {
    const lake = path.join(process.argv[4], 'lake');
    const laid = (file, ids) => fs.writeFileSync(path.join(lake, file), JSON.stringify(ids.map((id) => ({ id, vec: vector(id) }))));
    const its = { collection_name: 'node_lake' };
    const refreshed = async () => {
      const { job_id } = ok(await client.refreshExternalCollection(its));
      for (;;) {
        const { job_info } = ok(await client.getRefreshExternalCollectionProgress({ job_id }));
        if (job_info.state === 'RefreshCompleted') return job_info;
        assert.ok(['RefreshPending', 'RefreshInProgress'].includes(job_info.state), JSON.stringify(job_info));
        await new Promise((then) => setTimeout(then, 20));
      }
    };
    const numbers = async () => ok(await client.query({ ...its, filter: 'number >= 0', output_fields: ['number'] })).data.map((row) => Number(row.number)).sort((a, b) => a - b);
    fs.mkdirSync(lake, { recursive: true });
    laid('first.json', [1, 2]);
    laid('second.json', [3]);
    ok(await client.createCollection({
      ...its, external_source: lake, external_spec: JSON.stringify({ format: 'json' }),
      fields: [
        { name: 'number', data_type: DataType.Int64, external_field: 'id' },
        { name: 'v', data_type: DataType.FloatVector, dim: DIM, external_field: 'vec' },
      ],
    }));
    ok(await client.createIndex({ ...its, field_name: 'v', index_type: 'FLAT', metric_type: 'L2' }));
    ok(await client.loadCollectionSync(its));
    const told = ok(await client.describeCollection(its)).schema;
    assert.equal(told.external_source, lake);
    assert.equal(told.fields.find((field) => field.name === 'v').external_field, 'vec');
    assert.ok(told.fields.find((field) => field.name === '__virtual_pk__').autoID);
    assert.deepEqual(await numbers(), []);
    assert.equal((await refreshed()).external_source, lake);
    assert.deepEqual(await numbers(), [1, 2, 3]);
    fs.rmSync(path.join(lake, 'first.json'));
    laid('third.json', [4, 5]);
    await refreshed();
    assert.deepEqual(await numbers(), [3, 4, 5]);
    assert.equal(ok(await client.listRefreshExternalCollectionJobs(its)).jobs.length, 2);
    ok(await client.dropCollection(its));
    fs.rmSync(lake, { recursive: true });
  },

  async whatAdministratorsCallBesides(client) {
    ok(await client.createRole({ roleName: 'node_other', description: 'x' }));
    ok(await client.alterRole({ roleName: 'node_other', description: 'y' }));
    const right = { roleName: 'node_other', object: 'Collection', objectName: name, privilegeName: 'Search' };
    ok(await client.grantPrivilege(right));
    assert.equal(ok(await client.selectGrant(right)).entities.length, 1);
    ok(await client.revokePrivilege(right));
    assert.ok(ok(await client.backupRBAC()).RBAC_meta.roles.some((role) => role.name === 'node_other'));
    ok(await client.dropRole({ roleName: 'node_other' }));
    ok(await client.restoreRBAC({ RBAC_meta: { users: [], roles: [{ name: 'node_back' }], grants: [], privilege_groups: [] } }));
    ok(await client.dropRole({ roleName: 'node_back' }));
    ok(await client.createPrivilegeGroup({ group_name: 'node_few' }));
    ok(await client.addPrivilegesToGroup({ group_name: 'node_few', privileges: ['Search', 'Query'] }));
    ok(await client.removePrivilegesFromGroup({ group_name: 'node_few', privileges: ['Query'] }));
    ok(await client.dropPrivilegeGroup({ group_name: 'node_few' }));
    ok(await client.createUser({ username: 'node_one', password: 'Passw0rd' }));
    ok(await client.updateUser({ username: 'node_one', oldPassword: 'Passw0rd', newPassword: 'Passw0rd1' }));
    ok(await client.updateUser({ username: 'node_one', description: 'one' }));
    assert.equal(ok(await client.describeUser({ username: 'node_one' })).results[0].description, 'one');
    ok(await client.deleteUser({ username: 'node_one' }));
    ok(await client.createResourceGroup({ resource_group: 'node_rg2', config: { requests: { node_num: 0 }, limits: { node_num: 1 } } }));
    const there = { source_resource_group: '__default_resource_group', target_resource_group: 'node_rg2', num_node: 1 };
    ok(await client.transferNode(there));
    ok(await client.transferNode({ source_resource_group: 'node_rg2', target_resource_group: '__default_resource_group', num_node: 1 }));
    await client.transferReplica({ ...it, source_resource_group: '__default_resource_group', target_resource_group: '__default_resource_group', num_replica: 1 });
    await client.dropAllResourceGroups();
    const { tasks } = ok(await client.bulkInsert({ ...it, files: ['nowhere.json'] }));
    assert.ok(ok(await client.listImportTasks(it)).tasks.length >= 1);
    assert.ok(['ImportPending', 'ImportStarted', 'ImportFailed'].includes(ok(await client.getImportState({ task: tasks[0] })).state));
    ok(await client.updateReplicateConfiguration({
      clusters: [{ cluster_id: 'by-dev', pchannels: ['by-dev-rootcoord-dml_0'], connection_param: { uri: 'http://localhost:19530', token: 'a secret' } }],
      cross_cluster_topology: [],
    }));
    const [own] = ok(await client.getReplicateConfiguration()).configuration.clusters;
    assert.equal(own.cluster_id, 'by-dev');
    assert.deepEqual(own.connection_param, { uri: 'http://localhost:19530', token: '' });
    assert.ok(client.getTelemetry());
    ok(await client.truncateCollection(it));
    ok(await client.dropCollection(it));
  },

  // What works behind the scenes of others, or asks the topology service of a cloud, or reads files of the server.
  async noPublicMethodIsLeftOut() {
    const elsewhere = new Set([
      'applyServerInfo', 'callAlterCollectionSchema', 'checkCompatibility', 'connect', 'createChannelPool', 'createTelemetryClient',
      'disposeChannelPool', 'getCollectionInfoCacheKey', 'invalidateCollectionInfo', 'isLifecycleCurrent', 'metadataListener',
      'normalizeFieldOps', 'reconnectToPrimary', 'replaceTelemetryClient', 'sendTelemetryHeartbeat', 'addFileResource',
      'removeFileResource', 'listFileResources',
    ]);
    const told = ['stories.js', 'methods.js'].map((file) => fs.readFileSync(path.join(__dirname, file), 'utf8')).join('\n');
    const silent = [];
    for (let type = MilvusClient.prototype; type !== Object.prototype; type = Object.getPrototypeOf(type))
      for (const each of Object.getOwnPropertyNames(type))
        if (!each.startsWith('_') && each !== 'constructor' && !elsewhere.has(each) && !new RegExp(`\\.${each}\\b`).test(told)) silent.push(each);
    assert.deepEqual(silent, []);
  },
};
