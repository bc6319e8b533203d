// What the client's BulkWriter writes below a root of the server is imported as it is: asked for over HTTP, and over gRPC.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { BulkWriter, DataType, HttpClient } = require('@zilliz/milvus2-sdk-node');

const [address, , root] = process.argv.slice(2);
const ok = (reply) => {
  const status = reply.status || reply;
  assert.equal(status.error_code, 'Success', JSON.stringify(status));
  return reply;
};
const pause = (millis) => new Promise((done) => setTimeout(done, millis));

const fields = [
  { name: 'id', data_type: DataType.Int64, is_primary_key: true, autoID: false },
  { name: 'bool', data_type: DataType.Bool },
  { name: 'int8', data_type: DataType.Int8 },
  { name: 'float', data_type: DataType.Float },
  { name: 'double', data_type: DataType.Double },
  { name: 'text', data_type: DataType.VarChar, max_length: 100 },
  { name: 'json', data_type: DataType.JSON },
  { name: 'ints', data_type: DataType.Array, element_type: DataType.Int32, max_capacity: 10 },
  { name: 'maybe', data_type: DataType.VarChar, max_length: 50, nullable: true },
  { name: 'v', data_type: DataType.FloatVector, dim: 8 },
];
const row = (i) => ({
  id: i, bool: i % 3 === 0, int8: i % 100, float: i / 4, double: i / 7, text: `text ${i}, "quoted" and ünïcödé`, json: { n: i, deep: [1, 'x'] },
  ints: Array.from({ length: i % 5 }, (_, at) => at), maybe: i % 4 ? `m${i}` : null, v: Array.from({ length: 8 }, (_, at) => i + at / 8), colour: `c${i % 5}`,
});

async function ended(http, jobId) {
  for (let tries = 0; tries < 600; tries++) {
    const { code, data } = await http.getImportJobProgress({ jobId });
    assert.equal(code, 0);
    if (data.state === 'Completed' || data.state === 'Failed') return data;
    await pause(50);
  }
  throw new Error('no end');
}

async function whatTheBulkWriterWritesIsImported(client) {
  const http = new HttpClient({ endpoint: `http://${address}`, username: 'root', password: 'Milvus-root' });
  for (const format of ['json', 'parquet']) {
    const name = `node_bulk_${format}`;
    await client.dropCollection({ collection_name: name });
    ok(await client.createCollection({
      collection_name: name, fields, enable_dynamic_field: true,
      index_params: [{ field_name: 'v', index_type: 'FLAT', metric_type: 'L2', params: {} }],
    }));
    const writer = new BulkWriter({ schema: { fields, enable_dynamic_field: true }, localPath: path.join(root, format), format, chunkSize: 20_000 });
    for (let i = 0; i < 200; i++) await writer.append(row(i));
    const files = await writer.close();
    assert.ok(files.length > 1, 'several chunks');
    const { code, data } = await http.createImportJobs({ collectionName: name, files });
    assert.equal(code, 0);
    const told = await ended(http, data.jobId);
    assert.equal(told.state, 'Completed', told.reason);
    assert.equal(told.importedRows, 200);
    assert.ok((await http.listImportJobs({ collectionName: name })).data.records.some((each) => each.jobId === data.jobId));
    ok(await client.loadCollectionSync({ collection_name: name }));
    const found = ok(await client.query({ collection_name: name, filter: 'id in [16, 17]', output_fields: ['*'] })).data;
    for (const each of found) {
      const { v, ints, json, ...wanted } = row(Number(each.id));
      for (const key of ['bool', 'int8', 'float', 'double', 'text', 'maybe']) assert.equal(each[key], wanted[key], `${format} ${key}`);
      assert.deepEqual(each.json, json);
      assert.deepEqual(Array.from(each.v), v);
      assert.deepEqual(Array.from(each.ints.data || each.ints), ints, `${format} ints`);
    }
    assert.equal(found.length, 2);
    const coloured = ok(await client.query({ collection_name: name, filter: 'colour == "c3"', output_fields: ['id'], limit: 200 })).data;
    assert.equal(coloured.length, 40);
    if (format === 'json') {
      const again = ok(await client.bulkInsert({ collection_name: name, files: files[0] }));
      for (let tries = 0; ; tries++) {
        const state = ok(await client.getImportState({ task: again.tasks[0] }));
        if (state.state === 'ImportCompleted') break;
        assert.ok(tries < 600 && state.state !== 'ImportFailed', JSON.stringify(state));
        await pause(50);
      }
      assert.ok(Number(ok(await client.count({ collection_name: name })).data) > 200);
    }
    fs.rmSync(path.join(root, format), { recursive: true });
    ok(await client.dropCollection({ collection_name: name }));
  }
}

module.exports = { whatTheBulkWriterWritesIsImported };
