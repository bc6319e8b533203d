"""Limits and traps, one sentence each: what breaks clients first when a server has it wrong."""
from pymilvus import AnnSearchRequest, DataType, RRFRanker

from telling import fresh, refused, story, vectors

DIM = 4


def simple(c, name, index_type="FLAT", metric="L2", rows=20, **fields):
    fresh(c, name)
    schema = c.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("n", DataType.INT64)
    for key, kind in fields.items():
        schema.add_field(key, **kind)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    index = c.prepare_index_params()
    index.add_index("v", index_type=index_type, metric_type=metric, params={"M": 8, "efConstruction": 40} if index_type == "HNSW" else {})
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    if rows:
        c.insert(name, [{"id": i, "n": i, "v": [i, 0, 0, 1]} for i in range(rows)])
    return name


@story
def limits_of_a_search(c):
    name = simple(c, "limits", "HNSW")
    q = [[1, 0, 0, 1]]
    refused(lambda: c.search(name, q, limit=20000), "topk [20000] is invalid, it should be in range [1, 16384], but got 20000", code=1100)
    refused(lambda: c.search(name, q, limit=0), "limit")
    refused(lambda: c.search(name, q, limit=-3), "limit")
    refused(lambda: c.search(name, q, limit=10000, offset=10000), "(offset+limit)", code=1100)
    refused(lambda: c.search(name, q, limit=10, offset=-1), "offset")
    refused(lambda: c.search(name, q * 16385, limit=1), "nq [16385] is invalid", code=1100)
    refused(lambda: c.search(name, q, limit=10, search_params={"params": {"ef": 5}}), "ef")
    refused(lambda: c.search(name, q, limit=3, search_params={"metric_type": "IP"}), "metric type not match", code=1100)
    refused(lambda: c.search(name, [[1, 2]], limit=3), "dimension mismatch", code=1100)
    refused(lambda: c.search(name, q, limit=3, anns_field="n"), "")
    refused(lambda: c.search(name, q, limit=3, anns_field="nowhere"), "nowhere")
    refused(lambda: c.search(name, q, limit=3, search_params={"params": {"radius": 1, "range_filter": 2}}), "range_filter", code=1100)
    refused(lambda: c.search(name, q, limit=3, partition_names=["nowhere"]), "partition name nowhere not found", code=1100)
    refused(lambda: c.search(name, q, limit=3, filter="v > 1"), "cannot parse expression", code=1100)
    refused(lambda: c.search(name, q, limit=3, group_by_field="n", group_size=11), "group size:11", code=1100)
    refused(lambda: c.search("limits_never", q, limit=3), "", code=100)
    assert len(c.search(name, q, limit=16384, search_params={"params": {"ef": 16384}})[0]) == 20
    assert len(c.search(name, q, limit=5, search_params={"params": {"ef": 64, "unheard_of": 1}})[0]) == 5
    part = AnnSearchRequest(q, "v", {}, limit=5)
    refused(lambda: c.hybrid_search(name, [part], RRFRanker(), limit=20000), "it should be in range [1, 16384]", code=1100)
    refused(lambda: c.hybrid_search(name, [part] * 1025, RRFRanker(), limit=5), "maximum of ann search requests is 1024", code=1100)
    c.drop_collection(name)


@story
def limits_of_a_query(c):
    name = simple(c, "limits_query")
    refused(lambda: c.query(name, filter=""), "empty expression should be used with limit", code=1100)
    refused(lambda: c.query(name, filter="n >= 0", limit=16385), "16384", code=1100)
    refused(lambda: c.query(name, filter="n >= 0", limit=16000, offset=1000), "(offset+limit)", code=1100)
    refused(lambda: c.query(name, filter="n >= 0", limit=0), "limit")
    refused(lambda: c.query(name, filter="n >= 0", limit=3, offset=-1), "offset")
    refused(lambda: c.query(name, output_fields=["count(*)"], limit=3), "count entities with pagination is not allowed", code=1100)
    refused(lambda: c.query(name, filter="not n"), "cannot parse expression", code=1100)
    assert len(c.query(name, filter="not n == 1")) == 19
    refused(lambda: c.query(name, filter="n == 1.5"), "cannot parse expression", code=1100)
    refused(lambda: c.query(name, filter="n And n"), "cannot parse expression", code=1100)
    refused(lambda: c.delete(name, filter="n >"), "cannot parse expression", code=1100)
    assert len(c.query(name, filter="n >= 0")) == 20 and len(c.query(name, filter="", limit=16384)) == 20
    assert c.query(name, filter="n == 77", output_fields=["*"]) == []
    c.drop_collection(name)


@story
def nothing_found_is_an_answer(c):
    name = simple(c, "nothing", rows=0)
    assert c.search(name, [[1, 0, 0, 1]] * 3, limit=5, output_fields=["*"]) == [[], [], []]
    assert c.query(name, filter="n > 0", output_fields=["*"]) == [] and c.get(name, ids=[1]) == []
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 0
    c.insert(name, [{"id": 1, "n": 1, "v": [1, 0, 0, 1]}])
    assert c.search(name, [[1, 0, 0, 1]] * 2, limit=5, filter="n > 5", output_fields=["n", "v"]) == [[], []]
    c.drop_collection(name)


@story
def keys_twice(c):
    name = simple(c, "twice", rows=0)
    c.insert(name, [{"id": 1, "n": 1, "v": [1, 0, 0, 1]}])
    c.insert(name, [{"id": 1, "n": 2, "v": [2, 0, 0, 1]}])
    assert [r["n"] for r in c.get(name, ids=[1], output_fields=["n"])] == [2]
    assert [(h["id"], h["distance"]) for h in c.search(name, [[1, 0, 0, 1]], limit=5)[0]] == [(1, 0)]
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 2
    assert c.delete(name, ids=[1, 1, 99])["delete_count"] == 2
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 0
    assert c.upsert(name, [{"id": 5, "n": 5, "v": [5, 0, 0, 1]}])["upsert_count"] == 1
    assert c.delete(name, filter="n == 5")["delete_count"] == 1
    c.drop_collection(name)


@story
def nulls_come_back_in_their_places(c):
    name = simple(
        c, "nulls", rows=0,
        i=dict(datatype=DataType.INT8, nullable=True), s=dict(datatype=DataType.VARCHAR, max_length=20, nullable=True),
        j=dict(datatype=DataType.JSON, nullable=True), b=dict(datatype=DataType.BOOL, nullable=True, default_value=True),
        a=dict(datatype=DataType.ARRAY, element_type=DataType.INT32, max_capacity=4, nullable=True))
    rows = []
    for k in range(40):
        row = {"id": k, "n": k, "v": [k, 0, 0, 1]}
        if k % 2:
            row |= {"i": k, "s": f"s{k}", "j": {"k": k}, "a": [k]}
        else:
            row |= {"i": None, "s": None, "j": None, "a": None}
        row |= {"b": False} if k % 3 == 0 else {"b": None}
        rows.append(row)
    c.insert(name, rows)
    want = {r["id"]: r | {"b": r["id"] % 3 != 0} for r in rows}
    for r in c.query(name, filter="id >= 0", output_fields=["i", "s", "j", "b", "a"]):
        assert {k: list(v) if k == "a" and v is not None else v for k, v in r.items()} == {k: want[r["id"]][k] for k in r}, r
    for h in c.search(name, [[0, 0, 0, 1]], limit=40, output_fields=["i", "s"])[0]:
        assert h["entity"]["i"] == want[h["id"]]["i"] and h["entity"]["s"] == want[h["id"]]["s"]
    assert [r["id"] for r in c.query(name, filter="i is null", output_fields=["id"])] == list(range(0, 40, 2))
    assert [r["id"] for r in c.query(name, filter="i > 30 or i IS NULL", output_fields=["id"]) if r["id"] % 2] == [31, 33, 35, 37, 39]
    c.drop_collection(name)


@story
def half_floats_take_floats(c):
    for kind in (DataType.FLOAT16_VECTOR, DataType.BFLOAT16_VECTOR):
        name = fresh(c, "halves")
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", kind, dim=DIM)
        index = c.prepare_index_params()
        index.add_index("v", index_type="FLAT", metric_type="L2")
        c.create_collection(name, schema=schema, index_params=index)
        c.insert(name, [{"id": i, "v": [float(i), 0.0, 0.0, 1.0]} for i in range(5)])
        assert [h["id"] for h in c.search(name, [[3.0, 0.0, 0.0, 1.0]], limit=1)[0]] == [3]
        c.drop_collection(name)


@story
def indexes_keep_their_rules(c):
    name = simple(c, "index_rules")
    again = c.prepare_index_params()
    again.add_index("v", index_name="v", index_type="FLAT", metric_type="L2")
    c.create_index(name, again)
    changed = c.prepare_index_params()
    changed.add_index("v", index_name="v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 40})
    refused(lambda: c.create_index(name, changed), "at most one distinct index is allowed per field", code=1100)
    other = c.prepare_index_params()
    other.add_index("v", index_name="second", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 40})
    refused(lambda: c.create_index(name, other), "creating multiple indexes on same field is not supported", code=1100)
    bad = c.prepare_index_params()
    bad.add_index("n", index_name="ni", index_type="HNSW", metric_type="L2")
    refused(lambda: c.create_index(name, bad), "")
    c.drop_index(name, "never_was")
    refused(lambda: c.drop_index(name, "v"), "loaded")
    c.release_collection(name)
    c.drop_index(name, "v")
    assert c.list_indexes(name) == []
    refused(lambda: c.load_collection(name), "index")
    c.drop_collection(name)


@story
def rows_that_do_not_fit(c):
    name = simple(c, "misfit", tag=dict(datatype=DataType.VARCHAR, max_length=6), rows=0)
    good = {"id": 1, "n": 1, "tag": "abc", "v": [1, 2, 3, 4]}
    refused(lambda: c.insert(name, [good | {"tag": "äöüß"}]), "exceeds max length")  # eight bytes, four letters
    refused(lambda: c.insert(name, [good | {"v": [1, 2]}]), "dim")
    for gone in ("n", "v", "id"):
        row = dict(good)
        row.pop(gone)
        try:
            c.insert(name, [row])
        except Exception as e:  # the client itself refuses some
            assert gone in str(e) or "missed" in str(e), e
        else:
            raise AssertionError(f"a row without {gone} was taken")
    refused(lambda: c.insert("misfit_never", [good]), "misfit_never", code=100)
    c.create_partition(name, "p")
    refused(lambda: c.insert(name, [good], partition_name="q"), "partition not found", code=200)
    refused(lambda: c.upsert(name, [good, good | {"n": 3}]), "duplicate")
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 0
    c.drop_collection(name)


@story
def group_hits_stand_together(c):
    name = simple(c, "grouped", rows=0)
    c.insert(name, [{"id": i, "n": i % 5, "v": [i, 0, 0, 1]} for i in range(50)])
    hits = c.search(name, [[0, 0, 0, 1]], limit=3, group_by_field="n", group_size=2, strict_group_size=True, output_fields=["n"])[0]
    assert [(h["id"], h["entity"]["n"]) for h in hits] == [(0, 0), (5, 0), (1, 1), (6, 1), (2, 2), (7, 2)], hits
    hits = c.search(name, [[0, 0, 0, 1]], limit=2, offset=1, group_by_field="n", output_fields=["n"])[0]
    assert [h["entity"]["n"] for h in hits] == [1, 2]
    hits = c.search(name, [[0, 0, 0, 1]], limit=5, round_decimal=1, search_params={"params": {"radius": 10.0, "range_filter": 1.0}})[0]
    assert [h["id"] for h in hits] == [1, 2, 3]
    c.drop_collection(name)


@story
def tenants_have_no_partitions_to_name(c):
    name = fresh(c, "tenants")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("who", DataType.INT64, is_partition_key=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    c.create_collection(name, schema=schema, num_partitions=8)
    assert len(c.list_partitions(name)) == 8
    refused(lambda: c.create_partition(name, "mine"), "partition key")
    refused(lambda: c.insert(name, [{"id": 1, "who": 1, "v": [1, 2, 3, 4]}], partition_name="_default_1"), "partition key")
    c.drop_collection(name)
    refused(lambda: c.create_collection("x" * 256, dimension=4), "must be less than 255 characters")
    for bad in ("has-dash", "ümlaut", "a b", ""):
        try:
            c.create_collection(bad, dimension=4)
        except Exception:
            continue
        raise AssertionError(f"the name {bad!r} was taken")
    c.create_database("limits_db") if "limits_db" not in c.list_databases() else None
    refused(lambda: c.create_database("limits_db"), "database already exist")
    c.drop_database("limits_db")
    refused(lambda: c.drop_database("default"), "default")
    refused(lambda: c.drop_alias("never_was"), "alias not found", code=1600)
    refused(lambda: c.describe_alias("never_was"), "alias not found", code=1600)
    refused(lambda: c.using_database("never_was_db") or c.list_collections(), "database not found", code=800)
    c.using_database("default")
