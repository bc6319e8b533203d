"""Indexes over scalars, arrays and JSON: every kind by its name; the answers are those of a collection without any."""
import random

from pymilvus import DataType, MilvusClient

from telling import DIM, URI, fresh, killed, refused, story, vectors

ROWS = 6000
COLOURS = ["red", "green", "blue", "grün", "日本", ""]
FILTERS = [
    "n == 77", "n != 77", "n < 100", "n >= 5900", "100 <= n < 200", "n in [1, 2, 3, 99999]", "not (n < 5000)", "n is null", "n is not null",
    "price > 2999.5", "price <= 0.5", "small == 3", "small > 5 and n < 1000", "flag == true", "not (flag == true)",
    "colour == 'red'", "colour != 'red'", "colour in ['green', '日本']", "colour like 'gr%'", "colour like '%n'", "colour >= 'green'", "colour == ''",
    "title like 'title 12%'", "title like '%9 of%'", "title like '%77%'", "title like '_itle 5%'", "title > 'title 59'",
    "words like '%needle%'", "words like 'hay 12%'", "words like '%le 60%'", "words == 'hay 13'",
    "array_contains(tags, 3)", "array_contains_any(tags, [1, 2])", "array_contains_all(tags, [1, 2])", "not array_contains(tags, 3)", "tags[0] == 4",
    "array_contains(names, 'red')", "array_contains_any(names, ['blue', 'green'])",
    "doc['a'] > 50", "doc['a'] == 10", "doc['a'] != 10", "not (doc['a'] > 5)", "doc['a'] in [1, 2, 3]", "exists doc['a']", "doc['a'] is null",
    "doc['b'] == 'red'", "doc['b'] like 'g%'", "doc['c']['d'] == true", "json_contains(doc['list'], 3)", "json_contains_any(doc['list'], [1, 2.5])",
    "loose == 5", "loose > 90", "not (loose > 5)", "extra['x'] == 'red'",
    "n < 500 and colour == 'red' and doc['a'] < 40", "n < 50 or colour == '日本' or array_contains(tags, 7)", "not (n < 3000 or colour == 'red')",
]


def row(i, chance):
    doc = {"a": chance.choice([i % 100, float(i % 50), "text", None])} if chance.random() < 0.9 else {}
    doc |= {"b": chance.choice(COLOURS), "c": {"d": chance.random() < 0.5}, "list": [chance.randrange(9) for _ in range(3)] + [2.5][: i % 2]}
    return {
        "id": i,
        "n": None if i % 13 == 0 else i,
        "price": i * 0.5,
        "small": i % 7,
        "flag": i % 3 == 0,
        "colour": chance.choice(COLOURS),
        "title": f"title {i} of {i % 97}",
        "words": f"needle {i}" if i % 1000 == 60 else f"hay {i}",
        "tags": [chance.randrange(9) for _ in range(chance.randrange(5))],
        "names": chance.sample(COLOURS, 2),
        "doc": doc,
        "loose": i % 101 if i % 2 else "text",
        "extra": {"x": chance.choice(COLOURS)},
    }


def make(c, name):
    fresh(c, name)
    schema = c.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("n", DataType.INT64, nullable=True)
    schema.add_field("price", DataType.DOUBLE)
    schema.add_field("small", DataType.INT8)
    schema.add_field("flag", DataType.BOOL)
    for field in ("colour", "title", "words"):
        schema.add_field(field, DataType.VARCHAR, max_length=100)
    schema.add_field("tags", DataType.ARRAY, element_type=DataType.INT32, max_capacity=10)
    schema.add_field("names", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=10, max_length=50)
    schema.add_field("doc", DataType.JSON)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    chance, base = random.Random(5), vectors(ROWS, seed=3)
    for start in range(0, ROWS, 2000):
        c.insert(name, [row(i, chance) | {"v": base[i].tolist()} for i in range(start, start + 2000)])
    c.flush(name)


def path(field, cast, at, kind="INVERTED"):
    return dict(field_name=field, index_name=f"{cast}_{field}".lower(), index_type=kind, params={"json_path": at, "json_cast_type": cast})


INDEXES = [
    dict(field_name="n", index_name="by_n", index_type="STL_SORT"),
    dict(field_name="price", index_name="by_price", index_type="INVERTED"),
    dict(field_name="small", index_name="by_small", index_type="BITMAP"),
    dict(field_name="flag", index_name="by_flag", index_type="AUTOINDEX"),
    dict(field_name="colour", index_name="by_colour", index_type="BITMAP"),
    dict(field_name="title", index_name="by_title", index_type="Trie"),
    dict(field_name="words", index_name="by_words", index_type="NGRAM", params={"min_gram": 2, "max_gram": 3}),
    dict(field_name="tags", index_name="by_tags", index_type="INVERTED"),
    dict(field_name="names", index_name="by_names", index_type="BITMAP"),
    path("doc", "DOUBLE", 'doc["a"]'),
    path("doc", "VARCHAR", 'doc["b"]', "AUTOINDEX"),
    path("doc", "BOOL", 'doc["c"]["d"]', "BITMAP"),
    path("doc", "ARRAY_DOUBLE", 'doc["list"]'),
    path("loose", "DOUBLE", "loose"),
    path("extra", "VARCHAR", 'extra["x"]'),
]


def answers(c, name):
    return {f: sorted(r["id"] for r in c.query(name, filter=f, output_fields=["id"], limit=ROWS)) for f in FILTERS}


def differing(expected, found):
    return {f: (len(expected[f]), len(found[f])) for f in FILTERS if expected[f] != found[f]}


@story
def every_scalar_index_answers_as_the_columns_do(c):
    name = "scalar_indexes"
    make(c, name)
    expected = answers(c, name)
    assert len(expected["n == 77"]) == 1 and len(expected["words like '%needle%'"]) == 6 and len(expected["n is null"]) == 462, expected
    for one in INDEXES:
        index = c.prepare_index_params()
        index.add_index(**one)
        c.create_index(name, index)
    for one in INDEXES:
        told = c.describe_index(name, one["index_name"])
        assert told["index_type"] == one["index_type"] and told["state"] == "Finished", told
        assert told["total_rows"] == told["indexed_rows"] == ROWS and told["pending_index_rows"] == 0, told
        for key, value in one.get("params", {}).items():
            assert str(told[key]) == str(value), told
    assert not (wrong := differing(expected, answers(c, name))), wrong
    base = vectors(ROWS, seed=3)
    hits = c.search(name, [base[77].tolist()], filter="n < 100 and colour != 'red'", limit=5)[0]
    assert all(h["id"] < 100 for h in hits) and len(hits) == 5
    # Rows that come later, and deleted ones.
    c.delete(name, ids=[77, 78])
    later = row(77, random.Random(1)) | {"v": base[0].tolist(), "id": ROWS, "colour": "red"}
    c.upsert(name, [later])
    assert sorted(r["id"] for r in c.query(name, filter="n == 77", output_fields=["id"])) == [ROWS]
    c.drop_index(name, "by_n")  # while it is loaded
    assert "by_n" not in c.list_indexes(name)
    assert sorted(r["id"] for r in c.query(name, filter="n == 77", output_fields=["id"])) == [ROWS]


@story
def scalar_indexes_survive_a_restart(c):
    name = "scalar_indexes"
    expected = answers(c, name)
    c.release_collection(name)
    c.load_collection(name)
    assert not (wrong := differing(expected, answers(c, name))), wrong
    killed()
    again = MilvusClient(uri=URI)
    assert not (wrong := differing(expected, answers(again, name))), wrong
    assert again.describe_index(name, "by_title")["state"] == "Finished"


@story
def wrong_scalar_indexes_are_refused(c):
    name = "scalar_indexes"

    def create(**one):
        index = c.prepare_index_params()
        index.add_index(**one)
        c.create_index(name, index)

    refused(lambda: create(field_name="colour", index_name="again", index_type="INVERTED"), "creating multiple indexes on same field is not supported")
    refused(lambda: create(field_name="n", index_name="x", index_type="NGRAM", params={"min_gram": 2, "max_gram": 3}), "Ngram index can only be created on VARCHAR or JSON field")
    c.drop_index(name, "by_words")
    refused(lambda: create(field_name="words", index_name="x", index_type="NGRAM"), "Ngram index must specify both min_gram and max_gram")
    refused(lambda: create(field_name="words", index_name="x", index_type="NGRAM", params={"min_gram": 3, "max_gram": 2}), "invalid min_gram or max_gram value for Ngram index")
    refused(lambda: create(field_name="n", index_name="x", index_type="Trie"), "only supported on varchar field")
    refused(lambda: create(field_name="doc", index_name="x", index_type="INVERTED", params={"json_path": 'doc["z"]'}), "json index must specify cast type", code=1101)
    refused(lambda: create(field_name="doc", index_name="x", index_type="INVERTED", params={"json_path": "doc[", "json_cast_type": "DOUBLE"}), "cannot parse identifier")
    refused(lambda: create(field_name="words", index_name="x", index_type="RTREE"), "RTREE index can only be built on geometry field")
    create(field_name="doc", index_type="INVERTED", params={"json_path": 'doc["k"]["x"]', "json_cast_type": "DOUBLE"})
    assert "doc/k/x" in c.list_indexes(name), c.list_indexes(name)
