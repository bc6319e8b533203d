"""Haystack's document store on Milvus, unmodified.

usage: haystack_store.py URI      prints one line a story; `KILL` asks for the server's death
"""
import sys
from importlib.metadata import version

from haystack import Document, Pipeline
from haystack.utils import Secret
from milvus_haystack import MilvusDocumentStore, MilvusEmbeddingRetriever

from passages import ROOT, embed, passages, stranger
from telling import URI, killed, refused, run, step, story


CLIENT = f"milvus-haystack {version('milvus-haystack')}"


def store(token=ROOT, **more):
    return MilvusDocumentStore(
        collection_name="haystack_docs", connection_args={"uri": URI, "token": Secret.from_token(token)}, consistency_level="Strong", **more)


def nearest(documents, text, count, filters=None):
    pipeline = Pipeline()
    pipeline.add_component("near", MilvusEmbeddingRetriever(document_store=documents, top_k=count))
    return pipeline.run({"near": {"query_embedding": embed(text), "filters": filters}})["near"]["documents"]


def equal(field, value):
    return {"field": field, "operator": "==", "value": value}


@story
def haystack_keeps_documents():
    texts = passages(150)
    docs = [Document(id=f"d{i}", content=t, embedding=embed(t), meta={"page": p, "words": w}) for i, (t, p, w) in enumerate(texts)]
    documents = store(drop_old=True)
    assert documents.write_documents(docs) == 150
    assert documents.count_documents() == 150
    step(CLIENT, "create")
    step(CLIENT, "fill")
    for at in (0, 75, 149):
        assert nearest(documents, texts[at][0], 1)[0].id == f"d{at}"
    page = texts[20][1]
    few = {"operator": "AND", "conditions": [equal("meta.page", page), {"field": "meta.words", "operator": ">", "value": 5}]}
    found = nearest(documents, "what is logged cannot fail", 10, few)
    assert found and all(d.meta["page"] == page for d in found)
    step(CLIENT, "search")
    assert sorted(d.id for d in documents.filter_documents(equal("meta.page", page))) == sorted(
        f"d{i}" for i, t in enumerate(texts) if t[1] == page)
    documents.delete_documents(["d75"])
    documents.write_documents([Document(id="d75", content="sextants", embedding=embed("sextants and stars"), meta={"page": "new", "words": 1})])
    step(CLIENT, "change")
    documents.delete_documents(["d3"])
    step(CLIENT, "delete")
    killed()
    again = store()
    assert again.count_documents() == 149
    assert nearest(again, "sextants and stars", 1)[0].content == "sextants"
    assert nearest(again, texts[3][0], 1)[0].id != "d3"
    step(CLIENT, "restart")
    refused(lambda: nearest(store(token=stranger()), "sextants", 1), "permission deny")
    step(CLIENT, "refusal")


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], version=CLIENT))
