"""Moments: ISO texts both ways, zones, filters with intervals, parts as numbers, rows that go at a moment of their own."""
import datetime as dt
import time
from zoneinfo import ZoneInfo

from pymilvus import DataType, MilvusClient

from telling import DIM, fresh, refused, story, vectors

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = dt.datetime(2025, 1, 1, tzinfo=SHANGHAI)
ROWS = 60


def make(c, name, properties=None, **field):
    fresh(c, name)
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("at", DataType.TIMESTAMPTZ, **field)
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong", properties=properties or {})
    return vectors(ROWS, seed=8)


def at(i):
    return None if i % 10 == 9 else START + dt.timedelta(hours=7 * i, microseconds=i)


def ids(c, name, filter, **more):
    return sorted(r["id"] for r in c.query(name, filter=filter, output_fields=["id"], **more))


@story
def moments_are_kept_and_compared(c):
    name = "moments"
    base = make(c, name, {"timezone": "Asia/Shanghai"}, nullable=True)
    told = {p: v for p, v in c.describe_collection(name)["properties"].items()}
    assert told["timezone"] == "Asia/Shanghai", told
    assert c.describe_collection(name)["fields"][2]["type"] == DataType.TIMESTAMPTZ
    rows = []
    for i in range(ROWS):
        moment = at(i)
        if moment is None:
            text = None
        elif i % 3 == 0:
            text = moment.replace(tzinfo=None).isoformat(" ")  # read in the zone of the collection
        elif i % 3 == 1:
            text = moment.astimezone(dt.timezone.utc).isoformat().replace("+00:00", "Z")
        else:
            text = moment.isoformat()
        rows.append({"id": i, "v": base[i].tolist(), "at": text})
    c.insert(name, rows)
    for flushed in (False, True):
        if flushed:
            c.flush(name)
            index = c.prepare_index_params()
            index.add_index("at", index_name="by_at", index_type="STL_SORT")
            c.create_index(name, index)
            assert c.describe_index(name, "by_at")["index_type"] == "STL_SORT"
        for r in c.query(name, filter="id >= 0", output_fields=["at"], limit=ROWS):
            expected = at(r["id"])
            assert r["at"] == (None if expected is None else spelled(expected)), (r, expected)
        mark = at(30)
        fits = lambda test: [i for i in range(ROWS) if at(i) is not None and test(at(i))]
        iso = mark.astimezone(dt.timezone.utc).isoformat().replace("+00:00", "Z")
        assert ids(c, name, f"at > ISO '{iso}'") == fits(lambda t: t > mark)
        assert ids(c, name, f"at <= ISO '{iso}'") == fits(lambda t: t <= mark)
        assert ids(c, name, f"at == '{mark.isoformat()}'") == [30]
        assert ids(c, name, f"at != ISO '{iso}'") == fits(lambda t: t != mark)
        assert ids(c, name, f"ISO '{iso}' < at") == fits(lambda t: t > mark)
        day = dt.timedelta(days=1, hours=2)
        assert ids(c, name, f"at + INTERVAL 'P1DT2H' >= ISO '{iso}'") == fits(lambda t: t + day >= mark)
        assert ids(c, name, f"at - INTERVAL 'P1DT2H' >= ISO '{iso}'") == fits(lambda t: t - day >= mark)
        later = dt.datetime(2025, 2, 8, tzinfo=dt.timezone.utc)
        assert ids(c, name, "at + INTERVAL 'P1M' > ISO '2025-02-08T00:00:00Z'") == fits(
            lambda t: t.astimezone(dt.timezone.utc) > later - dt.timedelta(days=31)
        )
        low, high = START + dt.timedelta(days=2), START + dt.timedelta(days=5)
        naive = [t.replace(tzinfo=None).isoformat() for t in (low, high)]
        assert ids(c, name, f"'{naive[0]}' <= at < '{naive[1]}'") == fits(lambda t: low <= t < high)
        assert ids(c, name, "at < {t}", filter_params={"t": naive[0]}) == fits(lambda t: t < low)
        # A naive text is read in the zone of the request, where it names one.
        utc = low.replace(tzinfo=dt.timezone.utc)
        assert ids(c, name, f"at >= '{naive[0]}'", timezone="UTC") == fits(lambda t: t >= utc)
        assert ids(c, name, "at is null") == [i for i in range(ROWS) if at(i) is None]
        assert ids(c, name, f"at in ['{at(3).isoformat()}', '{at(4).isoformat()}']") == [3, 4]
        found = c.search(name, [base[12].tolist()], filter=f"at < '{at(20).isoformat()}'", limit=3, output_fields=["at"], timezone="America/New_York")
        assert found[0][0]["id"] == 12
        assert found[0][0]["entity"]["at"] == spelled(at(12).astimezone(ZoneInfo("America/New_York"))), found[0][0]
        parts = c.query(name, filter="id == 5", output_fields=["at"], time_fields="year, month, day, hour, microsecond")
        assert list(parts[0]["at"]) == [2025, 1, 2, 11, 5], parts
        grouped = c.search(name, [base[12].tolist()], limit=3, group_by_field="at", output_fields=["at"])
        assert len(grouped[0]) == 3 and grouped[0][0]["id"] == 12
    c.upsert(name, [{"id": 9, "at": "2030-05-06T07:08:09.123456789+00"}], partial_update=True)
    assert c.query(name, filter="id == 9", output_fields=["at"])[0]["at"] == "2030-05-06T15:08:09.123456+08:00"
    c.upsert(name, [{"id": 9, "at": None}], partial_update=True)
    assert c.query(name, filter="id == 9", output_fields=["at"])[0]["at"] is None


def spelled(moment):
    text = moment.isoformat()
    if "." in text:
        whole, rest = text.split(".")
        return f"{whole}.{rest[:6].rstrip('0')}{rest[6:]}"
    return text


@story
def wrong_moments_are_refused(c):
    name = "wrong_moments"
    base = make(c, name)
    one = {"id": 1, "v": base[0].tolist()}
    for text in ("yesterday", "2025-13-01T00:00:00Z", "2025-01-01T25:00:00Z", "2025-01-01T00:00:00+15:00", ""):
        refused(lambda: c.insert(name, [one | {"at": text}]), "got invalid timestamptz string", 1100)
    refused(lambda: c.insert(name, [one]), "at")
    refused(lambda: c.query(name, filter="at > ISO 'soon'"), "invalid timestamp string: 'soon'. Does not match any known format")
    refused(lambda: c.query(name, filter="at > 5"), "cannot parse expression")
    refused(lambda: c.query(name, filter="at + INTERVAL 'P1X' > ISO '2025-01-01T00:00:00Z'"), "interval")
    refused(lambda: c.query(name, filter="id > 0", timezone="Mars/Olympus"), "invalid timezone name; must be a valid IANA Time Zone ID")
    refused(lambda: c.alter_collection_properties(name, {"timezone": "Mars/Olympus"}), "unknown or invalid IANA Time Zone ID", 1100)
    index = c.prepare_index_params()
    index.add_index("at", index_name="x", index_type="INVERTED")
    refused(lambda: c.create_index(name, index), "INVERTED are not supported on Timestamptz field", 1100)
    index = c.prepare_index_params()
    index.add_index("at", index_name="x", index_type="AUTOINDEX")
    c.create_index(name, index)
    assert c.describe_index(name, "x")["index_type"] == "AUTOINDEX"


@story
def a_moment_may_have_a_default(c):
    name = fresh(c, "default_moments")
    schema = c.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("at", DataType.TIMESTAMPTZ, default_value="2025-01-01T08:00:00+08:00")
    index = c.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    base = vectors(2)
    c.insert(name, [{"id": 1, "v": base[0].tolist()}, {"id": 2, "v": base[1].tolist(), "at": None}])
    assert [r["at"] for r in c.query(name, filter="id > 0", output_fields=["at"])] == ["2025-01-01T00:00:00Z"] * 2
    c.add_collection_field(name, "seen", DataType.TIMESTAMPTZ, nullable=True, default_value="2020-02-02T02:02:02Z")
    assert c.query(name, filter="id == 1", output_fields=["seen"])[0]["seen"] == "2020-02-02T02:02:02Z"


@story
def rows_go_at_a_moment_of_their_own(c):
    name = "mortal"
    now = dt.datetime.now(dt.timezone.utc)
    base = make(c, name, {"ttl_field": "at"}, nullable=True)
    hour = dt.timedelta(hours=1)
    soon = now + dt.timedelta(seconds=6)
    moments = [None, now - hour, now + hour, soon]
    c.insert(name, [{"id": i, "v": base[i].tolist(), "at": moments[i % 4] and moments[i % 4].isoformat()} for i in range(40)])
    alive = [i for i in range(40) if i % 4 != 1]
    seen = ids(c, name, "id >= 0")
    assert seen == alive or dt.datetime.now(dt.timezone.utc) > soon, seen
    while dt.datetime.now(dt.timezone.utc) <= soon + dt.timedelta(seconds=1.5):
        time.sleep(0.5)
    alive = [i for i in range(40) if i % 4 in (0, 2)]
    for flushed in (False, True):
        if flushed:
            c.flush(name)
        assert ids(c, name, "id >= 0") == alive
        assert c.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"] == len(alive)
        assert {h["id"] for h in c.search(name, [base[3].tolist()], limit=40)[0]} == set(alive)
        pages = c.query_iterator(name, filter="id >= 0", batch_size=7, output_fields=["id"])
        found = []
        while page := pages.next():
            found += [r["id"] for r in page]
        assert sorted(found) == alive
    # A row that gets a later moment comes back to nobody: it is gone; written anew, it lives.
    c.upsert(name, [{"id": 1, "v": base[1].tolist(), "at": (now + hour).isoformat()}])
    assert 1 in ids(c, name, "id >= 0")
    c.upsert(name, [{"id": 1, "v": base[2].tolist()}], partial_update=True)
    assert c.query(name, filter="id == 1", output_fields=["at"])[0]["at"].startswith((now + hour).isoformat()[:19])
    refused(lambda: c.alter_collection_properties(name, {"collection.ttl.seconds": "60"}), "TTL", 1100)
    c.drop_collection_properties(name, ["ttl_field"])
    refused(lambda: c.alter_collection_properties(name, {"ttl_field": "id"}), "ttl field must be timestamptz, field name = id", 1100)
    refused(lambda: c.alter_collection_properties(name, {"ttl_field": "gone"}), "ttl field name gone not found in schema", 1100)
    c.alter_collection_properties(name, {"collection.ttl.seconds": "3600"})
    refused(lambda: c.alter_collection_properties(name, {"ttl_field": "at"}), "collection TTL is already set, cannot be set ttl field", 1100)
    refused(
        lambda: make(c, "mortal_twice", {"ttl_field": "at", "collection.ttl.seconds": "60"}),
        "collection TTL and ttl field cannot be set at the same time",
        1100,
    )
