"""Collections whose rows come out of files of somebody else: directories, and a bucket of a real store that speaks S3.

usage: external.py URI ROOT S3PORT [NAME ...]      ROOT is a directory that the server reads from, S3PORT one that the store may take

Prints one line a story, as stories.py does, and asks for the server's death in the same way.
"""
import json
import os
import shutil
import sys
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import requests
from pymilvus import DataType, MilvusClient, MilvusException

from importing import ROOT, S3PORT, URI, count
from store import BUCKET, OWNER, SECRET, Store
from telling import fresh, killed, nearest, refused, run, story, vectors

STORE = Store(S3PORT)
DIM = 8
PARQUET = json.dumps({"format": "parquet"})
KEYS = {"cloud_provider": "minio", "region": "us-east-1", "use_ssl": "false"}


def lake(name):
    """An empty directory, as the server knows it."""
    place = ROOT / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def table(first, rows, tag="x", dim=DIM, kind=pa.float32()):
    v = vectors(first + rows, dim, seed=7)[first:]
    return pa.table({
        "id": pa.array(range(first, first + rows), type=pa.int64()),
        "tag": pa.array([tag] * rows),
        "embedding": pa.FixedSizeListArray.from_arrays(pa.array(v.ravel(), type=kind), dim),
        "nobody asks for": pa.array([0.5] * rows),
    })


def laid(place, name, *args, **kwargs):
    """Written aside and moved, so that nobody sees half of it."""
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(*args, **kwargs), ROOT / "aside.tmp")
    os.replace(ROOT / "aside.tmp", path)
    return path


def schema_of(c, source, spec=PARQUET, dim=DIM):
    schema = c.create_schema(external_source=str(source), external_spec=spec)
    schema.add_field("number", DataType.INT64, external_field="id")
    schema.add_field("tag", DataType.VARCHAR, max_length=20, external_field="tag")
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=dim, external_field="embedding")
    return schema


def created(c, name, source, spec=PARQUET, kind="FLAT", **more):
    c.create_collection(fresh(c, name), schema=schema_of(c, source, spec, **more))
    index = c.prepare_index_params()
    index.add_index("v", index_type=kind, metric_type="L2", params={"M": 8, "efConstruction": 60} if kind == "HNSW" else {})
    c.create_index(name, index)
    c.load_collection(name)
    return name


def ended(c, job, seconds=60):
    until = time.time() + seconds
    while time.time() < until:
        info = c.get_refresh_external_collection_progress(job_id=job)
        if info.state in ("RefreshCompleted", "RefreshFailed"):
            return info
        assert info.state in ("RefreshPending", "RefreshInProgress") and info.reason == "", info
        time.sleep(0.02)
    raise AssertionError(f"not over after {seconds} s: {info}")


def refreshed(c, name, **more):
    info = ended(c, c.refresh_external_collection(name, **more))
    assert info.state == "RefreshCompleted" and info.progress == 100 and info.reason == "", info
    return info


def fails(c, name, *fragments, **more):
    before = tags(c, name)
    info = ended(c, c.refresh_external_collection(name, **more))
    assert info.state == "RefreshFailed", info
    for fragment in fragments:
        assert fragment.lower() in info.reason.lower(), f"expected '{fragment}' in: {info.reason}"
    assert tags(c, name) == before
    return info


def tags(c, name):
    """How many rows there are of each tag."""
    seen = {}
    for row in c.query(name, filter="number >= 0", output_fields=["tag"], limit=16384):
        seen[row["tag"]] = seen.get(row["tag"], 0) + 1
    return seen


@story
def a_directory_is_read_when_it_is_told(c):
    place = lake("read")
    name = created(c, "ext_read", place)
    assert count(name) == 0
    laid(place, "one.parquet", 0, 300, "one")
    laid(place, "deep/two.parquet", 300, 200, "two")
    (place / "_SUCCESS").write_text("")
    (place / ".one.parquet.crc").write_bytes(b"x")
    assert count(name) == 0
    before = int(time.time() * 1000)
    info = refreshed(c, name)
    assert info.collection_name == name and info.external_source == str(place), info
    assert before - 1000 <= info.start_time <= info.end_time <= int(time.time() * 1000) + 1000, info
    assert count(name) == 500 and tags(c, name) == {"one": 300, "two": 200}
    assert int(c.get_collection_stats(name)["row_count"]) == 500
    base, query = vectors(500, DIM, seed=7), vectors(1, DIM, seed=9)[0]
    hits = c.search(name, [query.tolist()], anns_field="v", limit=10, output_fields=["number", "v"])[0]
    expected = nearest(base, query, "L2", 10)
    assert [h["entity"]["number"] for h in hits] == [i for i, _ in expected]
    assert np.allclose([h["distance"] for h in hits], [s for _, s in expected], atol=1e-4)
    assert np.allclose(hits[0]["entity"]["v"], base[expected[0][0]])
    found = c.query(name, filter='tag == "two" and number < 310', output_fields=["*"])
    assert sorted(r["number"] for r in found) == list(range(300, 310)), found
    keys = [r["__virtual_pk__"] for r in c.query(name, filter="number >= 0", output_fields=["__virtual_pk__"], limit=1000)]
    assert len(set(keys)) == 500
    assert c.get(name, ids=[keys[0]], output_fields=["number"])[0]["__virtual_pk__"] == keys[0]
    jobs = c.list_refresh_external_collection_jobs(name)
    assert [j.job_id for j in jobs] == [info.job_id] and jobs[0].state == "RefreshCompleted"


@story
def the_schema_is_told_as_it_was_given_with_a_key_of_its_own(c):
    place = lake("told")
    name = created(c, "ext_told", place)
    told = c.describe_collection(name)
    assert told["external_source"] == str(place) and json.loads(told["external_spec"])["format"] == "parquet", told
    fields = {f["name"]: f for f in told["fields"]}
    assert fields["number"]["external_field"] == "id" and fields["v"]["external_field"] == "embedding", fields
    key = fields["__virtual_pk__"]
    assert key["is_primary"] and key["auto_id"] and "external_field" not in key, key
    assert told["num_shards"] == 1 if "num_shards" in told else True
    job = c.refresh_external_collection(name)
    assert "no files found in external source" in ended(c, job).reason
    refused(lambda: c.get_refresh_external_collection_progress(job_id=1), "not found", 1100)


@story
def a_refresh_follows_the_files(c):
    place = lake("follows")
    name = created(c, "ext_follows", place, kind="HNSW")
    laid(place, "a.parquet", 0, 2000, "a")
    laid(place, "b.parquet", 2000, 1000, "b")
    refreshed(c, name)
    assert tags(c, name) == {"a": 2000, "b": 1000}
    (place / "a.parquet").unlink()
    laid(place, "b.parquet", 5000, 1500, "b again")
    laid(place, "c.parquet", 9000, 500, "c")
    assert tags(c, name) == {"a": 2000, "b": 1000}
    refreshed(c, name)
    assert tags(c, name) == {"b again": 1500, "c": 500}
    assert int(c.get_collection_stats(name)["row_count"]) == 2000
    base = vectors(9500, DIM, seed=7)
    mask = [5000 <= i < 6500 or i >= 9000 for i in range(9500)]
    for seed in range(5):
        query = vectors(1, DIM, seed=100 + seed)[0]
        hits = c.search(name, [query.tolist()], anns_field="v", limit=10, output_fields=["number"], search_params={"params": {"ef": 200}})[0]
        assert {h["entity"]["number"] for h in hits} == {i for i, _ in nearest(base, query, "L2", 10, mask)}
    c.release_collection(name)
    c.load_collection(name)
    assert tags(c, name) == {"b again": 1500, "c": 500}


@story
def readers_never_see_some_of_both(c):
    place = lake("never")
    name = created(c, "ext_never", place)
    laid(place, "a.parquet", 0, 300, "0")
    laid(place, "b.parquet", 300, 300, "0")
    refreshed(c, name)
    over, seen, failed = threading.Event(), set(), []

    def read():
        mine = MilvusClient(uri=URI)
        try:
            while not over.is_set():
                now = tags(mine, name)
                assert sum(now.values()) == 600 and len(now) == 1, now
                seen.update(now)
                hits = mine.search(name, [[0.0] * DIM], anns_field="v", limit=600, output_fields=["tag"])[0]
                assert len(hits) == 600 and len({h["entity"]["tag"] for h in hits}) == 1
        except Exception as e:
            failed.append(e)
        finally:
            mine.close()

    reader = threading.Thread(target=read)
    reader.start()
    for round in range(1, 9):
        laid(place, "a.parquet", 0, 300, str(round))
        laid(place, "b.parquet", 300, 300, str(round))
        refreshed(c, name)
    over.set()
    reader.join()
    pages = c.query_iterator(name, batch_size=100, filter="number >= 0", output_fields=["tag"])
    walked = pages.next()
    laid(place, "a.parquet", 0, 10, "late")
    refreshed(c, name)
    while page := pages.next():
        walked += page
    assert [r["tag"] for r in walked] == ["8"] * 600, len(walked)
    assert tags(c, name) == {"8": 300, "late": 10}
    assert not failed, failed
    assert len(seen) > 1, seen


@story
def what_cannot_be_read_fails_with_a_reason_for_each_file_and_changes_nothing(c):
    place = lake("fails")
    name = created(c, "ext_fails", place)
    laid(place, "good.parquet", 0, 100, "good")
    refreshed(c, name)
    pq.write_table(table(0, 5).drop_columns(["tag"]), place / "no_column.parquet")
    fails(c, name, "1 of 2 files", "no_column.parquet", "tag")
    laid(place, "other_dim.parquet", 0, 5, dim=4)
    fails(c, name, "no_column.parquet", "tag")
    (place / "no_column.parquet").unlink()
    laid(place, "z_dim.parquet", 0, 5, dim=4)
    fails(c, name, "2 of 3 files", "other_dim.parquet", "z_dim.parquet", "row 0", "dimension")
    (place / "other_dim.parquet").unlink()
    (place / "z_dim.parquet").unlink()
    pq.write_table(pa.table({"id": ["x"] * 5, "tag": ["y"] * 5, "embedding": table(0, 5)["embedding"]}), place / "texts.parquet")
    fails(c, name, "texts.parquet", "id")
    (place / "texts.parquet").unlink()
    laid(place, "long.parquet", 0, 5, "a tag of more than twenty characters")
    fails(c, name, "long.parquet", "row 0", "tag")
    (place / "long.parquet").unlink()
    (place / "broken.parquet").write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    fails(c, name, "broken.parquet")
    (place / "broken.parquet").write_bytes((place / "good.parquet").read_bytes()[:-500])
    fails(c, name, "broken.parquet")
    (place / "broken.parquet").unlink()
    (place / "notes.txt").write_text("hello")
    fails(c, name, "notes.txt")
    (place / "notes.txt").unlink()
    (place / "out.parquet").symlink_to("/etc/passwd")
    fails(c, name, "out.parquet")
    (place / "out.parquet").unlink()
    (place / "up").symlink_to("/etc")
    fails(c, name, "link")
    (place / "up").unlink()
    pq.write_table(table(0, 1).slice(0, 0), place / "good.parquet")
    fails(c, name, "hold no rows")
    (place / "good.parquet").unlink()
    fails(c, name, "no files found in external source")
    place.rmdir()
    fails(c, name, "does not exist")
    assert tags(c, name) == {"good": 100}
    states = [j.state for j in c.list_refresh_external_collection_jobs(name)]
    assert states[-1] == "RefreshCompleted" and set(states[:-1]) == {"RefreshFailed"}, states


@story
def what_can_never_be_read_is_refused_at_once(c):
    place = lake("refused")

    def creating(source, spec=PARQUET):
        return lambda: c.create_collection(fresh(c, "ext_refused"), schema=schema_of(c, source, spec))

    for format in ("lance-table", "vortex", "iceberg-table", "milvus-table", "orc"):
        refused(creating(place, json.dumps({"format": format})), "unsupported format", "parquet", 1100)
    refused(creating(place, "no json"), "external_spec is invalid", 1100)
    refused(creating(place, json.dumps({"extfs": {"acces_key": "x"}})), "is not allowed", 1100)
    refused(creating("http://127.0.0.1/x"), 'scheme "http" is not allowed', 1100)
    refused(creating("file:///etc"), "is not allowed", 1100)
    refused(creating("s3://user:pass@host/bucket/x"), "must not embed credentials", 1100)
    refused(creating("s3:///x"), "non-empty host", 1100)
    refused(creating("s3://169.254.169.254/latest/meta-data/", json.dumps({"extfs": KEYS | {"anonymous": "true"}})), "external-stores", 1100)
    refused(creating("s3://127.0.0.1:9091/bucket/x", json.dumps({"extfs": KEYS | {"anonymous": "true"}})), "external-stores", 1100)
    refused(creating("s3://another-bucket/x", json.dumps({"extfs": {"cloud_provider": "aws", "region": "us-west-2", "anonymous": "true"}})), "external-stores", 1100)
    refused(creating(f"s3://127.0.0.1:{S3PORT}/another-bucket/x"), "credential mode missing", 1100)
    refused(creating(f"s3://{BUCKET}/x", json.dumps({"extfs": {"access_key_id": "x"}})), "must be set together", 1100)
    refused(creating(f"s3://{BUCKET}/x", json.dumps({"extfs": {"role_arn": "arn:x"}})), "not supported", 1100)
    schema = schema_of(c, place)
    schema.add_field("bare", DataType.INT64)
    refused(lambda: c.create_collection("ext_refused", schema=schema), "must have external_field mapping", 1100)
    refused(lambda: c.create_collection("ext_refused", schema=schema_of(c, place), num_shards=2), "multiple shards")
    name = created(c, "ext_refused", place)
    refused(lambda: c.refresh_external_collection(name, external_source=str(place)), "together", 1100)
    refused(lambda: c.refresh_external_collection(name, external_source="http://x/", external_spec=PARQUET), "not allowed", 1100)
    refused(lambda: c.refresh_external_collection("ext_nobody"), 100)
    c.create_collection(fresh(c, "ext_own"), dimension=4)
    refused(lambda: c.refresh_external_collection("ext_own"), "is not an external collection", 1100)


@story
def it_is_only_read(c):
    place = lake("only")
    laid(place, "a.parquet", 0, 50, "a")
    name = created(c, "ext_only", place)
    refreshed(c, name)
    said = f" operation is not supported for external collection {name}"
    refused(lambda: c.delete(name, filter="number >= 0"), "delete" + said, 1100)
    refused(lambda: c.flush(name), "flush" + said, 1100)
    refused(lambda: c.compact(name), said, 1100)
    refused(lambda: c.create_partition(name, "p"), "create partition" + said, 1100)
    refused(lambda: c.drop_partition(name, "_default"), "drop partition" + said, 1100)
    refused(lambda: c.add_collection_field(name, "extra", DataType.INT64, nullable=True), said, 1100)
    refused(lambda: c.alter_collection_field(name, "tag", {"max_length": 30}), "alter field" + said, 1100)
    refused(lambda: c.alter_collection_properties(name, {"collection.external_source": "x"}), "collection.external_source", 1100)
    refused(lambda: c.truncate_collection(name), "truncate" + said, 1100)
    rows = {"collectionName": name, "data": [{"number": 1, "tag": "b", "v": [0.5] * DIM}]}
    for path in ("entities/insert", "entities/upsert"):
        told = requests.post(f"{URI}/v2/vectordb/{path}", json=rows).json()
        assert told["code"] == 1100 and path.split("/")[1] + said in told["message"], told
    told = requests.post(f"{URI}/v2/vectordb/jobs/import/create", json={"collectionName": name, "files": [["x.parquet"]]}).json()
    assert told["code"] == 1100 and "import" + said in told["message"], told
    assert tags(c, name) == {"a": 50}
    c.alter_collection_properties(name, {"collection.ttl.seconds": 0})
    c.rename_collection(name, fresh(c, "ext_renamed"))
    c.create_alias("ext_renamed", "ext_only_alias")
    laid(place, "b.parquet", 50, 50, "b")
    refreshed(c, "ext_only_alias")
    assert tags(c, "ext_renamed") == {"a": 50, "b": 50}
    c.drop_alias("ext_only_alias")
    c.drop_collection("ext_renamed")
    assert not c.has_collection("ext_renamed")


@story
def another_source_takes_the_place_of_the_first(c):
    first, second = lake("first"), lake("second")
    laid(first, "a.parquet", 0, 20, "first")
    laid(second, "a.parquet", 0, 30, "second")
    name = created(c, "ext_another", first)
    refreshed(c, name)
    refreshed(c, name, external_source=str(second), external_spec=PARQUET)
    assert tags(c, name) == {"second": 30} and c.describe_collection(name)["external_source"] == str(second)
    refreshed(c, name)
    assert tags(c, name) == {"second": 30}
    fails(c, name, external_source=str(ROOT / "nowhere"), external_spec=PARQUET)
    assert c.describe_collection(name)["external_source"] == str(second)


@story
def a_bucket_of_the_server_and_keys_of_the_caller(c):
    def put(key, *args):
        pq.write_table(table(*args), ROOT / "aside.tmp")
        STORE.put(key, ROOT / "aside.tmp")

    put("lake/a.parquet", 0, 40, "a")
    put("lake/deep/b.parquet", 40, 60, "b")
    put("lake-beside/c.parquet", 100, 10, "beside")
    STORE.put("lake/_SUCCESS", b"")
    spec = json.dumps({"format": "parquet", "extfs": KEYS | {"access_key_id": OWNER, "access_key_value": SECRET}})
    for number, (source, how) in enumerate([
            (f"s3://{BUCKET}/lake", PARQUET), (f"s3://{BUCKET}/lake/", json.dumps({"extfs": {"storage_type": "remote"}})),
            (f"s3://127.0.0.1:{S3PORT}/{BUCKET}/lake/", spec), (f"minio://127.0.0.1:{S3PORT}/{BUCKET}/lake", spec)]):
        name = created(c, f"ext_bucket_{number}", source, how)
        refreshed(c, name)
        assert tags(c, name) == {"a": 40, "b": 60}, source
    told = c.describe_collection(name)
    info = c.list_refresh_external_collection_jobs(name)[0]
    for text in (told["external_spec"], info.external_spec):
        assert SECRET not in text and OWNER not in text and "us-east-1" in text, text
    STORE.remove("lake/a.parquet")
    put("lake/c.parquet", 200, 10, "c")
    refreshed(c, name)
    assert tags(c, name) == {"b": 60, "c": 10}
    one = created(c, "ext_bucket_one", f"s3://{BUCKET}/lake/c.parquet")
    refreshed(c, one)
    assert tags(c, one) == {"c": 10}
    wrong = json.dumps({"format": "parquet", "extfs": KEYS | {"access_key_id": OWNER, "access_key_value": "not-the-secret"}})
    info = fails(c, name, "secret", external_source=f"s3://127.0.0.1:{S3PORT}/{BUCKET}/lake/", external_spec=wrong)
    assert "not-the-secret" not in str(info) and OWNER not in str(info), info
    fails(c, name, "bucket", external_source=f"s3://127.0.0.1:{S3PORT}/no-such-bucket/lake/", external_spec=spec)
    fails(c, name, "no files found", external_source=f"s3://{BUCKET}/nothing/", external_spec=PARQUET)
    assert tags(c, name) == {"b": 60, "c": 10}


@story
def every_type_that_columns_have(c):
    place = lake("types")
    rows = 200
    rng = np.random.default_rng(3)
    pq.write_table(pa.table({
        "b": pa.array([i % 3 == 0 for i in range(rows)]), "i8": pa.array([i % 100 for i in range(rows)], type=pa.int8()),
        "i16": pa.array(range(rows), type=pa.int16()), "i32": pa.array([None if i % 7 == 0 else i for i in range(rows)], type=pa.int32()),
        "i64": pa.array([i * 10**12 for i in range(rows)], type=pa.int64()), "f": pa.array([i / 3 for i in range(rows)], type=pa.float32()),
        "d": pa.array([i / 7 for i in range(rows)], type=pa.float64()), "s": pa.array([f"s{i}" for i in range(rows)]),
        "j": pa.array([json.dumps({"n": i}) for i in range(rows)]), "l": pa.array([[i, i + 1] for i in range(rows)], type=pa.list_(pa.int32())),
        "v": pa.array(rng.normal(size=(rows, 4)).astype(np.float32).tolist(), type=pa.list_(pa.float32())),
        "bits": pa.array([[i % 256, 7] for i in range(rows)], type=pa.list_(pa.uint8())),
    }), place / "all.parquet", row_group_size=64)
    schema = c.create_schema(external_source=str(place), external_spec=PARQUET)
    for name, kind in (("b", DataType.BOOL), ("i8", DataType.INT8), ("i16", DataType.INT16), ("i32", DataType.INT32), ("i64", DataType.INT64),
                       ("f", DataType.FLOAT), ("d", DataType.DOUBLE), ("j", DataType.JSON)):
        schema.add_field("my_" + name, kind, external_field=name)
    schema.add_field("my_s", DataType.VARCHAR, max_length=10, external_field="s")
    schema.add_field("my_l", DataType.ARRAY, element_type=DataType.INT32, max_capacity=4, external_field="l")
    schema.add_field("my_v", DataType.FLOAT_VECTOR, dim=4, external_field="v")
    schema.add_field("my_bits", DataType.BINARY_VECTOR, dim=16, external_field="bits")
    index = c.prepare_index_params()
    index.add_index("my_v", index_type="AUTOINDEX", metric_type="COSINE")
    index.add_index("my_bits", index_type="BIN_FLAT", metric_type="HAMMING")
    index.add_index("my_s", index_type="INVERTED")
    index.add_index("my_i64", index_type="STL_SORT")
    c.create_collection(fresh(c, "ext_types"), schema=schema, index_params=index)
    refreshed(c, "ext_types")
    got = sorted(c.query("ext_types", filter="my_i16 >= 0", output_fields=["*"], limit=rows), key=lambda r: r["my_i16"])
    assert len(got) == rows
    for i, r in enumerate(got):
        assert r["my_b"] == (i % 3 == 0) and r["my_i8"] == i % 100 and r["my_i32"] == (None if i % 7 == 0 else i) and r["my_i64"] == i * 10**12, r
        assert r["my_s"] == f"s{i}" and r["my_j"] == {"n": i} and list(r["my_l"]) == [i, i + 1] and r["my_d"] == i / 7, r
    assert len(c.query("ext_types", filter='my_s in ["s3", "s5"]', output_fields=["my_i16"])) == 2
    assert len(c.query("ext_types", filter='my_j["n"] < 10 and array_contains(my_l, 5)', output_fields=["my_i16"])) == 2
    hits = c.search("ext_types", [[0.1, 0.2, 0.3, 0.4]], anns_field="my_v", limit=5, filter="my_i32 is null", output_fields=["my_i16"])[0]
    assert len(hits) == 5 and all(h["entity"]["my_i16"] % 7 == 0 for h in hits)


@story
def a_field_that_comes_later_is_read_from_the_next_refresh_on(c):
    place = lake("later")
    laid(place, "a.parquet", 0, 50, "a")
    name = created(c, "ext_later", place)
    refreshed(c, name)
    c.add_collection_field(name, "share", DataType.DOUBLE, nullable=True, external_field="nobody asks for")
    c.release_collection(name)
    c.load_collection(name)
    assert all(r["share"] is None for r in c.query(name, filter="number >= 0", output_fields=["share"], limit=100))
    told = {f["name"]: f for f in c.describe_collection(name)["fields"]}
    assert told["share"]["external_field"] == "nobody asks for", told
    refreshed(c, name)
    assert len(c.query(name, filter="share == 0.5", output_fields=["number"], limit=100)) == 50


@story
def over_rest(c):
    place = lake("rest")
    laid(place, "a.parquet", 0, 25, "a")

    def post(path, body, code=0):
        told = requests.post(f"{URI}/v2/vectordb/{path}", json=body).json()
        assert told["code"] == code, told
        return told.get("data", told.get("message"))

    name = fresh(c, "ext_rest")
    fields = [
        {"fieldName": "number", "dataType": "Int64", "externalField": "id"},
        {"fieldName": "v", "dataType": "FloatVector", "elementTypeParams": {"dim": DIM}, "externalField": "embedding"}]
    schema = {"externalSource": str(place), "externalSpec": PARQUET, "fields": fields}
    post("collections/create", {"collectionName": name, "externalSource": str(place), "schema": schema}, 1100)
    post("collections/create", {
        "collectionName": name, "schema": schema, "indexParams": [{"fieldName": "v", "indexName": "v", "metricType": "L2"}]})
    told = post("collections/describe", {"collectionName": name})
    assert told["externalSource"] == str(place) and json.loads(told["externalSpec"])["format"] == "parquet", told
    assert [f.get("externalField") for f in told["fields"]] == [None, "id", "embedding"], told
    job = post("jobs/external_collection/refresh", {"collectionName": name})["jobId"]
    until = time.time() + 30
    while True:
        info = post("jobs/external_collection/describe", {"jobId": job})
        if info["state"] not in ("RefreshPending", "RefreshInProgress"):
            break
        assert time.time() < until
        time.sleep(0.02)
    assert info["state"] == "RefreshCompleted" and info["progress"] == 100 and info["collectionName"] == name, info
    assert info["externalSource"] == str(place) and info["endTime"] >= info["startTime"] > 10**12 and info["reason"] == "", info
    records = post("jobs/external_collection/list", {"collectionName": name})["records"]
    assert [r["jobId"] for r in records] == [job], records
    assert len(post("jobs/external_collection/list", {})["records"]) >= 1
    assert "not found" in post("jobs/external_collection/describe", {"jobId": 1}, 1100)
    post("jobs/external_collection/refresh", {"collectionName": "ext_nobody"}, 100)
    assert len(post("entities/query", {"collectionName": name, "filter": "number < 10", "outputFields": ["number"]})) == 10


@story
def a_server_killed_in_the_middle_begins_again_and_shows_the_old_rows_until_then(c):
    place = lake("killed")
    rows = 30_000
    laid(place, "old.parquet", 0, 500, "old")
    name = created(c, "ext_killed", place)
    refreshed(c, name)
    (place / "old.parquet").unlink()
    for part in range(4):
        laid(place, f"new{part}.parquet", part * rows, rows, "new")
    for patience in (0.05, 0.3):
        job = c.refresh_external_collection(name)
        time.sleep(patience)
        killed()
        client = MilvusClient(uri=URI)
        try:
            state = client.get_refresh_external_collection_progress(job_id=job).state
            seen = client.query(name, output_fields=["count(*)"])[0]["count(*)"]
            over = client.get_refresh_external_collection_progress(job_id=job).state
            assert seen == 4 * rows or seen == 500 and over != "RefreshCompleted" or state != over, (seen, state, over)
            assert ended(client, job).state == "RefreshCompleted"
            assert client.query(name, output_fields=["count(*)"])[0]["count(*)"] == 4 * rows
        finally:
            client.close()
        c = MilvusClient(uri=URI)


@story
def one_at_a_time(c):
    place = lake("one")
    for part in range(4):
        laid(place, f"{part}.parquet", part * 30_000, 30_000, "x")
    name = created(c, "ext_one", place)
    job = c.refresh_external_collection(name)
    try:
        c.refresh_external_collection(name)
        assert c.get_refresh_external_collection_progress(job_id=job).state == "RefreshCompleted"
    except MilvusException as e:
        assert e.code == 703 and f"refresh job {job}" in str(e) and "task duplicates" in str(e), e
    ended(c, job)


if __name__ == "__main__":
    with STORE:
        code = run(sys.argv[4:], client=lambda: MilvusClient(uri=URI))
    sys.exit(code)
