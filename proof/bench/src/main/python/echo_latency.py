"""What the wire adds: p50 of a search through the public client, one call at a time.

usage: echo_latency.py URI [CALLS]
"""
import sys
import time

import numpy as np
from pymilvus import MilvusClient

client = MilvusClient(sys.argv[1])
calls = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
name = "latency_bench"
client.drop_collection(name)
client.create_collection(name, dimension=128, metric_type="L2")
base = np.random.default_rng(1).random((1000, 128), dtype=np.float32)
client.insert(name, [{"id": i, "vector": base[i]} for i in range(1000)])
times = []
for i in range(calls):
    began = time.perf_counter()
    client.search(name, [base[i % 1000]], limit=10)
    times.append(time.perf_counter() - began)
times = sorted(times[calls // 4 :])
print(f"p50 {times[len(times) // 2] * 1e3:.3f} ms, p99 {times[int(len(times) * 0.99)] * 1e3:.3f} ms")
client.drop_collection(name)
