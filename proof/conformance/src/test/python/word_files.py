"""Files of words: names for them, analyzers that read them, restarts without them. Files lie below a root and in a bucket.

usage: word_files.py URI ROOT S3PORT [NAME ...]      ROOT is a directory that the server reads from, S3PORT one that a store may take

Prints one line a story, as stories.py does, and asks for the server's death in the same way.
"""
import json
import sys
import time
import urllib.request
from pathlib import Path

from pymilvus import DataType, Function, FunctionType, MilvusClient

from store import Store
from telling import URI, fresh, killed, refused, run, story

ROOT, S3PORT = Path(sys.argv[2]), int(sys.argv[3])
STORE = Store(S3PORT)


def upload(key, text):
    STORE.put(key, text if isinstance(text, bytes) else text.encode())


def removed(key):
    STORE.remove(key)


def remote(name, file):
    return {"type": "remote", "resource_name": name, "file_name": file}


def local(path):
    return {"type": "local", "path": str(path)}


def stopping(file):
    return {"tokenizer": "standard", "filter": ["lowercase", {"type": "stop", "stop_words_file": file}]}


def tokens(c, text, analyzer, **more):
    return list(c.run_analyzer(text, analyzer, **more).tokens)


def tokens_of(c, name, text):
    return list(c.run_analyzer(text, collection_name=name, field_name="text").tokens)


def books(c, name, analyzer, documents):
    fresh(c, name)
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    schema.add_field("text", DataType.VARCHAR, max_length=1000, enable_analyzer=True, enable_match=True, analyzer_params=analyzer)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function(name="f", input_field_names=["text"], output_field_names=["sparse"], function_type=FunctionType.BM25))
    index = c.prepare_index_params()
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    c.create_collection(name, schema=schema, index_params=index)
    c.insert(name, [{"id": i, "text": text} for i, text in enumerate(documents)])


def matching(c, name, words):
    return sorted(row["id"] for row in c.query(name, filter=f"text_match(text, '{words}')", output_fields=["id"], limit=100))


def found(c, name, words):
    return [hit["id"] for hit in c.search(name, data=[words], anns_field="sparse", limit=10)[0]]


def named(c):
    return {file.name: file.path for file in c.list_file_resources()}


def nameless(c):
    for name in named(c):
        c.remove_file_resource(name)


@story
def names_of_files(c):
    nameless(c)
    assert c.list_file_resources() == []
    (ROOT / "stop.txt").write_text("the\nof\n")
    upload("dicts/terms.txt", "苹果香蕉 100000 n\n")
    c.add_file_resource("stops", str(ROOT / "stop.txt"))
    c.add_file_resource("terms", "dicts/terms.txt")
    c.add_file_resource("terms", "dicts/terms.txt")  # once more is no change
    assert named(c) == {"stops": str(ROOT / "stop.txt"), "terms": "dicts/terms.txt"}
    refused(lambda: c.add_file_resource("terms", "stop.txt"), "already exists", code=1100)
    refused(lambda: c.add_file_resource("more", "not/exist.txt"), "file resource path not exist", code=1100)
    refused(lambda: c.add_file_resource("more", "/etc/passwd"), "file resource path not exist", code=1100)
    refused(lambda: c.add_file_resource("more", str(ROOT / ".." / "x")), "file resource path not exist", code=1100)
    refused(lambda: c.add_file_resource("", "stop.txt"), code=1100)
    refused(lambda: c.add_file_resource("more", ""), code=1100)
    killed()
    assert named(c) == {"stops": str(ROOT / "stop.txt"), "terms": "dicts/terms.txt"}
    c.remove_file_resource("stops")
    c.remove_file_resource("stops")  # what is not there is removed
    c.remove_file_resource("terms")
    assert c.list_file_resources() == []


@story
def a_file_says_what_a_list_says(c):
    nameless(c)
    upload("dicts/stop.txt", "the\r\na\r\nover\r\n")
    upload("dicts/words.txt", "bank\nnote\n")
    upload("dicts/synonyms.txt", "quick, fast\ndog => hound, cur\n")
    upload("dicts/terms.txt", "\ufeff苹果香蕉 100000 n\n")
    for name in ("stop", "words", "synonyms", "terms"):
        c.add_file_resource(name, f"dicts/{name}.txt")
    text = "The quick banknote jumps over a dog"
    for kind, listed, filed, words, name in (
        ("stop", "stop_words", "stop_words_file", ["the", "a", "over"], "stop"),
        ("decompounder", "word_list", "word_list_file", ["bank", "note"], "words"),
        ("synonym", "synonyms", "synonyms_file", ["quick, fast", "dog => hound, cur"], "synonyms"),
    ):
        plain = tokens(c, text, {"tokenizer": "standard", "filter": ["lowercase"]})
        inline = tokens(c, text, {"tokenizer": "standard", "filter": ["lowercase", {"type": kind, listed: words}]})
        read = tokens(c, text, {"tokenizer": "standard", "filter": ["lowercase", {"type": kind, filed: remote(name, f"{name}.txt")}]})
        assert sorted(read) == sorted(inline) != sorted(plain), (kind, inline, read)
    chinese = {"type": "jieba", "dict": ["_default_"], "mode": "exact", "hmm": False}
    assert tokens(c, "苹果香蕉橘子", {"tokenizer": chinese}) == ["苹果", "香蕉", "橘子"]
    read = chinese | {"extra_dict_file": remote("terms", "terms.txt")}
    assert tokens(c, "苹果香蕉橘子", {"tokenizer": read}) == ["苹果香蕉", "橘子"]
    request = urllib.request.Request(
        URI + "/v2/vectordb/common/run_analyzer", method="POST", headers={"content-type": "application/json"},
        data=json.dumps({"text": ["苹果香蕉橘子"], "analyzerParams": json.dumps({"tokenizer": read})}).encode())
    with urllib.request.urlopen(request) as answer:
        told = json.load(answer)
    assert told["code"] == 0 and [t["token"] for t in told["data"]["results"][0]["tokens"]] == ["苹果香蕉", "橘子"], told
    nameless(c)


@story
def words_outlive_their_files(c):
    """What a file held when the collection was made holds for good: it vanishes, changes, the server dies."""
    nameless(c)
    upload("dicts/stop.txt", "the\nof\n")
    upload("dicts/synonyms.txt", "house, home\n")
    c.add_file_resource("stop", "dicts/stop.txt")
    c.add_file_resource("synonyms", "dicts/synonyms.txt")
    analyzer = stopping(remote("stop", "stop.txt"))
    analyzer["filter"].append({"type": "synonym", "synonyms_file": remote("synonyms", "synonyms.txt")})
    books(c, "word_files", analyzer, ["The book of the house", "home, sweet home", "mice of men"])

    def check(name="word_files", more=False):
        assert tokens_of(c, name, "The end of days") == ["end", "days"]
        assert matching(c, name, "the of") == []
        houses = [0, 1, 3] if more else [0, 1]
        assert matching(c, name, "home of") == houses, matching(c, name, "home")
        assert sorted(found(c, name, "the house")) == houses
        assert found(c, name, "mice of") == [2]

    check()
    told = [f for f in c.describe_collection("word_files")["fields"] if f["name"] == "text"][0]
    params = told["params"]["analyzer_params"]
    assert (json.loads(params) if isinstance(params, str) else params) == analyzer, told
    refused(lambda: c.remove_file_resource("stop"), "in use", "word_files", code=1100)
    upload("dicts/stop.txt", "house\nmice\nend\n")
    removed("dicts/synonyms.txt")
    check()
    killed()
    check()
    c.flush("word_files")
    c.insert("word_files", [{"id": 3, "text": "a house of the new kind"}])
    check(more=True)
    # Made anew from the same description it is the same; changes of the schema keep the words.
    c.add_collection_field("word_files", "note", DataType.VARCHAR, max_length=100, nullable=True)
    c.alter_collection_field("word_files", "text", {"max_length": 2000})
    killed()
    check(more=True)
    c.create_snapshot("before", "word_files")
    c.restore_snapshot("before", "word_files", fresh(c, "word_files_again"))
    for _ in range(200):
        if c.has_collection("word_files_again"):
            break
        time.sleep(0.05)
    c.load_collection("word_files_again")
    killed()
    check("word_files_again", more=True)
    c.drop_snapshot("before", "word_files")
    c.drop_collection("word_files_again")
    c.drop_collection("word_files")
    c.remove_file_resource("stop")
    c.remove_file_resource("synonyms")
    assert c.list_file_resources() == []


@story
def files_of_this_machine(c):
    path = ROOT / "here.txt"
    path.write_text("the\n")
    books(c, "word_files", stopping(local(path)), ["the house"])
    path.unlink()
    killed()
    assert tokens_of(c, "word_files", "the end") == ["end"]
    path.write_text("end\n")
    c.add_collection_field("word_files", "later", DataType.VARCHAR, max_length=100, nullable=True,
                           enable_analyzer=True, enable_match=True, analyzer_params=stopping(local(path)))
    path.unlink()
    c.insert("word_files", [{"id": 1, "text": "the end", "later": "the end"}])
    assert [r["id"] for r in c.query("word_files", filter="text_match(later, 'the')", output_fields=["id"])] == [1]
    assert c.query("word_files", filter="text_match(later, 'end')", output_fields=["id"]) == []
    c.drop_collection("word_files")


@story
def each_language_reads_its_own_file(c):
    (ROOT / "en.txt").write_text("the\n")
    (ROOT / "de.txt").write_text("der\ndie\n")
    fresh(c, "word_files_languages")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    schema.add_field("language", DataType.VARCHAR, max_length=10)
    schema.add_field("text", DataType.VARCHAR, max_length=1000, enable_analyzer=True, multi_analyzer_params={
        "by_field": "language",
        "analyzers": {"default": stopping(local(ROOT / "en.txt")), "de": stopping(local(ROOT / "de.txt"))}})
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function(name="f", input_field_names=["text"], output_field_names=["sparse"], function_type=FunctionType.BM25))
    index = c.prepare_index_params()
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    c.create_collection("word_files_languages", schema=schema, index_params=index)
    c.insert("word_files_languages", [{"id": 1, "language": "de", "text": "die the"}, {"id": 2, "language": "en", "text": "die the"}])
    (ROOT / "en.txt").unlink()
    (ROOT / "de.txt").unlink()
    killed()

    def ids(word, analyzer):
        hits = c.search("word_files_languages", data=[word], anns_field="sparse", limit=10, search_params={"analyzer_name": analyzer})
        return sorted(h["id"] for h in hits[0])

    assert ids("the", "de") == [1] and ids("die", "en") == [2] and ids("die", "de") == [] and ids("the", "en") == []
    c.drop_collection("word_files_languages")


@story
def what_cannot_be_read(c):
    nameless(c)
    (ROOT / "latin.txt").write_bytes(b"caf\xe9\n")
    (ROOT / "long.txt").write_bytes(b"a" * (16 * 2**20 + 1))
    (ROOT / "secret.txt").write_text("user => name => password\n")
    (ROOT / "folder").mkdir(exist_ok=True)
    (ROOT / "link.txt").unlink(missing_ok=True)
    (ROOT / "link.txt").symlink_to("/etc/passwd")
    upload("dicts/stop.txt", "the\n")
    c.add_file_resource("stop", "dicts/stop.txt")
    wrong = {
        "not found in local resource list": remote("nobody", "stop.txt"),
        "has no file other.txt": remote("stop", "other.txt"),
        "No such file": local("/etc/passwd"),
        "no such file": local(ROOT / "link.txt"),
        "No such File": local(ROOT / "folder"),
        "No Such file": local("dicts/stop.txt"),  # which is in the bucket
        "No Such File": local("\0"),
        "no UTF-8": local(ROOT / "latin.txt"),
        "texts.maxFileBytes": local(ROOT / "long.txt"),
        "unsupported file type": {"type": "resource", "resource_name": "stop", "file_name": "stop.txt"},
        "resource name of remote file": {"type": "remote", "name": "stop", "file": "stop.txt"},
        "must be string": {"type": "local", "path": 7},
        "must be object": [],
    }
    before = c.list_collections()
    for phrase, file in wrong.items():
        refused(lambda: tokens(c, "a", stopping(file)), phrase)
        refused(lambda: books(c, "word_files_wrong", stopping(file), []), phrase, code=1100)
    synonym = {"tokenizer": "standard", "filter": [{"type": "synonym", "synonyms_file": local(ROOT / "secret.txt")}]}
    try:
        tokens(c, "a", synonym)
    except Exception as e:
        assert "line 1" in str(e) and "password" not in str(e), e
    else:
        raise AssertionError("a row with two arrows was read")
    assert sorted(c.list_collections()) == sorted(before)
    for name in ("latin.txt", "long.txt", "secret.txt", "link.txt"):
        (ROOT / name).unlink()
    nameless(c)


def main():
    with STORE:
        return run(sys.argv[4:], client=lambda: MilvusClient(uri=URI))



MODELS = Path(__file__).resolve().parents[5] / "service/database/src/test/resources/trees"


@story
def a_model_of_trees_scores_hits(c):
    """XGBoost 3.2.0 wrote the model, and said the margins that stand beside it."""
    from pymilvus.function_chain import FunctionChain, FunctionChainStage, col, fn

    upload("models/ranker.ubj", (MODELS / "logistic.ubj").read_bytes())
    lines = [line.split(",") for line in (MODELS / "logistic.csv").read_text().splitlines()[1:]]
    nameless(c)
    c.add_file_resource("ranker", "models/ranker.ubj")
    name = "trees"
    fresh(c, name)
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    for feature in "abc":
        schema.add_field(feature, DataType.FLOAT, nullable=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index)
    rows = [{"id": i, "v": [i, 0]} | {f: float(cell) if cell else None for f, cell in zip("abc", line)} for i, line in enumerate(lines)]
    c.insert(name, rows)

    def scored(output, *features):
        chain = FunctionChain(FunctionChainStage.L0_RERANK).map(
            "$score", fn.xgboost(*map(col, features), model_resource="ranker", output=output))
        return [(hit["id"], hit["distance"]) for hit in c.search(name, [[0, 0]], limit=24, function_chains=chain)[0]]

    for output, cell in (("raw", 3), ("default", 4)):
        want = sorted(((float(line[cell]), i) for i, line in enumerate(lines)), key=lambda pair: (-pair[0], pair[1]))
        hits = scored(output, "a", "b", "c")
        assert all(abs(score - best) < 1e-4 for (_, score), (best, _) in zip(hits, want)), (hits, want)
        assert {i for i, _ in hits} == set(range(24))
    refused(lambda: scored("raw", "a", "b"), "takes 3 feature columns, got 2", 1100)
    killed()
    assert len(scored("raw", "a", "b", "c")) == 24
    c.remove_file_resource("ranker")
    refused(lambda: scored("raw", "a", "b", "c"), "not found in local resource list", 1100)
    c.drop_collection(name)


if __name__ == "__main__":
    sys.exit(main())
