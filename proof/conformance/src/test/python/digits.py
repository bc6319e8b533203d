"""Real data: 25,000 handwritten digits, enough for a graph, and the exact neighbours of the test ones."""
import gzip
import os
import sys
from pathlib import Path

import numpy as np
from pymilvus import DataType, MilvusClient

from telling import URI, fresh, killed, story

DATA = Path(os.environ.get("SEXTANT_DATA", Path(__file__).resolve().parents[6] / "shared/data"))
ROWS, QUERIES = 25_000, 200


def load(part):
    with gzip.open(DATA / f"mnist-784-{part}.npy.gz") as file:
        return np.load(file)


def check(c, name, queries, truth, gone):
    """Recall against the exact answer, less the rows that were deleted; a filter; the count."""
    found = c.search(name, queries, limit=10, search_params={"params": {"ef": 128}}, output_fields=["even"])
    right = 0
    for hits, exact in zip(found, truth):
        best = [i for i in exact if i not in gone][:10]
        ids = [h["id"] for h in hits]
        assert len(ids) == 10 and not set(ids) & gone
        right += len(set(ids) & set(best))
    assert right >= 0.95 * 10 * len(queries), f"recall {right / 10 / len(queries)}"
    for hits in c.search(name, queries[:20], limit=10, filter="even == true and id < 6000", search_params={"params": {"ef": 128}}):
        assert len(hits) == 10 and all(h["id"] % 2 == 0 and h["id"] < 6000 for h in hits)
    assert c.query(name, output_fields=["count(*)"])[0]["count(*)"] == ROWS - len(gone)


@story
def digits_of_many_hands(c):
    if not (DATA / "mnist-784-train.npy.gz").exists():
        print(f"skipped: no data in {DATA}", file=sys.stderr)
        return
    base, asked = load("train")[:ROWS].astype(np.float32), load("test")[:QUERIES].astype(np.float32)
    queries = asked.tolist()
    truth = np.argsort((base ** 2).sum(axis=1) - 2 * asked @ base.T, axis=1, kind="stable")[:, :100].tolist()
    name = fresh(c, "digits")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("even", DataType.BOOL)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=784)
    c.create_collection(name, schema=schema)
    for at in range(0, ROWS, 2000):
        c.insert(name, [{"id": i, "even": i % 2 == 0, "v": base[i]} for i in range(at, min(ROWS, at + 2000))])
    c.flush(name)
    index = c.prepare_index_params()
    index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 16, "efConstruction": 200})
    c.create_index(name, index)
    c.load_collection(name)
    check(c, name, queries, truth, set())
    gone = {i for near in truth[:100] for i in near[:10]}
    gone = set(sorted(gone)[:1000]) | set(range(1000 - min(1000, len(gone))))
    c.delete(name, ids=sorted(gone))
    check(c, name, queries, truth, gone)
    killed()
    again = MilvusClient(uri=URI)
    assert "Loaded" in str(again.get_load_state(name)["state"])
    check(again, name, queries, truth, gone)
    again.drop_collection(name)
    again.close()
