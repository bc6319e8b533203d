"""Full-text search as the published Python clients tell it: analyzers, functions, matches, relevance, restarts.

usage: text.py URI      prints one line a story: `PASS name` or `FAIL name: reason`
"""
import json
import math
import sys
import urllib.request

import pymilvus
from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker, WeightedRanker

from telling import URI, fresh, killed, refused, run, story, vectors

NEW = tuple(int(part) for part in pymilvus.__version__.split(".")[:2]) >= (2, 6)

DOCUMENTS = [
    "information retrieval is a field of study.",
    "information retrieval focuses on finding relevant information in large datasets.",
    "data mining and information retrieval overlap in research.",
    "Vector databases index embeddings; Milvus is one of them.",
    "Large language models retrieve facts from vector databases.",
    "The quick brown fox jumps over the lazy dog.",
]


def full_text(c, name, analyzer=None, dense=False, **index):
    fresh(c, name)
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    parameters = {"analyzer_params": analyzer} if analyzer else {}
    schema.add_field("text", DataType.VARCHAR, max_length=1000, enable_analyzer=True, enable_match=True, **parameters)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    if dense:
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=16)
    schema.add_function(Function(name="text_bm25_emb", input_field_names=["text"], output_field_names=["sparse"],
                                 function_type=FunctionType.BM25))
    params = c.prepare_index_params()
    params.add_index("sparse", index_type=index.get("kind", "SPARSE_INVERTED_INDEX"), metric_type="BM25",
                     **({"params": index["params"]} if "params" in index else {}))
    if dense:
        params.add_index("dense", index_type="FLAT", metric_type="IP")
    c.create_collection(name, schema=schema, index_params=params)
    return name


def insert(c, name, documents=DOCUMENTS):
    c.insert(name, [{"id": i, "text": text} for i, text in enumerate(documents)])


def relevance(documents, query, k1=1.2, b=0.75):
    """Scores by the published formula; documents and query are lists of words."""
    n = len(documents)
    mean = sum(len(d) for d in documents) / n
    scores = []
    for d in documents:
        score = 0.0
        for word in query:
            df = sum(word in other for other in documents)
            tf = d.count(word)
            if tf:
                idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
                score += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(d) / mean))
        scores.append(score)
    return scores


def words(text):
    return "".join(ch if ch.isalnum() else " " for ch in text.lower()).split()


@story
def full_text_quickstart(c):
    name = full_text(c, "text_quickstart", params={"inverted_index_algo": "DAAT_MAXSCORE", "bm25_k1": 1.2, "bm25_b": 0.75})
    described = c.describe_collection(name)
    function = described["functions"][0]
    assert function["name"] == "text_bm25_emb" and function["input_field_names"] == ["text"], function
    assert [f for f in described["fields"] if f["name"] == "sparse"][0]["is_function_output"], described
    insert(c, name)
    hits = c.search(name, data=["whats the focus of information retrieval?"], anns_field="sparse", limit=3,
                    output_fields=["text"], search_params={"params": {"drop_ratio_search": 0}})[0]
    want = relevance([words(d) for d in DOCUMENTS], words("whats the focus of information retrieval?"))
    order = sorted(range(len(want)), key=lambda i: (-want[i], i))
    assert [h["id"] for h in hits] == order[:3], (hits, want)
    for h in hits:
        assert abs(h["distance"] - want[h["id"]]) < 1e-3 * want[h["id"]], (h, want[h["id"]])
        assert h["entity"]["text"] == DOCUMENTS[h["id"]]
    assert c.search(name, data=["nothing"], anns_field="sparse", limit=3)[0] == []
    assert c.search(name, data=["?!"], anns_field="sparse", limit=3)[0] == []
    both = c.search(name, data=["fox", "milvus"], anns_field="sparse", limit=3)
    assert [[h["id"] for h in one] for one in both] == [[5], [3]], both
    only = c.search(name, data=["information"], anns_field="sparse", limit=5, filter="id > 1")[0]
    assert [h["id"] for h in only] == [2]
    c.delete(name, ids=[5])
    assert c.search(name, data=["fox"], anns_field="sparse", limit=3)[0] == []
    c.upsert(name, [{"id": 3, "text": "a fox again"}])
    assert [h["id"] for h in c.search(name, data=["fox"], anns_field="sparse", limit=3)[0]] == [3]
    c.drop_collection(name)


@story
def what_functions_make_is_theirs(c):
    name = full_text(c, "text_rules", kind="AUTOINDEX")
    insert(c, name)
    rows = c.query(name, filter="id == 0", output_fields=["*"])
    assert "sparse" not in rows[0] and rows[0]["text"] == DOCUMENTS[0], rows
    if NEW:
        c.upsert(name, [{"id": 0, "text": "partial words"}], partial_update=True)
        assert [h["id"] for h in c.search(name, data=["partial"], anns_field="sparse", limit=3)[0]] == [0]
    refused(lambda: c.search(name, data=[{1: 0.5}], anns_field="sparse", limit=3), "please provide varchar/text", code=1100)
    refused(lambda: c.query(name, filter="id == 0", output_fields=["sparse"]), "not allowed to retrieve")
    c.drop_collection(name)
    for wrong in ("plain", "id"):
        schema = c.create_schema()
        schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
        schema.add_field("plain", DataType.VARCHAR, max_length=100)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        try:
            schema.add_function(Function(name="f", input_field_names=[wrong], output_field_names=["sparse"],
                                         function_type=FunctionType.BM25))
            c.create_collection(fresh(c, "text_wrong"), schema=schema)
        except Exception as e:
            assert "BM25" in str(e), e
        else:
            raise AssertionError("a function over what is not analysed was accepted")


@story
def matches_in_filters(c):
    name = full_text(c, "text_match", {"type": "english"})
    insert(c, name)

    def ids(text):
        return [r["id"] for r in c.query(name, filter=text, output_fields=["id"], limit=100)]

    assert ids("TEXT_MATCH(text, 'fields databases')") == [0, 3, 4]
    assert ids("text_match(text, 'information') and not text_match(text, 'mining')") == [0, 1]
    assert ids("TEXT_MATCH(text, 'information') and TEXT_MATCH(text, 'relevance')") == [1]
    assert ids("text_match(text, 'large information dataset', minimum_should_match=3)") == [1]
    assert ids("phrase_match(text, 'vector database')") == [3, 4]
    assert ids("phrase_match(text, 'quick fox')") == []
    assert ids("PHRASE_MATCH(text, 'quick fox', 1)") == [5]
    hits = c.search(name, data=["vector databases"], anns_field="sparse", limit=5, filter="text_match(text, 'language')")[0]
    assert [h["id"] for h in hits] == [4]
    c.flush(name)
    assert ids("TEXT_MATCH(text, 'fields databases')") == [0, 3, 4]
    refused(lambda: ids("text_match(id, 'a')"), "text match operation on non-string is unsupported", code=1100)
    refused(lambda: ids("phrase_match(text, 'a', -1)"), "slop", code=1100)
    c.drop_collection(name)


@story
def analyzers_with_their_words(c):
    if not hasattr(c, "run_analyzer"):
        return
    cases = [
        ({"type": "standard"}, "An efficient system relies on a robust analyzer.",
         ["an", "efficient", "system", "relies", "on", "a", "robust", "analyzer"]),
        ({"type": "english", "stop_words": ["milvus"]}, "Milvus is a vector database built for scale!",
         ["vector", "databas", "built", "scale"]),
        ({"type": "chinese"}, "Milvus 是一个高性能、可扩展的向量数据库！",
         ["Milvus", "是", "一个", "高性", "性能", "高性能", "可", "扩展", "的", "向量", "数据", "据库", "数据库"]),
        ({"tokenizer": "whitespace", "filter": ["lowercase", {"type": "length", "max": 10}]},
         "The length filter allows control over token length requirements for text processing.",
         ["the", "length", "filter", "allows", "control", "over", "token", "length", "for", "text"]),
        ({"tokenizer": "standard", "filter": ["lowercase", {"type": "stop", "stop_words": ["of", "_english_"]}]},
         "The stop filter allows control over common stop words for text processing.",
         ["stop", "filter", "allows", "control", "over", "common", "stop", "words", "text", "processing"]),
        ({"tokenizer": "standard", "filter": [{"type": "decompounder", "word_list": ["dampf", "schiff", "fahrt", "brot"]}]},
         "dampfschifffahrt brotbackautomat", ["dampf", "schiff", "fahrt", "brotbackautomat"]),
    ]
    for params, text, want in cases:
        got = c.run_analyzer([text], analyzer_params=params)
        assert list(got[0].tokens) == want, (params, got)
    detailed = c.run_analyzer("文字 and words", analyzer_params={"tokenizer": "icu"}, with_detail=True, with_hash=True)
    first = (detailed.tokens if hasattr(detailed, "tokens") else detailed[0].tokens)[0]
    assert first["token"] == "文字" and first["end_offset"] == 6 and first["hash"] > 0, first
    refused(lambda: c.run_analyzer(["a"], analyzer_params={"type": "klingon"}), "unknown build-in analyzer type", code=1100)
    body = {"text": ["Vector databases"], "analyzerParams": {"type": "english"}, "withDetail": True}
    request = urllib.request.Request(URI + "/v2/vectordb/common/run_analyzer", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    said = json.load(urllib.request.urlopen(request))
    assert [t["token"] for t in said["data"]["results"][0]["tokens"]] == ["vector", "databas"], said


@story
def several_languages_in_one_field(c):
    name = fresh(c, "text_languages")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    schema.add_field("language", DataType.VARCHAR, max_length=20)
    schema.add_field("text", DataType.VARCHAR, max_length=1000, enable_analyzer=True, multi_analyzer_params={
        "by_field": "language",
        "analyzers": {"english": {"type": "english"}, "chinese": {"type": "chinese"}, "default": {"tokenizer": "icu"}},
        "alias": {"cn": "chinese", "en": "english"}})
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function(name="f", input_field_names=["text"], output_field_names=["sparse"], function_type=FunctionType.BM25))
    params = c.prepare_index_params()
    params.add_index("sparse", index_type="AUTOINDEX", metric_type="BM25")
    c.create_collection(name, schema=schema, index_params=params)
    c.insert(name, [
        {"id": 1, "language": "english", "text": "Artificial intelligence is transforming technology"},
        {"id": 2, "language": "cn", "text": "人工智能正在改变技术领域"},
        {"id": 3, "language": "klingon", "text": "transforms"}])
    hits = c.search(name, data=["transforms"], anns_field="sparse", limit=3, search_params={"analyzer_name": "english"})[0]
    assert [h["id"] for h in hits] == [1], hits
    hits = c.search(name, data=["transforms"], anns_field="sparse", limit=3)[0]
    assert [h["id"] for h in hits] == [3], hits
    hits = c.search(name, data=["人工智能"], anns_field="sparse", limit=3, search_params={"analyzer_name": "cn"})[0]
    assert [h["id"] for h in hits] == [2], hits
    c.drop_collection(name)


@story
def words_and_vectors_together(c):
    name = full_text(c, "text_hybrid", dense=True)
    dense = vectors(len(DOCUMENTS))
    c.insert(name, [{"id": i, "text": t, "dense": dense[i].tolist()} for i, t in enumerate(DOCUMENTS)])
    by_words = AnnSearchRequest(data=["information retrieval"], anns_field="sparse", param={"metric_type": "BM25"}, limit=3)
    by_vector = AnnSearchRequest(data=[dense[5].tolist()], anns_field="dense", param={"metric_type": "IP"}, limit=3)
    for ranker in (RRFRanker(), WeightedRanker(0.5, 0.5)):
        hits = c.hybrid_search(name, [by_words, by_vector], ranker, limit=4, output_fields=["text"])[0]
        assert {0, 5} <= {h["id"] for h in hits}, hits
    c.drop_collection(name)


@story
def words_are_marked_in_hits(c):
    try:
        from pymilvus import LexicalHighlighter
    except ImportError:
        return
    name = full_text(c, "text_highlight", {"type": "english"})
    insert(c, name)
    marks = LexicalHighlighter(pre_tags=["{"], post_tags=["}"], highlight_search_text=True, fragment_size=40, num_of_fragments=1)
    hits = c.search(name, data=["databases"], anns_field="sparse", limit=3, output_fields=["id"], highlighter=marks)[0]
    assert {h["id"] for h in hits} == {3, 4}
    for h in hits:
        assert "{databases}" in h["highlight"]["text"]["fragments"][0], h
        assert "text" not in h["entity"], h
    marks = LexicalHighlighter()
    marks.with_query("text", "fox", "TextMatch")
    hits = c.search(name, data=["dog"], anns_field="sparse", limit=3, output_fields=["text"], highlighter=marks)[0]
    assert hits[0]["highlight"]["text"]["fragments"] == ["<em>fox</em> jumps over the lazy dog."], hits
    c.drop_collection(name)


@story
def words_are_marked_in_hits_over_rest(c):
    name = full_text(c, "text_highlight_rest", {"type": "english"})
    insert(c, name)
    body = {"collectionName": name, "data": ["databases"], "annsField": "sparse", "limit": 3, "outputFields": ["id"],
            "highlighter": {"type": "Lexical", "params": {"pre_tags": ["{"], "post_tags": ["}"], "highlight_search_text": True}}}
    request = urllib.request.Request(f"{URI}/v2/vectordb/entities/search", data=json.dumps(body).encode(), method="POST",
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.loads(answer.read())
    assert found["code"] == 0 and {h["id"] for h in found["data"]} == {3, 4}, found
    for h in found["data"]:
        assert "{databases}" in h["highlight"]["text"][0] and "text" not in h, h
    c.drop_collection(name)


@story
def scores_decay_with_a_field(c):
    if not NEW:
        return
    
    name = fresh(c, "text_decay")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    schema.add_field("published", DataType.INT64, nullable=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=16)
    params = c.prepare_index_params()
    params.add_index("v", index_type="FLAT", metric_type="COSINE")
    c.create_collection(name, schema=schema, index_params=params)
    base = vectors(50)
    c.insert(name, [{"id": i, "published": None if i == 7 else i * 10, "v": base[i].tolist()} for i in range(50)])
    plain = c.search(name, [base[3].tolist()], limit=50)[0]
    for curve in ("gauss", "exp", "linear"):
        ranker = Function(name="recent", input_field_names=["published"], function_type=FunctionType.RERANK,
                          params={"reranker": "decay", "function": curve, "origin": 400, "offset": 20, "decay": 0.5, "scale": 50})
        hits = c.search(name, [base[3].tolist()], limit=50, ranker=ranker)[0]

        def left(i):
            if i == 7:
                return 0.0
            d = max(0, abs(i * 10 - 400) - 20)
            return {"gauss": math.exp(d * d * math.log(0.5) / 2500), "exp": math.exp(d * math.log(0.5) / 50),
                    "linear": max(0.5, 1 - d * 0.5 / 50)}[curve]

        want = {h["id"]: h["distance"] * left(h["id"]) for h in plain}
        assert all(abs(h["distance"] - want[h["id"]]) < 1e-4 for h in hits), (curve, hits[:3])
        assert [h["distance"] for h in hits] == sorted((h["distance"] for h in hits), reverse=True)
    both = [AnnSearchRequest(data=[base[k].tolist()], anns_field="v", param={}, limit=10) for k in (3, 4)]
    hits = c.hybrid_search(name, both, ranker, limit=10)[0]
    assert len(hits) == 10
    boost = Function(name="even", input_field_names=[], function_type=FunctionType.RERANK,
                     params={"reranker": "boost", "filter": "id in [1, 2, 3]", "weight": 2.0})
    boosted = {h["id"]: h["distance"] for h in c.search(name, [base[3].tolist()], limit=50, ranker=boost)[0]}
    for h in plain:
        assert abs(boosted[h["id"]] - h["distance"] * (2 if h["id"] in (1, 2, 3) else 1)) < 1e-4
    wrong = Function(name="x", input_field_names=[], function_type=FunctionType.RERANK,
                     params={"reranker": "decay", "function": "gauss", "origin": 0, "scale": 1})
    refused(lambda: c.search(name, [base[3].tolist()], limit=5, ranker=wrong), "exactly 1 input field", code=1100)
    c.drop_collection(name)


@story
def words_are_there_after_a_kill(c):
    name = full_text(c, "text_restart")
    insert(c, name)
    c.flush(name)
    c.insert(name, [{"id": 100, "text": "a fox in memory"}])
    before = c.search(name, data=["fox"], anns_field="sparse", limit=5)[0]
    killed()
    again = MilvusClient(uri=URI)
    after = again.search(name, data=["fox"], anns_field="sparse", limit=5)[0]
    assert [(h["id"], h["distance"]) for h in before] == [(h["id"], h["distance"]) for h in after], (before, after)
    assert len(after) == 2
    assert [r["id"] for r in again.query(name, filter="text_match(text, 'fox')", output_fields=["id"])] == [5, 100]
    assert again.describe_collection(name)["functions"][0]["name"] == "text_bm25_emb"
    again.drop_collection(name)


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], client=lambda: MilvusClient(uri=URI), version=f"pymilvus {pymilvus.__version__}"))
