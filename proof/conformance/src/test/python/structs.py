"""Arrays of structs: rows whose field holds several structs, each with vectors and scalars of its own."""
import json
import time
import urllib.request

import numpy as np
from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker
from pymilvus.client.embedding_list import EmbeddingList

from telling import DIM, URI, fresh, killed, refused, story, vectors

ROWS = 300
WORDS = ["red", "green", "blue", "white"]


def clips(row, base):
    """Row `row` has `row % 5` clips; no list at all where the row is 6 of 7."""
    if row % 7 == 6:
        return None
    return [{"v": base[row * 5 + i].tolist(), "n": row * 10 + i, "word": WORDS[(row + i) % 4]} for i in range(row % 5)]


def create(c, name, index="HNSW", metric="MAX_SIM_COSINE", nullable=True):
    schema = MilvusClient.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("plain", DataType.FLOAT_VECTOR, dim=DIM)
    clip = MilvusClient.create_struct_field_schema()
    clip.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    clip.add_field("n", DataType.INT64)
    clip.add_field("word", DataType.VARCHAR, max_length=20)
    schema.add_field(
        "clips", datatype=DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=clip, max_capacity=8, nullable=nullable)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("plain", index_type="FLAT", metric_type="L2")
    parameters = {"M": 16, "efConstruction": 100} if index == "HNSW" else {}
    indexes.add_index("clips[v]", index_type=index, metric_type=metric, params=parameters)
    c.create_collection(name, schema=schema, index_params=indexes, consistency_level="Strong")


def fill(c, name, rows=ROWS):
    base = vectors(rows * 5, seed=5)
    plain = vectors(rows, seed=6)
    data = [{"id": i, "plain": plain[i].tolist(), "clips": clips(i, base)} for i in range(rows)]
    assert c.insert(name, data)["insert_count"] == rows
    return {i: data[i]["clips"] for i in range(rows)}


def cosine(a, b):
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def by_lists(stored, query):
    """Rows by the sum, over the vectors of the query, of the best element."""
    scores = {i: sum(max(cosine(q, e["v"]) for e in all) for q in query) for i, all in stored.items() if all}
    return sorted(scores.items(), key=lambda each: (-each[1], each[0]))


def by_elements(stored, query, keep=lambda element: True):
    scores = [(i, at, cosine(query, e["v"])) for i, all in stored.items() for at, e in enumerate(all or []) if keep(e)]
    return sorted(scores, key=lambda each: (-each[2], each[0], each[1]))


def embeddings(query):
    found = EmbeddingList()
    for q in query:
        found.add(q)
    return found


def check(c, name, stored):
    """Everything that can be asked of them, held against the plain answer."""
    query = vectors(3, seed=77)
    hits = c.search(name, [embeddings(query)], anns_field="clips[v]", limit=10, output_fields=["clips"],
                    search_params={"metric_type": "MAX_SIM_COSINE"})[0]
    expected = by_lists(stored, query)[:10]
    assert [h["id"] for h in hits] == [i for i, _ in expected], (hits, expected)
    assert all(abs(h["distance"] - s) < 1e-4 for h, (_, s) in zip(hits, expected))
    for h in hits:
        assert [e["n"] for e in h["entity"]["clips"]] == [e["n"] for e in stored[h["id"]]], h
        assert np.allclose([e["v"] for e in h["entity"]["clips"]], [e["v"] for e in stored[h["id"]]])
    hits = c.search(name, [query[0].tolist()], anns_field="clips[v]", limit=15, output_fields=["clips[n]"])[0]
    expected = by_elements(stored, query[0])[:15]
    assert [(h["id"], h["offset"]) for h in hits] == [(i, at) for i, at, _ in expected], (hits, expected)
    assert all(abs(h["distance"] - s) < 1e-4 for h, (_, _, s) in zip(hits, expected))
    hits = c.search(name, [query[1].tolist()], anns_field="clips[v]", limit=12,
                    filter='id < 200 and element_filter(clips, $[word] == "red" and $[n] > 100)')[0]
    kept = by_elements({i: e for i, e in stored.items() if i < 200}, query[1], lambda e: e["word"] == "red" and e["n"] > 100)
    assert [(h["id"], h["offset"]) for h in hits] == [(i, at) for i, at, _ in kept[:12]], (hits, kept)
    hits = c.search(name, [query[0].tolist()], anns_field="clips[v]", limit=5, group_by_field="id")[0]
    best = list(dict.fromkeys(i for i, _, _ in by_elements(stored, query[0])))[:5]
    assert [h["id"] for h in hits] == best, (hits, best)

    red = 'id < 20 and element_filter(clips, $[word] == "red")'
    kept = {i: [at for at, e in enumerate(stored[i]) if e["word"] == "red"] for i in sorted(stored) if i < 20 and stored[i]}
    kept = {i: at for i, at in kept.items() if at}
    told = c.query(name, filter=red, output_fields=["id"], limit=1000)
    assert [(r["id"], r["offset"]) for r in told] == [(i, at) for i in kept for at in kept[i]], told
    request = urllib.request.Request(
        URI + "/v2/vectordb/entities/query", method="POST", headers={"content-type": "application/json"},
        data=json.dumps({"collectionName": name, "filter": red, "outputFields": ["id"], "limit": 1000}).encode())
    with urllib.request.urlopen(request) as answer:
        told = json.load(answer)["data"]
    assert {int(r["id"]): r["element_indices"] for r in told} == kept, told

    def ids(filter):
        return [r["id"] for r in c.query(name, filter=filter, output_fields=["id"], limit=1000)]

    def rows(holds):
        return [i for i in sorted(stored) if stored[i] is not None and holds(stored[i])]

    assert ids('match_any(clips, $[word] == "red")') == rows(lambda a: any(e["word"] == "red" for e in a))
    assert ids('match_all(clips, $[n] < 1000)') == rows(lambda a: all(e["n"] < 1000 for e in a))
    assert ids('match_least(clips, $[n] % 2 == 0, threshold=2)') == rows(lambda a: sum(e["n"] % 2 == 0 for e in a) >= 2)
    assert ids('match_most(clips, $[word] in ["red", "blue"], threshold=1)') == rows(
        lambda a: sum(e["word"] in ("red", "blue") for e in a) <= 1)
    assert ids('match_exact(clips, $[word] like "%e%", threshold=3)') == rows(lambda a: sum("e" in e["word"] for e in a) == 3)
    assert ids('not match_any(clips, $[word] == "red")') == rows(lambda a: not any(e["word"] == "red" for e in a))
    assert ids('array_contains(clips[n], 141)') == rows(lambda a: any(e["n"] == 141 for e in a))
    assert ids('array_length(clips) == 3') == rows(lambda a: len(a) == 3)
    assert ids('array_length(clips[n]) >= 4 and id < 50') == rows(lambda a: len(a) >= 4 and a[0]["n"] < 500)
    assert ids('clips[1][word] == "red"') == rows(lambda a: len(a) > 1 and a[1]["word"] == "red")
    assert ids('clips is null') == [i for i in sorted(stored) if stored[i] is None]
    assert ids('clips is not null and id < 3') == [i for i in sorted(stored) if stored[i] is not None and i < 3]
    for row in c.query(name, filter="id < 12", output_fields=["*"]):
        was = stored[row["id"]]
        if was is None:
            assert row["clips"] is None, row
        else:
            assert [(e["n"], e["word"]) for e in row["clips"]] == [(e["n"], e["word"]) for e in was], row


@story
def structs_are_searched_by_lists_and_by_elements_filtered_and_live_through_flush_kill_and_delete(c):
    name = fresh(c, "structs_story")
    create(c, name)
    told = c.describe_collection(name)
    clip = next(f for f in told["fields"] if f["name"] == "clips")
    assert sorted(f["name"] for f in clip["struct_fields"]) == ["n", "v", "word"], told
    stored = fill(c, name)
    check(c, name, stored)
    c.flush(name)
    check(c, name, stored)
    assert c.delete(name, filter='match_any(clips, $[n] == 121) or id in [17, 23]')["delete_count"] == 3
    for gone in (12, 17, 23):
        del stored[gone]
    row = {"id": 40, "plain": [0.5] * DIM, "clips": [{"v": [1.0] * DIM, "n": 7, "word": "red"}] * 8}
    assert c.upsert(name, [row])["upsert_count"] == 1
    stored[40] = row["clips"]
    check(c, name, stored)
    killed()
    for _ in range(100):
        try:
            c.load_collection(name)
            break
        except Exception:
            time.sleep(0.2)
    check(c, name, stored)


@story
def structs_are_refused_where_they_must_be(c):
    name = fresh(c, "structs_refused")
    create(c, name, nullable=False)
    base = vectors(10, seed=3)
    plain = base[0].tolist()
    full = [{"v": base[i % 10].tolist(), "n": i, "word": "x"} for i in range(9)]
    refused(lambda: c.insert(name, [{"id": 1, "plain": plain, "clips": full}]), "exceeds max capacity")
    assert c.insert(name, [{"id": 1, "plain": plain, "clips": full[:8]}, {"id": 2, "plain": plain, "clips": []}])["insert_count"] == 2
    c.upsert(name, [{"id": 1, "plain": plain}], partial_update=True)  # keeps the structs
    kept = c.query(name, filter="id == 1", output_fields=["clips"], consistency_level="Strong")
    assert [len(row["clips"]) for row in kept] == [8], kept
    query = embeddings(base[:2])
    within = {"params": {"radius": 0.1}}
    refused(lambda: c.search(name, [query], anns_field="clips[v]", search_params=within), "range search is not supported")
    refused(lambda: c.search(name, [query], anns_field="clips[v]", group_by_field="id"), "group by is not supported")
    refused(lambda: c.search(name, [plain], anns_field="clips[v]", group_by_field="plain"), "only group by primary key")
    only = "element_filter is only supported for element-level search"
    refused(lambda: c.search(name, [query], anns_field="clips[v]", filter="element_filter(clips, $[n] > 1)"), only)
    refused(lambda: c.search(name, [plain], anns_field="plain", filter="element_filter(clips, $[n] > 1)"), only)
    refused(lambda: c.query(name, filter="match_any(nothing, $[n] > 1)"), "struct field not found")
    refused(lambda: c.query(name, filter="match_any(clips, $[nothing] > 1)"), "struct field not found")
    refused(lambda: c.query(name, filter="not element_filter(clips, $[n] > 1)"), "element_filter")
    wrong = EmbeddingList()
    wrong.add(np.ones(DIM + 1, dtype=np.float32))
    refused(lambda: c.search(name, [wrong], anns_field="clips[v]"), "vector dimension mismatch")


@story
def a_struct_is_added_to_rows_that_were_there_before(c):
    name = fresh(c, "structs_added")
    schema = MilvusClient.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("plain", DataType.FLOAT_VECTOR, dim=DIM)
    index = MilvusClient.prepare_index_params()
    index.add_index("plain", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    base = vectors(20, seed=8)
    c.insert(name, [{"id": i, "plain": base[i].tolist()} for i in range(10)])
    c.flush(name)
    second = MilvusClient.create_struct_field_schema()
    second.add_field("w", DataType.INT8_VECTOR, dim=DIM)
    second.add_field("flag", DataType.BOOL)
    c.add_collection_struct_field(name, "second", second, max_capacity=3)
    body = {"collectionName": name, "schema": {"fieldName": "late", "dataType": "ArrayOfStruct", "nullable": True, "fields": [
        {"fieldName": "v", "dataType": "ArrayOfVector", "elementDataType": "FloatVector",
         "elementTypeParams": {"dim": str(DIM), "max_capacity": "4"}},
        {"fieldName": "n", "dataType": "Array", "elementDataType": "Int32", "elementTypeParams": {"max_capacity": "4"}}]}}
    post("collections/struct_fields/add", body)
    index = MilvusClient.prepare_index_params()
    index.add_index("late[v]", index_type="AUTOINDEX")
    index.add_index("second[w]", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 40})
    c.create_index(name, index)
    rows = [{"id": 10 + i, "plain": base[i].tolist(), "late": [{"v": base[i].tolist(), "n": i}]} for i in range(5)]
    MilvusClient(uri=URI).insert(name, rows)
    told = post("collections/describe", {"collectionName": name})["data"]
    assert [f["name"] for s in told["structFields"] for f in s["fields"]] == ["w", "flag", "v", "n"], told
    small = np.arange(DIM, dtype=np.int8)
    client = MilvusClient(uri=URI)
    client.insert(name, [{"id": 30, "plain": base[0].tolist(), "second": [{"w": small, "flag": True}, {"w": small + 1, "flag": False}]}])
    hits = client.search(name, [small + 1], anns_field="second[w]", limit=2, output_fields=["second"])[0]
    assert [(h["id"], h["offset"], h["distance"]) for h in hits] == [(30, 1, 0.0), (30, 0, float(DIM))], hits
    assert [e["flag"] for e in hits[0]["entity"]["second"]] == [True, False], hits
    client.delete(name, ids=[30])
    c.refresh_load(name)
    hits = c.search(name, [base[3].tolist()], anns_field="late[v]", limit=3, output_fields=["late"])[0]
    assert hits[0]["id"] == 13 and hits[0]["offset"] == 0 and hits[0]["entity"]["late"][0]["n"] == 3, hits
    assert len(c.query(name, filter="late is null", output_fields=["id"])) == 10
    found = post("entities/search", {
        "collectionName": name, "annsField": "late[v]", "limit": 2, "outputFields": ["late"],
        "data": [[base[2].tolist(), base[1].tolist()]]})["data"]
    assert {f["id"] for f in found} <= {10, 11, 12, 13, 14} and found[0]["late"][0]["n"] in (1, 2), found
    post("entities/insert", {"collectionName": name, "data": [
        {"id": 20, "plain": base[0].tolist(), "late": [{"v": base[7].tolist(), "n": 7}, {"v": base[8].tolist(), "n": 8}]},
        {"id": 21, "plain": base[0].tolist(), "late": None}, {"id": 22, "plain": base[0].tolist(), "late": []}]})
    found = post("entities/query", {"collectionName": name, "filter": "id >= 20", "outputFields": ["late"]})["data"]
    assert [[e["n"] for e in f["late"]] if f["late"] is not None else None for f in found] == [[7, 8], None, []], found


def post(route, body):
    request = urllib.request.Request(
        URI + "/v2/vectordb/" + route, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        told = json.loads(answer.read())
    assert told["code"] == 0, told
    return told


@story
def elements_are_iterated_and_fused(c):
    name = fresh(c, "structs_fused")
    create(c, name, index="AUTOINDEX", metric="COSINE")
    stored = fill(c, name, rows=60)
    query = vectors(2, seed=9)
    expected = [(i, at) for i, at, _ in by_elements(stored, query[0])]
    seen = []
    pages = c.search_iterator(name, data=[query[0].tolist()], anns_field="clips[v]", batch_size=7, limit=50,
                              search_params={"metric_type": "COSINE"}, output_fields=["id"])
    while page := pages.next():
        seen += [(h["id"], h["offset"]) for h in page]
    pages.close()
    assert seen == expected[:50], (seen[:10], expected[:10])
    parts = [AnnSearchRequest([q.tolist()], "clips[v]", {"metric_type": "COSINE"}, limit=20) for q in query]
    hits = c.hybrid_search(name, parts, RRFRanker(), limit=5)[0]
    assert len({(h["id"], h["offset"]) for h in hits}) == 5, hits
    scope = {"metric_type": "COSINE", "params": {"element_scope": {"collapse": {"strategy": "topk_sum", "topk": 2}}}}
    parts = [AnnSearchRequest([query[0].tolist()], "clips[v]", scope, limit=20),
             AnnSearchRequest([query[1].tolist()], "plain", {"metric_type": "L2"}, limit=20)]
    hits = c.hybrid_search(name, parts, RRFRanker(), limit=5)[0]
    assert len({h["id"] for h in hits}) == 5, hits
