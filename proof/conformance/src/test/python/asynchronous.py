"""The client for coroutines."""
import asyncio

from pymilvus import AnnSearchRequest, AsyncMilvusClient, DataType, MilvusClient, RRFRanker

from telling import DIM, URI, fresh, nearest, story, vectors


@story
def a_client_of_coroutines(c):
    name = fresh(c, "coroutines")
    asyncio.run(everything(name))


async def everything(name):
    client = AsyncMilvusClient(uri=URI)
    try:
        schema = MilvusClient.create_schema(enable_dynamic_field=True)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
        index = MilvusClient.prepare_index_params()
        index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 16, "efConstruction": 100})
        await client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
        base = vectors(1200, seed=41)
        rows = [{"id": i, "v": base[i].tolist(), "n": i % 7} for i in range(1200)]
        written = await asyncio.gather(*(client.insert(name, rows[at:at + 100]) for at in range(0, 1200, 100)))
        assert sum(w["insert_count"] for w in written) == 1200
        queries = vectors(20, seed=42)
        found = await asyncio.gather(*(
            client.search(name, [q.tolist()], limit=10, search_params={"params": {"ef": 128}}, output_fields=["n"]) for q in queries))
        right = sum(len({h["id"] for h in f[0]} & {i for i, _ in nearest(base, q, "L2", 10)}) for q, f in zip(queries, found))
        assert right >= 190, right
        assert [r["id"] for r in await client.query(name, filter="n == 3", output_fields=["id"], limit=3)] == [3, 10, 17]
        assert [r["id"] for r in await client.get(name, ids=[5])] == [5]
        both = [AnnSearchRequest([base[9].tolist()], "v", {"params": {"ef": 64}}, limit=10, expr=e) for e in ("n >= 0", "n == 2")]
        assert (await client.hybrid_search(name, both, RRFRanker(), limit=5))[0][0]["id"] == 9
        assert (await client.delete(name, ids=[1, 2]))["delete_count"] == 2
        assert (await client.upsert(name, [{"id": 3, "v": base[3].tolist(), "n": 100}]))["upsert_count"] == 1
        assert (await client.query(name, filter="n == 100", output_fields=["id"]))[0]["id"] == 3
        await client.create_partition(name, "side")
        assert "side" in await client.list_partitions(name)
        assert await client.has_collection(name) and name in await client.list_collections()
        await client.flush(name)
        assert (await client.get_collection_stats(name))["row_count"] >= 1198
        await client.release_collection(name)
        assert "NotLoad" in str((await client.get_load_state(name))["state"])
        await client.load_collection(name)
        assert (await client.query(name, output_fields=["count(*)"]))[0]["count(*)"] == 1198
        assert (await client.describe_index(name, "v"))["index_type"] == "HNSW"
        assert (await client.describe_collection(name))["collection_name"] == name
        await client.drop_collection(name)
        assert not await client.has_collection(name)
    finally:
        await client.close()
