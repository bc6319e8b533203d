"""Stories of snapshots: what they hold, what becomes of them, what is refused."""
import time

from pymilvus import DataType, MilvusClient

from telling import DIM, URI, fresh, killed, nearest, refused, story, vectors


def filled(c, name, count=500):
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("n", DataType.INT64)
    index = c.prepare_index_params()
    index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 16, "efConstruction": 100})
    c.create_collection(fresh(c, name), schema=schema, index_params=index, consistency_level="Strong")
    insert(c, name, 0, count)
    return name


def insert(c, name, start, end):
    base = vectors(end, seed=41)
    c.insert(name, [{"id": i, "v": base[i].tolist(), "n": i * 2} for i in range(start, end)])


def count(c, name):
    return c.query(name, output_fields=["count(*)"])[0]["count(*)"]


def restored(c, snapshot, source, target, **more):
    job = c.restore_snapshot(snapshot_name=snapshot, target_collection_name=target, source_collection_name=source, **more)
    for _ in range(600):
        state = c.get_restore_snapshot_state(job)
        if "Completed" in state.state or "Failed" in state.state:
            break
        time.sleep(0.05)
    assert "Completed" in state.state and state.progress == 100, state
    assert state.snapshot_name == snapshot and state.collection_name == target
    return job


@story
def a_snapshot_becomes_a_collection(c):
    name = filled(c, "snap_source")
    c.create_partition(name, "later")
    c.delete(name, ids=[3, 4])
    c.flush(name)
    c.create_snapshot(snapshot_name="monday", collection_name=name, description="before the change")
    c.delete(name, ids=list(range(100)))
    insert(c, name, 500, 700)
    assert c.list_snapshots(collection_name=name) == ["monday"]
    info = c.describe_snapshot(snapshot_name="monday", collection_name=name)
    assert info.name == "monday" and info.description == "before the change" and info.collection_name == name
    assert sorted(info.partition_names) == ["_default", "later"] and info.create_ts > 0

    target = fresh(c, "snap_target")
    job = restored(c, "monday", name, target)
    assert c.has_collection(target) and c.list_indexes(target) == c.list_indexes(name)
    assert sorted(c.list_partitions(target)) == ["_default", "later"]
    assert [j.job_id for j in c.list_restore_snapshot_jobs(collection_name=target)][0] == job
    c.load_collection(target)
    assert count(c, target) == 498 and count(c, name) == 600
    base = vectors(500, seed=41)
    mask = [i not in (3, 4) for i in range(500)]
    hits = c.search(target, [base[9].tolist()], limit=10, output_fields=["n"], search_params={"params": {"ef": 200}})[0]
    truth = nearest(base, base[9], "L2", 10, mask)
    assert [h["id"] for h in hits] == [i for i, _ in truth] and hits[0]["entity"]["n"] == 18
    c.delete(target, ids=[9])
    assert c.get(name, ids=[109]) and not c.get(target, ids=[9])
    c.drop_collection(name)
    assert count(c, target) == 497, "a copy does not need its source"
    c.drop_collection(target)


@story
def snapshots_survive_kill_9_and_compaction(c):
    name = filled(c, "snap_killed")
    c.create_snapshot(snapshot_name="s1", collection_name=name, compaction_protection_seconds=1)
    c.delete(name, ids=list(range(250)))
    c.flush(name)
    c.create_snapshot(snapshot_name="s2", collection_name=name)
    killed()
    c = MilvusClient(uri=URI)
    c.compact(name, is_clustering=False)
    insert(c, name, 500, 600)
    assert c.list_snapshots(collection_name=name) == ["s1", "s2"]
    for snapshot, rows in (("s1", 500), ("s2", 250)):
        target = fresh(c, f"snap_{snapshot}")
        restored(c, snapshot, name, target)
        c.load_collection(target)
        assert count(c, target) == rows
        c.drop_collection(target)
    c.drop_collection(name)


@story
def snapshots_go_into_other_databases(c):
    name = filled(c, "snap_here", 50)
    c.create_snapshot(snapshot_name="s", collection_name=name)
    if "snap_db" not in c.list_databases():
        c.create_database("snap_db")
    there = MilvusClient(uri=URI, db_name="snap_db")
    target = fresh(there, "snap_there")
    restored(c, "s", name, target, target_db_name="snap_db")
    there.load_collection(target)
    assert count(there, target) == 50 and not c.has_collection(target)
    assert [j.db_name for j in there.list_restore_snapshot_jobs(db_name="snap_db")][:1] == ["snap_db"]
    there.drop_collection(target)
    c.drop_database("snap_db")
    c.drop_collection(name)


@story
def what_snapshots_refuse(c):
    name = filled(c, "snap_refuses", 20)
    c.create_snapshot(snapshot_name="s", collection_name=name)
    refused(lambda: c.create_snapshot(snapshot_name="s", collection_name=name), "snapshot name s already exists", 1100)
    refused(lambda: c.create_snapshot(snapshot_name="1s", collection_name=name), "snapshot name", 1100)
    refused(lambda: c.create_snapshot(snapshot_name="s", collection_name="nowhere"), "not found", 100)
    refused(lambda: c.create_snapshot(snapshot_name="t", collection_name=name, compaction_protection_seconds=604801),
            "must not exceed 604800", 1100)
    refused(lambda: c.describe_snapshot(snapshot_name="none", collection_name=name), "snapshot not found", 2600)
    refused(lambda: c.list_snapshots(), "collection_name is required", 1101)
    refused(lambda: c.restore_snapshot(snapshot_name="none", target_collection_name="x", source_collection_name=name),
            "snapshot not found", 2600)
    refused(lambda: c.restore_snapshot(snapshot_name="s", target_collection_name=name, source_collection_name=name),
            name, 1100)
    refused(lambda: c.get_restore_snapshot_state(1), "restore job not found", 2101)
    c.drop_snapshot(snapshot_name="none", collection_name=name)
    pin = c.pin_snapshot_data(snapshot_name="s", collection_name=name, ttl_seconds=600)
    refused(lambda: c.drop_snapshot(snapshot_name="s", collection_name=name), "pinned", 2601)
    refused(lambda: c.pin_snapshot_data(snapshot_name="s", collection_name=name, ttl_seconds=2592001),
            "exceeds maximum", 1100)
    c.unpin_snapshot_data(pin)
    c.drop_snapshot(snapshot_name="s", collection_name=name)
    assert c.list_snapshots(collection_name=name) == []
    c.drop_collection(name)
