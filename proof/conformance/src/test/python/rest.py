"""The RESTful interface, spoken by hand: no client stands between the story and the JSON."""
import json
import urllib.error
import urllib.request

from telling import URI, story, vectors


def raw(path, body, headers=()):
    request = urllib.request.Request(
        f"{URI}/v2/vectordb/{path}", data=body, method="POST", headers={"Content-Type": "application/json"} | dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


def say(path, **body):
    status, text = raw(path, json.dumps(body).encode())
    assert status == 200, f"{path}: HTTP {status}: {text}"
    return json.loads(text)


def ok(path, **body):
    answer = say(path, **body)
    assert answer["code"] == 0, f"{path}: {answer}"
    return answer["data"]


def refused(code, fragment, path, **body):
    answer = say(path, **body)
    assert set(answer) == {"code", "message"}, f"{path}: {answer}"
    assert answer["code"] == code and fragment.lower() in answer["message"].lower(), f"{path}: expected {code} '{fragment}': {answer}"


def clear(name):
    ok("collections/drop", collectionName=name)
    return {"collectionName": name}


@story
def rest_quick_collection(_):
    at = clear("rest_quick")
    assert ok("collections/create", **at, dimension=4) == {}
    assert ok("collections/has", **at) == {"has": True} and ok("collections/has", collectionName="rest_never") == {"has": False}
    assert "rest_quick" in ok("collections/list")
    about = ok("collections/describe", **at)
    assert set(about) >= {
        "collectionName", "collectionID", "description", "autoId", "fields", "functions", "aliases", "indexes", "load",
        "shardsNum", "partitionsNum", "consistencyLevel", "enableDynamicField", "properties"}
    assert about["enableDynamicField"] is True and about["autoId"] is False and about["load"] in ("LoadStateLoaded", "LoadStateLoading")
    assert about["indexes"] == [{"indexName": "vector", "fieldName": "vector", "metricType": "COSINE"}]
    key, vector = about["fields"]
    assert (key["name"], key["type"], key["primaryKey"], key["autoId"]) == ("id", "Int64", True, False)
    assert (vector["name"], vector["type"], vector["params"]) == ("vector", "FloatVector", [{"key": "dim", "value": "4"}])
    rows = [{"id": i, "vector": [i, 1, 0, 0], "color": "red" if i % 2 else "blue"} for i in range(10)]
    answer = say("entities/insert", **at, data=rows)
    assert answer["data"] == {"insertCount": 10, "insertIds": list(range(10))} and "cost" in answer
    assert say("entities/insert", **at, data={"id": 10, "vector": [10, 1, 0, 0]})["data"]["insertCount"] == 1
    hits = say("entities/search", **at, data=[[1, 1, 0, 0], [9, 1, 0, 0]], annsField="vector", limit=2, outputFields=["color"])
    assert [set(h) for h in hits["data"][:3]] == [{"id", "distance", "color"}] * 3 and hits["topks"] == [2, 2]
    assert hits["data"][0]["id"] == 1 and abs(hits["data"][0]["distance"] - 1) < 1e-5
    assert ok("entities/query", **at, filter="color == 'red'", outputFields=["id"]) == [{"id": i} for i in (1, 3, 5, 7, 9)]
    whole = ok("entities/query", **at, filter="id == 3")
    assert whole == [{"id": 3, "vector": [3, 1, 0, 0], "color": "red"}], whole
    assert ok("entities/query", **at, filter="id in {keys}", exprParams={"keys": [1, 2]}, outputFields=["color"]) == [
        {"id": 1, "color": "red"}, {"id": 2, "color": "blue"}]
    assert ok("entities/query", **at, filter="", outputFields=["count(*)"]) == [{"count(*)": 11}]
    assert [r["id"] for r in ok("entities/query", **at, filter="id >= 0", limit=3, offset=2)] == [2, 3, 4]
    assert ok("entities/get", **at, id=[2, 4], outputFields=["color"]) == [{"id": 2, "color": "blue"}, {"id": 4, "color": "blue"}]
    assert ok("entities/get", **at, id=5, outputFields=["color"]) == [{"id": 5, "color": "red"}]
    assert ok("entities/upsert", **at, data=[{"id": 5, "vector": [0, 0, 0, 1], "color": "green"}]) == {"upsertCount": 1, "upsertIds": [5]}
    assert ok("entities/get", **at, id=5, outputFields=["color"]) == [{"id": 5, "color": "green"}]
    assert ok("entities/delete", **at, filter="id in [1, 2]") == {"deleteCount": 2}
    assert ok("entities/query", **at, filter="id < 4", outputFields=["id"]) == [{"id": 0}, {"id": 3}]
    assert ok("collections/drop", **at) == {} and ok("collections/has", **at) == {"has": False}


@story
def rest_schema_partitions_and_load(_):
    at = clear("rest_schema")
    fields = [
        {"fieldName": "pk", "dataType": "VarChar", "isPrimary": True, "elementTypeParams": {"max_length": "20"}},
        {"fieldName": "tags", "dataType": "Array", "elementDataType": "VarChar", "elementTypeParams": {"max_capacity": 5, "max_length": 9}},
        {"fieldName": "about", "dataType": "JSON"},
        {"fieldName": "maybe", "dataType": "Int32", "nullable": True},
        {"fieldName": "price", "dataType": "Double", "defaultValue": 1.5},
        {"fieldName": "v", "dataType": "FloatVector", "elementTypeParams": {"dim": "3"}},
        {"fieldName": "s", "dataType": "SparseFloatVector"},
    ]
    indexes = [
        {"fieldName": "v", "indexName": "vi", "metricType": "L2", "indexType": "HNSW", "params": {"M": 8, "efConstruction": 32}},
        {"fieldName": "s", "indexName": "si", "metricType": "IP", "indexType": "SPARSE_INVERTED_INDEX"},
    ]
    ok("collections/create", **at, schema={"autoId": False, "enableDynamicField": False, "fields": fields}, params={"consistencyLevel": "Strong"})
    assert ok("collections/get_load_state", **at)["loadState"] == "LoadStateNotLoad" and ok("indexes/list", **at) == []
    refused(700, "index not found", "collections/load", **at)
    assert ok("indexes/create", **at, indexParams=indexes) == {}
    assert sorted(ok("indexes/list", **at)) == ["si", "vi"]
    (told,) = ok("indexes/describe", **at, indexName="vi")
    assert (told["indexName"], told["fieldName"], told["indexType"], told["metricType"]) == ("vi", "v", "HNSW", "L2")
    assert told["indexState"] == "Finished" and {"totalRows", "indexedRows", "pendingRows", "failReason"} <= set(told)
    assert ok("collections/load", **at) == {}
    state = ok("collections/get_load_state", **at)
    assert state["loadProgress"] == 100 and state["loadState"] == "LoadStateLoaded", state
    assert ok("partitions/create", **at, partitionName="p") == {}
    assert sorted(ok("partitions/list", **at)) == ["_default", "p"] and ok("partitions/has", **at, partitionName="p") == {"has": True}
    row = {"pk": "a", "tags": ["x", "y"], "about": {"deep": [1, {"b": None}]}, "maybe": None, "v": [1, 2, 3], "s": {"4": 0.5, "9": 1}}
    assert ok("entities/insert", **at, partitionName="p", data=[row])["insertIds"] == ["a"]
    ok("entities/insert", **at, data=[row | {"pk": "b", "maybe": 7, "price": 2, "v": [3, 2, 1], "s": {"4": 1}}])
    (back,) = ok("entities/get", **at, id="a")
    assert back["tags"] == ["x", "y"] and back["maybe"] is None and back["price"] == 1.5 and back["v"] == [1, 2, 3]
    assert (json.loads(back["about"]) if isinstance(back["about"], str) else back["about"]) == {"deep": [1, {"b": None}]}
    hits = ok("entities/search", **at, data=[[1, 2, 3]], annsField="v", partitionNames=["p"], limit=5, searchParams={"params": {"ef": 20}})
    assert [h["pk"] for h in hits] == ["a"] and hits[0]["distance"] == 0
    hits = ok("entities/search", **at, data=[{"4": 1.0}], annsField="s", limit=2, outputFields=["price"])
    assert [(h["pk"], h["distance"], h["price"]) for h in hits] == [("b", 1, 2), ("a", 0.5, 1.5)]
    parts = [{"data": [[3, 2, 1]], "annsField": "v", "limit": 2}, {"data": [{"4": 1.0}], "annsField": "s", "limit": 2}]
    hits = ok("entities/hybrid_search", **at, search=parts, rerank={"strategy": "rrf", "params": {"k": 60}}, limit=2, outputFields=["pk"])
    assert [h["pk"] for h in hits] == ["b", "a"] and abs(hits[0]["distance"] - 2 / 61) < 1e-5
    assert ok("entities/advanced_search", **at, search=parts, rerank={"strategy": "weighted", "params": {"weights": [0.5, 0.5]}}, limit=1)[0]["pk"] in "ab"
    ok("collections/flush", **at)
    assert ok("collections/get_stats", **at) == {"rowCount": 2} and ok("partitions/get_stats", **at, partitionName="p") == {"rowCount": 1}
    assert ok("partitions/release", **at, partitionNames=["p"]) == {} and ok("partitions/load", **at, partitionNames=["p"]) == {}
    assert ok("collections/release", **at) == {} and ok("collections/get_load_state", **at)["loadState"] == "LoadStateNotLoad"
    refused(101, "not loaded", "entities/query", **at, filter="pk != ''")
    assert ok("indexes/drop", **at, indexName="vi") == {} and ok("indexes/list", **at) == ["si"]
    assert ok("partitions/drop", **at, partitionName="p") == {}
    clear("rest_schema")


@story
def rest_aliases_databases_and_names(_):
    at, moved = clear("rest_named"), clear("rest_moved")
    ok("collections/create", **at, dimension=4, idType="VarChar", autoID=True, metricType="L2", primaryFieldName="k", vectorFieldName="w", params={"max_length": 40})
    about = ok("collections/describe", **at)
    assert about["autoId"] is True and [(f["name"], f["type"]) for f in about["fields"]] == [("k", "VarChar"), ("w", "FloatVector")]
    given = ok("entities/insert", **at, data=[{"w": [1, 2, 3, 4]}, {"w": [1, 2, 3, 5]}])
    assert given["insertCount"] == 2 and all(isinstance(k, str) for k in given["insertIds"])
    assert ok("aliases/create", **at, aliasName="rest_nick") == {}
    assert ok("aliases/describe", aliasName="rest_nick") == {"dbName": "default", "collectionName": "rest_named", "aliasName": "rest_nick"}
    assert ok("aliases/list", **at) == ["rest_nick"]
    assert len(ok("entities/query", collectionName="rest_nick", filter="k != ''")) == 2
    ok("aliases/drop", aliasName="rest_nick")
    assert ok("collections/rename", **at, newCollectionName="rest_moved") == {} and ok("collections/has", **moved) == {"has": True}
    assert ok("collections/alter_properties", **moved, properties={"collection.ttl.seconds": 90}) == {}
    assert {"key": "collection.ttl.seconds", "value": "90"} in ok("collections/describe", **moved)["properties"]
    clear("rest_moved")
    if "rest_db" in ok("databases/list"):
        ok("databases/drop", dbName="rest_db")
    assert ok("databases/create", dbName="rest_db") == {} and "rest_db" in ok("databases/list")
    assert ok("databases/describe", dbName="rest_db")["dbName"] == "rest_db"
    inside = {"dbName": "rest_db", "collectionName": "inside"}
    ok("collections/create", **inside, dimension=4)
    assert ok("collections/list", dbName="rest_db") == ["inside"] and "inside" not in ok("collections/list")
    status, text = raw("collections/list", b"{}", {"DB-Name": "rest_db"})
    assert status == 200 and json.loads(text)["data"] == ["inside"]
    ok("collections/drop", **inside)
    assert ok("databases/drop", dbName="rest_db") == {}
    assert ok("users/list") == ["root"]


@story
def rest_refusals(_):
    at = clear("rest_refused")
    ok("collections/create", **at, dimension=4)
    assert json.loads(raw("collections/list", b"not json")[1])["code"] == 1801
    assert json.loads(raw("collections/list", b"")[1])["code"] == 1801
    refused(1802, "missing required parameters", "collections/describe")
    refused(1802, "missing required parameters", "entities/delete", **at)
    refused(1802, "missing required parameters", "entities/search", **at, annsField="vector")
    refused(100, "can't find collection", "collections/describe", collectionName="rest_never")
    refused(100, "rest_never", "entities/query", collectionName="rest_never", filter="id > 0")
    refused(800, "database not found", "collections/list", dbName="rest_no_db")
    refused(1100, "cannot parse expression", "entities/query", **at, filter="id >")
    refused(1100, "it should be in range [1, 16384]", "entities/search", **at, data=[[1, 2, 3, 4]], annsField="vector", limit=20000)
    assert say("entities/insert", **at, data=[{"id": 1, "vector": [1, 2]}])["code"] != 0
    assert say("entities/insert", **at, data=[{"id": 1}])["code"] != 0
    assert raw("collections/what", b"{}")[0] == 404
    big = 2**53 + 1
    ok("entities/insert", **at, data=[{"id": big, "vector": [1, 2, 3, 4]}])
    assert ok("entities/query", **at, filter=f"id == {big}", outputFields=["id"]) == [{"id": big}]
    status, text = raw("entities/query", json.dumps(at | {"filter": "id > 0", "outputFields": ["id"]}).encode(), {"Accept-Type-Allow-Int64": "false"})
    assert json.loads(text)["data"] == [{"id": str(big)}]
    vectors_ = vectors(3, dim=4).tolist()
    ok("entities/insert", **at, data=[{"id": i, "vector": v} for i, v in enumerate(vectors_)])
    assert len(ok("entities/search", **at, ids=[0, 1], annsField="vector", limit=2)) == 4
    clear("rest_refused")
