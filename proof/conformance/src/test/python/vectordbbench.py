"""VectorDBBench, unmodified: a custom data set of real vectors, from its own command line, and what it wrote about it.

usage: vectordbbench.py URI FOLDER DATA      prints one line a story; FOLDER takes the data set that it makes of DATA, and the results
"""
import gzip
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from telling import URI, run, story

FOLDER, DATA = Path(sys.argv[2]), Path(sys.argv[3])
ROWS, QUERIES, DIM, K = 50_000, 500, 128, 10
LABELS = {0.01: "label_1p", 0.1: "label_10p", 0.5: "label_50p"}


def load(part, count):
    with gzip.open(DATA / f"sift-photos-1m-{part}.npy.gz") as file:
        return np.load(file)[:count].astype(np.float32)


def nearest(base, queries, among):
    """The K nearest of those rows, exactly."""
    ids = np.flatnonzero(among)
    some = base[ids]
    lengths = (some ** 2).sum(axis=1)
    found = []
    for at in range(0, len(queries), 100):
        distances = lengths - 2 * queries[at:at + 100] @ some.T
        best = np.argpartition(distances, 4 * K, axis=1)[:, :4 * K]
        order = np.take_along_axis(distances, best, axis=1).argsort(axis=1, kind="stable")
        found += ids[np.take_along_axis(best, order, axis=1)].tolist()
    return found


def written(name, **columns):
    pq.write_table(pa.table(columns), FOLDER / "set" / f"{name}.parquet")


def make():
    """In the layout that VectorDBBench wants of a custom data set."""
    (FOLDER / "set").mkdir(parents=True, exist_ok=True)
    base, queries = load("train", ROWS), load("test", QUERIES)
    vectors = lambda rows: pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), DIM).cast(pa.list_(pa.float32()))
    share = np.random.default_rng(5).random(ROWS)
    labels = np.full(ROWS, "other", dtype=object)
    below = 0
    for part, label in LABELS.items():
        labels[(share >= below) & (share < below + part)] = label
        below += part
    ids = np.arange(ROWS)
    written("train", id=ids, emb=vectors(base))
    written("test", id=np.arange(QUERIES), emb=vectors(queries))
    written("scalar_labels", id=ids, labels=labels.astype(str))
    written("neighbors", id=np.arange(QUERIES), neighbors_id=nearest(base, queries, np.ones(ROWS, dtype=bool)))
    for label in LABELS.values():
        written(f"neighbors_labels_{label}", id=np.arange(QUERIES), neighbors_id=nearest(base, queries, labels == label))


def environment():
    return os.environ | {
        "RESULTS_LOCAL_DIR": str(FOLDER / "results"), "LOG_FILE": str(FOLDER / "vectordbbench.log"), "DATASET_LOCAL_DIR": str(FOLDER),
        "LOG_LEVEL": "INFO"}


def asked(command, label):
    """Runs it to its end; what it wrote about the cases."""
    ended = subprocess.run(command, env=environment(), cwd=FOLDER, capture_output=True, text=True, timeout=900)
    results = list((FOLDER / "results").rglob(f"result_*_{label}_milvus.json"))
    assert ended.returncode == 0 and len(results) == 1, (ended.returncode, results, (ended.stdout + ended.stderr)[-1500:])
    return json.loads(results[0].read_text())["results"]


def sound(case, recall):
    metrics = case["metrics"]
    print(f"{case['task_config']['case_config']['custom_case'].get('label_percentage', 'all')}: " + ", ".join(
        f"{name} {metrics[name]}" for name in ("recall", "qps", "serial_latency_p99", "load_duration", "conc_qps_list")), file=sys.stderr)
    assert case["label"] == ":)", case["label"]
    assert metrics["recall"] >= recall, metrics["recall"]
    assert metrics["qps"] > 0 and metrics["serial_latency_p99"] > 0 and all(qps > 0 for qps in metrics["conc_qps_list"]), metrics


@story
def a_custom_data_set_from_the_command_line():
    tool = str(Path(sys.executable).parent / "vectordbbench")
    for kind, more in (("milvusautoindex", ()), ("milvushnsw", ("--m", "16", "--ef-construction", "128", "--ef-search", "128"))):
        (case,) = asked(
            [tool, kind, "--uri", URI, "--case-type", "PerformanceCustomDataset", "--custom-case-name", "sift", "--custom-dataset-name", "sift",
             "--custom-dataset-dir", str(FOLDER / "set"), "--custom-dataset-size", str(ROWS), "--custom-dataset-dim", str(DIM),
             "--custom-dataset-metric-type", "L2", "--custom-dataset-file-count", "1", "--skip-custom-dataset-use-shuffled",
             "--custom-dataset-with-gt", "--k", str(K), "--num-concurrency", "1,4", "--concurrency-duration", "5", "--task-label", kind,
             "--db-label", "sextant", *more], kind)
        assert case["metrics"]["inserted_count"] == ROWS, case["metrics"]
        sound(case, 0.95)


@story
def searches_under_filters_as_its_console_asks_for_them():
    """Its command line has no word for filters over a custom data set; its console hands just this to its runner."""
    (case, *cases) = asked([sys.executable, __file__, URI, str(FOLDER), str(DATA), "filtered"], "filtered")
    assert len(cases) == len(LABELS) - 1
    for each in (case, *cases):
        sound(each, 0.95)


def filtered():
    from vectordb_bench.backend.cases import CaseType
    from vectordb_bench.backend.clients import DB
    from vectordb_bench.backend.clients.milvus.config import AutoIndexConfig, MilvusConfig
    from vectordb_bench.interface import benchmark_runner
    from vectordb_bench.models import CaseConfig, ConcurrencySearchConfig, TaskConfig

    data = {"name": "sift", "dir": str(FOLDER / "set"), "size": ROWS, "dim": DIM, "metric_type": "L2", "file_count": 1, "use_shuffled": False, "with_gt": True}
    case = {"name": "sift", "description": "", "load_timeout": 600, "optimize_timeout": 600, "dataset_config": data, "use_filter": True}
    benchmark_runner.run([
        TaskConfig(
            db=DB.Milvus, db_config=MilvusConfig(uri=URI, db_label="sextant"), db_case_config=AutoIndexConfig(),
            case_config=CaseConfig(
                case_id=CaseType.PerformanceCustomDataset, custom_case=case | {"label_percentage": part}, k=K,
                concurrency_search_config=ConcurrencySearchConfig(num_concurrency=[1, 4], concurrency_duration=3)))
        for part in LABELS], "filtered")
    benchmark_runner._sync_running_task()
    return 0


if __name__ == "__main__":
    if sys.argv[4:] == ["filtered"]:
        sys.exit(filtered())
    make()
    sys.exit(run(sys.argv[4:], version=f"VectorDBBench {version('vectordb-bench')}"))
