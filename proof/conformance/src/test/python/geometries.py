"""Geometries: WKT both ways, every relation, distances on the globe, the R-tree, what is refused."""
import random

from pymilvus import DataType

from telling import DIM, fresh, refused, story, vectors

ROWS = 5000
SQUARE = "POLYGON ((10 10, 30 10, 30 30, 10 30, 10 10))"


def make(c, name, **field):
    fresh(c, name)
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("shape", DataType.GEOMETRY, **field)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    return vectors(ROWS, seed=2)


def points():
    chance = random.Random(3)
    return [None if i % 11 == 10 else (round(chance.uniform(0, 60), 4), round(chance.uniform(-40, 40), 4)) for i in range(ROWS)]


def ids(c, name, filter, **more):
    return sorted(r["id"] for r in c.query(name, filter=filter, output_fields=["id"], limit=ROWS, **more))


@story
def geometries_are_found_where_they_lie(c):
    name = "geometries"
    base, places = make(c, name, nullable=True), points()
    for start in range(0, ROWS, 2500):
        rows = []
        for i in range(start, start + 2500):
            text = places[i] and f"POINT ({places[i][0]} {places[i][1]})"
            rows.append({"id": i, "v": base[i].tolist(), "shape": text})
        c.insert(name, rows)
    inside = [i for i, p in enumerate(places) if p and 10 < p[0] < 30 and 10 < p[1] < 30]
    outside = [i for i, p in enumerate(places) if p and not (10 <= p[0] <= 30 and 10 <= p[1] <= 30)]
    known = [i for i, p in enumerate(places) if p]
    for step in ("growing", "sealed", "indexed"):
        if step == "sealed":
            c.flush(name)
        if step == "indexed":
            index = c.prepare_index_params()
            index.add_index("shape", index_name="tree", index_type="RTREE")
            c.create_index(name, index)
            told = c.describe_index(name, "tree")
            assert told["index_type"] == "RTREE" and told["state"] == "Finished", told
        assert ids(c, name, f"st_within(shape, '{SQUARE}')") == inside, step
        assert ids(c, name, f"ST_INTERSECTS(shape, '{SQUARE}')") == inside, step
        assert ids(c, name, "st_within(shape, {square})", filter_params={"square": SQUARE}) == inside, step
        assert ids(c, name, f"not (st_within(shape, '{SQUARE}'))") == outside, step
        assert ids(c, name, f"st_within(shape, '{SQUARE}') and id < 1000") == [i for i in inside if i < 1000], step
        assert ids(c, name, "st_isvalid(shape)") == known, step
        assert ids(c, name, "shape is null") == [i for i in range(ROWS) if not places[i]], step
        x, y = places[7]
        assert 7 in ids(c, name, f"st_equals(shape, 'POINT ({x} {y})')"), step
        near = ids(c, name, f"st_dwithin(shape, 'POINT ({x} {y})', 200000)")
        assert 7 in near and set(near) == {i for i in known if metres(places[7], places[i]) <= 200000}, step
        assert ids(c, name, f"st_dwithin(shape, 'POINT ({x} {y})', 0)") == [7], step
        hits = c.search(name, [base[inside[0]].tolist()], filter=f"st_within(shape, '{SQUARE}')", limit=5, output_fields=["shape"])[0]
        assert hits[0]["id"] == inside[0] and hits[0]["entity"]["shape"] == f"POINT ({plain(places[inside[0]])})", hits[0]
        assert all(h["id"] in inside for h in hits)


def plain(place):
    return " ".join(str(n) if n != int(n) else str(int(n)) for n in place)


def metres(a, b):
    from math import asin, cos, radians, sin, sqrt

    (x, y), (u, v) = [tuple(map(radians, p)) for p in (a, b)]
    h = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
    return 2 * 6371000 * asin(sqrt(h))


KINDS = [
    "POINT (20 20)",
    "LINESTRING (0 20, 40 20)",
    "POLYGON ((30 10, 50 10, 50 30, 30 30, 30 10))",
    "POLYGON ((20 20, 40 20, 40 40, 20 40, 20 20))",
    "POLYGON ((10 10, 10 30, 30 30, 30 10, 10 10))",
    "POLYGON ((0 0, 50 0, 50 50, 0 50, 0 0))",
    "MULTIPOINT ((20 20), (90 80))",
    "GEOMETRYCOLLECTION (POINT (100 50), LINESTRING (100 50, 110 60))",
]
RELATIONS = {
    "st_equals": [4],
    "st_touches": [2],
    "st_overlaps": [3],
    "st_crosses": [1, 6],
    "st_contains": [4, 5],
    "st_intersects": [0, 1, 2, 3, 4, 5, 6],
    "st_within": [0, 4],
}


@story
def every_relation_holds_where_it_should(c):
    name = "relations"
    base = make(c, name)
    c.insert(name, [{"id": i, "v": base[i].tolist(), "shape": text} for i, text in enumerate(KINDS)])
    for relation, expected in RELATIONS.items():
        assert ids(c, name, f"{relation}(shape, '{SQUARE}')") == expected, relation
        assert ids(c, name, f"not ({relation}(shape, '{SQUARE}'))") == [i for i in range(len(KINDS)) if i not in expected], relation
    for r in c.query(name, filter="id >= 0", output_fields=["shape"]):
        assert r["shape"].split(" ")[0] == KINDS[r["id"]].split(" ")[0], r
    c.upsert(name, [{"id": 0, "shape": "POINT (1 2)"}], partial_update=True)
    assert c.query(name, filter="id == 0", output_fields=["shape"])[0]["shape"] == "POINT (1 2)"


@story
def wrong_geometries_are_refused(c):
    name = "wrong_geometries"
    base = make(c, name)
    one = {"id": 1, "v": base[0].tolist()}
    for text in ("here", "POINT (1)", "POLYGON ((0 0, 1 1, 2 2))", ""):
        refused(lambda: c.insert(name, [one | {"shape": text}]), "invalid Geometry data, transform to wkb failed", 1100)
    refused(lambda: c.query(name, filter="st_within(shape, 'nowhere')"), "cannot parse expression", 1100)
    refused(lambda: c.query(name, filter="st_within(id, 'POINT (1 2)')"), "geometry", 1100)
    refused(lambda: c.query(name, filter="st_dwithin(shape, 'LINESTRING (0 0, 1 1)', 5)"), "POINT", 1100)
    refused(lambda: c.query(name, filter="st_dwithin(shape, 'POINT (1 2)', -5)"), "negative", 1100)
    refused(lambda: c.query(name, filter="shape == 'POINT (1 2)'"), "not supported", 1100)
    for field, kind, fragment in (("shape", "INVERTED", "INVERTED are not supported on Geometry field"), ("id", "RTREE", "RTREE index can only be built on geometry field")):
        index = c.prepare_index_params()
        index.add_index(field, index_name="x", index_type=kind)
        refused(lambda: c.create_index(name, index), fragment, 1100)
    index = c.prepare_index_params()
    index.add_index("shape", index_name="x", index_type="AUTOINDEX")
    c.create_index(name, index)
    assert c.describe_index(name, "x")["index_type"] == "AUTOINDEX"


@story
def a_geometry_may_have_a_default(c):
    name = "default_geometries"
    base = make(c, name, default_value="POINT (3 4)")
    c.insert(name, [{"id": 1, "v": base[0].tolist()}, {"id": 2, "v": base[1].tolist(), "shape": None}])
    assert [r["shape"] for r in c.query(name, filter="id > 0", output_fields=["shape"])] == ["POINT (3 4)"] * 2
    c.add_collection_field(name, "area", DataType.GEOMETRY, nullable=True)
    assert c.query(name, filter="id == 1", output_fields=["area"])[0]["area"] is None
    assert ids(c, name, "st_isvalid(area)") == []


@story
def long_texts_are_matched(c):
    name = fresh(c, "long_texts")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("story", DataType.TEXT, enable_analyzer=True, enable_match=True, nullable=True)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    base, long = vectors(4), "word " * 30_000
    texts = [long + "needle", long, None, "a short needle"]
    c.insert(name, [{"id": i, "v": base[i].tolist(), "story": text} for i, text in enumerate(texts)])
    assert ids(c, name, "text_match(story, 'needle')") == [0, 3]
    assert c.query(name, filter="id == 0", output_fields=["story"])[0]["story"] == texts[0]
    refused(lambda: c.query(name, filter="story == 'a'"), "filter on text field (story) is not supported yet", 1100)
    index = c.prepare_index_params()
    index.add_index("story", index_name="x", index_type="INVERTED")
    refused(lambda: c.create_index(name, index), "Text", 1100)
