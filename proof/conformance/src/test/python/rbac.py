"""Users, roles and rights, told by the unmodified public Python client to a server that asks who is there.

usage: rbac.py URI      prints one line a story: `PASS name` or `FAIL name: reason`; `KILL` asks for the server's death
The server's root has the password `Milvus-root`. Runs with every version of the client that a user may still have.
"""
import json
import sys
import urllib.error
import urllib.request

import pymilvus
from pymilvus import MilvusClient

from telling import URI, killed, refused, run, story

ROOT = "root:Milvus-root"
DIM = 4


def client(who=ROOT, **more):
    return MilvusClient(uri=URI, token=who, **more)


def denied(action, privilege=""):
    refused(action, "permission deny", privilege)


def fresh(root, *collections):
    for role in root.list_roles():
        if role in ("admin", "public"):
            continue
        root.drop_role(role, force_drop=True)
    for user in root.list_users():
        if user != "root":
            root.drop_user(user)
    for group in root.list_privilege_groups():
        name = group["privilege_group"]
        if not name.startswith(("Cluster", "Database", "Collection")):
            root.drop_privilege_group(name)
    for name in collections:
        if root.has_collection(name):
            root.drop_collection(name)
        root.create_collection(name, dimension=DIM)
        root.insert(name, [{"id": i, "vector": [i, 1, 0, 0]} for i in range(10)])


def user(root, name, *roles):
    root.create_user(name, "secret-" + name)
    for role in roles:
        root.grant_role(name, role)
    return client(f"{name}:secret-{name}")


@story
def nobody_comes_in_without_a_password():
    refused(lambda: MilvusClient(uri=URI).list_collections())
    for wrong in ("root:wrong", "nobody:Milvus-root", "some-api-key"):
        refused(lambda: client(wrong).list_collections())
    assert isinstance(client().list_collections(), list)


@story
def a_user_comes_changes_the_password_and_goes():
    root = client()
    fresh(root)
    root.create_user("ann", "secret-ann")
    assert sorted(root.list_users()) == ["ann", "root"]
    refused(lambda: root.create_user("ann", "secret-ann"), "user already exists")
    refused(lambda: root.create_user("1ann", "secret"), "invalid user")
    refused(lambda: root.create_user("bob", "short"), "invalid password length")
    ann = client("ann:secret-ann")
    assert ann.list_collections() == []
    assert ann.describe_user("ann")["user_name"] == "ann"
    denied(lambda: ann.list_users(), "SelectOwnership")
    denied(lambda: ann.create_user("bob", "secret"), "CreateOwnership")
    refused(lambda: ann.update_password("ann", "wrong-old", "better-ann"), "old password not correct for ann")
    ann.update_password("ann", "secret-ann", "better-ann")
    refused(lambda: client("ann:secret-ann").list_collections())
    client("ann:better-ann").list_collections()
    assert root.describe_user("nobody") == {}
    root.drop_user("ann")
    root.drop_user("ann")
    refused(lambda: client("ann:better-ann").list_collections())
    refused(lambda: root.drop_user("root"), "root user cannot be deleted")


@story
def a_role_without_a_right_is_refused_and_a_revoked_right_ends_at_once():
    root = client()
    fresh(root, "rbac_books", "rbac_other")
    root.create_role("reader")
    refused(lambda: root.create_role("reader"), "already exists")
    ann = user(root, "ann", "reader")
    assert root.describe_user("ann")["roles"] in (("reader",), ["reader"])
    search = lambda name="rbac_books": ann.search(name, [[1, 1, 0, 0]], limit=1, anns_field="vector")
    denied(search, "PrivilegeSearch")
    assert ann.list_collections() == [] and set(root.list_collections()) >= {"rbac_books", "rbac_other"}
    root.grant_privilege("reader", "Collection", "Search", "rbac_books")
    root.grant_privilege("reader", "Collection", "Search", "rbac_books")
    assert search()[0][0]["id"] == 1
    denied(lambda: search("rbac_other"), "PrivilegeSearch")
    denied(lambda: ann.query("rbac_books", filter="id == 1"), "PrivilegeQuery")
    denied(lambda: ann.insert("rbac_books", [{"id": 11, "vector": [0, 0, 0, 1]}]), "PrivilegeInsert")
    denied(lambda: ann.drop_collection("rbac_books"), "PrivilegeDropCollection")
    assert ann.list_collections() == ["rbac_books"]
    told = root.describe_role("reader")
    (right,) = told["privileges"]
    assert told["role"] == "reader" and (right["object_type"], right["object_name"], right["privilege"], right["db_name"]) == (
        "Collection", "rbac_books", "Search", "default"), told
    root.revoke_privilege("reader", "Collection", "Search", "rbac_books")
    denied(search, "PrivilegeSearch")
    root.grant_privilege("reader", "Collection", "*", "*")
    search("rbac_other")
    ann.insert("rbac_books", [{"id": 11, "vector": [0, 0, 0, 1]}])
    denied(lambda: ann.create_collection("rbac_new", dimension=DIM), "PrivilegeCreateCollection")
    refused(lambda: root.grant_privilege("reader", "Global", "Search", "*"), "not found the privilege name[Search] in object[Global]")
    refused(lambda: root.grant_privilege("reader", "Collection", "ClusterAdmin", "*"), "can not operate the built-in privilege group [ClusterAdmin]")
    refused(lambda: root.grant_privilege("nobody", "Collection", "Search", "*"), 'the role "nobody" does not exist')
    refused(lambda: root.drop_role("reader"), "fail to drop the role that it has privileges")
    root.revoke_role("ann", "reader")
    root.revoke_role("ann", "reader")
    denied(search, "PrivilegeSearch")
    refused(lambda: root.grant_role("ann", "nobody"), "not found the role")
    refused(lambda: root.grant_role("nobody", "reader"), 'user "nobody" not found')
    refused(lambda: root.drop_role("admin"), "default role")
    assert sorted(root.list_roles()) == ["admin", "public", "reader"]


@story
def built_in_groups_reach_as_far_as_their_level():
    root = client()
    fresh(root, "rbac_books", "rbac_other")
    root.create_role("keeper")
    bob = user(root, "bob", "keeper")
    root.grant_privilege_v2("keeper", "CollectionReadOnly", "rbac_books", "default")
    assert bob.query("rbac_books", filter="id == 3", output_fields=["id"]) == [{"id": 3}]
    denied(lambda: bob.insert("rbac_books", [{"id": 11, "vector": [0, 0, 0, 1]}]), "PrivilegeInsert")
    denied(lambda: bob.query("rbac_other", filter="id == 3"), "PrivilegeQuery")
    root.grant_privilege_v2("keeper", "CollectionReadWrite", "*", "default")
    bob.insert("rbac_other", [{"id": 11, "vector": [0, 0, 0, 1]}])
    bob.release_collection("rbac_other")
    bob.load_collection("rbac_other")
    denied(lambda: bob.create_alias("rbac_other", "rbac_nick"), "PrivilegeCreateAlias")
    root.grant_privilege_v2("keeper", "DatabaseAdmin", "*", "default")
    bob.drop_collection("rbac_other")
    bob.create_collection("rbac_other", dimension=DIM)
    denied(lambda: bob.create_database("rbac_db"), "PrivilegeCreateDatabase")
    refused(lambda: root.grant_privilege_v2("keeper", "ClusterAdmin", "*", "default"), "cluster level privilege")
    refused(lambda: root.grant_privilege_v2("keeper", "DatabaseReadOnly", "rbac_books", "default"), "database level privilege")
    root.grant_privilege_v2("keeper", "ClusterAdmin", "*", "*")
    bob.create_database("rbac_db")
    bob.drop_database("rbac_db")
    bob.create_role("made_by_bob")
    root.revoke_privilege_v2("keeper", "ClusterAdmin", "*", "*")
    denied(lambda: bob.create_role("more"), "PrivilegeCreateOwnership")
    for group, collection, database in (("CollectionReadOnly", "rbac_books", "default"), ("CollectionReadWrite", "*", "default"), ("DatabaseAdmin", "*", "default")):
        root.revoke_privilege_v2("keeper", group, collection, database)
    assert root.describe_role("keeper")["privileges"] == []
    root.drop_role("keeper")
    assert root.describe_user("bob")["roles"] in ((), [])


@story
def own_groups_of_privileges():
    root = client()
    fresh(root, "rbac_books")
    root.create_privilege_group("writers")
    refused(lambda: root.create_privilege_group("writers"), "is defined by")
    refused(lambda: root.create_privilege_group("CollectionAdmin"), "built in")
    root.add_privileges_to_group("writers", ["Insert", "CollectionReadOnly"])
    refused(lambda: root.add_privileges_to_group("writers", ["CreateDatabase"]), "not the same privilege level")
    refused(lambda: root.add_privileges_to_group("nobody", ["Insert"]), "there is no privilege group name [nobody]")
    root.create_role("writer")
    cat = user(root, "cat", "writer")
    root.grant_privilege_v2("writer", "writers", "rbac_books", "default")
    cat.insert("rbac_books", [{"id": 11, "vector": [0, 0, 0, 1]}])
    denied(lambda: cat.delete("rbac_books", ids=[11]), "PrivilegeDelete")
    root.add_privileges_to_group("writers", ["Delete"])
    cat.delete("rbac_books", ids=[11])
    root.remove_privileges_from_group("writers", ["Delete"])
    denied(lambda: cat.delete("rbac_books", ids=[1]), "PrivilegeDelete")
    groups = {g["privilege_group"]: set(g["privileges"]) for g in root.list_privilege_groups()}
    assert {"Insert", "Search"} <= groups["writers"] and len(groups) == 10, groups.keys()
    assert "ManageOwnership" in groups["ClusterAdmin"] and "Load" in groups["CollectionReadWrite"]
    refused(lambda: root.drop_privilege_group("writers"), "is used by role [writer]")
    root.revoke_privilege_v2("writer", "writers", "rbac_books", "default")
    root.drop_privilege_group("writers")
    root.drop_privilege_group("writers")


@story
def rights_end_at_the_border_of_their_database():
    root = client()
    fresh(root, "rbac_books")
    if "rbac_db" in root.list_databases():
        inside = client(db_name="rbac_db")
        for name in inside.list_collections():
            inside.drop_collection(name)
        root.drop_database("rbac_db")
    root.create_database("rbac_db")
    inside = client(db_name="rbac_db")
    inside.create_collection("rbac_books", dimension=DIM)
    root.create_role("insider")
    user(root, "dan", "insider")
    root.grant_privilege_v2("insider", "CollectionReadWrite", "*", "rbac_db")
    at_home = client("dan:secret-dan", db_name="rbac_db")
    at_home.insert("rbac_books", [{"id": 1, "vector": [0, 0, 0, 1]}])
    assert at_home.list_collections() == ["rbac_books"] and at_home.list_databases() == ["rbac_db"]
    outside = client("dan:secret-dan")
    denied(lambda: outside.insert("rbac_books", [{"id": 1, "vector": [0, 0, 0, 1]}]), "PrivilegeInsert")
    assert outside.list_collections() == []
    inside.drop_collection("rbac_books")
    root.drop_database("rbac_db")


@story
def rights_survive_the_death_of_the_server():
    root = client()
    fresh(root, "rbac_books")
    root.create_role("lasting")
    user(root, "eve", "lasting")
    root.grant_privilege_v2("lasting", "CollectionReadOnly", "rbac_books", "default")
    root.create_privilege_group("kept")
    root.add_privileges_to_group("kept", ["Search"])
    killed()
    eve = client("eve:secret-eve")
    assert eve.query("rbac_books", filter="id == 3", output_fields=["id"]) == [{"id": 3}]
    denied(lambda: eve.delete("rbac_books", ids=[3]), "PrivilegeDelete")
    root = client()
    assert {"kept"} <= {g["privilege_group"] for g in root.list_privilege_groups()}
    assert root.describe_user("eve")["roles"] in (("lasting",), ["lasting"])
    fresh(root)


@story
def resource_groups_as_on_one_node():
    root = client()
    fresh(root, "rbac_books")
    usual = "__default_resource_group"
    for name in root.list_resource_groups():
        if name != usual:
            root.update_resource_groups({name: config(0, 0)})
            root.drop_resource_group(name)
    assert root.list_resource_groups() == [usual]
    about = root.describe_resource_group(usual)
    assert about.num_available_node == 1 and about.num_loaded_replica.get("rbac_books") == 1, about
    root.create_resource_group("rg")
    root.create_resource_group("rg")
    refused(lambda: root.create_resource_group("rg", config=config(1, 1)), "already exist")
    refused(lambda: root.update_resource_groups({"rg": config(2, 1)}), "illegal config")
    refused(lambda: root.describe_resource_group("nowhere"), "resource group not found")
    root.update_resource_groups({"rg": config(1, 1)})
    assert root.describe_resource_group("rg").num_available_node == 1
    root.transfer_replica(usual, "rg", "rbac_books", 1)
    (replica,) = root.describe_replica("rbac_books")
    assert replica.resource_group == "rg", replica
    refused(lambda: root.drop_resource_group("rg"), "limits")
    root.transfer_replica("rg", usual, "rbac_books", 1)
    root.update_resource_groups({"rg": config(0, 0)})
    root.drop_resource_group("rg")
    root.drop_resource_group("rg")
    refused(lambda: root.drop_resource_group(usual), "default")
    root.release_collection("rbac_books")
    refused(lambda: root.load_collection("rbac_books", replica_number=2), "node not enough")
    root.load_collection("rbac_books")


def config(requests, limits):
    from pymilvus.client.types import ResourceGroupConfig
    return ResourceGroupConfig(requests={"node_num": requests}, limits={"node_num": limits})


def say(path, who=ROOT, **body):
    request = urllib.request.Request(
        f"{URI}/v2/vectordb/{path}", data=json.dumps(body).encode(), method="POST",
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {who}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def ok(path, who=ROOT, **body):
    status, answer = say(path, who, **body)
    assert status == 200 and answer["code"] == 0, f"{path}: {status} {answer}"
    return answer.get("data")


@story
def the_same_in_rest():
    fresh(client(), "rbac_books")
    assert say("collections/list", "root:wrong")[0] == 401
    ok("users/create", userName="fay", password="secret-fay", description="who asks")
    assert sorted(ok("users/list")) == ["fay", "root"] and ok("users/describe", userName="fay") == []
    ok("roles/create", roleName="asker", description="asks")
    assert sorted(ok("roles/list")) == ["admin", "asker", "public"]
    ok("users/grant_role", userName="fay", roleName="asker")
    assert ok("users/describe", userName="fay") == ["asker"]
    status, answer = say("entities/query", "fay:secret-fay", collectionName="rbac_books", filter="id == 1")
    assert status == 403 and answer["code"] == 65535 and "permission deny" in answer["message"], answer
    ok("roles/grant_privilege", roleName="asker", objectType="Collection", objectName="rbac_books", privilege="Query")
    assert ok("entities/query", "fay:secret-fay", collectionName="rbac_books", filter="id == 1", outputFields=["id"]) == [{"id": 1}]
    assert ok("roles/describe", roleName="asker") == [{
        "objectType": "Collection", "objectName": "rbac_books", "privilege": "Query", "dbName": "default", "grantor": "root"}]
    ok("roles/revoke_privilege", roleName="asker", objectType="Collection", objectName="rbac_books", privilege="Query")
    assert say("entities/query", "fay:secret-fay", collectionName="rbac_books", filter="id == 1")[0] == 403
    ok("privilege_groups/create", privilegeGroupName="askers")
    ok("privilege_groups/add_privileges_to_group", privilegeGroupName="askers", privileges=["Query", "Search"])
    ok("privilege_groups/remove_privileges_from_group", privilegeGroupName="askers", privileges=["Search"])
    assert {"privilegeGroupName": "askers", "privileges": "Query"} in ok("privilege_groups/list")["privilegeGroups"]
    ok("roles/grant_privilege_v2", roleName="asker", privilege="askers", dbName="default", collectionName="*")
    assert len(ok("entities/query", "fay:secret-fay", collectionName="rbac_books", filter="id >= 0", outputFields=["id"])) == 10
    ok("roles/revoke_privilege_v2", roleName="asker", privilege="askers", dbName="default", collectionName="*")
    ok("privilege_groups/drop", privilegeGroupName="askers")
    ok("users/update_password", "fay:secret-fay", userName="fay", password="secret-fay", newPassword="better-fay")
    ok("users/revoke_role", userName="fay", roleName="asker")
    ok("roles/alter", roleName="asker", description="asked")
    ok("roles/drop", roleName="asker")
    ok("users/drop", userName="fay")
    ok("resource_groups/create", name="rest_rg", config={"requests": {"node_num": 0}, "limits": {"node_num": 0}})
    assert sorted(ok("resource_groups/list")) == ["__default_resource_group", "rest_rg"]
    ok("resource_groups/alter", resource_groups={"rest_rg": {"requests": {"node_num": 0}, "limits": {"node_num": 1}}})
    assert say("resource_groups/describe", name="rest_rg")[1]["resource_group"]["config"]["limits"] == {"node_num": 1}
    assert say("resource_groups/drop", name="rest_rg")[1]["code"] == 1100
    ok("resource_groups/alter", resource_groups={"rest_rg": {"requests": {"node_num": 0}, "limits": {"node_num": 0}}})
    ok("resource_groups/drop", name="rest_rg")


if __name__ == "__main__":
    sys.exit(run(version=f"pymilvus {pymilvus.__version__}"))
