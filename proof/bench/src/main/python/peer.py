"""A peer under measurement: builds its index once, then runs all queries at a setting whenever it is told.

usage: peer.py NAME DATA QUERIES METRIC K      then lines on standard input: `run ef=64`; answers are JSON, one line each
"""
import gzip
import json
import sys
import time

import numpy as np


def load(path):
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        return np.load(file).astype(np.float32)


class Hnswlib:
    """M 16, efConstruction 200, one thread: the settings that everybody compares with."""

    def __init__(self, base, metric):
        import hnswlib

        self.index = hnswlib.Index(space={"L2": "l2", "IP": "ip", "COSINE": "cosine"}[metric], dim=base.shape[1])
        self.index.init_index(max_elements=len(base), M=16, ef_construction=200, random_seed=1)
        self.index.set_num_threads(2)
        self.index.add_items(base, np.arange(len(base)))
        self.index.set_num_threads(1)

    def run(self, queries, k, settings):
        self.index.set_ef(int(settings["ef"]))
        return self.index.knn_query(queries, k=k)[0]


def main():
    name, data, query_file, metric, k = sys.argv[1:6]
    base, queries = load(data), load(query_file)
    began = time.time()
    peer = {"hnswlib": Hnswlib}[name](base, metric)
    print(json.dumps({"build_seconds": time.time() - began}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if not words or words[0] != "run":
            continue
        settings = dict(word.split("=") for word in words[1:])
        wall, cpu = time.perf_counter(), time.thread_time()
        ids = peer.run(queries, int(k), settings)
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
        flat = [int(i) for i in np.asarray(ids, dtype=np.int64).reshape(-1)]
        print(json.dumps({"qps_wall": len(queries) / wall, "qps_cpu": len(queries) / cpu, "ids": flat}), flush=True)


main()
