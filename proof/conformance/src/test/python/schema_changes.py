"""Stories of schemas that change under rows: functions with their fields, and fields that go."""
import time

from pymilvus import DataType, Function, FunctionType

from telling import DIM, fresh, refused, story, vectors

WORDS = "red blue green ship moon tree stone".split()


def text(i):
    return " ".join(WORDS[(i * 31 + j * j * 7) % len(WORDS)] for j in range(i % 5 + 1))


def filled(c, name, functions=()):
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=200, enable_analyzer=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("n", DataType.INT64, nullable=True)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(fresh(c, name), schema=schema, index_params=index, consistency_level="Strong")
    base = vectors(600, seed=5)
    c.insert(name, [{"id": i, "text": text(i), "v": base[i].tolist(), "n": i} for i in range(400)])
    c.flush(name)
    c.insert(name, [{"id": i, "text": text(i), "v": base[i].tolist(), "n": i} for i in range(400, 600)])
    return name


def words_field(c):
    holder = c.create_schema()
    holder.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    index = c.prepare_index_params()
    index.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    function = Function(name="bm25", input_field_names=["text"], output_field_names=["words"],
                        function_type=FunctionType.BM25)
    return holder.fields[0], function, index


def found(c, name, words):
    """The client comes again while rows are still being given their words."""
    for _ in range(200):
        try:
            return c.search(name, [words], anns_field="words", limit=20, output_fields=["text"])[0]
        except Exception as early:
            assert "busy" in str(early), early
            time.sleep(0.05)
    raise AssertionError("rows were never filled")


@story
def a_function_with_its_field_comes_later(c):
    name = filled(c, "schema_late")
    field, function, index = words_field(c)
    c.add_function_field(name, field_schema=field, func=function, index_params=index)
    assert [f["name"] for f in c.describe_collection(name)["functions"]] == ["bm25"]
    assert "words" in c.list_indexes(name)
    hits = found(c, name, "moon")
    expected = sum("moon" in text(i).split() for i in range(600))
    assert expected > 20 and len(hits) == 20 and all("moon" in h["entity"]["text"].split() for h in hits)
    base = vectors(601, seed=5)
    c.insert(name, [{"id": 600, "text": "moonless unheard", "v": base[600].tolist()}])
    assert [h["id"] for h in found(c, name, "unheard")] == [600]
    refused(lambda: c.drop_collection_field(name, field_name="words"), "function", 1100)
    refused(lambda: c.drop_collection_field(name, field_name="text"), "function", 1100)
    c.drop_function_field(name, "bm25")
    assert not c.describe_collection(name).get("functions")
    assert "words" not in [f["name"] for f in c.describe_collection(name)["fields"]]
    c.drop_collection(name)


@story
def fields_go(c):
    name = filled(c, "schema_less")
    for field, why in (("id", "primary key"), ("v", "last vector")):
        refused(lambda: c.drop_collection_field(name, field_name=field), why, 1100)
    refused(lambda: c.drop_collection_field(name, field_name="none"), "not found")
    c.drop_collection_field(name, field_name="n")
    assert [f["name"] for f in c.describe_collection(name)["fields"]] == ["id", "text", "v"]
    refused(lambda: c.query(name, filter="n > 1"), "n")
    c.add_collection_field(name, "n", DataType.INT64, nullable=True)
    assert c.query(name, filter="n is not null", output_fields=["count(*)"])[0]["count(*)"] == 0
    c.drop_collection(name)
