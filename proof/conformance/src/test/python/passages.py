"""Real text for the stores that others have built on Milvus, an embedding that needs no model, and somebody without rights."""
import re
import zlib
from pathlib import Path

import numpy as np
from pymilvus import MilvusClient

from telling import URI

ROOT = "root:Milvus-root"
STRANGER = "stranger:secret-stranger"
DIM = 256
PAGES = Path(__file__).resolve().parents[5] / "docs"


def passages(count):
    """The paragraphs of this house's own pages: (text, page, number of words), no two of the same words."""
    found, seen = [], set()
    for page in sorted(PAGES.rglob("*.md")):
        for paragraph in page.read_text().split("\n\n"):
            text = " ".join(paragraph.split())
            words = tuple(sorted(re.findall(r"[a-z]{3,}", text[:2000].lower())))
            if len(text) > 120 and not text.startswith(("|", "#", "```")) and words not in seen:
                seen.add(words)
                found.append((text[:2000], page.stem, len(text.split())))
    assert len(found) >= count, len(found)
    return found[:count]


def embed(text):
    """Words that occur together make texts near: a hashed bag of words."""
    vector = np.zeros(DIM, dtype=np.float32)
    for word in re.findall(r"[a-z]{3,}", text.lower()):
        vector[zlib.crc32(word.encode()) % DIM] += 1
    return (vector / (np.linalg.norm(vector) or 1)).tolist()


def stranger():
    """The token of a user who has no role."""
    root = MilvusClient(uri=URI, token=ROOT)
    if "stranger" not in root.list_users():
        root.create_user("stranger", "secret-stranger")
    # Left open: pymilvus 2.5 has one connection for all clients of one user, and closing one closes it for all.
    return STRANGER
