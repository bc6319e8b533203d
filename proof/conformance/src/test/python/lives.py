"""A client's whole life on real text, in each form that the Python client has: clients, objects, coroutines.

usage: lives.py URI      prints one line a story, and a line a step; `KILL` asks for the server's death
The server's root has the password `Milvus-root`. Runs with every version of the client that a user may still have.
"""
import asyncio
import sys

import grpc
import pymilvus
from pymilvus import AsyncMilvusClient, Collection, CollectionSchema, DataType, FieldSchema, MilvusClient, connections, utility

from passages import DIM, ROOT, embed, passages, stranger
from telling import URI, fresh, killed, refused, run, step, story

COUNT = 200
TEXTS = passages(COUNT)
ROWS = [{"id": i, "text": text, "page": page, "words": words, "v": embed(text)} for i, (text, page, words) in enumerate(TEXTS)]
CHANGED = ROWS[7] | {"text": "sextants and stars", "page": "new", "words": 3, "v": embed("sextants and stars")}
PAGE = TEXTS[100][1]
FEW = f'page == "{PAGE}" and words > 5'
HNSW = {"index_type": "HNSW", "metric_type": "COSINE", "params": {"M": 16, "efConstruction": 100}}


def among(passes):
    """The id of the best of those rows for the words that are searched for."""
    asked = embed("memory of the log")
    return max((r for r in ROWS if passes(r)), key=lambda r: sum(a * b for a, b in zip(r["v"], asked)))["id"], asked


BEST, ASKED = among(lambda r: r["page"] == PAGE and r["words"] > 5)


def schema_of(c):
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=8000)
    schema.add_field("page", DataType.VARCHAR, max_length=100)
    schema.add_field("words", DataType.INT32)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    index = c.prepare_index_params()
    index.add_index("v", **HNSW)
    return schema, index


def score(hit, best):
    return abs(hit["distance"] - sum(a * b for a, b in zip(ROWS[best]["v"], ASKED))) < 1e-4


@story
def a_life_with_clients():
    who = f"pymilvus {pymilvus.__version__}, MilvusClient"
    c = MilvusClient(uri=URI, token=ROOT)
    name = fresh(c, "life_of_clients")
    schema, index = schema_of(c)
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    step(who, "create")
    assert c.insert(name, ROWS)["insert_count"] == COUNT
    step(who, "fill")
    hits = c.search(name, [ASKED], limit=5, filter=FEW, output_fields=["page"])[0]
    assert score(hits[0], BEST) and all(h["entity"]["page"] == PAGE for h in hits)
    step(who, "search")
    c.upsert(name, [CHANGED])
    assert c.search(name, [CHANGED["v"]], limit=1, output_fields=["text"])[0][0]["entity"]["text"] == CHANGED["text"]
    step(who, "change")
    assert c.delete(name, filter='words > 5 and id < 5')["delete_count"] == 5
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == COUNT - 5
    step(who, "delete")
    c.flush(name)
    c.close()
    killed()
    c = MilvusClient(uri=URI, token=ROOT)
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == COUNT - 5
    assert c.get(name, ids=[7], output_fields=["text"])[0]["text"] == CHANGED["text"] and c.get(name, ids=[3]) == []
    step(who, "restart")
    theirs = MilvusClient(uri=URI, token=stranger())
    refused(lambda: theirs.search(name, [ASKED], limit=1), "permission deny")
    refused(lambda: theirs.delete(name, ids=[9]), "permission deny")
    theirs.close()
    step(who, "refusal")
    c.drop_collection(name)
    c.close()


@story
def a_life_with_objects():
    who = f"pymilvus {pymilvus.__version__}, ORM"
    user, password = ROOT.split(":")
    connections.connect("default", uri=URI, user=user, password=password)
    name = "life_of_objects"
    if utility.has_collection(name):
        utility.drop_collection(name)
    made = Collection(name, CollectionSchema([
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("text", DataType.VARCHAR, max_length=8000),
        FieldSchema("page", DataType.VARCHAR, max_length=100),
        FieldSchema("words", DataType.INT32),
        FieldSchema("v", DataType.FLOAT_VECTOR, dim=DIM)]), consistency_level="Strong")
    made.create_index("v", HNSW)
    made.load()
    step(who, "create")
    assert made.insert([[r[field] for r in ROWS] for field in ("id", "text", "page", "words", "v")]).insert_count == COUNT
    step(who, "fill")
    search = lambda vector, **more: made.search([vector], "v", {"metric_type": "COSINE", "params": {"ef": 64}}, limit=5, **more)[0]
    hits = search(ASKED, expr=FEW, output_fields=["page"])
    assert score({"distance": hits[0].distance}, BEST) and all(h.entity.get("page") == PAGE for h in hits)
    step(who, "search")
    made.upsert([CHANGED])
    assert search(CHANGED["v"])[0].id == 7
    step(who, "change")
    assert made.delete("id in [0, 1, 2, 3, 4]").delete_count == 5
    step(who, "delete")
    made.flush()
    connections.disconnect("default")
    killed()
    connections.connect("default", uri=URI, user=user, password=password)
    made = Collection(name)
    assert made.query("", output_fields=["count(*)"])[0]["count(*)"] == COUNT - 5
    assert made.query("id in [3, 7]", output_fields=["text"]) == [{"id": 7, "text": CHANGED["text"]}]
    step(who, "restart")
    user, password = stranger().split(":")
    connections.connect("stranger", uri=URI, user=user, password=password)
    refused(lambda: utility.drop_collection(name, using="stranger"), "permission deny")
    refused(lambda: Collection(name, using="stranger").query("id == 9"), "permission deny")
    step(who, "refusal")
    connections.disconnect("stranger")
    made.drop()
    connections.disconnect("default")


@story
def a_life_with_coroutines():
    asyncio.run(coroutines(f"pymilvus {pymilvus.__version__}, AsyncMilvusClient"))


async def coroutines(who):
    name = "life_of_coroutines"
    plain = MilvusClient(uri=URI, token=ROOT)
    fresh(plain, name)
    plain.close()
    c = AsyncMilvusClient(uri=URI, token=ROOT)
    schema, index = schema_of(MilvusClient)
    await c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    step(who, "create")
    written = await asyncio.gather(*(c.insert(name, ROWS[at:at + 50]) for at in range(0, COUNT, 50)))
    assert sum(w["insert_count"] for w in written) == COUNT
    step(who, "fill")
    hits = (await c.search(name, [ASKED], limit=5, filter=FEW, output_fields=["page"]))[0]
    assert score(hits[0], BEST) and all(h["entity"]["page"] == PAGE for h in hits)
    step(who, "search")
    await c.upsert(name, [CHANGED])
    assert (await c.search(name, [CHANGED["v"]], limit=1))[0][0]["id"] == 7
    step(who, "change")
    assert (await c.delete(name, ids=[0, 1, 2, 3, 4]))["delete_count"] == 5
    step(who, "delete")
    await c.close()
    killed()
    c = AsyncMilvusClient(uri=URI, token=ROOT)
    assert len(await c.query(name, filter="id >= 0", output_fields=["id"], limit=1000)) == COUNT - 5
    assert [r["text"] for r in await c.get(name, ids=[3, 7], output_fields=["text"])] == [CHANGED["text"]]
    step(who, "restart")
    theirs = AsyncMilvusClient(uri=URI, token=stranger())
    try:
        await theirs.search(name, [ASKED], limit=1)
        raise AssertionError("somebody without a right has searched")
    except (pymilvus.MilvusException, grpc.RpcError) as e:  # coroutines hand on what the wire says
        assert "permission deny" in str(e).lower(), e
    await theirs.close()
    step(who, "refusal")
    await c.drop_collection(name)
    await c.close()


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], version=f"pymilvus {pymilvus.__version__}"))
