"""What every story needs: the list of stories, refusals, fresh names, and the exact answers to compare with."""
import sys

import numpy as np
from pymilvus import MilvusException

URI = sys.argv[1]
STORIES = {}
DIM = 16


def story(function):
    STORIES[function.__name__] = function
    return function


def refused(action, fragment, code=None):
    try:
        action()
    except MilvusException as e:
        assert fragment.lower() in str(e).lower(), f"expected '{fragment}' in: {e}"
        if code is not None:
            assert e.code == code, f"expected code {code}, came {e.code}: {e}"
        return
    raise AssertionError(f"was not refused; expected '{fragment}'")


def fresh(client, name):
    if client.has_collection(name):
        client.drop_collection(name)
    return name


def vectors(count, dim=DIM, seed=1):
    return np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)


def nearest(base, query, metric, limit, mask=None):
    """Exact answer: (index, score), best first."""
    b, q = base.astype(np.float64), query.astype(np.float64)
    if metric == "L2":
        scores = ((b - q) ** 2).sum(axis=1)
        order = np.argsort(scores, kind="stable")
    else:
        scores = b @ q
        if metric == "COSINE":
            scores = scores / (np.linalg.norm(b, axis=1) * np.linalg.norm(q))
        order = np.argsort(-scores, kind="stable")
    if mask is not None:
        order = [i for i in order if mask[i]]
    return [(int(i), float(scores[i])) for i in order[:limit]]
