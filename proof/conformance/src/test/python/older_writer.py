"""What a RemoteBulkWriter of an older pymilvus writes, and asks for, in its own words: see bucket.py.

usage: older_writer.py URI ROOT S3PORT
"""
import sys
import time
from pathlib import Path

from pymilvus import DataType, MilvusClient
from pymilvus.bulk_writer import BulkFileType, RemoteBulkWriter, bulk_import, get_import_progress, list_import_jobs

from store import BUCKET, OWNER, SECRET

URI, ROOT, S3PORT = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

client = MilvusClient(uri=URI)
for kind in (BulkFileType.PARQUET, BulkFileType.JSON, BulkFileType.CSV):
    name = f"bucket_older_{kind.name.lower()}"
    schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=8)
    schema.add_field("scalar_1", DataType.VARCHAR, max_length=512)
    schema.add_field("scalar_2", DataType.INT64)
    schema.verify()
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="L2")
    if client.has_collection(name):
        client.drop_collection(name)
    client.create_collection(name, schema=schema, index_params=index)
    param = RemoteBulkWriter.S3ConnectParam(
        endpoint=f"127.0.0.1:{S3PORT}", access_key=OWNER, secret_key=SECRET, bucket_name=BUCKET, secure=False)
    writer = RemoteBulkWriter(schema=schema, remote_path="/", connect_param=param, file_type=kind)
    for i in range(100):
        writer.append_row({"id": i, "vector": [i + d / 10 for d in range(8)], "scalar_1": f"s{i}", "scalar_2": i % 7, "dynamic_field_1": i % 2 == 0})
    writer.commit()
    job = bulk_import(url=URI, collection_name=name, files=writer.batch_files).json()["data"]["jobId"]
    until = time.time() + 60
    while True:
        data = get_import_progress(url=URI, job_id=job).json()["data"]
        if data["state"] in ("Completed", "Failed"):
            break
        assert time.time() < until, data
        time.sleep(0.05)
    assert data["state"] == "Completed" and data["importedRows"] == 100, data
    assert job in [each["jobId"] for each in list_import_jobs(url=URI, collection_name=name).json()["data"]["records"]]
    client.refresh_load(name)
    found = client.query(name, filter="id == 17", output_fields=["*"])[0]
    # A cell of a file of cells has no type beside its text.
    assert found["scalar_1"] == "s17" and found["scalar_2"] == 3 and found["dynamic_field_1"] in (False, "False", "false"), found
    client.drop_collection(name)
client.close()
