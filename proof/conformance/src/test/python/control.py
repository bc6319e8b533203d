"""What administrators and their tools do beside rights, told by the unmodified public Python client.

usage: control.py URI      prints one line a story: `PASS name` or `FAIL name: reason`
The server's root has the password `Milvus-root`.
"""
import json
import sys
import time
import urllib.error
import urllib.request

import pymilvus
from pymilvus import MilvusClient
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from telling import URI, refused, run, story

ROOT = "root:Milvus-root"
DIM = 4


def client(**more):
    return MilvusClient(uri=URI, token=ROOT, **more)


def filled(c, name, rows=100):
    if c.has_collection(name):
        c.drop_collection(name)
    c.create_collection(name, dimension=DIM)
    c.insert(name, [{"id": i, "vector": [i, 1, 0, 0]} for i in range(rows)])
    return name


def call(c, method, request):
    """A call that the client has no method for, by the stub that it ships."""
    handler = getattr(c, "_handler", None) or c._get_connection()
    import base64
    return getattr(handler._stub, method)(request, metadata=(("authorization", base64.b64encode(ROOT.encode()).decode()),))


@story
def a_database_says_what_may_be_done_in_it():
    root = client()
    if "quota_db" in root.list_databases():
        inside = client(db_name="quota_db")
        root.drop_database_properties("quota_db", ["database.force.deny.ddl", "database.force.deny.collectionDDL"])
        for name in inside.list_collections():
            inside.drop_collection(name)
        root.drop_database("quota_db")
    root.create_database("quota_db", properties={"database.max.collections": 1})
    inside = client(db_name="quota_db")
    filled(inside, "quota_one")
    refused(lambda: inside.create_collection("quota_two", dimension=DIM), "exceeded the limit number of collections", code=102)
    for key, action in (
            ("writing", lambda: inside.insert("quota_one", [{"id": 1, "vector": [0, 0, 0, 1]}])),
            ("reading", lambda: inside.query("quota_one", filter="id == 1")),
            ("collectionDDL", lambda: inside.release_collection("quota_one")),
            ("partitionDDL", lambda: inside.create_partition("quota_one", "p")),
            ("flush", lambda: inside.flush("quota_one"))):
        root.alter_database_properties("quota_db", {"database.force.deny." + key: True})
        refused(action, "quota exceeded", "access has been disabled by the administrator", code=9)
        root.drop_database_properties("quota_db", ["database.force.deny." + key])
        action()
    about = root.describe_database("quota_db")
    assert about["name"] == "quota_db" and str(about["database.max.collections"]) == "1", about
    refused(lambda: root.alter_database_properties("quota_db", {"database.force.deny.writing": "perhaps"}), "true or false")
    inside.drop_collection("quota_one")
    root.drop_database("quota_db")


@story
def a_collection_has_rates_of_its_own():
    c = client()
    filled(c, "rated")
    c.alter_collection_properties("rated", {"collection.queryRate.max.qps": "0"})
    status, answer = say("entities/query", collectionName="rated", filter="id == 1")
    assert status == 200 and answer["code"] == 1807, answer
    answer = call(c, "Query", milvus_pb2.QueryRequest(collection_name="rated", expr="id == 1"))
    assert (answer.status.code, answer.status.error_code) == (8, common_pb2.RateLimit) and "rate limit exceeded" in answer.status.reason
    c.drop_collection_properties("rated", ["collection.queryRate.max.qps"])
    assert c.query("rated", filter="id == 1", output_fields=["id"]) == [{"id": 1}]
    c.alter_collection_properties("rated", {"collection.max.entities": "10"})
    time.sleep(1.1)
    refused(lambda: c.insert("rated", [{"id": 1000, "vector": [0, 0, 0, 1]}]), "as many entities as it may", code=9)
    c.drop_collection("rated")


@story
def segments_flushes_and_compactions():
    c = client()
    filled(c, "kept", 500)
    c.flush("kept")
    kept = c.list_persistent_segments("kept") if hasattr(c, "list_persistent_segments") else []
    if kept:
        assert sum(s.num_rows for s in kept) == 500, kept
    loaded = c.list_loaded_segments("kept") if hasattr(c, "list_loaded_segments") else []
    assert not loaded or sum(s.num_rows for s in loaded) == 500
    c.delete("kept", filter="id < 100")
    job = c.compact("kept")
    until = time.time() + 30
    while c.get_compaction_state(job) != "Completed":
        assert time.time() < until, c.get_compaction_state(job)
        time.sleep(0.05)
    refused(lambda: c.compact("kept", is_clustering=True), "not support clustering compaction")
    assert c.query("kept", output_fields=["count(*)"])[0]["count(*)"] == 400
    about = ok("collections/describe", collectionName="kept")
    infos = ok("segments/describe", collectionID=about["collectionID"], segmentIDs=[])["segmentInfos"]
    assert infos and all(s["collectionID"] == about["collectionID"] for s in infos), infos
    assert say("segments/describe", collectionID=about["collectionID"], segmentIDs=[1])[1]["code"] == 600
    replicas = c.describe_replica("kept") if hasattr(c, "describe_replica") else None
    if replicas:
        assert replicas[0].shards and list(replicas[0].group_nodes) == [1], replicas
    c.drop_collection("kept")


@story
def what_attu_asks():
    c = client()
    filled(c, "shown")
    answer = call(c, "GetMetrics", milvus_pb2.GetMetricsRequest(request=json.dumps({"metric_type": "system_info"})))
    assert answer.status.code == 0, answer
    nodes = json.loads(answer.response)["nodes_info"]
    assert {"rootcoord", "querycoord", "datacoord", "proxy"} <= {n["infos"]["type"] for n in nodes}
    for node in nodes:
        infos = node["infos"]
        assert {"has_error", "error_reason", "name", "hardware_infos", "system_info", "created_time", "updated_time", "type", "id"} <= set(infos)
        assert infos["hardware_infos"]["cpu_core_count"] >= 1 and infos["hardware_infos"]["memory"] > 0
        assert infos["system_info"]["deploy_mode"] == "STANDALONE" and infos["created_time"]
        assert all(n["connected_identifier"] != node["identifier"] for n in node["connected"])
    shown = call(c, "ShowCollections", milvus_pb2.ShowCollectionsRequest(type=milvus_pb2.InMemory))
    assert dict(zip(shown.collection_names, shown.inMemory_percentages))["shown"] == 100
    health = call(c, "CheckHealth", milvus_pb2.CheckHealthRequest())
    assert health.isHealthy and health.status.code == 0
    assert call(c, "GetMetrics", milvus_pb2.GetMetricsRequest(request=json.dumps({"metric_type": "moon"}))).status.code == 1200
    states = call(c, "GetComponentStates", milvus_pb2.GetComponentStatesRequest())
    assert states.state.state_code == common_pb2.Healthy
    quotas = json.loads(ok("quotacenter/describe"))
    assert quotas["rates"] == {} and quotas["stored_bytes"] >= 0, quotas
    c.drop_collection("shown")


@story
def what_one_server_answers_for_a_cluster():
    c = client()
    filled(c, "alone")
    balance = lambda **more: call(c, "LoadBalance", milvus_pb2.LoadBalanceRequest(collectionName="alone", **more)).code
    assert balance(src_nodeID=1) == 0 and balance(src_nodeID=7) == 901
    assert call(c, "CalcDistance", milvus_pb2.CalcDistanceRequest()).status.code == 2
    assert json.loads(call(c, "Dummy", milvus_pb2.DummyRequest(request_type='{"request_type": "query"}')).response)["status"] == "success"
    assert json.loads(call(c, "Dummy", milvus_pb2.DummyRequest(request_type="no JSON")).response)["status"] == "fail"
    assert call(c, "RegisterLink", milvus_pb2.RegisterLinkRequest()).status.code == 0
    assert call(c, "ReplicateMessage", milvus_pb2.ReplicateMessageRequest()).status.code == 2
    if hasattr(c, "list_file_resources"):
        assert list(c.list_file_resources()) == []
        refused(lambda: c.add_file_resource("words", "nowhere/words.txt"), "not exist", code=1100)
        c.remove_file_resource("words")
    if hasattr(c, "refresh_external_collection"):
        refused(lambda: c.refresh_external_collection("alone"), "is not an external collection", code=1100)
        assert list(c.list_refresh_external_collection_jobs()) == []
    if hasattr(c, "get_replicate_configuration"):
        c.get_replicate_configuration()
    c.drop_collection("alone")


@story
def clients_tell_of_themselves():
    from pymilvus.grpc_gen import milvus_pb2_grpc
    if not hasattr(milvus_pb2_grpc, "ClientTelemetryServiceStub"):
        return
    import base64
    import grpc
    me = (("authorization", base64.b64encode(ROOT.encode()).decode()),)
    with grpc.insecure_channel(URI.removeprefix("http://")) as channel:
        stub = milvus_pb2_grpc.ClientTelemetryServiceStub(channel)
        info = common_pb2.ClientInfo(sdk_type="story", sdk_version="1", reserved={"client_id": "story-1"})
        answer = stub.ClientHeartbeat(milvus_pb2.ClientHeartbeatRequest(client_info=info), metadata=me)
        assert answer.status.code == 0 and answer.server_timestamp > 0 and not answer.commands
        (told,) = stub.GetClientTelemetry(milvus_pb2.GetClientTelemetryRequest(client_id="story-1"), metadata=me).clients
        assert told.client_info.sdk_type == "story" and told.status == "active" and list(told.databases) == ["default"]


@story
def rights_travel_as_one_value():
    c = client()
    backup = lambda: call(c, "BackupRBAC", milvus_pb2.BackupRBACMetaRequest())
    for name in c.list_users():
        if name != "root":
            c.drop_user(name)
    for name in c.list_roles():
        if name not in ("admin", "public"):
            c.drop_role(name, force_drop=True)
    c.create_user("gus", "secret-gus")
    c.create_role("traveller")
    c.grant_role("gus", "traveller")
    c.grant_privilege("traveller", "Collection", "Search", "far")
    c.grant_privilege_v2("traveller", "CollectionReadOnly", "*", "default")
    meta = backup().RBAC_meta
    assert [u.user for u in meta.users] == ["gus"] and meta.users[0].password.startswith("$2") and len(meta.grants) == 2
    restore = lambda: call(c, "RestoreRBAC", milvus_pb2.RestoreRBACMetaRequest(RBAC_meta=meta))
    assert restore().code == 1100
    c.drop_user("gus")
    assert restore().code == 1100 and "gus" not in c.list_users(), "all or nothing"
    c.drop_role("traveller", force_drop=True)
    assert restore().code == 0
    MilvusClient(uri=URI, token="gus:secret-gus").list_collections()
    assert backup().RBAC_meta == meta
    c.drop_user("gus")
    c.drop_role("traveller", force_drop=True)


def say(path, **body):
    request = urllib.request.Request(
        f"{URI}/v2/vectordb/{path}", data=json.dumps(body).encode(), method="POST",
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {ROOT}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def ok(path, **body):
    status, answer = say(path, **body)
    assert status == 200 and answer["code"] == 0, f"{path}: {status} {answer}"
    return answer.get("data")


if __name__ == "__main__":
    sys.exit(run(version=f"pymilvus {pymilvus.__version__}"))
