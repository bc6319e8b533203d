"""LangChain's store on Milvus, unmodified.

usage: langchain_store.py URI      prints one line a story; `KILL` asks for the server's death
"""
import asyncio
import sys
from importlib.metadata import version

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_milvus import BM25BuiltInFunction, Milvus

from passages import ROOT, embed, passages, stranger
from telling import URI, killed, refused, run, step, story


CLIENT = f"langchain-milvus {version('langchain-milvus')}"


class Words(Embeddings):
    def embed_documents(self, texts):
        return [embed(text) for text in texts]

    def embed_query(self, text):
        return embed(text)


def store(name, token=ROOT, **more):
    return Milvus(
        embedding_function=Words(), collection_name=name, connection_args={"uri": URI, "token": token},
        consistency_level="Strong", **more)


def documents(count):
    return [Document(page_content=text, metadata={"page": page, "words": words}) for text, page, words in passages(count)]


@story
def langchain_keeps_documents():
    docs = documents(200)
    ids = [str(i) for i in range(len(docs))]
    milvus = store("langchain_docs", drop_old=True, auto_id=False, search_params={"metric_type": "COSINE", "params": {"ef": 64}},
        index_params={"index_type": "HNSW", "metric_type": "COSINE", "params": {"M": 16, "efConstruction": 100}})
    assert milvus.add_documents(docs, ids=ids) == ids
    step(CLIENT, "create")
    step(CLIENT, "fill")
    for at in (0, 57, 199):
        found = milvus.similarity_search_with_score(docs[at].page_content, k=3)
        assert found[0][0].page_content == docs[at].page_content and found[0][1] > 0.999, found[0]
    page = docs[100].metadata["page"]
    filtered = milvus.similarity_search("memory of the log", k=10, expr=f'page == "{page}" and words > 5')
    assert filtered and all(d.metadata["page"] == page for d in filtered)
    step(CLIENT, "search")
    assert len(milvus.max_marginal_relevance_search("a row that was deleted", k=4, fetch_k=20)) == 4
    assert sorted(milvus.get_pks(f'page == "{page}"')) == sorted(i for i, d in zip(ids, docs) if d.metadata["page"] == page)
    changed = Document(page_content="an entirely different sentence about sextants", metadata={"page": "new", "words": 6})
    milvus.upsert(ids=["7"], documents=[changed])
    assert milvus.similarity_search(changed.page_content, k=1)[0].metadata["page"] == "new"
    step(CLIENT, "change")
    milvus.delete(ids=["57"])
    assert milvus.similarity_search(docs[57].page_content, k=1)[0].page_content != docs[57].page_content
    step(CLIENT, "delete")
    killed()
    again = store("langchain_docs", auto_id=False)
    assert again.similarity_search(changed.page_content, k=1)[0].metadata["page"] == "new"
    assert again.similarity_search(docs[57].page_content, k=1)[0].page_content != docs[57].page_content
    assert [d.page_content for d in again.as_retriever(search_kwargs={"k": 1}).invoke(docs[8].page_content)] == [docs[8].page_content]
    step(CLIENT, "restart")
    refused(lambda: store("langchain_docs", token=stranger(), auto_id=False).similarity_search("memory", k=1), "permission deny")
    step(CLIENT, "refusal")


@story
def langchain_searches_words_and_vectors_together():
    docs = documents(100)
    milvus = Milvus.from_documents(
        docs, Words(), builtin_function=BM25BuiltInFunction(), vector_field=["dense", "sparse"], collection_name="langchain_hybrid",
        connection_args={"uri": URI, "token": ROOT}, consistency_level="Strong", drop_old=True)
    found = milvus.similarity_search(docs[33].page_content, k=5, ranker_type="rrf", ranker_params={"k": 60})
    assert found[0].page_content == docs[33].page_content
    weighted = milvus.similarity_search(docs[12].page_content, k=5, ranker_type="weighted", ranker_params={"weights": [0.6, 0.4]})
    assert weighted[0].page_content == docs[12].page_content


@story
def langchain_waits_for_nobody():
    async def everything():
        docs = documents(50)
        milvus = await Milvus.afrom_documents(
            docs, Words(), collection_name="langchain_async", connection_args={"uri": URI, "token": ROOT}, drop_old=True, consistency_level="Strong")
        found = await asyncio.gather(*(milvus.asimilarity_search(d.page_content, k=1) for d in docs[:10]))
        assert [f[0].page_content for f in found] == [d.page_content for d in docs[:10]]
        await milvus.aclient.close()

    asyncio.run(everything())


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], version=CLIENT))
