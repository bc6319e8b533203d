"""All that is told to a server that asks who is there, by one interpreter: lives, rights, and what administrators do.

usage: guarded.py URI      prints one line a story, as each of them does by itself
"""
import sys

import pymilvus

import control
import lives
import rbac
from telling import run

TOLD = (control, lives, rbac)

if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], version=f"pymilvus {pymilvus.__version__}"))
