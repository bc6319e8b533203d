"""Bulk import: pymilvus' own writers make the files on this machine; its own helpers ask for the import.

usage: bulk.py URI ROOT S3PORT [NAME ...]      ROOT is a directory that the server imports from

Prints one line a story, as stories.py does, and asks for the server's death in the same way.
"""
import json
import math
import os
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import requests
from pymilvus import DataType, Function, FunctionType, MilvusClient, utility
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter, get_import_progress, list_import_jobs

from importing import (
    GOOD, KINDS, ROOT, URI, check, count, end, everything, fails, imported, inserted, older_calls, post, put, row, simple, start, wait, written)
from telling import fresh, killed, refused, run, story


def local_writer(kind):
    def tell(c):
        name = fresh(c, f"bulk_{kind.name.lower()}")
        schema = everything(c, name)
        files = written(schema, kind, 300)
        data = imported(name, files)
        assert data["importedRows"] == data["totalRows"] == 300 and data["progress"] == 100 and data["completeTime"], data
        assert [d["fileName"] for d in data["details"]] == [",".join(group) for group in files]
        assert data["details"][0]["fileSize"] == os.path.getsize(files[0][0]) == data["fileSize"]
        check(c, name, 300)
        c.drop_collection(name)

    tell.__name__ = f"what_the_local_writer_writes_as_{kind.name.lower()}_is_imported"
    story(tell)


for each in KINDS:
    local_writer(each)


@story
def what_the_local_writer_writes_as_numpy_is_imported(c):
    name = fresh(c, "bulk_numpy")
    schema = everything(c, name, scalars_only=True)
    files = written(schema, BulkFileType.NUMPY, 300, scalars_only=True)
    assert len(files) == 1 and len(files[0]) > 10
    assert imported(name, files)["importedRows"] == 300
    check(c, name, 300, scalars_only=True)
    c.drop_collection(name)


@story
def large_files_of_several_chunks(c):
    """Chunks of a megabyte: several files, groups of rows and batches; keys made by the server."""
    name = fresh(c, "bulk_chunks")
    schema = everything(c, name, auto_id=True)
    writer = LocalBulkWriter(schema, str(ROOT), chunk_size=1 << 20, file_type=BulkFileType.PARQUET)
    for i in range(10_000):
        writer.append_row(row(i, auto_id=True))
    writer.commit()
    assert len(writer.batch_files) > 1
    data = imported(name, writer.batch_files)
    assert data["importedRows"] == 10_000 and len(data["details"]) == len(writer.batch_files)
    assert count(name) == 10_000
    keys = c.query(name, filter="int32 >= 0", output_fields=["int32"], limit=10_000)
    assert len({r["id"] for r in keys}) == 10_000 and {r["int32"] for r in keys} == {i * 1000 for i in range(10_000)}
    c.drop_collection(name)


@story
def relative_paths_and_the_older_calls(c):
    name = simple(c, fresh(c, "bulk_older"))
    put("older.json", json.dumps(GOOD))
    with older_calls():
        task, state = inserted(name, ["older.json"])
        assert state.state_name == "Completed" and state.row_count == 20, state
        assert state.progress == 100 and not state.failed_reason
        assert task in [t.task_id for t in utility.list_bulk_insert_tasks(collection_name=name)]
        assert len(utility.list_bulk_insert_tasks(limit=1)) == 1
        _, state = inserted(name, ["not_there.json"])
        assert state.state_name == "Failed" and "not_there.json" in state.failed_reason
        refused(lambda: utility.get_bulk_insert_state(12345), "12345", code=2101)
        refused(lambda: utility.do_bulk_insert("no_such_collection", ["older.json"]), "not found", code=100)
    jobs = list_import_jobs(url=URI, collection_name=name).json()["data"]["records"]
    assert [j["state"] for j in jobs] == ["Failed", "Completed"], jobs
    c.drop_collection(name)


@story
def partitions_and_partition_keys(c):
    name = simple(c, fresh(c, "bulk_partition"))
    c.create_partition(name, "p")
    path = put("partition.json", json.dumps({"rows": GOOD}))
    imported(name, [[path]], partition_name="p")
    assert len(c.query(name, filter="id >= 0", partition_names=["p"], limit=100)) == 20
    assert len(c.query(name, filter="id >= 0", partition_names=["_default"], limit=100)) == 0
    refused(lambda: start(name, [[path]], partition_name="q"), "partition not found")
    c.drop_collection(name)

    name = fresh(c, "bulk_keyed")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("word", DataType.VARCHAR, max_length=10, is_partition_key=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=4)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, num_shards=3)
    refused(lambda: start(name, [[path]], partition_name="_default_0"), "partition key")
    imported(name, [[path]])
    assert [r["id"] for r in c.query(name, filter="word == 'w7'", output_fields=["id"])] == [7]
    c.upsert(name, [{"id": 7, "word": "new", "v": [1, 1, 1, 1]}])
    assert count(name) == 20 and c.query(name, filter="word == 'w7'") == []
    c.drop_collection(name)


@story
def deletes_before_miss_the_rows_and_deletes_after_hit_them(c):
    name = simple(c, fresh(c, "bulk_deletes"))
    c.insert(name, GOOD[:5])
    path = put("deletes.json", json.dumps(GOOD))
    job = start(name, [[path]], options={"auto_commit": "false"})
    data = wait(job, "Uncommitted")
    assert data["progress"] == 99 and count(name) == 5
    c.delete(name, ids=[0, 1, 2])
    commit = lambda: post("jobs/import/commit", jobId=job)
    assert commit()["code"] == 0
    wait(job)
    assert len(c.query(name, filter="id in [0, 1, 2]")) == 3 and count(name) == 20 + 2
    c.delete(name, ids=[0])
    assert c.query(name, filter="id == 0") == []
    job = start(name, [[path]], options={"auto_commit": "false"})
    wait(job, "Uncommitted")
    assert post("jobs/import/abort", jobId=job)["code"] == 0
    assert wait(job, "Failed")["reason"].startswith("aborted")
    assert post("jobs/import/commit", jobId=job)["code"] == 2100
    c.drop_collection(name)


@story
def broken_files_are_refused_with_file_and_row(c):
    name = simple(c, fresh(c, "bulk_broken"))
    bad = lambda i, **change: [r | (change if r["id"] == i else {}) for r in GOOD]
    cases = [
        ("cut.json", json.dumps(GOOD)[:-30], ["cut.json"]),
        ("list.json", '{"other": []}', ["rows"]),
        ("dim.json", json.dumps(bad(7, v=[1, 2, 3])), ["dim.json", "row 7", "'v'", "3 numbers"]),
        ("long.json", json.dumps(bad(9, word="x" * 11)), ["row 9", "'word'", "max_length"]),
        ("type.json", json.dumps(bad(3, word=5)), ["row 3", "'word'", "a text"]),
        ("id.json", json.dumps(bad(3, id="x")), ["row 3", "'id'", "integer"]),
        ("nan.json", json.dumps(bad(3, v=[math.nan, 1, 2, 3])), ["nan.json"]),
        ("huge.json", json.dumps(bad(3, v=[1e300, 1, 2, 3])), ["row 3", "'v'"]),
        ("missing.json", json.dumps([{"id": 1, "v": [0, 0, 0, 0]}]), ["row 0", "value of field 'word' is missed"]),
        ("null.json", json.dumps(bad(4, word=None)), ["row 4", "word"]),
        ("twice.json", '[{"id": 1, "id": 2, "word": "a", "v": [0,0,0,0]}]', ["duplicate"]),
        ("lines.jsonl", '{"id": 1, "word": "a", "v": [0,0,0,0]}\nnonsense\n', ["lines.jsonl", "line 2"]),
        ("head.csv", "id,word\n1,a\n", ["'v'", "missed"]),
        ("cells.csv", 'id,word,v\n1,a,"[0,0,0,0]"\n2,b\n', ["row 1"]),
        ("dup.csv", 'id,word,id,v\n1,a,2,"[0,0,0,0]"\n', ["'id'", "twice"]),
        ("value.csv", 'id,word,v\n1,a,"[0,0,0,0]"\nx,b,"[0,0,0,0]"\n', ["row 1", "'id'"]),
        ("vector.csv", 'id,word,v\n1,a,"[0,0,0"\n', ["row 0", "'v'"]),
        ("utf.csv", b'id,word,v\n1,\xff\xfe,"[0,0,0,0]"\n', ["UTF-8"]),
        ("empty.csv", "", ["empty.csv"]),
        ("no.parquet", b"PAR1 this is not parquet at all", ["no.parquet", "parquet"]),
        ("empty.parquet", b"", ["empty.parquet"]),
    ]
    for file, text, fragments in cases:
        fails(name, [[put(file, text)]], *fragments)
    many = fails(name, [[put("fine.json", json.dumps(GOOD))], [str(ROOT / "dim.json")], [str(ROOT / "gone.json")]], "gone.json")
    assert [bool(d["reason"]) for d in many["details"]] == [False, False, True], many["details"]
    assert count(name) == 0
    c.drop_collection(name)


@story
def broken_parquet_and_numpy(c):
    name = simple(c, fresh(c, "bulk_columns"))
    ids, words = list(range(20)), [f"w{i}" for i in range(20)]
    v = [[float(i), 0.0, 0.0, 0.5] for i in range(20)]

    def table(file, columns, **more):
        pq.write_table(pa.table(columns), ROOT / file, **more)
        return [[str(ROOT / file)]]

    fails(name, table("wrong.parquet", {"id": words, "word": words, "v": v}), "'id'", "BINARY")
    fails(name, table("few.parquet", {"id": ids, "v": v}), "no parquet field", "word")
    fails(name, table("dims.parquet", {"id": ids, "word": words, "v": v[:11] + [[1.0, 2.0]] + v[12:]}), "row 11", "2 numbers")
    fails(name, table("nulls.parquet", {"id": ids, "word": words[:5] + [None] + words[6:], "v": v}), "row 5", "word")
    fails(name, table("element.parquet", {"id": ids, "word": words, "v": v[:3] + [[1.0, None, 2.0, 3.0]] + v[4:]}), "row 3", "null")
    fails(name, table("text.parquet", {"id": ids, "word": ["x" * 99] * 20, "v": v}), "row 0", "max_length")
    whole = Path(table("whole.parquet", {"id": ids, "word": words, "v": v}, write_page_checksum=True)[0][0]).read_bytes()
    for at in range(4, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        put("flipped.parquet", bytes(broken))
        data = end(start(name, [[str(ROOT / "flipped.parquet")]]))
        assert data["state"] in ("Completed", "Failed") and "internal" not in data["reason"], data
        if data["state"] == "Completed":
            c.delete(name, filter="id >= -9000000000000000000")
    for at in (len(whole) // 2, len(whole) - 9):
        fails(name, [[put("cut.parquet", whole[:at])]], "cut.parquet")
    for codec in ("none", "snappy", "gzip", "zstd", "lz4"):
        for version in ("1.0", "2.0"):
            assert imported(name, table("codec.parquet", {"id": ids, "word": words, "v": v}, compression=codec, data_page_version=version))["importedRows"] == 20
            c.delete(name, ids=ids)
    fails(name, table("brotli.parquet", {"id": ids, "word": words, "v": v}, compression="brotli"), "BROTLI")

    d = ROOT / "numpy"
    d.mkdir(exist_ok=True)

    def arrays(**columns):
        group = []
        for field, array in columns.items():
            np.save(d / f"{field}.npy", array, allow_pickle=True)
            group.append(str(d / f"{field}.npy"))
        return [group]

    good = dict(id=np.array(ids), word=np.array(words), v=np.array(v, dtype=np.float32))
    assert imported(name, arrays(**good))["importedRows"] == 20
    c.delete(name, ids=ids)
    assert imported(name, arrays(**good | {"v": np.array(v, dtype=">f8"), "id": np.array(ids, dtype=">i4")}))["importedRows"] == 20
    assert sorted(r["id"] for r in c.query(name, filter="id >= 0", limit=100)) == ids
    c.delete(name, ids=ids)
    fails(name, arrays(id=good["id"], v=good["v"]), "no file for field", "word")
    fails(name, arrays(**good | {"id": np.array(ids[:5])}), "rows")
    fails(name, arrays(**good | {"v": np.zeros((20, 5), dtype=np.float32)}), "'v'", "shape")
    fails(name, arrays(**good | {"v": np.asfortranarray(good["v"])}), "FORTRAN")
    fails(name, arrays(**good | {"word": np.array([None] * 20)}), "objects")
    fails(name, arrays(**good | {"id": np.array(words)}), "'id'")
    cut = d / "v.npy"
    arrays(**good)
    cut.write_bytes(cut.read_bytes()[:-20])
    fails(name, [[str(d / f"{f}.npy") for f in good]], "v.npy")
    c.drop_collection(name)


@story
def paths_outside_of_the_roots_and_wrong_requests(c):
    name = simple(c, fresh(c, "bulk_paths"))
    outside = ROOT.parent / "outside.json"
    outside.write_text(json.dumps(GOOD))
    (ROOT / "link.json").unlink(missing_ok=True)
    (ROOT / "link.json").symlink_to(outside)
    for path in (str(outside), "../outside.json", str(ROOT / ".." / "outside.json"), str(ROOT / "link.json"), "link.json", "/etc/passwd.json"):
        fails(name, [[path]], "does not exist, or lies outside")
    refused(lambda: start(name, []), "empty", )
    refused(lambda: start(name, [[]]), "empty")
    refused(lambda: start(name, [["a.exe"]]), "unexpected file type")
    refused(lambda: start(name, [["a.json", "b.json"]]), "only one file")
    refused(lambda: start(name, [["a.json", "b.npy"]]), "unexpected file type")
    refused(lambda: start(name, [["x.json"]] * 1025), "1024")
    refused(lambda: start(name, [["x.json"]], options={"timeout": "soon"}), "timeout")
    refused(lambda: start(name, [["x.csv"]], options={"sep": "\n"}), "separator")
    refused(lambda: start("never_was", [["x.json"]]), "not found")
    refused(lambda: get_import_progress(url=URI, job_id="999999"), "2101")
    assert post("jobs/import/create", collectionName=name)["code"] == 1802
    assert post("jobs/import/describe")["code"] == 1802
    late = fails(name, [[put("late.json", json.dumps(GOOD))]], "timeout", options={"timeout": "0s"})
    assert post("jobs/import/get_progress", jobId=late["jobId"])["data"]["state"] == "Failed"
    c.drop_collection(name)


@story
def whoever_asks_again_with_the_same_key_gets_the_same_job(c):
    """The header of the guide, which pymilvus sends from 3.0.3 on; and the metadata of gRPC."""
    name = simple(c, fresh(c, "bulk_again"))
    path = put("again.json", json.dumps(GOOD))

    def asked(key):
        body = {"collectionName": name, "files": [[path]]}
        return requests.post(f"{URI}/v2/vectordb/jobs/import/create", json=body, headers={"Idempotency-Key": key}).json()

    job = asked("nightly-1")["data"]["jobId"]
    assert asked("nightly-1")["data"]["jobId"] == job
    wait(job)
    killed()
    assert asked("nightly-1")["data"]["jobId"] == job
    assert count(name) == 20
    other = asked("nightly-2")["data"]["jobId"]
    assert other != job and wait(other)["importedRows"] == 20
    assert asked("x" * 257)["code"] == 1100 and asked("x" * 256)["code"] == 0
    client = MilvusClient(uri=URI)
    client.drop_collection(name)
    client.close()


@story
def files_made_to_hurt_are_refused_each_with_its_reason(c):
    name = simple(c, fresh(c, "bulk_hostile"))
    deep = "[" * 200_000 + "]" * 200_000
    npy = lambda header, data=b"": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data
    shape = lambda text: npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {text}, }}\n", b"\0" * 64)
    text_files = [
        ("deep.json", '[{"id": 1, "word": "a", "v": [0,0,0,0], "extra": %s}]' % deep, "deep.json"),
        ("deep_rows.json", deep, "deep_rows.json"),
        ("deep.jsonl", deep, "deep.jsonl"),
        ("digits.json", '[{"id": %s, "word": "a", "v": [0,0,0,0]}]' % ("9" * 100_000), "digits.json"),
        ("long.json", '[{"id": 1, "word": "%s", "v": [0,0,0,0]}]' % ("x" * (30 << 20)), "long.json"),
        ("name.json", '[{"%s": 1}]' % ("x" * (10 << 20)), "name.json"),
        ("wide.json", '[{"id": 1, "word": "a", "v": [%s]}]' % ("0," * 5_000_000 + "0"), "wide.json"),
        ("open.csv", 'id,word,v\n1,"' + "x" * (30 << 20), "open.csv"),
        ("middle.csv", 'id,word,v\n1,a"b"c,"[0,0,0,0]"x\n', "middle.csv"),
        ("columns.csv", ",".join(f"c{i}" for i in range(200_000)) + "\n", "columns.csv"),
        ("nulls.csv", b"\0" * (1 << 20), "nulls.csv"),
        ("bom.json", b"\xff\xfe[\0", "bom.json"),
        ("empty.json", "", "empty.json"),
        ("empty.npy", b"", "empty.npy"),
        ("empty.csv", "", "empty.csv"),
        ("empty.parquet", b"", "empty.parquet"),
        ("zip.parquet", b"PK\x03\x04" + b"\0" * 1000, "zip.parquet"),
        ("footer.parquet", b"PAR1" + b"\0" * 100 + (2**31 - 1).to_bytes(4, "little") + b"PAR1", "footer.parquet"),
        ("footer2.parquet", b"PAR1" + b"\xff" * 100 + (100).to_bytes(4, "little") + b"PAR1", "footer2.parquet"),
    ]
    for file, text, fragment in text_files:
        data = fails(name, [[put(file, text)]], fragment)
        assert data["details"][0]["reason"] and len(data["reason"]) < 2000, (file, data)
        assert not any(word in data["reason"] for word in ("OutOfMemory", "heap", "StackOverflow", "Exception")), data["reason"]
    for number, text in enumerate((
            "(4611686018427387904, 4)", "(9223372036854775807, 9223372036854775807)", "(-1, 4)", "(4, -4)", "(99999999999999999999999, 4)",
            "(1000000000, 4)", "(" + "1, " * 5000 + ")", "(", "()", "(4,)", "((4, 4))", "__import__('os').abort()")):
        folder = ROOT / f"hostile{number}"
        folder.mkdir(exist_ok=True)
        np.save(folder / "id.npy", np.arange(4))
        np.save(folder / "word.npy", np.array(["a"] * 4))
        (folder / "v.npy").write_bytes(shape(text))
        data = fails(name, [[str(folder / f"{field}.npy") for field in ("id", "word", "v")]], "v.npy" if number > 4 else "")
        assert not any(word in data["reason"] for word in ("OutOfMemory", "heap", "Exception")), data["reason"]
    # Little on the disk, much in memory. Statistics would take the writer longer than all else here.
    large = pa.table({"id": [1], "word": ["x" * (200 << 20)], "v": [[0.0] * 4]})
    pq.write_table(large, ROOT / "text.parquet", compression="zstd", use_dictionary=False, write_statistics=False)
    fails(name, [["text.parquet"]], "text.parquet")
    assert os.path.getsize(ROOT / "text.parquet") < 1 << 20
    for big in (*ROOT.glob("*.parquet"), *ROOT.glob("*.csv"), *ROOT.glob("*.json")):
        big.unlink()
    c.drop_collection(name)


@story
def as_many_files_as_may_be_and_one_more(c):
    name = simple(c, fresh(c, "bulk_many"))
    path = put("one.json", json.dumps(GOOD))
    data = imported(name, [[path]] * 1024)
    assert data["importedRows"] == 1024 * 20 == count(name) and len(data["details"]) == 1024
    refused(lambda: start(name, [[path]] * 1025), "the max number of import files should not exceed 1024", "2100")
    put("bad.json", "[{}]")
    data = fails(name, [[path]] * 1023 + [["bad.json"]], "bad.json", "row 0")
    assert [bool(d["reason"]) for d in data["details"]] == [False] * 1023 + [True]
    c.drop_collection(name)


@story
def options_of_csv_dynamic_values_and_superfluous_columns(c):
    name = simple(c, fresh(c, "bulk_csv"), enable_dynamic_field=True)
    path = put("semi.csv", 'id;word;v;colour;$meta\n1;a;[0,0,0,0];red;"{""size"": 3}"\n2;NULL;"[1,0,0,0]";blue;{}\n')
    imported(name, [[path]], options={"sep": ";", "nullkey": "NULL"})
    rows = {r["id"]: r for r in c.query(name, filter="id >= 0", output_fields=["word", "colour", "size"])}
    assert rows[1]["colour"] == "red" and rows[1]["size"] == 3 and rows[2]["word"] == "NULL", rows
    fails(name, [[put("meta.json", '[{"id": 1, "word": "a", "v": [0,0,0,0], "x": 1, "$meta": {"x": 2}}]')]], "'x'", "twice")
    imported(name, [[put("meta2.json", '[{"id": 3, "word": "a", "v": [0,0,0,0], "x": [1, {"y": 2}], "$meta": "{\\"z\\": 2}"}]')]])
    assert c.query(name, filter="z == 2", output_fields=["x"])[0]["x"] == [1, {"y": 2}]
    c.drop_collection(name)
    name = simple(c, fresh(c, "bulk_extra"))
    imported(name, [[put("extra.json", json.dumps([r | {"extra": {"deep": [1]}} for r in GOOD]))]])
    assert count(name) == 20
    c.drop_collection(name)


@story
def functions_make_their_fields_of_imported_rows(c):
    name = fresh(c, "bulk_text")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=200, enable_analyzer=True)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function(name="bm25", function_type=FunctionType.BM25, input_field_names=["text"], output_field_names=["words"]))
    index = c.prepare_index_params()
    index.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    c.create_collection(name, schema=schema, index_params=index)
    writer = LocalBulkWriter(schema, str(ROOT), file_type=BulkFileType.PARQUET)
    for i, text in enumerate(["a quick fox", "a slow dog", "no animal at all"]):
        writer.append_row({"id": i, "text": text})
    writer.commit()
    imported(name, writer.batch_files)
    assert [h["id"] for h in c.search(name, ["slow dogs and a dog"], anns_field="words", limit=3)[0]][0] == 1
    fails(name, [[put("output.json", '[{"id": 9, "text": "x", "words": {"1": 0.5}}]')]], "words")
    c.drop_collection(name)


@story
def structs_are_imported_from_each_kind_of_file(c):
    for kind in KINDS:
        name = fresh(c, "bulk_structs")
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("v", DataType.FLOAT_VECTOR, dim=8)
        clip = c.create_struct_field_schema()
        clip.add_field("f", DataType.FLOAT_VECTOR, dim=8)
        clip.add_field("i", DataType.INT8_VECTOR, dim=8)
        clip.add_field("n", DataType.INT32)
        clip.add_field("word", DataType.VARCHAR, max_length=20)
        schema.add_field("clips", DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=clip, max_capacity=5)
        index = c.prepare_index_params()
        index.add_index("v", index_type="FLAT", metric_type="L2")
        index.add_index("clips[f]", index_type="HNSW", metric_type="MAX_SIM_L2")
        index.add_index("clips[i]", index_type="HNSW", metric_type="L2")
        c.create_collection(name, schema=schema, index_params=index)

        def clips(i):
            return [{"f": [float(i + e + d) for d in range(8)], "i": np.arange(8, dtype=np.int8) + e, "n": i * 10 + e, "word": f"w{e}"}
                    for e in range(1 + i % 4)]

        writer = LocalBulkWriter(schema=schema, local_path=str(ROOT / f"structs-{kind.name}"), file_type=kind)
        for i in range(100):
            writer.append_row({"id": i, "v": [float(i)] * 8, "clips": clips(i)})
        writer.commit()
        imported(name, writer.batch_files)
        found = c.query(name, filter="id in [0, 7, 50]", output_fields=["clips"])
        assert [[(e["n"], e["word"]) for e in r["clips"]] for r in found] == [
            [(e["n"], e["word"]) for e in clips(i)] for i in (0, 7, 50)], (kind, found)
        hits = c.search(name, [clips(7)[2]["f"]], anns_field="clips[f]", limit=1, search_params={"metric_type": "L2"})[0]
        assert hits[0]["distance"] == 0, (kind, hits)


@story
def a_server_killed_during_an_import_shows_all_rows_or_none(c):
    name = simple(c, fresh(c, "bulk_killed"))
    rows = 20_000
    v = np.random.default_rng(5).normal(size=(rows, 4)).astype(np.float32)
    table = pa.table({"id": pa.array(range(rows)), "word": pa.array([f"w{i}" for i in range(rows)]), "v": pa.array(v.tolist(), type=pa.list_(pa.float32()))})
    files = []
    for part in range(4):
        pq.write_table(table, ROOT / f"killed{part}.parquet")
        files.append([str(ROOT / f"killed{part}.parquet")])
    for attempt in range(2):
        job = start(name, files)
        time.sleep(0.2 * attempt)
        seen = count(name)
        assert seen % (4 * rows) == 0, seen
        killed()
        seen = count(name)
        assert seen % (4 * rows) == 0, seen
        wait(job)  # it began again by itself, or was over
        assert count(name) == 4 * rows * (attempt + 1), (attempt, count(name))
    c2 = MilvusClient(uri=URI)
    c2.drop_collection(name)
    c2.close()


if __name__ == "__main__":
    sys.exit(run(sys.argv[4:], client=lambda: MilvusClient(uri=URI)))
