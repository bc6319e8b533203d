"""Imports from a bucket of a real store that speaks S3: every kind of file, writers of three versions, and what goes wrong there.

usage: bucket.py URI ROOT S3PORT [NAME ...]      ROOT is a directory that the server imports from, S3PORT one that the store may take

Prints one line a story, as stories.py does, and asks for the server's death in the same way.
"""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pymilvus import DataType, MilvusClient
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter, RemoteBulkWriter

from importing import GOOD, KINDS, ROOT, S3PORT, URI, check, count, end, everything, fails, imported, inserted, older_calls, post, row, simple, start, under_way, wait
from store import BUCKET, OWNER, SECRET, Store
from telling import fresh, killed, run, story

STORE = Store(S3PORT)
OLDER = sorted(Path(sys.prefix).parent.glob("pymilvus-*"))  # older versions, each in a folder beside this environment


def uploaded(schema, kind, rows, folder, scalars_only=False):
    """Files of the local writer, which lie where the server cannot read them, as keys of the bucket."""
    writer = LocalBulkWriter(schema, str(ROOT.parent / "elsewhere"), chunk_size=64 << 20, file_type=kind)
    for i in range(rows):
        writer.append_row(row(i, scalars_only=scalars_only))
    writer.commit()
    return [[STORE.put(f"{folder}/{os.path.basename(file)}", file) for file in group] for group in writer.batch_files]


def kinds(c, scalars_only=False):
    """A collection with every type, empty; made once, since each of its indexes is waited for."""
    name = "bucket_scalars" if scalars_only else "bucket_kinds"
    if not c.has_collection(name):
        everything(c, name, scalars_only=scalars_only)
    c.delete(name, filter="int64 >= 0")
    assert count(name) == 0
    return name


def schema_of(scalars_only=False):
    """As [everything] makes it, without asking the server."""
    class Nobody(MilvusClient):
        def __init__(self):
            pass

        def create_collection(self, *_, **__):
            pass

    return everything(Nobody(), "", scalars_only=scalars_only)


def from_the_bucket(kind):
    def tell(c):
        scalars_only = kind == BulkFileType.NUMPY
        name = kinds(c, scalars_only)
        files = uploaded(schema_of(scalars_only), kind, 100, f"kinds/{kind.name}", scalars_only)
        assert imported(name, files)["importedRows"] == 100
        check(c, name, 100, scalars_only=scalars_only)
        kinds(c, scalars_only)
        with older_calls():
            _, state = inserted(name, [f"/{key}" for group in files for key in group])
        assert state.state_name == "Completed" and state.row_count == 100, state
        check(c, name, 100, scalars_only=scalars_only)

    tell.__name__ = f"{kind.name.lower()}_from_the_bucket_over_rest_and_over_grpc"
    story(tell)


for each in [*KINDS, BulkFileType.NUMPY]:
    from_the_bucket(each)


@story
def what_the_remote_writer_writes_is_imported_from_the_bucket(c):
    schema = schema_of()
    for kind in KINDS:
        name = kinds(c)
        param = RemoteBulkWriter.S3ConnectParam(
            bucket_name=BUCKET, endpoint=f"127.0.0.1:{S3PORT}", access_key=OWNER, secret_key=SECRET, secure=False)
        writer = RemoteBulkWriter(
            schema, remote_path=f"bulk/{kind.name}", connect_param=param, file_type=kind, local_path=str(ROOT.parent / "remote"))
        for i in range(200):
            writer.append_row(row(i))
        writer.commit()
        assert imported(name, writer.batch_files)["importedRows"] == 200
        check(c, name, 200)


@story
def what_older_remote_writers_write_is_imported_from_the_bucket(c):
    assert OLDER
    for older in OLDER:
        ended = subprocess.run(
            [sys.executable, "older_writer.py", URI, str(ROOT), str(S3PORT)], env=os.environ | {"PYTHONPATH": str(older)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        assert ended.returncode == 0, ended.stdout[-1500:]


@story
def large_objects_in_several_parts(c):
    """Written in parts, read in blocks."""
    name = fresh(c, "bucket_large")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=128)
    c.create_collection(name, schema=schema)
    rows = 40_000
    v = np.random.default_rng(3).normal(size=(rows, 128)).astype(np.float32)
    table = pa.table({"id": pa.array(range(rows)), "v": pa.FixedSizeListArray.from_arrays(pa.array(v.ravel()), 128)})
    path = ROOT.parent / "large.parquet"
    pq.write_table(table, path, compression="none")
    STORE.put("large/one.parquet", path)
    data = imported(name, [["large/one.parquet"]])
    assert data["importedRows"] == rows and data["fileSize"] == os.path.getsize(path) > 20 << 20, data
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_index(name, index)
    c.load_collection(name)
    assert np.allclose(c.query(name, filter="id == 39999", output_fields=["v"])[0]["v"], v[-1])
    c.drop_collection(name)


def refuses(key=OWNER, secret=SECRET):
    """Whether the store turns them away, when it has heard of what changed."""
    until = time.time() + 10
    while time.time() < until:
        try:
            STORE.client(key, secret).get_object(bucket_name=BUCKET, object_name="reasons/good.json")
        except Exception:
            return True
        time.sleep(0.05)
    return False


@story
def the_reason_says_whether_it_is_the_key_the_secret_the_right_the_bucket_or_the_file(c):
    name = simple(c, fresh(c, "bucket_reasons"))
    key = STORE.put("reasons/good.json", json.dumps(GOOD).encode())
    place = f"cannot read '{key}' in the bucket '{BUCKET}' at http://127.0.0.1:{S3PORT}: "
    everything_is_allowed = ["Admin", "Read", "Write", "List"]
    try:
        STORE.users({"somebody": ("else", everything_is_allowed)})
        assert refuses()
        fails(name, [[key]], place + f"the store does not know the access key '{OWNER}'")
        STORE.users({OWNER: ("another secret", everything_is_allowed)})
        assert refuses()
        fails(name, [[key]], place + f"the secret key does not belong to the access key '{OWNER}'")
        assert SECRET not in post("jobs/import/list", collectionName=name)["data"]["records"][0]["reason"]
        STORE.users({OWNER: (SECRET, ["Read:another", "List:another"])})
        assert refuses()
        fails(name, [[key]], place + f"the access key '{OWNER}' may not read it")
    finally:
        STORE.users({OWNER: (SECRET, everything_is_allowed)})
    until = time.time() + 10
    while time.time() < until:
        try:
            STORE.client().stat_object(bucket_name=BUCKET, object_name=key)
            break
        except Exception:
            time.sleep(0.05)
    told = fails(name, [["reasons/gone.json"]], "reasons/gone.json", "does not exist")
    assert told["details"][0]["reason"], told
    fails(name, [["s3://another-bucket/x.parquet"]], f"files are read from the bucket '{BUCKET}' alone")
    told = fails(name, [[key], ["reasons/gone.json"]], "reasons/gone.json")
    assert [bool(d["reason"]) for d in told["details"]] == [False, True], told
    assert imported(name, [[f"s3://{BUCKET}/{key}"]])["importedRows"] == 20
    client = STORE.client()
    for thing in client.list_objects(bucket_name=BUCKET, recursive=True):
        client.remove_object(bucket_name=BUCKET, object_name=thing.object_name)
    client.remove_bucket(bucket_name=BUCKET)
    try:
        fails(name, [[key]], place + "the bucket does not exist")
    finally:
        client.make_bucket(bucket_name=BUCKET)
    c.drop_collection(name)


ROWS, GROUPS = 20_000, 3


def slow(c, name):
    """A collection, and groups of files that take a while."""
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=64)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    v = str([round(x, 16) for x in np.random.default_rng(4).normal(size=64).tolist()])
    rows = "\n".join(f'{{"id": {i}, "v": {v}}}' for i in range(ROWS))
    return [[STORE.put("slow/rows.jsonl", rows.encode())]] * GROUPS


@story
def a_server_killed_during_an_import_from_the_bucket_shows_nothing_of_it_and_begins_again(c):
    name = fresh(c, "bucket_killed")
    files = slow(c, name)
    for store_too in (False, True):
        job, before = start(name, files), count(name)
        under_way(job)
        if store_too:
            STORE.kill()
        killed()
        assert count(name) == before, "nothing of it, since it was not over"
        if store_too:
            STORE.start()
        assert wait(job)["importedRows"] == ROWS * GROUPS
        assert count(name) == before + ROWS * GROUPS
    client = MilvusClient(uri=URI)
    client.drop_collection(name)
    client.close()


@story
def a_store_that_is_away_for_a_moment_is_waited_for(c):
    name = fresh(c, "bucket_away")
    job = start(name, slow(c, name))
    under_way(job)
    STORE.kill()
    STORE.start()
    assert wait(job)["importedRows"] == ROWS * GROUPS == count(name)
    c.drop_collection(name)


@story
def a_store_that_stays_away_ends_the_import_with_its_reason(c):
    name = fresh(c, "bucket_gone")
    job = start(name, slow(c, name))
    under_way(job)
    STORE.kill()
    try:
        data = wait(job, "Failed")
        assert "slow/rows.jsonl" in data["reason"] and "the store cannot be reached" in data["reason"], data
        assert count(name) == 0 and data["importedRows"] == 0
    finally:
        STORE.start()
    assert imported(name, [["slow/rows.jsonl"]] * GROUPS)["importedRows"] == ROWS * GROUPS
    c.drop_collection(name)


@story
def a_store_that_says_nothing_holds_up_neither_who_aborts_nor_other_imports(c):
    name = fresh(c, "bucket_frozen")
    files = slow(c, name)
    job = start(name, files)
    under_way(job)
    STORE.freeze()
    try:
        began = time.time()
        assert post("jobs/import/abort", jobId=job)["code"] == 0
        assert wait(job, "Failed")["reason"].startswith("aborted")
        (ROOT / "here.jsonl").write_text("\n".join(f'{{"id": {i}, "v": {[0.5] * 64}}}' for i in range(10)))
        assert imported(name, [[str(ROOT / "here.jsonl")]])["importedRows"] == 10
        took = time.time() - began
    finally:
        STORE.thaw()
    # A socket that says nothing is given up after twenty seconds: nobody has waited for that.
    assert took < 15, took
    assert count(name) == 10
    c.drop_collection(name)


@story
def an_object_that_changes_while_it_is_read_is_not_imported(c):
    name = fresh(c, "bucket_changed")
    for attempt in range(10):
        files = slow(c, fresh(c, name))
        job = start(name, files)
        under_way(job)
        STORE.put("slow/rows.jsonl", b'{"id": 1, "v": %s}\n' % str([0.5] * 64).encode())
        data = end(job)
        if data["state"] == "Failed":
            assert "changed while it was read" in data["reason"] and count(name) == 0, data
            c.drop_collection(name)
            return
        # It changed between two groups of files, each of which is whole.
        assert (count(name) - data["importedRows"]) == 0, data
    raise AssertionError("never changed in the middle")


if __name__ == "__main__":
    with STORE:
        code = run(sys.argv[4:], client=lambda: MilvusClient(uri=URI))
    sys.exit(code)
