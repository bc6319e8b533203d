"""Ingest through the public client: rows a second as its user sees them, and the server's CPU time a row.

usage: ingest.py URI [ROWS] [DIM] [BATCH] [METRICS_URL]
"""
import re
import sys
import time
import urllib.request

import numpy as np
from pymilvus import DataType, MilvusClient

uri = sys.argv[1]
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
dim = int(sys.argv[3]) if len(sys.argv) > 3 else 128
batch = int(sys.argv[4]) if len(sys.argv) > 4 else 5_000
metrics = sys.argv[5] if len(sys.argv) > 5 else None


def cpu():
    if not metrics:
        return float("nan")
    text = urllib.request.urlopen(metrics).read().decode()
    return float(re.search(r"^process_cpu_seconds_total (\S+)", text, re.M).group(1))


client = MilvusClient(uri)
name = "ingest_bench"
client.drop_collection(name)
schema = client.create_schema()
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("v", DataType.FLOAT_VECTOR, dim=dim)
client.create_collection(name, schema=schema)
data = np.random.default_rng(1).random((batch, dim), dtype=np.float32)
batches = [[{"id": at + i, "v": data[i]} for i in range(batch)] for at in range(0, rows, batch)]
client.insert(name, [{"id": -1 - i, "v": data[i]} for i in range(batch)])  # warm
before, began = cpu(), time.time()
for one in batches:
    client.insert(name, one)
seconds, used = time.time() - began, cpu() - before
print(
    f"{rows} rows of {dim}-d in batches of {batch}: {rows / seconds:,.0f} rows/s, {rows * dim * 4 / seconds / 1e6:.0f} MB/s, "
    f"server CPU {used / rows * 1e6:.1f} us a row, wall {seconds:.1f} s"
)
client.drop_collection(name)
