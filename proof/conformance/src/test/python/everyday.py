"""What people do on their first days, in every form that the client offers."""
import threading
import time

from pymilvus import DataType, MilvusClient

from telling import DIM, URI, fresh, refused, story, vectors


@story
def quick_collections_with_every_kind_of_key(c):
    base = vectors(20, seed=51).tolist()
    for kind in ("int", "string"):
        for auto in (False, True):
            name = fresh(c, f"quick_{kind}_{auto}")
            more = {"max_length": 64} if kind == "string" else {}
            c.create_collection(name, dimension=DIM, id_type=kind, auto_id=auto, primary_field_name="key", vector_field_name="vec", metric_type="IP", **more)
            about = c.describe_collection(name)
            assert about["auto_id"] == auto and about["enable_dynamic_field"] and about["fields"][0]["is_primary"]
            assert about["fields"][0]["type"] == (DataType.INT64 if kind == "int" else DataType.VARCHAR)
            assert [f["name"] for f in about["fields"]] == ["key", "vec"] and about["fields"][1]["params"]["dim"] == DIM
            keys = [i if kind == "int" else f"k{i:02}" for i in range(20)]
            rows = [{"vec": base[i], "at": i} | ({} if auto else {"key": keys[i]}) for i in range(20)]
            given = c.insert(name, rows)["ids"]
            assert len(set(given)) == 20 and (auto or list(given) == keys)
            assert isinstance(given[0], int if kind == "int" else str)
            assert c.get(name, ids=[given[4]], output_fields=["at"])[0]["at"] == 4
            hit = c.search(name, [base[6]], limit=20, output_fields=["at", "vec"])[0]
            assert {h["key"] for h in hit} == set(given) and len(hit[0]["entity"]["vec"]) == DIM
            assert c.delete(name, ids=[given[4]])["delete_count"] == 1 and c.get(name, ids=[given[4]]) == []
            c.drop_collection(name)


@story
def what_is_there_is_told(c):
    name = fresh(c, "told")
    schema = c.create_schema(description="a told one")
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=32, description="the key")
    schema.add_field("n", DataType.INT64, nullable=True)
    schema.add_field("price", DataType.FLOAT, default_value=2.5)
    schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=7, max_length=9)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("s", DataType.SPARSE_FLOAT_VECTOR)
    c.create_collection(name, schema=schema, consistency_level="Session", properties={"collection.ttl.seconds": 3600})
    about = c.describe_collection(name)
    assert about["description"] == "a told one" and not about["enable_dynamic_field"] and about["num_partitions"] == 1
    assert about["properties"]["collection.ttl.seconds"] == "3600" and about["consistency_level_name"] == "Session"
    fields = {f["name"]: f for f in about["fields"]}
    assert fields["id"]["params"]["max_length"] == 32 and fields["id"]["description"] == "the key"
    assert fields["n"]["nullable"] and fields["tags"]["element_type"] == DataType.VARCHAR
    assert fields["tags"]["params"] == {"max_capacity": 7, "max_length": 9}
    assert abs(fields["price"]["default_value"].float_data - 2.5) < 1e-6
    assert about["created_timestamp"] > 0 and about["collection_id"] > 0
    c.alter_collection_properties(name, {"collection.ttl.seconds": 60, "mmap.enabled": True})
    properties = c.describe_collection(name)["properties"]
    assert properties["collection.ttl.seconds"] == "60" and properties["mmap.enabled"].lower() == "true"
    c.drop_collection_properties(name, ["collection.ttl.seconds"])
    assert "collection.ttl.seconds" not in c.describe_collection(name)["properties"]
    c.alter_collection_field(name, "id", {"max_length": 64})
    assert {f["name"]: f for f in c.describe_collection(name)["fields"]}["id"]["params"]["max_length"] == 64
    assert "NotLoad" in str(c.get_load_state(name)["state"]) and "NotExist" in str(c.get_load_state("told_never")["state"])
    index = c.prepare_index_params()
    index.add_index("v", index_name="vi", index_type="AUTOINDEX", metric_type="COSINE")
    index.add_index("s", index_name="si", index_type="SPARSE_INVERTED_INDEX", metric_type="IP", params={"drop_ratio_build": 0.2})
    index.add_index("n", index_name="ni", index_type="STL_SORT")
    index.add_index("id")
    c.create_index(name, index)
    c.create_index(name, index)  # the same again is no fault
    assert {"vi", "si", "ni"} <= set(c.list_indexes(name)) and c.list_indexes(name, "v") == ["vi"]
    assert c.describe_index(name, "vi")["index_type"] == "AUTOINDEX" and c.describe_index(name, "ni")["index_type"] == "STL_SORT"
    assert c.describe_index(name, "nowhere") is None
    c.load_collection(name)
    c.refresh_load(name)
    assert "Loaded" in str(c.get_load_state(name)["state"])
    assert c.get_server_version() and c.get_server_type() == "milvus"
    assert c.list_users() == ["root"] and c.describe_user("root")["user_name"] == "root"
    c.drop_index(name, "ni")
    assert "ni" not in c.list_indexes(name)
    c.drop_index(name, "ni")
    c.release_collection(name)
    c.drop_collection(name)
    c.drop_collection(name)  # once more is no fault


@story
def counts_flushes_and_compactions(c):
    name = fresh(c, "counted")
    c.create_collection(name, dimension=DIM)
    c.create_partition(name, "p")
    base = vectors(100, seed=52).tolist()
    c.insert(name, [{"id": i, "vector": base[i]} for i in range(100)])
    c.insert(name, [{"id": 200 + i, "vector": base[i]} for i in range(30)], partition_name="p")
    c.flush(name)
    assert int(c.get_collection_stats(name)["row_count"]) == 130
    assert int(c.get_partition_stats(name, "p")["row_count"]) == 30
    c.delete(name, ids=list(range(10)))
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 120
    assert c.query(name, filter="id >= 200", output_fields=["count(*)"])[0]["count(*)"] == 30
    assert c.query(name, output_fields=["count(*)"], partition_names=["p"])[0]["count(*)"] == 30
    assert str(c.get_compaction_state(c.compact(name))) == "Completed"  # there is nothing to compact
    whole = {s.segment_id for s in c.list_persistent_segments(name)}
    job = c.compact(name, target_size=1 << 20)
    while str(c.get_compaction_state(job)) != "Completed":
        time.sleep(0.05)
    plans = c.get_compaction_plans(job).plans
    assert whole <= {source for plan in plans for source in plan.sources}, plans
    assert {s.segment_id for s in c.list_persistent_segments(name)} <= {plan.target for plan in plans}
    assert all(s.is_sorted for s in c.list_persistent_segments(name))
    assert sum(s.num_rows for s in c.list_persistent_segments(name)) >= 120
    assert len(c.query(name, limit=7)) == 7 and len(c.query(name, limit=7, offset=118)) == 2
    c.truncate_collection(name)
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 0
    c.drop_collection(name)


@story
def a_field_is_added_while_clients_are_at_work(c):
    name = fresh(c, "grown")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    other = MilvusClient(uri=URI)
    other.insert(name, [{"id": 1, "v": [1, 0, 0, 0]}])
    c.add_collection_field(name, "late", DataType.INT64, nullable=True)
    other.insert(name, [{"id": 2, "v": [2, 0, 0, 0], "late": 7}])
    rows = {r["id"]: r["late"] for r in other.query(name, filter="id > 0", output_fields=["late"])}
    assert rows == {1: None, 2: 7}, rows
    assert [r["id"] for r in c.query(name, filter="late is null", output_fields=["id"])] == [1]
    refused(lambda: c.add_collection_field(name, "bare", DataType.INT64), "nullable")
    other.close()
    c.drop_collection(name)


@story
def what_is_written_is_read(c):
    """Whatever the level, the writer reads its own rows; a second client reads them at Strong."""
    name = fresh(c, "fresh_reads")
    c.create_collection(name, dimension=4, metric_type="L2", consistency_level="Bounded")
    other = MilvusClient(uri=URI)
    for i in range(30):
        c.upsert(name, [{"id": i, "vector": [i, 0, 0, 0], "n": i}])
        assert c.get(name, ids=[i], consistency_level="Session")[0]["n"] == i
        assert other.query(name, filter=f"n == {i}", consistency_level="Strong")[0]["id"] == i
        assert other.search(name, [[i, 0, 0, 0]], limit=1, consistency_level="Strong")[0][0]["id"] == i
        c.delete(name, ids=[i])
        assert c.query(name, filter=f"n == {i}", consistency_level="Session") == []
    for level in ("Strong", "Session", "Bounded", "Eventually"):
        c.search(name, [[1, 0, 0, 0]], limit=1, consistency_level=level)
    other.close()
    c.drop_collection(name)


@story
def many_clients_at_once(c):
    name = fresh(c, "crowd")
    c.create_collection(name, dimension=DIM)
    base = vectors(800, seed=53).tolist()
    trouble = []

    def one(at):
        try:
            mine = MilvusClient(uri=URI)
            for i in range(at, at + 100, 10):
                mine.insert(name, [{"id": k, "vector": base[k], "who": at} for k in range(i, i + 10)])
                assert mine.search(name, [base[i]], limit=1, consistency_level="Strong")[0][0]["id"] == i
            mine.close()
        except Exception as e:
            trouble.append(e)

    threads = [threading.Thread(target=one, args=(at,)) for at in range(0, 800, 100)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not trouble, trouble
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == 800
    c.drop_collection(name)


@story
def long_values_side_by_side(c):
    name = fresh(c, "long_values")
    c.create_collection(name, dimension=4)
    rows = [{"id": i, "vector": [i, 0, 0, 1], "text": chr(97 + i % 26) * 20000, "deep": {"list": list(range(3000))}} for i in range(50)]
    c.insert(name, rows)
    back = c.query(name, filter="id >= 0", output_fields=["text", "deep"], limit=100)
    assert [(r["text"], r["deep"]) for r in back] == [(r["text"], r["deep"]) for r in rows]
    assert [r["id"] for r in c.query(name, filter="deep['list'][7] == 7 and text like 'c%'", output_fields=["id"])] == [2, 28]
    refused(lambda: c.insert(name, [{"id": 99, "vector": [0, 0, 0, 1], "text": "x" * 70000}]), "exceeds max length", code=1100)
    c.drop_collection(name)


@story
def users_come_and_go(c):
    if "ann" in c.list_users():
        c.drop_user("ann")
    c.create_user("ann", "Passw0rd")
    assert c.list_users() == ["ann", "root"] and c.describe_user("ann")["user_name"] == "ann"
    for taken in ("ann", "root"):
        refused(lambda: c.create_user(taken, "Passw0rd"), "user already exists", code=1100)
    refused(lambda: c.update_password("ann", "wrong-one", "Passw1rd"), "old password not correct", code=1400)
    c.update_password("ann", "Passw0rd", "Passw1rd")
    refused(lambda: c.create_user("9ann", "Passw0rd"), "invalid username", code=1100)
    refused(lambda: c.create_user("bob", "short"), "password", code=1100)
    c.drop_user("ann")
    c.drop_user("ann")  # once more is no fault
    assert c.list_users() == ["root"]
    refused(lambda: c.drop_user("root"), "root user cannot be deleted", code=1401)
