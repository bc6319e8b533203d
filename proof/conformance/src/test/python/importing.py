"""What stories of imports share: rows with a value of each type, jobs that are waited for, files that are written.

usage of each: STORIES.py URI ROOT S3PORT [NAME ...]      ROOT is a directory that the server imports from, S3PORT one that a store may take
"""
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import ml_dtypes
import numpy as np
import requests
from pymilvus import DataType, MilvusClient, connections, utility
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter, bulk_import, get_import_progress

URI, ROOT, S3PORT = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
KINDS = [BulkFileType.PARQUET, BulkFileType.JSON, BulkFileType.JSONL, BulkFileType.CSV]


def wait(job, phase="Completed", seconds=60):
    """The last progress of a job, which must end as expected."""
    until = time.time() + seconds
    while time.time() < until:
        data = get_import_progress(url=URI, job_id=job).json()["data"]
        if data["state"] == phase:
            return data
        if data["state"] in ("Completed", "Failed"):
            raise AssertionError(f"ended as {data['state']}: {data['reason']}")
        time.sleep(0.05)
    raise AssertionError(f"not {phase} after {seconds} s: {data}")


def start(collection, files, **more):
    return bulk_import(url=URI, collection_name=collection, files=files, **more).json()["data"]["jobId"]


def under_way(job):
    """The first progress of a job that has read rows and is not over."""
    until = time.time() + 60
    while time.time() < until:
        data = get_import_progress(url=URI, job_id=job).json()["data"]
        if data["importedRows"] > 0 and data["state"] == "Importing":
            return data
        assert data["state"] in ("Pending", "Importing"), data
        time.sleep(0.01)
    raise AssertionError(f"does not begin: {data}")


def end(job):
    """The last progress of a job, whatever it came to."""
    until = time.time() + 60
    while time.time() < until:
        data = get_import_progress(url=URI, job_id=job).json()["data"]
        if data["state"] in ("Completed", "Failed"):
            return data
        time.sleep(0.02)
    raise AssertionError(f"has no end: {data}")


@contextmanager
def older_calls():
    """The connection that calls of the older client share."""
    connections.connect("default", uri=URI)
    try:
        yield
    finally:
        connections.disconnect("default")


def inserted(collection, files):
    """An import as the older client asks for it, over gRPC: its number, and what it came to."""
    task = utility.do_bulk_insert(collection, files)
    until = time.time() + 60
    while True:
        state = utility.get_bulk_insert_state(task)
        if state.state_name in ("Completed", "Failed"):
            return task, state
        assert time.time() < until, state
        time.sleep(0.05)


def imported(collection, files, **more):
    return wait(start(collection, files, **more))


def fails(collection, files, *fragments, **more):
    """The import fails, with a reason that names what is wrong; no row of it can be seen."""
    before = count(collection)
    data = wait(start(collection, files, **more), "Failed")
    for fragment in fragments:
        assert fragment.lower() in data["reason"].lower(), f"expected '{fragment}' in: {data['reason']}"
    assert data["importedRows"] == 0 and count(collection) == before, data
    return data


def count(collection):
    client = MilvusClient(uri=URI)
    try:
        return client.query(collection, output_fields=["count(*)"])[0]["count(*)"]
    finally:
        client.close()


def everything(c, name, auto_id=False, scalars_only=False):
    """A collection with a field of each type that every kind of file can hold."""
    schema = c.create_schema(enable_dynamic_field=True, auto_id=auto_id)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("bool", DataType.BOOL)
    schema.add_field("int8", DataType.INT8)
    schema.add_field("int16", DataType.INT16)
    schema.add_field("int32", DataType.INT32)
    schema.add_field("int64", DataType.INT64)
    schema.add_field("float", DataType.FLOAT)
    schema.add_field("double", DataType.DOUBLE)
    schema.add_field("text", DataType.VARCHAR, max_length=200)
    schema.add_field("json", DataType.JSON)
    schema.add_field("fv", DataType.FLOAT_VECTOR, dim=8)
    schema.add_field("hv", DataType.FLOAT16_VECTOR, dim=8)
    schema.add_field("bv", DataType.BFLOAT16_VECTOR, dim=8)
    schema.add_field("bits", DataType.BINARY_VECTOR, dim=16)
    schema.add_field("iv", DataType.INT8_VECTOR, dim=8)
    if not scalars_only:
        schema.add_field("sv", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("ints", DataType.ARRAY, element_type=DataType.INT32, max_capacity=10)
        schema.add_field("texts", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=10, max_length=20)
        schema.add_field("floats", DataType.ARRAY, element_type=DataType.FLOAT, max_capacity=10)
        schema.add_field("bools", DataType.ARRAY, element_type=DataType.BOOL, max_capacity=10)
        schema.add_field("maybe", DataType.VARCHAR, max_length=50, nullable=True)
        schema.add_field("maybe_int", DataType.INT32, nullable=True)
        schema.add_field("maybe_json", DataType.JSON, nullable=True)
        schema.add_field("usual", DataType.INT64, default_value=42)
    schema.verify()
    index = c.prepare_index_params()
    for field, kind, metric in (
        ("fv", "FLAT", "L2"), ("hv", "FLAT", "L2"), ("bv", "FLAT", "L2"), ("bits", "BIN_FLAT", "HAMMING"), ("iv", "HNSW", "L2")):
        index.add_index(field, index_type=kind, metric_type=metric, params={"M": 8, "efConstruction": 40} if kind == "HNSW" else {})
    if not scalars_only:
        index.add_index("sv", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    c.create_collection(name, schema=schema, index_params=index)
    return schema


def row(i, auto_id=False, scalars_only=False):
    r = {
        "bool": i % 3 == 0,
        "int8": i % 128,
        "int16": -i,
        "int32": i * 1000,
        "int64": i * 10**12,
        "float": float(np.float32(i / 3)),
        "double": i / 7,
        "text": f'text {i}, with "quotes", ünïcödé and \u4e2d\u6587\nlines',
        "json": {"n": i, "deep": {"list": [1, 2.5, "x", None, True]}},
        "fv": [float(np.float32(i + d / 10)) for d in range(8)],
        "hv": np.array([i % 100 + d for d in range(8)], dtype=np.float16),
        "bv": np.array([i % 100 + d for d in range(8)], dtype=ml_dtypes.bfloat16),
        "bits": [i >> bit & 1 for bit in range(16)],
        "iv": np.array([(i + d) % 256 - 128 for d in range(8)], dtype=np.int8),
        "colour": f"c{i % 5}",
        "size": i,
    }
    if not auto_id:
        r["id"] = i
    if not scalars_only:
        r |= {
            "sv": {i % 50: 0.5, 100 + i: 1.25},
            "ints": list(range(i % 5)),
            "texts": [f"t{i}", 'a "b", c'],
            "floats": [0.5, float(np.float32(i))],
            "bools": [True, i % 2 == 0],
            "maybe": None if i % 4 == 0 else f"m{i}",
            "maybe_int": None if i % 5 == 0 else i,
            "maybe_json": None if i % 6 == 0 else {"k": i},
            "usual": None if i % 2 else i,
        }
    return r


def check(c, name, rows, csv=False, scalars_only=False, auto_id=False):
    assert count(name) == rows, count(name)
    shown = c.query(name, filter="int64 >= 0", output_fields=["*"], limit=rows)
    assert len(shown) == rows
    for r in shown:
        i = r["int32"] // 1000
        want = row(i)
        if not auto_id:
            assert r["id"] == i
        for key in ("bool", "int8", "int16", "int64", "text", "json"):
            assert r[key] == want[key], (i, key, r[key], want[key])
        assert np.float32(r["float"]) == np.float32(want["float"]) and r["double"] == want["double"]
        assert np.allclose(r["fv"], want["fv"])
        assert np.array_equal(halves(r["hv"], np.float16), want["hv"]), (i, r["hv"])
        assert np.array_equal(halves(r["bv"], ml_dtypes.bfloat16), want["bv"])
        assert np.unpackbits(np.frombuffer(raw(r["bits"]), dtype=np.uint8)).tolist() == want["bits"], (i, r["bits"])
        assert np.array_equal(np.frombuffer(raw(r["iv"]), dtype=np.int8), want["iv"])
        assert r["colour"] == want["colour"] and r["size"] == want["size"], (i, r["size"])
        if scalars_only:
            continue
        assert {int(k): v for k, v in r["sv"].items()} == want["sv"], (i, r["sv"])
        for key in ("ints", "texts", "bools", "maybe", "maybe_int", "maybe_json"):
            assert (list(r[key]) if isinstance(want[key], list) else r[key]) == want[key], (i, key, r[key], want[key])
        assert [np.float32(x) for x in r["floats"]] == [np.float32(x) for x in want["floats"]]
        assert r["usual"] == (42 if i % 2 else i), (i, r["usual"])
    hits = c.search(name, [row(17)["fv"]], anns_field="fv", limit=1, output_fields=["int32"])
    assert hits[0][0]["entity"]["int32"] == 17000
    assert len(c.query(name, filter='colour == "c3"', output_fields=["size"], limit=rows)) == len([i for i in range(rows) if i % 5 == 3])


def raw(value):
    value = value[0] if isinstance(value, list) and value and isinstance(value[0], (bytes, np.ndarray)) else value
    return bytes(value) if isinstance(value, (bytes, bytearray)) else bytes(np.array(value, dtype=np.int64).astype(np.uint8)) if isinstance(value, list) else value.tobytes()


def halves(value, dtype):
    return np.frombuffer(raw(value), dtype=dtype)


def written(schema, kind, rows, auto_id=False, scalars_only=False, **config):
    writer = LocalBulkWriter(schema, str(ROOT), chunk_size=64 << 20, file_type=kind, config=config or None)
    for i in range(rows):
        writer.append_row(row(i, auto_id, scalars_only))
    writer.commit()
    return writer.batch_files


def simple(c, name, **more):
    schema = c.create_schema(**more)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("word", DataType.VARCHAR, max_length=10)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    return name


def put(name, text):
    path = ROOT / name
    path.write_text(text) if isinstance(text, str) else path.write_bytes(text)
    return str(path)


GOOD = [{"id": i, "word": f"w{i}", "v": [i, 0, 0, 0.5]} for i in range(20)]


def post(path, **body):
    return requests.post(f"{URI}/v2/vectordb/{path}", json=body).json()
