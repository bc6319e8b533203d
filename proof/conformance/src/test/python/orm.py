"""The older, object-shaped half of the Python client: connections, Collection, Partition, utility."""
from pymilvus import Collection, CollectionSchema, DataType, FieldSchema, MilvusException, Partition, connections, db, utility

from telling import DIM, URI, nearest, refused, story, vectors


def schema(**more):
    return CollectionSchema(
        [
            FieldSchema("id", DataType.INT64, is_primary=True),
            FieldSchema("n", DataType.INT64),
            FieldSchema("word", DataType.VARCHAR, max_length=50),
            FieldSchema("v", DataType.FLOAT_VECTOR, dim=DIM),
        ],
        description="of the older kind",
        **more,
    )


def clear(name):
    if utility.has_collection(name):
        utility.drop_collection(name)
    return name


@story
def collections_as_objects(_):
    connections.connect("default", uri=URI)
    try:
        name = clear("orm_objects")
        made = Collection(name, schema(), consistency_level="Strong")
        assert utility.has_collection(name) and name in utility.list_collections()
        assert made.is_empty and made.num_entities == 0 and made.description == "of the older kind"
        assert made.primary_field.name == "id" and [f.name for f in made.schema.fields] == ["id", "n", "word", "v"]
        assert not made.has_index()
        base = vectors(1000, seed=31)
        result = made.insert([list(range(1000)), [i % 10 for i in range(1000)], [f"w{i}" for i in range(1000)], base.tolist()])
        assert result.insert_count == 1000 and result.primary_keys[:3] == [0, 1, 2] and result.timestamp > 0
        made.flush()
        assert made.num_entities == 1000
        made.create_index("v", {"index_type": "HNSW", "metric_type": "L2", "params": {"M": 16, "efConstruction": 100}})
        assert made.has_index() and made.index().params["index_type"] == "HNSW"
        assert utility.index_building_progress(name)["indexed_rows"] == 1000
        utility.wait_for_index_building_complete(name)
        assert str(utility.load_state(name)) == "NotLoad"
        made.load()
        assert str(utility.load_state(name)) == "Loaded" and utility.loading_progress(name)["loading_progress"] == "100%"
        q = vectors(1, seed=32)[0]
        hits = made.search([q.tolist()], "v", {"metric_type": "L2", "params": {"ef": 64}}, limit=5, expr="n < 5", output_fields=["word"])
        truth = nearest(base, q, "L2", 5, [i % 10 < 5 for i in range(1000)])
        assert hits[0].ids == [i for i, _ in truth], (hits[0].ids, truth)
        assert hits[0][0].entity.get("word") == f"w{truth[0][0]}"
        refused(lambda: made.search([q.tolist()], "v", {"metric_type": "IP"}, limit=5), "metric type not match")
        assert [r["id"] for r in made.query("n == 3", output_fields=["id"], limit=3)] == [3, 13, 23]
        assert made.delete("id in [3, 13]").delete_count == 2
        assert [r["id"] for r in made.query("n == 3", limit=1)] == [23]
        made.upsert([[23], [4], ["moved"], [base[23].tolist()]])
        assert made.query("id == 23", output_fields=["word", "n"])[0]["word"] == "moved"
        made.release()
        made.drop_index()
        assert made.indexes == []
        made.drop()
        assert not utility.has_collection(name)
    finally:
        connections.disconnect("default")


@story
def rows_partitions_and_iterators_as_objects(_):
    connections.connect("default", uri=URI)
    try:
        made = Collection(clear("orm_rows"), schema(enable_dynamic_field=True))
        made.create_index("v", {"index_type": "FLAT", "metric_type": "COSINE", "params": {}})
        left = made.create_partition("left")
        assert made.has_partition("left") and isinstance(left, Partition) and left.is_empty
        base = vectors(300, seed=33)
        rows = [{"id": i, "n": i, "word": "x", "v": base[i].tolist(), "more": i * 2} for i in range(300)]
        left.insert(rows[:100])
        made.insert(rows[100:])
        made.load()
        made.flush()
        assert left.num_entities == 100 and made.num_entities == 300
        assert len(left.query("id >= 0", limit=1000)) == 100
        assert made.query("more == 20", output_fields=["more"])[0]["more"] == 20
        assert made.query("", output_fields=["count(*)"])[0]["count(*)"] == 300
        pages, seen = made.query_iterator(batch_size=70, expr="id >= 0", output_fields=["id"]), []
        while page := pages.next():
            seen += [r["id"] for r in page]
        pages.close()
        assert seen == list(range(300))
        pages, found = made.search_iterator([base[0].tolist()], "v", {"metric_type": "COSINE"}, batch_size=50, limit=120), []
        while page := pages.next():
            found += page.ids()
        pages.close()
        assert found == [i for i, _ in nearest(base, base[0], "COSINE", 120)]
        left.release()
        left.drop()
        assert not made.has_partition("left") and len(made.query("id >= 0", limit=1000)) == 200
        made.drop()
    finally:
        connections.disconnect("default")


@story
def utilities_as_functions(_):
    connections.connect("default", uri=URI)
    try:
        name, moved = clear("orm_util"), clear("orm_moved")
        made = Collection(name, schema())
        utility.create_alias(name, "orm_alias")
        assert utility.list_aliases(name) == ["orm_alias"] and made.aliases == ["orm_alias"]
        assert Collection("orm_alias").schema == made.schema
        utility.drop_alias("orm_alias")
        utility.rename_collection(name, moved)
        assert utility.has_collection(moved) and not utility.has_collection(name)
        assert utility.get_server_version()
        assert utility.list_usernames() == ["root"]
        made = Collection(moved)
        made.create_index("v", {"index_type": "HNSW", "metric_type": "IP", "params": {"M": 8, "efConstruction": 40}}, index_name="by_v")
        assert [i.index_name for i in made.indexes] == ["by_v"] and utility.list_indexes(moved) == ["by_v"]
        made.set_properties({"collection.ttl.seconds": 100})
        assert made.describe()["properties"]["collection.ttl.seconds"] == "100"
        made.compact()
        made.wait_for_compaction_completed(timeout=60)
        assert str(made.get_compaction_state().state_name) == "Completed"
        db.create_database("orm_db")
        assert "orm_db" in db.list_database()
        db.using_database("orm_db")
        assert utility.list_collections() == []
        db.using_database("default")
        db.drop_database("orm_db")
        utility.drop_collection(moved)
        try:
            Collection("orm_never_made")
            raise AssertionError("a collection that is not there was opened")
        except MilvusException as e:
            assert "orm_never_made" in str(e)
    finally:
        connections.disconnect("default")
