"""LlamaIndex' vector store on Milvus, unmodified.

usage: llama_store.py URI      prints one line a story; `KILL` asks for the server's death
"""
import sys
from importlib.metadata import version

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import (
    FilterCondition, FilterOperator, MetadataFilter, MetadataFilters, VectorStoreQuery, VectorStoreQueryMode)
from llama_index.vector_stores.milvus import MilvusVectorStore
from llama_index.vector_stores.milvus.utils import BM25BuiltInFunction

from passages import DIM, ROOT, embed, passages, stranger
from telling import URI, killed, refused, run, step, story


CLIENT = f"llama-index-vector-stores-milvus {version('llama-index-vector-stores-milvus')}"


def store(name="llama_nodes", token=ROOT, **more):
    return MilvusVectorStore(
        uri=URI, token=token, collection_name=name, dim=DIM, similarity_metric="COSINE", consistency_level="Strong", use_async_client=False, **more)


def node(at, text, page, words):
    return TextNode(
        id_=f"n{at}", text=text, embedding=embed(text), metadata={"page": page, "words": words},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"doc-{page}")})


def nearest(vectors, text, count, filters=None, **more):
    return vectors.query(VectorStoreQuery(query_embedding=embed(text), query_str=text, similarity_top_k=count, filters=filters, **more))


@story
def llama_index_keeps_nodes():
    texts = passages(150)
    vectors = store(overwrite=True, upsert_mode=True)
    assert vectors.add([node(i, *t) for i, t in enumerate(texts)]) == [f"n{i}" for i in range(150)]
    step(CLIENT, "create")
    step(CLIENT, "fill")
    for at in (0, 75, 149):
        found = nearest(vectors, texts[at][0], 2)
        assert found.ids[0] == f"n{at}" and found.nodes[0].text == texts[at][0] and found.similarities[0] > 0.999
    page = texts[20][1]
    filters = MetadataFilters(
        filters=[MetadataFilter(key="page", value=page), MetadataFilter(key="words", value=5, operator=FilterOperator.GT)],
        condition=FilterCondition.AND)
    found = nearest(vectors, "what is logged cannot fail", 10, filters)
    assert found.nodes and all(n.metadata["page"] == page for n in found.nodes)
    step(CLIENT, "search")
    assert sorted(n.node_id for n in vectors.get_nodes(node_ids=["n1", "n2"])) == ["n1", "n2"]
    vectors.add([node(2, "sextants and stars", "new", 3)])
    assert nearest(vectors, "sextants and stars", 1).nodes[0].metadata["page"] == "new"
    step(CLIENT, "change")
    vectors.delete_nodes(node_ids=["n75"])
    vectors.delete(ref_doc_id=f"doc-{texts[149][1]}")
    step(CLIENT, "delete")
    killed()
    again = store(upsert_mode=True)
    assert nearest(again, texts[75][0], 1).ids != ["n75"]
    assert nearest(again, "sextants and stars", 1).ids == ["n2"]
    assert not again.get_nodes(filters=MetadataFilters(filters=[MetadataFilter(key="page", value=texts[149][1])]))
    step(CLIENT, "restart")
    assert len(nearest(again, "memory", 4, mode=VectorStoreQueryMode.MMR).ids) == 4
    refused(lambda: nearest(store(token=stranger()), "sextants", 1), "permission deny")
    step(CLIENT, "refusal")


@story
def llama_index_searches_words_and_vectors_together():
    texts = passages(80)
    vectors = store("llama_hybrid", overwrite=True, enable_sparse=True, sparse_embedding_function=BM25BuiltInFunction(), hybrid_ranker="RRFRanker")
    vectors.add([node(i, *t) for i, t in enumerate(texts)])
    assert nearest(vectors, texts[31][0], 3, mode=VectorStoreQueryMode.HYBRID).ids[0] == "n31"
    assert nearest(vectors, texts[31][0], 3, mode=VectorStoreQueryMode.TEXT_SEARCH).ids[0] == "n31"


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], version=CLIENT))
