"""Lives of a server: how much an idle one takes, and how soon one is back after `kill -9` on a filled directory.

usage: lives.py [ROWS] [DIM] [FOLDER]      run it from the root of a built checkout
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy as np
from pymilvus import DataType, MilvusClient

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
dim = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
folder = sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="sextant-lives-")
PORT, MANAGEMENT = 39530, 39091


def start():
    began = time.time()
    process = subprocess.Popen(
        ["./sextant", "serve", "--data", folder, "--port", str(PORT), "--management-port", str(MANAGEMENT)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "SEXTANT_STALE_OK": "1"})
    while True:
        try:
            if urllib.request.urlopen(f"http://127.0.0.1:{MANAGEMENT}/healthz", timeout=1).status == 200:
                return process, time.time() - began
        except OSError:
            time.sleep(0.01)


def resident(process):
    status = open(f"/proc/{process.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


process, ready = start()
time.sleep(float(os.environ.get("IDLE_SECONDS", "75")))
print(f"empty: ready in {ready:.2f} s, {resident(process):.0f} MB resident after a rest")

client = MilvusClient(f"http://127.0.0.1:{PORT}")
schema = client.create_schema()
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("v", DataType.FLOAT_VECTOR, dim=dim)
index = client.prepare_index_params()
index.add_index("v", index_type="FLAT", metric_type="L2")
client.create_collection("lives", schema=schema, index_params=index)
random = np.random.default_rng(1)
first = random.random((1, dim), dtype=np.float32)[0]
batch = max(1, 8_000_000 // (4 * dim))
for at in range(0, rows, batch):
    data = random.random((min(batch, rows - at), dim), dtype=np.float32)
    if at == 0:
        data[0] = first
    client.insert("lives", [{"id": at + i, "v": data[i]} for i in range(len(data))])
process.send_signal(signal.SIGKILL)
process.wait()
size = sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(folder) for f in files)

process, ready = start()
began = time.time()
client = MilvusClient(f"http://127.0.0.1:{PORT}")
state = client.get_load_state("lives")["state"]
hit = client.search("lives", [first], limit=1)[0][0]
answered = time.time() - began
count = client.query("lives", output_fields=["count(*)"])[0]["count(*)"]
print(
    f"{rows} rows of {dim}-d, {size / 1e6:,.0f} MB: after kill -9 ready in {ready:.2f} s, first search answered "
    f"{answered:.2f} s later ({state}); {count} rows, nearest is {hit['id']} at {hit['distance']:.3g}"
)
process.send_signal(signal.SIGTERM)
began = time.time()
process.wait()
print(f"stopped in {time.time() - began:.2f} s")
process, ready = start()
print(f"after a clean stop: ready in {ready:.2f} s")
process.send_signal(signal.SIGKILL)
process.wait()
if len(sys.argv) <= 3:
    shutil.rmtree(folder)
