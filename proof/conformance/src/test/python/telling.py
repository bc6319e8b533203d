"""What every story needs: the list of stories and who runs them, refusals, fresh names, and the exact answers to compare with."""
import os
import sys
import traceback

import numpy as np

URI = sys.argv[1]
STORIES = {}
DIM = 16


def story(function):
    STORIES[function.__name__] = function
    return function


def killed():
    """The server dies, and is there again when this returns."""
    print("KILL", flush=True)
    assert sys.stdin.readline().strip() == "ready"


def step(client, name):
    """The client has come so far in its life; docs/compatibility/clients.md has a mark for it."""
    print(f"STEP {client}: {name}", flush=True)


def run(chosen=(), client=None, version=""):
    """Tells the stories, each to a client of its own when `client` makes one, prints a line for each, and ends the process."""
    failed = 0
    for name in chosen or STORIES:
        title = f"{name} [{version}]" if version else name
        made = [client()] if client else []
        try:
            STORIES[name](*made)
            print(f"PASS {title}", flush=True)
        except Exception as e:
            failed += 1
            frames = traceback.extract_tb(e.__traceback__)
            ours = [f for f in frames if os.path.dirname(f.filename) == os.path.dirname(os.path.abspath(__file__))]
            where = (ours or frames)[-1]
            print(f"FAIL {title}: {os.path.basename(where.filename)} line {where.lineno}: {type(e).__name__}: {str(e)[:700]!r}", flush=True)
        finally:
            for each in made:
                each.close()
    return failed


def refused(action, *expected, code=None):
    """The action is refused; every text of `expected` stands in the reason, and a number is its code."""
    try:
        action()
    except Exception as e:  # MilvusException, or grpc.RpcError where the client hands that on
        for each in expected:
            if isinstance(each, int):
                code = each
            else:
                assert each.lower() in str(e).lower(), f"expected '{each}' in: {e}"
        assert code is None or getattr(e, "code", None) == code, f"expected code {code} in: {e}"
        return
    raise AssertionError(f"was not refused; expected {expected}")


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
