// Stories told by the unmodified public Node client to a running server.
// usage: node stories.js HOST:PORT PAGES ROOT     prints one line a story: `PASS name` or `FAIL name: reason`, and `STEP
// client: step` for how far a client came in its life; `KILL` asks for the server's death, and the harness answers
// `ready` when it is there again. The server's root has the password `Milvus-root`; PAGES is a folder of real text, ROOT one
// that the server imports from.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { MilvusClient, DataType, MetricType, IndexType } = require('@zilliz/milvus2-sdk-node');

const [address, pages] = process.argv.slice(2);
// A server that has just begun is slow to answer: as patient as its users are.
const patient = { address, maxRetries: 8, retryDelay: 50, timeout: 60000 };
const root = { ...patient, username: 'root', password: 'Milvus-root' };
const CLIENT = `Node SDK ${require('@zilliz/milvus2-sdk-node/package.json').version}`;
const step = (name) => console.log(`STEP ${CLIENT}: ${name}`);
const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const killed = async () => {
  console.log('KILL');
  assert.equal((await answers.next()).value, 'ready');
};
// A new client of a server that was killed: its channel may still hold a connection of the former life, on which
// nothing is ever answered. Who gets no answer asks again.
const back = async (name) => {
  for (let again = 0; ; again++) {
    const client = new MilvusClient({ ...root, timeout: 15000 });
    try {
      ok(await client.hasCollection({ collection_name: name }));
      await client.closeConnection();
      return new MilvusClient(root);
    } catch (error) {
      if (again === 4) throw error;
      await client.closeConnection();
    }
  }
};
const DIM = 8;
const vector = (seed) => Array.from({ length: DIM }, (_, i) => Math.sin(seed * 31 + i * 7));
const ok = (reply) => {
  const status = reply.status || reply;
  assert.equal(status.error_code, 'Success', JSON.stringify(status));
  return reply;
};

// Paragraphs of real text, each with the page that it stands on.
const passages = (count) => {
  const found = [];
  for (const file of fs.readdirSync(pages, { recursive: true }).filter((each) => each.endsWith('.md')).sort())
    for (const paragraph of fs.readFileSync(path.join(pages, file), 'utf8').split('\n\n')) {
      const text = paragraph.trim().replace(/\s+/g, ' ');
      if (text.length > 120 && !/^[|#`]/.test(text)) found.push({ text: text.slice(0, 2000), page: path.basename(file, '.md') });
    }
  assert.ok(found.length >= count);
  return found.slice(0, count);
};

const WORDS = 256;
// A hashed bag of words: an embedding that needs no model.
const embed = (text) => {
  const bag = new Array(WORDS).fill(0);
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) || []) {
    let hash = 7;
    for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) % 1000003;
    bag[hash % WORDS]++;
  }
  const length = Math.hypot(...bag) || 1;
  return bag.map((each) => each / length);
};

const stories = {
  async quickstart(client) {
    const name = 'node_quickstart';
    if ((await client.hasCollection({ collection_name: name })).value) await client.dropCollection({ collection_name: name });
    ok(await client.createCollection({
      collection_name: name,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
        { name: 'label', data_type: DataType.VarChar, max_length: 50 },
        { name: 'info', data_type: DataType.JSON },
      ],
      enable_dynamic_field: true,
    }));
    ok(await client.createIndex({
      collection_name: name, field_name: 'vector', index_type: IndexType.HNSW, metric_type: MetricType.L2,
      params: { M: 16, efConstruction: 100 },
    }));
    ok(await client.loadCollectionSync({ collection_name: name }));
    const rows = Array.from({ length: 100 }, (_, i) => ({
      id: i, vector: vector(i), label: `l${i % 5}`, info: { n: i }, extra: i * 2,
    }));
    const inserted = ok(await client.insert({ collection_name: name, data: rows }));
    assert.equal(Number(inserted.insert_cnt), 100);
    const found = ok(await client.search({
      collection_name: name, data: vector(42), limit: 3, output_fields: ['id', 'label', 'info', 'extra'],
    }));
    assert.equal(Number(found.results[0].id), 42);
    assert.equal(found.results[0].label, 'l2');
    assert.equal(Number(found.results[0].extra), 84);
    const rowsBack = ok(await client.query({
      collection_name: name, filter: 'info["n"] >= 95 and label in ["l0", "l1", "l2", "l3", "l4"]', output_fields: ['id', 'info'],
    }));
    assert.deepEqual(rowsBack.data.map((r) => Number(r.id)), [95, 96, 97, 98, 99]);
    ok(await client.delete({ collection_name: name, filter: 'id in [42]' }));
    const after = ok(await client.search({ collection_name: name, data: vector(42), limit: 3 }));
    assert.ok(!after.results.some((r) => Number(r.id) === 42));
    const upserted = ok(await client.upsert({ collection_name: name, data: [{ ...rows[1], label: 'changed' }] }));
    assert.equal(Number(upserted.upsert_cnt), 1);
    const got = ok(await client.get({ collection_name: name, ids: [1], output_fields: ['label'] }));
    assert.equal(got.data[0].label, 'changed');
    const count = ok(await client.count({ collection_name: name }));
    assert.equal(Number(count.data), 99);
    ok(await client.dropCollection({ collection_name: name }));
  },

  async describingAndListing(client) {
    const name = 'node_described';
    await client.dropCollection({ collection_name: name });
    ok(await client.createCollection({ collection_name: name, dimension: DIM }));
    const described = ok(await client.describeCollection({ collection_name: name }));
    assert.equal(described.schema.fields.length, 2);
    const listed = ok(await client.showCollections());
    assert.ok(listed.data.some((c) => c.name === name));
    ok(await client.createPartition({ collection_name: name, partition_name: 'p' }));
    const partitions = ok(await client.showPartitions({ collection_name: name }));
    assert.deepEqual([...partitions.partition_names].sort(), ['_default', 'p']);
    ok(await client.createAlias({ collection_name: name, alias: 'node_alias' }));
    ok(await client.dropAlias({ alias: 'node_alias' }));
    const version = ok(await client.getVersion());
    assert.ok(version.version.length > 0);
    const health = await client.checkHealth();
    assert.equal(health.isHealthy, true);
    ok(await client.flushSync({ collection_names: [name] }));
    ok(await client.releaseCollection({ collection_name: name }));
    ok(await client.dropCollection({ collection_name: name }));
  },

  async rightsAsAdministrationToolsShowThem(client) {
    await client.dropAllRoles();
    await client.deleteUser({ username: 'node_user' });
    ok(await client.createUser({ username: 'node_user', password: 'node-secret' }));
    const twice = await client.createUser({ username: 'node_user', password: 'node-secret' });
    assert.equal(twice.error_code, 'CreateCredentialFailure');
    assert.ok(ok(await client.listUsers()).usernames.includes('node_user'));
    ok(await client.createRole({ roleName: 'node_role' }));
    assert.equal((await client.hasRole({ roleName: 'node_role' })).hasRole, true);
    ok(await client.addUserToRole({ username: 'node_user', roleName: 'node_role' }));
    const user = ok(await client.describeUser({ username: 'node_user' }));
    assert.deepEqual(user.results[0].roles.map((r) => r.name), ['node_role']);
    const roles = ok(await client.listRoles());
    assert.deepEqual(roles.results.map((r) => r.role.name).sort(), ['admin', 'node_role', 'public']);
    assert.deepEqual(ok(await client.describeRole({ roleName: 'node_role' })).results[0].users, [{ name: 'node_user' }]);
    ok(await client.grantPrivilege({ roleName: 'node_role', object: 'Collection', objectName: '*', privilegeName: 'Search' }));
    const grants = ok(await client.listGrants({ roleName: 'node_role' }));
    assert.equal(grants.entities.length, 1);
    assert.equal(grants.entities[0].grantor.privilege.name, 'Search');
    assert.equal(grants.entities[0].db_name, 'default');
    ok(await client.createPrivilegeGroup({ group_name: 'node_group' }));
    ok(await client.addPrivilegesToGroup({ group_name: 'node_group', privileges: ['Query', 'Search'] }));
    const groups = ok(await client.listPrivilegeGroups());
    const own = groups.privilege_groups.find((g) => g.group_name === 'node_group');
    assert.deepEqual(own.privileges.map((p) => p.name), ['Query', 'Search']);
    ok(await client.grantPrivilegeV2({ role: 'node_role', privilege: 'node_group', collection_name: '*', db_name: 'default' }));
    ok(await client.revokePrivilegeV2({ role: 'node_role', privilege: 'node_group', collection_name: '*', db_name: 'default' }));
    ok(await client.dropPrivilegeGroup({ group_name: 'node_group' }));
    ok(await client.removeUserFromRole({ username: 'node_user', roleName: 'node_role' }));
    await client.dropAllRoles();
    assert.equal((await client.hasRole({ roleName: 'node_role' })).hasRole, false);
    ok(await client.deleteUser({ username: 'node_user' }));
  },

  async nodesAndTheirShares(client) {
    const names = ok(await client.listResourceGroups()).resource_groups;
    assert.deepEqual(names, ['__default_resource_group']);
    ok(await client.createResourceGroup({ resource_group: 'node_rg', config: { requests: { node_num: 0 }, limits: { node_num: 1 } } }));
    const about = ok(await client.describeResourceGroup({ resource_group: 'node_rg' })).resource_group;
    assert.equal(about.name, 'node_rg');
    assert.equal(about.config.limits.node_num, 1);
    ok(await client.updateResourceGroups({ resource_groups: { node_rg: { requests: { node_num: 0 }, limits: { node_num: 0 } } } }));
    ok(await client.dropResourceGroup({ resource_group: 'node_rg' }));
    const metrics = ok(await client.getMetric({ request: { metric_type: 'system_info' } }));
    assert.ok(metrics.response.nodes_info.length >= 4);
  },

  async aMissingCollectionIsToldApart(client) {
    const has = await client.hasCollection({ collection_name: 'never_was' });
    assert.equal(has.value, false);
    const reply = await client.describeCollection({ collection_name: 'never_was' });
    assert.equal(reply.status.error_code, 'CollectionNotExists');
  },

  async aLife(client) {
    const name = 'node_life';
    await client.dropCollection({ collection_name: name });
    ok(await client.createCollection({
      collection_name: name,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'text', data_type: DataType.VarChar, max_length: 8000 },
        { name: 'page', data_type: DataType.VarChar, max_length: 100 },
        { name: 'v', data_type: DataType.FloatVector, dim: WORDS },
      ],
      index_params: [{ field_name: 'v', index_type: IndexType.HNSW, metric_type: MetricType.COSINE, params: { M: 16, efConstruction: 100 } }],
      consistency_level: 'Strong',
    }));
    ok(await client.loadCollectionSync({ collection_name: name }));
    step('create');
    const rows = passages(200).map((each, id) => ({ id, ...each, v: embed(each.text) }));
    assert.equal(Number(ok(await client.insert({ collection_name: name, data: rows })).insert_cnt), 200);
    step('fill');
    const asked = embed('memory of the log');
    const alike = (row) => row.v.reduce((sum, each, i) => sum + each * asked[i], 0);
    const page = rows[100].page;
    const best = Math.max(...rows.filter((row) => row.page === page && row.id > 5).map(alike));
    const found = ok(await client.search({
      collection_name: name, data: asked, limit: 5, filter: `page == "${page}" and id > 5`, output_fields: ['page'],
    })).results;
    assert.ok(Math.abs(found[0].score - best) < 1e-4 && found.every((hit) => hit.page === page));
    step('search');
    const changed = { ...rows[7], text: 'sextants and stars', v: embed('sextants and stars') };
    ok(await client.upsert({ collection_name: name, data: [changed] }));
    assert.equal(ok(await client.search({ collection_name: name, data: changed.v, limit: 1, output_fields: ['text'] })).results[0].text, changed.text);
    step('change');
    assert.equal(Number(ok(await client.delete({ collection_name: name, filter: 'id < 5' })).delete_cnt), 5);
    step('delete');
    ok(await client.flushSync({ collection_names: [name] }));
    await killed();
    const again = await back(name);
    assert.equal(Number(ok(await again.count({ collection_name: name })).data), 195);
    const left = ok(await again.query({ collection_name: name, filter: 'id in [3, 7]', output_fields: ['text'] })).data;
    assert.deepEqual(left.map((row) => row.text), [changed.text]);
    step('restart');
    ok(await again.createUser({ username: 'node_stranger', password: 'node-secret' }));
    const theirs = new MilvusClient({ ...patient, username: 'node_stranger', password: 'node-secret' });
    await assert.rejects(theirs.search({ collection_name: name, data: asked, limit: 1 }), /permission deny/);
    await theirs.closeConnection();
    ok(await again.deleteUser({ username: 'node_stranger' }));
    step('refusal');
    ok(await again.dropCollection({ collection_name: name }));
    await again.closeConnection();
  },
};

// The life, which kills the server, stays the last one.
const { aLife, ...others } = stories;
const told = { ...others, ...require('./methods.js'), ...require('./bulk.js'), aLife };

// Connections behind the scenes fail while the server is dead; what matters of that is told by the stories.
process.on('unhandledRejection', (why) => console.error(String(why)));

(async () => {
  const client = new MilvusClient(root);
  let failed = 0;
  for (const [name, story] of Object.entries(told)) {
    try {
      await story(client);
      console.log(`PASS ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${String(error.stack || error).replace(/\n/g, ' | ').slice(0, 600)}`);
    }
  }
  await client.closeConnection();
  process.exit(failed ? 1 : 0);
})();
