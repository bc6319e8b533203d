"""A library under measurement: builds its index once, then runs all queries at a setting whenever it is told.

usage: peer.py NAME PARAMETERS DATA QUERIES METRIC K ROWS QUERIES THREADS
then lines on standard input: `run ef=64`. Each answer is a line of JSON and the rows found, int32, little-endian.
"""
import gzip
import json
import os
import sys
import time

import numpy as np

# Only answers go out: what libraries print goes to standard error.
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def load(path, most):
    """A matrix as float32: .npy or .fvecs/.bvecs/.fbin/.u8bin, gzip-compressed or not, or an .hdf5 data set."""
    name, _, part = path.partition("#")
    if name.endswith((".hdf5", ".h5")):
        import h5py

        with h5py.File(name) as file:
            return np.asarray(file[part][:most], dtype=np.float32)
    opened = gzip.open(name, "rb") if name.endswith(".gz") else open(name, "rb")
    with opened as file:
        kind = name.removesuffix(".gz").rsplit(".", 1)[1]
        if kind == "npy":
            return np.ascontiguousarray(np.load(file)[:most], dtype=np.float32)
        if kind in ("fbin", "u8bin"):
            rows, columns = np.frombuffer(file.read(8), dtype="<i4")
            values = np.frombuffer(file.read(), dtype="<f4" if kind == "fbin" else "u1")
            return np.ascontiguousarray(values.reshape(rows, columns)[:most], dtype=np.float32)
        if kind in ("fvecs", "bvecs"):
            data = file.read()
            columns = int(np.frombuffer(data, dtype="<i4", count=1)[0])
            values = np.dtype([("length", "<i4"), ("row", "<f4" if kind == "fvecs" else "u1", (columns,))])
            return np.ascontiguousarray(np.frombuffer(data, dtype=values)["row"][:most], dtype=np.float32)
    raise SystemExit(f"{path}: unknown kind of file")


class Hnswlib:
    """M 16, efConstruction 200: the settings that everybody compares with."""

    def __init__(self, base, metric, parameters, threads):
        import hnswlib
        from importlib.metadata import version

        self.version = version("hnswlib")
        self.index = hnswlib.Index(space={"L2": "l2", "IP": "ip", "COSINE": "cosine"}[metric], dim=base.shape[1])
        self.index.init_index(
            max_elements=len(base),
            M=int(parameters.get("M", 16)),
            ef_construction=int(parameters.get("efConstruction", 200)),
            random_seed=1,
        )
        self.index.set_num_threads(threads)
        self.index.add_items(base, np.arange(len(base)))
        self.index.set_num_threads(1)

    def bytes(self):
        return self.index.index_file_size()

    def run(self, queries, k, settings):
        self.index.set_ef(int(settings["ef"]))
        return self.index.knn_query(queries, k=k)[0]


class Faiss:
    """type: hnsw, ivfpq, or anything that faiss' index factory understands with `;` for `,`, such as IVF1024;PQ64x4fs;RFlat."""

    def __init__(self, base, metric, parameters, threads):
        import faiss

        self.faiss, self.version = faiss, faiss.__version__
        faiss.omp_set_num_threads(threads)
        dim, kind = base.shape[1], parameters.get("type", "hnsw")
        measure = faiss.METRIC_L2 if metric == "L2" else faiss.METRIC_INNER_PRODUCT
        self.unit = metric == "COSINE"
        if self.unit:
            base = base / np.linalg.norm(base, axis=1, keepdims=True)
        if kind == "ivfpq":  # the fast scan of 4-bit codes, two components each, scored again on full rows
            lists = int(parameters.get("nlist", min(1024, max(1, len(base) // 50))))
            kind = f"IVF{lists};PQ{dim // 2}x4fs;RFlat"
        if kind == "hnsw":
            self.index = faiss.IndexHNSWFlat(dim, int(parameters.get("M", 32)), measure)
            self.index.hnsw.efConstruction = int(parameters.get("efConstruction", 200))
        else:
            self.index = faiss.index_factory(dim, kind.replace(";", ","), measure)
        if not self.index.is_trained:
            self.index.train(base)
        self.index.add(base)
        faiss.omp_set_num_threads(1)

    def bytes(self):
        return len(self.faiss.serialize_index(self.index))

    def run(self, queries, k, settings):
        if self.unit:
            queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
        space = self.faiss.ParameterSpace()
        for key, value in settings.items():
            space.set_index_parameter(self.index, {"ef": "efSearch", "refine_k": "k_factor_rf"}.get(key, key), float(value))
        return self.index.search(queries, k)[1]


class Usearch:
    """dtype f32, f16, bf16 or i8: how the rows are kept."""

    def __init__(self, base, metric, parameters, threads):
        import usearch
        from usearch.index import Index

        self.version = usearch.__version__
        self.index = Index(
            ndim=base.shape[1],
            metric={"L2": "l2sq", "IP": "ip", "COSINE": "cos"}[metric],
            dtype=parameters.get("dtype", "f32"),
            connectivity=int(parameters.get("M", 16)),
            expansion_add=int(parameters.get("efConstruction", 200)),
        )
        self.index.add(np.arange(len(base)), base, threads=threads)

    def bytes(self):
        return self.index.memory_usage

    def run(self, queries, k, settings):
        self.index.expansion_search = int(settings["ef"])
        return self.index.search(queries, k, threads=1).keys


def pairs(text):
    return dict(part.split("=", 1) if "=" in part else ("type", part) for part in text.split(",") if part)


def answer(line, rows=b""):
    answers.write(json.dumps(line).encode() + b"\n" + rows)
    answers.flush()


def main():
    name, parameters, data, query_file, metric, k, most_rows, most_queries, threads = sys.argv[1:10]
    base, queries = load(data, int(most_rows)), load(query_file, int(most_queries))
    began, cpu = time.time(), time.process_time()
    peer = {"hnswlib": Hnswlib, "faiss": Faiss, "usearch": Usearch}[name](base, metric, pairs(parameters), int(threads))
    seconds, cpu = time.time() - began, time.process_time() - cpu
    answer({
        "version": peer.version,
        "build_seconds": seconds,
        "build_cpu_seconds": cpu,
        "bytes_per_row": peer.bytes() / len(base),
    })
    del base  # libraries keep their own copy
    for line in sys.stdin:
        word, _, setting = line.strip().partition(" ")
        if word != "run":
            continue
        settings = pairs(setting.replace(";", ","))
        # The CPU time of the process: all its other threads are idle.
        wall, cpu = time.perf_counter(), time.process_time()
        found = peer.run(queries, int(k), settings)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rows = np.asarray(found).astype("<i4").reshape(len(queries), -1)
        if rows.shape[1] < int(k):
            rows = np.pad(rows, ((0, 0), (0, int(k) - rows.shape[1])), constant_values=-1)
        answer({"wall": wall, "cpu": cpu, "count": len(queries)}, np.ascontiguousarray(rows).tobytes())


main()
