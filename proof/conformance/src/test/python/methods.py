"""What the clients can do and no other story does; and that no public method is left out of all of them."""
import asyncio
import pathlib
import random
import re

from pymilvus import (
    AsyncMilvusClient, Collection, DataType, Function, FunctionType, MilvusClient, Partition, Role, build_bloom_filter,
    build_roaring_bitmap, connections, db, utility)
from pymilvus.client.types import ResourceGroupConfig, SegmentState

from telling import DIM, URI, fresh, refused, story, vectors


@story
def every_method_is_called_by_some_story(_):
    told = "\n".join(each.read_text() for each in pathlib.Path(__file__).parent.glob("*.py"))
    for client in (MilvusClient, AsyncMilvusClient, Collection, Partition, Role, type(connections)):
        silent = [name for name in dir(client) if not name.startswith("_") and name != "instance" and not re.search(rf"\.{name}\b", told)]
        assert not silent, f"{client.__name__}: {silent}"


class Awaited:
    """The client for coroutines, each of which is waited for."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.client = self.loop.run_until_complete(self.made())

    @staticmethod
    async def made():
        return AsyncMilvusClient(uri=URI)

    def __getattr__(self, name):
        async def called(*given, **named):
            answer = getattr(self.client, name)(*given, **named)
            return await answer if asyncio.iscoroutine(answer) else answer
        return lambda *given, **named: self.loop.run_until_complete(called(*given, **named))


def filled(c, name, rows=300, **more):
    schema = MilvusClient.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=DIM)
    for field, kind in more.items():
        schema.add_field(field, **kind)
    index = MilvusClient.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type="L2")
    c.create_collection(fresh(c, name), schema=schema, index_params=index, consistency_level="Strong")
    base = vectors(rows, seed=77)
    return name, [{"id": i, "v": base[i].tolist()} for i in range(rows)]


def keeping_house(c, name, whole=True):
    """@param whole: what the client for coroutines has a method for and no call"""
    name, rows = filled(c, name)
    assert c.create_field_schema("f", DataType.INT64, "a number").name == "f"
    c.insert(name, rows)
    c.create_partition(name, "side")
    c.release_collection(name)
    c.load_partitions(name, "side")
    assert "Loaded" in str(c.get_load_state(name, partition_name="side") if whole else "Loaded")
    c.load_partitions(name, ["side", "_default"])
    refused(lambda: c.load_partitions(name, ["nowhere"]), "partition not found", code=200)
    assert [(each.state, each.num_rows) for each in c.list_segments(name)] == [(SegmentState.Growing, 300)]
    assert c.list_persistent_segments(name) == []
    assert c.list_compaction_tasks(name).plans == []
    if whole:
        c.flush_all(timeout=60)
        assert c.get_flush_all_state(flush_all_ts=1)
    else:
        c.flush(name)
    assert [each.num_rows for each in c.list_persistent_segments(name, states=[SegmentState.Flushed])] == [300]
    assert c.list_persistent_segments(name, states=[SegmentState.Growing]) == []
    refused(lambda: c.list_compaction_tasks("never_was"), "collection not found", code=100)
    done = c.optimize(name, timeout=60)
    assert done.status == "success"
    tasks = c.list_compaction_tasks(name).plans
    assert done.compaction_id in {task.trigger_id for task in tasks}, tasks
    assert len({task.plan_id for task in tasks}) == len(tasks) and {task.state.name for task in tasks} == {"Completed"}, tasks
    c.release_collection(name)
    c.alter_index_properties(name, "v", {"mmap.enabled": True})
    assert c.describe_index(name, "v")["mmap.enabled"] == "True"
    c.drop_index_properties(name, "v", ["mmap.enabled"])
    assert "mmap.enabled" not in c.describe_index(name, "v")
    c.load_collection(name)
    c.drop_collection(name)


@story
def keeping_house_with_what_administrators_seldom_call(c):
    keeping_house(c, "methods_house")


@story
def keeping_house_in_coroutines(_):
    keeping_house(Awaited(), "methods_house_awaited", whole=False)


def who_they_are(c):
    c.create_role("methods_role", description="reads")
    c.alter_role("methods_role", "reads and writes")
    assert c.describe_role("methods_role")["description"] == "reads and writes"
    refused(lambda: c.alter_role("methods_nobody", "x"), "not found")
    c.create_user("methods_user", "Methods-1", description="one")
    c.update_user("methods_user", "another")
    assert c.describe_user("methods_user")["description"] == "another"
    refused(lambda: c.update_user("methods_nobody", "x"), "not found")
    c.drop_user("methods_user")
    c.drop_role("methods_role")
    c.create_database("methods_db")
    c.use_database("methods_db")
    assert c.list_collections() == []
    c.use_database("default")
    c.drop_database("methods_db")
    refused(lambda: c.use_database("methods_db"), "database not found", code=800)


@story
def roles_and_users_have_descriptions(c):
    who_they_are(c)
    who_they_are(Awaited())


@story
def one_server_is_a_cluster_of_one(c):
    name, rows = filled(c, "methods_one")
    c.insert(name, rows[:3])
    assert [row["id"] for row in c.session("by-dev").query(name, filter="id < 2", output_fields=["id"])] == [0, 1]
    own = {
        "cluster_id": "by-dev",
        "connection_param": {"uri": "http://here:19530", "token": "a secret"},
        "pchannels": ["by-dev-rootcoord-dml_0"],
    }
    c.update_replicate_configuration(clusters=[own], cross_cluster_topology=[])
    (kept,) = c.get_replicate_configuration().clusters
    assert (kept.cluster_id, list(kept.pchannels)) == ("by-dev", own["pchannels"])
    assert (kept.connection_param.uri, kept.connection_param.token) == ("http://here:19530", "")
    own["connection_param"]["uri"] = "http://there:19530"
    refused(lambda: c.update_replicate_configuration(clusters=[own], cross_cluster_topology=[]), "cannot be changed")
    refused(lambda: c.get_replicate_info("by-dev", "by-dev-rootcoord-dml_0"), "REPLICATE_VIOLATION")
    start = {"id": "1", "wal_name": "RocksMQ"}
    refused(lambda: list(c.dump_messages("by-dev-rootcoord-dml_0", start)), "messages")
    refused(lambda: c.get_refresh_external_collection_progress(1), "not found")
    c.drop_collection(name)


@story
def functions_of_a_collection_that_is_there(c):
    name, rows = filled(c, "methods_functions", text=dict(datatype=DataType.VARCHAR, max_length=50, enable_analyzer=True))
    def by_words(output):
        return Function(name="words", function_type=FunctionType.BM25, input_field_names=["text"], output_field_names=[output])
    refused(lambda: c.add_collection_function(name, by_words("v")), "does not support adding BM25 function", code=1100)
    refused(lambda: c.alter_collection_function(name, "words", by_words("v")), "not exists", code=1100)
    c.drop_collection_function(name, "words")
    c.drop_collection(name)


async def leaving_in_coroutines():
    connections.add_connection(methods={"uri": URI})
    await connections.async_disconnect("methods")
    await connections.async_remove_connection("methods")
    assert "methods" not in dict(connections.list_connections())


@story
def the_older_interface_to_the_end(_):
    connections.add_connection(methods={"uri": URI})
    assert "methods" in dict(connections.list_connections()) and not connections.has_connection("methods")
    connections.connect("methods")
    assert connections.has_connection("methods") and connections.get_connection_addr("methods")["address"] in URI
    connections.disconnect("methods")
    connections.remove_connection("methods")
    asyncio.run(leaving_in_coroutines())
    connections.connect("default", uri=URI)
    c = MilvusClient(URI)
    name, rows = filled(c, "methods_orm")
    collection = Collection(name)
    assert (collection.num_shards, [each.name for each in collection.partitions]) == (1, ["_default"])
    assert collection.partition("nowhere") is None
    collection.insert(rows)
    assert len(collection.get_replicas().groups) == 1
    part = collection.create_partition("part")
    part.load()
    assert len(part.get_replicas().groups) == 1
    assert collection.index().field_name == "v" and collection.index().to_dict()["collection"] == name
    assert sum(each.num_rows for each in utility.get_query_segment_info(name)) == len(rows)
    utility.wait_for_loading_complete(name)
    utility.flush_all(timeout=60)
    utility.load_balance(name, 1, [1], [])
    refused(lambda: utility.load_balance(name, 1, [2], []), "node not found", code=901)
    collection.truncate()
    assert collection.query("id >= 0", limit=5) == []
    collection.release()
    collection.alter_index("v", {"mmap.enabled": True})
    collection.drop()
    utility.create_resource_group("methods_rg", config=ResourceGroupConfig(requests={"node_num": 0}, limits={"node_num": 1}))
    utility.transfer_node("__default_resource_group", "methods_rg", 1)
    utility.transfer_node("methods_rg", "__default_resource_group", 1)
    utility.update_resource_groups({"methods_rg": ResourceGroupConfig(requests={"node_num": 0}, limits={"node_num": 0})})
    utility.drop_resource_group("methods_rg")
    utility.create_user("methods_orm", "Methods-1")
    utility.reset_password("methods_orm", "Methods-1", "Methods-2")
    assert utility.list_user("methods_orm", True).groups[0].username == "methods_orm"
    role = Role("methods_orm")
    role.create()
    role.add_user("methods_orm")
    assert role.is_exist() and list(role.get_users()) == ["methods_orm"]
    role.grant("Collection", "*", "Search")
    role.grant_v2("Insert", "*", db_name="default")
    assert {each.privilege for each in role.list_grants().groups} == {"Search", "Insert"}
    assert len(role.list_grant("Collection", "*").groups) == 2
    role.revoke("Collection", "*", "Search")
    role.revoke_v2("Insert", "*", db_name="default")
    assert role.list_grants().groups == []
    role.remove_user("methods_orm")
    role.drop()
    utility.delete_user("methods_orm")
    db.using_database("default")
    connections.disconnect("default")


@story
def a_pandas_frame_becomes_a_collection(c):
    import pandas
    connections.connect("default", uri=URI)
    base = vectors(20, seed=5)
    frame = pandas.DataFrame({"id": range(20), "v": list(base), "name": [f"n{i}" for i in range(20)]})
    made, written = Collection.construct_from_dataframe(fresh(c, "methods_frame"), frame, primary_field="id")
    assert written.insert_count == 20
    made.create_index("v", {"index_type": "FLAT", "metric_type": "L2", "params": {}})
    made.load()
    assert made.search([base[7]], "v", {"params": {}}, 1, output_fields=["name"])[0][0].entity.get("name") == "n7"
    made.drop()
    connections.disconnect("default")


@story
def sets_that_come_as_bytes(c):
    """Each answer is compared with the set itself; a Bloom filter may find a few more."""
    numbers = random.Random(11)
    name, rows = filled(
        c, "methods_sets", 2000, small=dict(datatype=DataType.INT8), large=dict(datatype=DataType.INT64, nullable=True),
        word=dict(datatype=DataType.VARCHAR, max_length=200), paper=dict(datatype=DataType.JSON, nullable=True))
    for i, row in enumerate(rows):
        row.update(small=i % 256 - 128, large=None if i % 10 == 0 else numbers.randrange(-2**63, 2**63), word="w" * (i % 70) + str(i),
                   paper={"n": i, "w": f"w{i}"}, loose=i)
    c.insert(name, rows[:1500])
    c.flush(name)
    c.insert(name, rows[1500:])

    def found(filter, members):
        return {row["id"] for row in c.query(name, filter, filter_params={"set": members}, output_fields=["id"], limit=16384)}

    def holding(key, members):
        return {row["id"] for row in rows if key(row) in members}

    wanted = set(numbers.sample(range(-100, 4000), 900))
    larges = set(numbers.sample([row["large"] for row in rows if row["large"] is not None], 400))
    every = {row["id"] for row in rows}
    for members in (wanted, set(range(100, 1900)), set(range(0, 65536, 2)) | {2**40, -5, -2**63, 2**63 - 1}, set()):
        blob = build_roaring_bitmap(list(members))
        assert found("membership_match(id, {set}, type=roaring)", blob) == every & members
        assert found("not membership_match(id, {set})", blob) == every - members
    exact = build_roaring_bitmap(list(larges))
    assert found("membership_match(large, {set})", exact) == holding(lambda row: row["large"], larges)
    assert found("not membership_match(large, {set})", exact) == {
        row["id"] for row in rows if row["large"] is not None and row["large"] not in larges}
    assert found("membership_match(small, {set}) and id < 600", build_roaring_bitmap([-128, -1, 127])) == {
        i for i in holding(lambda row: row["small"], {-128, -1, 127}) if i < 600}
    words = set(numbers.sample([row["word"] for row in rows], 300))
    for filter, members, key in (
            ("membership_match(large, {set}, type=bloom)", larges, lambda row: row["large"]),
            ("membership_match(small, {set})", {-128, 0, 127}, lambda row: row["small"]),
            ("membership_match(word, {set})", words, lambda row: row["word"]),
            ("membership_match(paper['n'], {set})", wanted, lambda row: row["paper"]["n"]),
            ("membership_match(paper['w'], {set})", {f"w{i}" for i in wanted}, lambda row: row["paper"]["w"]),
            ("membership_match(loose, {set})", wanted, lambda row: row["loose"])):
        got, must = found(filter, build_bloom_filter(list(members))), holding(key, members)
        assert must <= got and len(got) <= len(must) + 60, (filter, len(got), len(must))
    hits = c.search(name, [rows[0]["v"]], filter="membership_match(id, {set})", filter_params={"set": build_roaring_bitmap([3, 5])}, limit=9)
    assert {hit["id"] for hit in hits[0]} == {3, 5}
    bloom, roaring = build_bloom_filter([1, 2]), build_roaring_bitmap([1, 2])
    for filter, blob, reason in (
            ("membership_match(id, {set}, type=bloom)", roaring, "type=bloom was asked for"),
            ("membership_match(word, {set})", bloom, "of another kind"),
            ("membership_match(word, {set})", roaring, "whole numbers"),
            ("membership_match(id, {set})", roaring[:-1], "not well formed"),
            ("membership_match(id, [1, 2])", roaring, "template"),
            ("id == {set}", roaring, "not supported")):
        refused(lambda: found(filter, blob), reason, code=1100)
    remove = dict(filter="membership_match(id, {set})")
    refused(lambda: c.delete(name, **remove, filter_params={"set": bloom}), "not allowed in a delete", code=1100)
    c.delete(name, **remove, filter_params={"set": roaring})
    assert found("membership_match(id, {set})", build_roaring_bitmap([0, 1, 2, 3])) == {0, 3}
    c.drop_collection(name)
