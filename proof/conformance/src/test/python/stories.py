"""Stories told by the unmodified public Python client to a running server.

usage: stories.py URI [NAME ...]      prints one line a story: `PASS name` or `FAIL name: reason`

A story that needs the server to die prints `KILL` and waits for the harness to answer `ready` on standard input.
"""
import json
import math
import random
import sys
import time

import numpy as np
from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker, WeightedRanker

import asynchronous
import digits
import everyday
import geometries
import methods
import moments
import orm
import orders
import refusals
import rest
import scalar_indexes
import schema_changes
import snapshots
import structs
from telling import DIM, URI, fresh, killed, nearest, refused, run, story, vectors

@story
def quickstart(c):
    """The first page of everybody's tutorial."""
    name = fresh(c, "quickstart")
    c.create_collection(name, dimension=DIM)
    assert c.has_collection(name)
    assert name in c.list_collections()
    v = vectors(200)
    result = c.insert(name, [{"id": i, "vector": v[i].tolist(), "color": f"c{i % 7}", "n": i} for i in range(200)])
    assert result["insert_count"] == 200 and list(result["ids"])[:3] == [0, 1, 2]
    hits = c.search(name, [v[17].tolist()], limit=5, output_fields=["color", "n"])
    assert hits[0][0]["id"] == 17 and abs(hits[0][0]["distance"] - 1) < 1e-3, hits[0][0]
    assert hits[0][0]["entity"]["color"] == "c3" and hits[0][0]["entity"]["n"] == 17
    got = c.get(name, ids=[3, 1, 999])
    assert sorted(r["id"] for r in got) == [1, 3]
    rows = c.query(name, filter="color == 'c3' and n < 50", output_fields=["n"], limit=100)
    assert [r["n"] for r in rows] == [n for n in range(50) if n % 7 == 3]
    assert c.delete(name, ids=[17])["delete_count"] == 1
    hits = c.search(name, [v[17].tolist()], limit=5)
    assert 17 not in [h["id"] for h in hits[0]]
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 199
    c.drop_collection(name)
    assert not c.has_collection(name)


@story
def every_metric_equals_brute_force(c):
    base = vectors(3000, seed=2)
    for metric in ("L2", "IP", "COSINE"):
        for kind in ("FLAT", "HNSW", "AUTOINDEX"):
            name = fresh(c, f"metric_{metric}_{kind}")
            schema = c.create_schema()
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
            index = c.prepare_index_params()
            params = {"M": 16, "efConstruction": 200} if kind == "HNSW" else {}
            index.add_index("v", index_type=kind, metric_type=metric, params=params)
            c.create_collection(name, schema=schema, index_params=index)
            c.insert(name, [{"id": i, "v": base[i].tolist()} for i in range(len(base))])
            queries = vectors(10, seed=3)
            found = c.search(name, queries.tolist(), limit=10, search_params={"params": {"ef": 128}})
            agree = 0
            for q, hits in zip(queries, found):
                truth = nearest(base, q, metric, 10)
                agree += len({h["id"] for h in hits} & {i for i, _ in truth})
                scores = dict(truth)
                for h in hits:
                    if h["id"] in scores:
                        assert abs(h["distance"] - scores[h["id"]]) < 1e-3 * max(1, abs(scores[h["id"]]))
                ordered = [h["distance"] for h in hits]
                assert ordered == sorted(ordered, reverse=metric != "L2")
            assert agree >= (100 if kind == "FLAT" else 97), f"{metric} {kind}: {agree} of 100"
            c.drop_collection(name)


@story
def all_scalar_types_come_back_as_they_went(c):
    name = fresh(c, "types")
    schema = c.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("pk", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("b", DataType.BOOL)
    schema.add_field("i8", DataType.INT8)
    schema.add_field("i16", DataType.INT16)
    schema.add_field("i32", DataType.INT32)
    schema.add_field("i64", DataType.INT64)
    schema.add_field("f", DataType.FLOAT)
    schema.add_field("d", DataType.DOUBLE)
    schema.add_field("s", DataType.VARCHAR, max_length=200)
    schema.add_field("j", DataType.JSON)
    schema.add_field("ai", DataType.ARRAY, element_type=DataType.INT64, max_capacity=10)
    schema.add_field("as_", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=10, max_length=20)
    schema.add_field("nul", DataType.INT64, nullable=True)
    schema.add_field("def_", DataType.VARCHAR, max_length=20, default_value="dflt")
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    rows = []
    for i in range(50):
        row = dict(
            pk=f"k{i:03}", b=i % 2 == 0, i8=i - 25, i16=-i * 100, i32=i * 100000, i64=i * 10**15, f=i / 4, d=i / 3,
            s="äöü" * (i % 5), j={"a": i, "n": {"x": [i, i + 1]}, "t": "é"}, ai=list(range(i % 4)), as_=[f"e{i}"],
            v=[i, 0, 0, 1], dyn=f"d{i}",
        )
        if i % 3:
            row["nul"] = i
        else:
            row["nul"] = None
        if i % 4 == 0:
            row["def_"] = f"x{i}"
        rows.append(row)
    c.insert(name, rows)
    back = c.query(name, filter="pk >= 'k000'", output_fields=["*"], limit=100)
    assert len(back) == 50
    for i, r in enumerate(back):
        w = rows[i]
        for key in ("pk", "b", "i8", "i16", "i32", "i64", "s", "nul"):
            assert r[key] == w[key], (i, key, r[key], w[key])
        assert abs(r["f"] - w["f"]) < 1e-6 and r["d"] == w["d"]
        j = r["j"] if isinstance(r["j"], dict) else json.loads(r["j"])
        assert j == w["j"]
        assert list(r["ai"]) == w["ai"] and list(r["as_"]) == w["as_"]
        assert r["def_"] == w.get("def_", "dflt")
        assert r["dyn"] == w["dyn"]
        assert [float(x) for x in r["v"]] == [i, 0, 0, 1]
    c.drop_collection(name)


@story
def every_vector_type_is_stored_and_searched(c):
    rng = np.random.default_rng(5)
    n, dim = 400, 32
    base = rng.integers(-8, 8, size=(n, dim))
    cases = {
        "f16": (DataType.FLOAT16_VECTOR, lambda r: np.array(r, dtype=np.float16), "L2"),
        "i8": (DataType.INT8_VECTOR, lambda r: np.array(r, dtype=np.int8), "L2"),
    }
    try:
        import ml_dtypes

        cases["bf16"] = (DataType.BFLOAT16_VECTOR, lambda r: np.array(r, dtype=ml_dtypes.bfloat16), "L2")
    except ImportError:
        pass
    for label, (kind, convert, metric) in cases.items():
        name = fresh(c, "vt_" + label)
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", kind, dim=dim)
        index = c.prepare_index_params()
        index.add_index("v", index_type="HNSW", metric_type=metric, params={"M": 16, "efConstruction": 100})
        c.create_collection(name, schema=schema, index_params=index)
        c.insert(name, [{"id": i, "v": convert(base[i])} for i in range(n)])
        hits = c.search(name, [convert(base[7])], limit=3)[0]
        assert hits[0]["id"] == 7 and abs(hits[0]["distance"]) < 1e-3, (label, hits)
        truth = nearest(base, base[7], "L2", 3)
        assert [h["distance"] for h in hits] == [s for _, s in truth], (label, hits, truth)
        c.drop_collection(name)

    name = fresh(c, "vt_binary")
    bits = rng.integers(0, 2, size=(n, 64), dtype=np.uint8)
    packed = np.packbits(bits, axis=1)
    for metric in ("HAMMING", "JACCARD"):
        fresh(c, name)
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", DataType.BINARY_VECTOR, dim=64)
        index = c.prepare_index_params()
        index.add_index("v", index_type="BIN_FLAT", metric_type=metric)
        c.create_collection(name, schema=schema, index_params=index)
        c.insert(name, [{"id": i, "v": packed[i].tobytes()} for i in range(n)])
        hits = c.search(name, [packed[9].tobytes()], limit=10)[0]
        q = bits[9]
        if metric == "HAMMING":
            scores = (bits != q).sum(axis=1).astype(float)
        else:
            scores = 1 - (bits & q).sum(axis=1) / (bits | q).sum(axis=1)
        assert hits[0]["id"] == 9
        assert np.allclose([h["distance"] for h in hits], np.sort(scores)[:10], atol=1e-5), (metric, hits)
    c.drop_collection(name)

    name = fresh(c, "vt_sparse")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.SPARSE_FLOAT_VECTOR)
    index = c.prepare_index_params()
    index.add_index("v", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    c.create_collection(name, schema=schema, index_params=index)
    sparse = [{int(k): float(rng.random() + 0.1) for k in rng.choice(1000, size=20, replace=False)} for _ in range(n)]
    c.insert(name, [{"id": i, "v": sparse[i]} for i in range(n)])
    hits = c.search(name, [sparse[11]], limit=10)[0]
    truth = sorted(((sum(w * s.get(k, 0) for k, w in sparse[11].items()), i) for i, s in enumerate(sparse)), reverse=True)
    assert hits[0]["id"] == 11
    assert np.allclose([h["distance"] for h in hits], [s for s, _ in truth[:10]], rtol=1e-4)
    c.drop_collection(name)


FILTERS = [
    ("n > 100", lambda r: r["n"] > 100),
    ("n >= 10 and n < 20", lambda r: 10 <= r["n"] < 20),
    ("10 <= n < 20", lambda r: 10 <= r["n"] < 20),
    ("n in [1, 5, 7, 100000]", lambda r: r["n"] in (1, 5, 7)),
    ("n not in [1, 5, 7]", lambda r: r["n"] not in (1, 5, 7)),
    ("color == 'red'", lambda r: r["color"] == "red"),
    ("color != 'red' and not (n < 250)", lambda r: r["color"] != "red" and not r["n"] < 250),
    ("color like 're%'", lambda r: r["color"].startswith("re")),
    ("color like '%ee%'", lambda r: "ee" in r["color"]),
    ("color in ['red', \"blue\"]", lambda r: r["color"] in ("red", "blue")),
    ("n % 7 == 3", lambda r: r["n"] % 7 == 3),
    ("n + 5 > 290", lambda r: r["n"] + 5 > 290),
    ("x < 0.25 or x > 0.75", lambda r: r["x"] < 0.25 or r["x"] > 0.75),
    ("flag == true", lambda r: r["flag"]),
    ("opt is null", lambda r: r["opt"] is None),
    ("opt is not null and opt > 50", lambda r: r["opt"] is not None and r["opt"] > 50),
    ("not (opt > 50)", lambda r: r["opt"] is not None and not r["opt"] > 50),
    ("j['a'] > 100", lambda r: r["j"]["a"] > 100),
    ("j['b']['c'] == 'z3'", lambda r: r["j"]["b"]["c"] == "z3"),
    ("exists j['maybe']", lambda r: "maybe" in r["j"]),
    ("json_contains(j['list'], 3)", lambda r: 3 in r["j"]["list"]),
    ("array_contains(tags, 't1')", lambda r: "t1" in r["tags"]),
    ("array_contains_any(tags, ['t1', 't2'])", lambda r: bool({"t1", "t2"} & set(r["tags"]))),
    ("array_contains_all(tags, ['t1', 't2'])", lambda r: {"t1", "t2"} <= set(r["tags"])),
    ("array_length(tags) == 2", lambda r: len(r["tags"]) == 2),
    ("tags[0] == 't0'", lambda r: len(r["tags"]) > 0 and r["tags"][0] == "t0"),
    ("dyn == 4", lambda r: r["dyn"] == 4),
    ("$meta['dyn'] in [1, 2]", lambda r: r["dyn"] in (1, 2)),
    ("id in [3, 4, 5] || id == 290", lambda r: r["id"] in (3, 4, 5, 290)),
]


@story
def filters_mean_what_they_say(c):
    name = fresh(c, "filters")
    schema = c.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("n", DataType.INT32)
    schema.add_field("x", DataType.DOUBLE)
    schema.add_field("flag", DataType.BOOL)
    schema.add_field("color", DataType.VARCHAR, max_length=20)
    schema.add_field("opt", DataType.INT64, nullable=True)
    schema.add_field("j", DataType.JSON)
    schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=5, max_length=8)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    index = c.prepare_index_params()
    index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
    c.create_collection(name, schema=schema, index_params=index)
    rng = random.Random(7)
    base = vectors(300, seed=8)
    rows = []
    for i in range(300):
        rows.append(dict(
            id=i, n=i, x=rng.random(), flag=i % 3 == 0, color=rng.choice(["red", "green", "blue", "reed"]),
            opt=None if i % 5 == 0 else i % 100, j={"a": i, "b": {"c": f"z{i % 9}"}, "list": [i % 5, i % 7]}, dyn=i % 6,
            tags=[f"t{k}" for k in range(i % 4)], v=base[i].tolist()))
        if i % 10 == 0:
            rows[-1]["j"]["maybe"] = 1
    c.insert(name, rows)
    q = vectors(1, seed=9)[0]
    for text, truth in FILTERS:
        want = [r["id"] for r in rows if truth(r)]
        got = [r["id"] for r in c.query(name, filter=text, output_fields=["id"], limit=1000)]
        assert got == want, f"{text}: {len(got)} came, {len(want)} expected"
        hits = c.search(name, [q.tolist()], filter=text, limit=10, output_fields=["id"])[0]
        assert len(hits) == min(10, len(want)), f"search {text}: {len(hits)} of {min(10, len(want))}"
        assert {h["id"] for h in hits} <= set(want), text
    got = c.query(name, filter="n in {list} and x > {low}", filter_params={"list": [1, 2, 3, 4], "low": 0.0}, output_fields=["id"])
    assert [r["id"] for r in got] == [1, 2, 3, 4]
    refused(lambda: c.query(name, filter="n >"), "cannot parse expression", code=1100)
    refused(lambda: c.query(name, filter="nonsense_without_dynamic[["), "cannot parse expression", code=1100)
    refused(lambda: c.query(name, filter="color > 5"), "cannot parse expression", code=1100)
    c.drop_collection(name)


@story
def k_rows_come_whatever_the_filter_leaves(c):
    name = fresh(c, "selective")
    c.create_collection(name, dimension=DIM, metric_type="L2")
    base = vectors(6000, seed=10)
    for at in range(0, 6000, 2000):
        c.insert(name, [{"id": i, "vector": base[i].tolist(), "r": i % 1000} for i in range(at, at + 2000)])
    c.flush(name)
    for bound in (1, 2, 10, 50, 200, 500, 990):
        mask = np.array([i % 1000 < bound for i in range(6000)])
        for q in vectors(3, seed=bound):
            hits = c.search(name, [q.tolist()], filter=f"r < {bound}", limit=5, search_params={"params": {"ef": 64}})[0]
            truth = nearest(base, q, "L2", 5, mask)
            assert len(hits) == 5, f"{len(hits)} of 5 with r < {bound}"
            assert len({h["id"] for h in hits} & {i for i, _ in truth}) >= 4
    c.drop_collection(name)


@story
def range_offset_grouping_and_rounding(c):
    name = fresh(c, "ranges")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("doc", DataType.INT64)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    base = vectors(500, seed=11)
    c.insert(name, [{"id": i, "doc": i % 40, "v": base[i].tolist()} for i in range(500)])
    q = vectors(1, seed=12)[0]
    truth = nearest(base, q, "L2", 500)
    low, high = truth[20][1], truth[60][1]
    hits = c.search(name, [q.tolist()], limit=500, search_params={"params": {"radius": high, "range_filter": low}})[0]
    want = [i for i, s in truth if low <= np.float32(s) < high]
    assert abs(len(hits) - len(want)) <= 2, (len(hits), len(want))
    page = c.search(name, [q.tolist()], limit=10, offset=30)[0]
    assert [h["id"] for h in page] == [i for i, _ in truth[30:40]]
    groups = c.search(name, [q.tolist()], limit=8, group_by_field="doc", output_fields=["doc"])[0]
    docs = [h["entity"]["doc"] for h in groups]
    assert len(docs) == 8 and len(set(docs)) == 8
    best = {}
    for i, _ in truth:
        best.setdefault(i % 40, i)
    assert [h["id"] for h in groups] == list(best.values())[:8]
    refused(lambda: c.search(name, [q.tolist()], limit=20000), "is invalid, it should be in range [1, 16384]")
    refused(lambda: c.search(name, [[0.0] * 7], limit=5), "dimension")
    c.drop_collection(name)


@story
def several_vector_fields_and_hybrid_search(c):
    name = fresh(c, "hybrid")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("a", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("b", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("n", DataType.INT64)
    index = c.prepare_index_params()
    index.add_index("a", index_type="HNSW", metric_type="COSINE", params={"M": 16, "efConstruction": 100})
    index.add_index("b", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    c.create_collection(name, schema=schema, index_params=index)
    base = vectors(500, seed=13)
    rng = np.random.default_rng(14)
    sparse = [{int(k): float(rng.random()) for k in rng.choice(200, size=15, replace=False)} for _ in range(500)]
    c.insert(name, [{"id": i, "a": base[i].tolist(), "b": sparse[i], "n": i} for i in range(500)])
    dense = AnnSearchRequest([base[5].tolist()], "a", {"params": {"ef": 64}}, limit=20)
    spare = AnnSearchRequest([sparse[5]], "b", {}, limit=20)
    hits = c.hybrid_search(name, [dense, spare], RRFRanker(60), limit=5, output_fields=["n"])[0]
    assert hits[0]["id"] == 5 and abs(hits[0]["distance"] - 2 / 61) < 1e-4 and hits[0]["entity"]["n"] == 5
    hits = c.hybrid_search(name, [dense, spare], WeightedRanker(0.7, 0.3), limit=5)[0]
    assert hits[0]["id"] == 5 and len(hits) == 5
    filtered = AnnSearchRequest([base[5].tolist()], "a", {}, limit=20, expr="n > 100")
    hits = c.hybrid_search(name, [filtered, spare], RRFRanker(), limit=20)[0]
    assert len(hits) == 20
    refused(lambda: c.search(name, [base[0].tolist()], limit=3), "anns_field")
    c.drop_collection(name)


@story
def upserts_and_deletes_leave_one_truth(c):
    name = fresh(c, "changes")
    schema = c.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=50, nullable=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 40})
    c.create_collection(name, schema=schema, index_params=index)
    truth = {}
    rng = random.Random(15)
    for round_ in range(30):
        keys = [rng.randrange(200) for _ in range(20)]
        keys = list(dict.fromkeys(keys))
        what = rng.choice(["upsert", "upsert", "delete", "delete_filter"])
        if what == "upsert":
            rows = [{"id": k, "text": f"t{round_}", "v": [k, round_, 0, 0], "d": round_} for k in keys]
            assert c.upsert(name, rows)["upsert_count"] == len(keys)
            truth.update({k: round_ for k in keys})
        elif what == "delete":
            c.delete(name, ids=keys)
            for k in keys:
                truth.pop(k, None)
        else:
            bound = rng.randrange(30)
            gone = [k for k, r in truth.items() if r == bound]
            assert c.delete(name, filter=f"d == {bound}")["delete_count"] == len(gone)
            for k in gone:
                truth.pop(k)
        if round_ % 10 == 9:
            c.flush(name)
        got = {r["id"]: r["d"] for r in c.query(name, filter="id >= 0", output_fields=["d"], limit=1000)}
        assert got == truth, f"round {round_} {what}"
        assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == len(truth)
    one = next(iter(truth))
    c.upsert(name, [{"id": one, "text": "only the text"}], partial_update=True)
    row = c.get(name, ids=[one])[0]
    assert row["text"] == "only the text" and row["d"] == truth[one]
    refused(lambda: c.delete(name, filter=""), "")
    c.drop_collection(name)


@story
def generated_keys(c):
    name = fresh(c, "autoid")
    c.create_collection(name, dimension=4, auto_id=True)
    first = c.insert(name, [{"vector": [i, 0, 0, 1]} for i in range(10)])["ids"]
    second = c.insert(name, [{"vector": [i, 0, 0, 1]} for i in range(10)])["ids"]
    assert len(set(first) | set(second)) == 20 and min(second) > max(first)
    assert len(c.get(name, ids=list(first))) == 10
    refused(lambda: c.insert(name, [{"id": 5, "vector": [1, 2, 3, 4]}]), "auto")
    c.drop_collection(name)


@story
def partitions(c):
    name = fresh(c, "parts")
    c.create_collection(name, dimension=4, metric_type="L2")
    c.create_partition(name, "p1")
    c.create_partition(name, "p2")
    assert set(c.list_partitions(name)) == {"_default", "p1", "p2"}
    assert c.has_partition(name, "p1") and not c.has_partition(name, "nope")
    c.insert(name, [{"id": i, "vector": [i, 0, 0, 0]} for i in range(10)], partition_name="p1")
    c.insert(name, [{"id": i + 100, "vector": [i, 0, 0, 0]} for i in range(10)], partition_name="p2")
    hits = c.search(name, [[0, 0, 0, 0]], limit=20, partition_names=["p1"])[0]
    assert {h["id"] for h in hits} == set(range(10))
    assert len(c.query(name, filter="id >= 0", partition_names=["p2"], output_fields=["id"])) == 10
    refused(lambda: c.search(name, [[0, 0, 0, 0]], limit=2, partition_names=["nope"]), "partition")
    refused(lambda: c.insert(name, [{"id": 1, "vector": [1, 1, 1, 1]}], partition_name="nope"), "partition not found", code=200)
    c.release_partitions(name, ["p2"])
    c.drop_partition(name, "p2")
    assert not c.has_partition(name, "p2")
    assert len(c.query(name, filter="id >= 0", output_fields=["id"])) == 10
    c.drop_collection(name)

    name = fresh(c, "partkey")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("tenant", DataType.VARCHAR, max_length=20, is_partition_key=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    c.insert(name, [{"id": i, "tenant": f"t{i % 10}", "v": [i, 0, 0, 0]} for i in range(200)])
    hits = c.search(name, [[0, 0, 0, 0]], filter="tenant == 't3'", limit=50)[0]
    assert sorted(h["id"] for h in hits) == list(range(3, 200, 10))
    c.upsert(name, [{"id": 3, "tenant": "t4", "v": [0, 0, 0, 0]}])
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 200
    assert 3 in [r["id"] for r in c.query(name, filter="tenant == 't4'", output_fields=["id"])]
    c.drop_collection(name)


@story
def names_aliases_and_databases(c):
    name = fresh(c, "named")
    c.create_collection(name, dimension=4)
    c.insert(name, [{"id": 1, "vector": [1, 0, 0, 0]}])
    c.create_alias(name, "nick")
    assert c.describe_alias("nick")["collection_name"] == name
    assert "nick" in c.list_aliases(name)["aliases"]
    assert len(c.get("nick", ids=[1])) == 1
    other = fresh(c, "named2")
    c.create_collection(other, dimension=4)
    c.alter_alias(other, "nick")
    assert c.describe_alias("nick")["collection_name"] == other
    refused(lambda: c.drop_collection("nick"), "alias")
    c.drop_alias("nick")
    c.rename_collection(other, "named3")
    assert c.has_collection("named3") and not c.has_collection(other)
    refused(lambda: c.describe_collection("never_was"), "can't find collection", code=100)
    refused(lambda: c.create_collection("1abc", dimension=4), "invalid collection name")
    for gone in (name, "named3"):
        c.drop_collection(gone)

    if "shop" in c.list_databases():
        c.drop_database("shop")
    c.create_database("shop")
    assert "shop" in c.list_databases()
    inside = MilvusClient(uri=URI, db_name="shop")
    inside.create_collection("only_here", dimension=4)
    assert inside.list_collections() == ["only_here"] and "only_here" not in c.list_collections()
    refused(lambda: c.drop_database("shop"), "")
    inside.drop_collection("only_here")
    inside.close()
    c.drop_database("shop")
    assert "shop" not in c.list_databases()


@story
def indexes_load_and_release(c):
    name = fresh(c, "lifecycle")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("n", DataType.INT64)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    c.create_collection(name, schema=schema)
    assert c.list_indexes(name) == []
    refused(lambda: c.load_collection(name), "index")
    base = vectors(2000, seed=16)
    c.insert(name, [{"id": i, "n": i, "v": base[i].tolist()} for i in range(2000)])
    refused(lambda: c.search(name, [base[0].tolist()], limit=1), "not loaded", code=101)
    c.flush(name)
    index = c.prepare_index_params()
    index.add_index("v", index_type="HNSW", index_name="vi", metric_type="L2", params={"M": 16, "efConstruction": 100})
    c.create_index(name, index)
    described = c.describe_index(name, "vi")
    assert described["index_type"] == "HNSW" and described["metric_type"] == "L2" and described["field_name"] == "v"
    assert int(described["total_rows"]) == 2000 and int(described["pending_index_rows"]) == 0
    assert "NotLoad" in str(c.get_load_state(name)["state"])
    c.load_collection(name)
    assert "Loaded" in str(c.get_load_state(name)["state"])
    assert c.search(name, [base[3].tolist()], limit=1)[0][0]["id"] == 3
    refused(lambda: c.drop_index(name, "vi"), "loaded")
    c.release_collection(name)
    refused(lambda: c.search(name, [base[0].tolist()], limit=1), "not loaded", code=101)
    c.load_collection(name)
    assert c.search(name, [base[3].tolist()], limit=1)[0][0]["id"] == 3
    stats = c.get_collection_stats(name)
    assert int(stats["row_count"]) == 2000
    job = c.compact(name)
    for _ in range(100):
        if c.get_compaction_state(job) == "Completed":
            break
        time.sleep(0.05)
    assert c.get_compaction_state(job) == "Completed"
    c.release_collection(name)
    c.drop_index(name, "vi")
    refused(lambda: c.create_index(name, bad_index(c, index_type="WHAT", metric_type="L2")), "invalid")
    refused(lambda: c.create_index(name, bad_index(c, index_type="HNSW", metric_type="HAMMING")), "metric")
    c.drop_collection(name)


def bad_index(c, **settings):
    index = c.prepare_index_params()
    index.add_index("v", **settings)
    return index


@story
def iterators_see_every_row_once(c):
    name = fresh(c, "iterated")
    c.create_collection(name, dimension=DIM, metric_type="L2")
    base = vectors(2500, seed=17)
    c.insert(name, [{"id": i, "vector": base[i].tolist(), "n": i % 10} for i in range(2500)])
    seen = []
    it = c.query_iterator(name, batch_size=300, filter="n < 5", output_fields=["id", "n"])
    while True:
        page = it.next()
        if not page:
            it.close()
            break
        seen += [r["id"] for r in page]
        if len(seen) == 300:  # rows written now must not appear
            c.insert(name, [{"id": 9999, "vector": base[0].tolist(), "n": 1}])
    assert seen == [i for i in range(2500) if i % 10 < 5], len(seen)
    q = vectors(1, seed=18)[0]
    it = c.search_iterator(name, data=[q.tolist()], batch_size=200, limit=1000, output_fields=["n"])
    found = []
    while True:
        page = it.next()
        if not page:
            it.close()
            break
        found += [(h["id"], h["distance"]) for h in page]
    assert len(found) == 1000 and len({i for i, _ in found}) == 1000, len(found)
    scores = [s for _, s in found]
    assert all(a <= b + 1e-4 for a, b in zip(scores, scores[1:]))
    truth = {i for i, _ in nearest(base, q, "L2", 1000)}
    assert len(truth & {i for i, _ in found}) >= 990
    c.drop_collection(name)


@story
def search_by_stored_keys(c):
    name = fresh(c, "bykey")
    c.create_collection(name, dimension=DIM, metric_type="L2")
    base = vectors(100, seed=19)
    c.insert(name, [{"id": i, "vector": base[i].tolist()} for i in range(100)])
    try:
        found = c.search(name, ids=[4, 7], limit=3)
    except TypeError:
        return  # this client cannot ask
    assert found[0][0]["id"] == 4 and found[1][0]["id"] == 7
    c.drop_collection(name)


@story
def schema_refusals_name_the_rule(c):
    def make(**change):
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", DataType.FLOAT_VECTOR, dim=change.pop("dim", 4))
        for key, kind in change.items():
            schema.add_field(key, **kind)
        return lambda: c.create_collection("refused_schema", schema=schema)

    refused(make(dim=1), "dimension")
    refused(make(dim=40000), "dimension")
    refused(make(s=dict(datatype=DataType.VARCHAR, max_length=70000)), "length")
    name = fresh(c, "rowrules")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("s", DataType.VARCHAR, max_length=4)
    schema.add_field("i", DataType.INT8)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    good = {"id": 1, "s": "abcd", "i": 1, "v": [1, 2]}
    refused(lambda: c.insert(name, [good | {"s": "abcde"}]), "exceeds max length")
    refused(lambda: c.insert(name, [good | {"i": 300}]), "out of range")
    refused(lambda: c.insert(name, [good | {"v": [math.nan, 1]}]), "not a number")
    assert c.insert(name, [good])["insert_count"] == 1
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 1
    c.drop_collection(name)


@story
def a_killed_server_forgets_nothing(c):
    """kill -9 after acknowledged writes: every row, every delete and the load state are there again."""
    name = fresh(c, "survivor")
    c.create_collection(name, dimension=DIM, metric_type="L2")
    base = vectors(5000, seed=20)
    for at in range(0, 5000, 1000):
        c.insert(name, [{"id": i, "vector": base[i].tolist(), "n": i} for i in range(at, at + 1000)])
        if at == 2000:
            c.flush(name)
    c.delete(name, ids=list(range(0, 5000, 10)))
    c.upsert(name, [{"id": i, "vector": base[i].tolist(), "n": -i} for i in range(1, 5000, 10)])
    killed()
    c2 = MilvusClient(uri=URI)
    assert c2.query(name, output_fields=["count(*)"])[0]["count(*)"] == 4500
    rows = c2.query(name, filter="id >= 0", output_fields=["n"], limit=10000)
    want = {i: (-i if i % 10 == 1 else i) for i in range(5000) if i % 10}
    assert {r["id"]: r["n"] for r in rows} == want
    assert "Loaded" in str(c2.get_load_state(name)["state"])
    hits = c2.search(name, [base[10].tolist()], limit=5)[0]
    assert 10 not in [h["id"] for h in hits]
    assert c2.search(name, [base[11].tolist()], limit=1)[0][0]["id"] == 11
    c2.drop_collection(name)


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], client=lambda: MilvusClient(uri=URI)))
