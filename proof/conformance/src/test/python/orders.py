"""Orders, aggregates, groups, buckets, chains and models, as the published client asks for them."""
import json
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymilvus
from pymilvus import AnnSearchRequest, DataType, Function, FunctionScore, FunctionType, RRFRanker

import rest
from telling import fresh, nearest, refused, story, vectors

NEWEST = tuple(int(part) for part in pymilvus.__version__.split(".")[:2]) >= (3, 0)
COUNT = 200


def goods(c, name, metric="COSINE"):
    fresh(c, name)
    schema = c.create_schema(enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=False)
    schema.add_field("price", DataType.INT32, nullable=True)
    schema.add_field("weight", DataType.DOUBLE)
    schema.add_field("brand", DataType.VARCHAR, max_length=20, nullable=True)
    schema.add_field("size", DataType.INT8)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=16)
    params = c.prepare_index_params()
    params.add_index("v", index_type="FLAT", metric_type=metric)
    c.create_collection(name, schema=schema, index_params=params)
    base = vectors(COUNT)
    rows = [{"id": i, "price": None if i % 9 == 0 else (i * 37) % 50, "weight": i / 8, "brand": None if i % 7 == 0 else "abc"[i % 3],
             "size": i % 4, "tag": f"t{i % 5}", "v": base[i].tolist()} for i in range(COUNT)]
    c.insert(name, rows)
    return base, rows


def price_order(rows, descending=False, nulls_first=False):
    some = sorted((r for r in rows if r["price"] is not None), key=lambda r: (-r["price"] if descending else r["price"], r["id"]))
    none = [r for r in rows if r["price"] is None]
    return none + some if nulls_first else some + none


@story
def rows_come_in_the_order_of_their_fields(c):
    if not NEWEST:
        return
    name = "orders_rows"
    base, rows = goods(c, name)
    for order, want in [
        ("price:asc", price_order(rows)),
        ("price:desc", price_order(rows, True, True)),
        ("price:desc:nulls_last", price_order(rows, True)),
        ("price:asc:nulls_first", price_order(rows, False, True)),
        ("brand:desc:nulls_last,weight:desc",
         sorted((r for r in rows if r["brand"]), key=lambda r: (-ord(r["brand"]), -r["weight"]))
         + sorted((r for r in rows if not r["brand"]), key=lambda r: -r["weight"])),
    ]:
        got = c.query(name, filter="", limit=20, offset=5, output_fields=["price"], order_by_fields=order)
        assert [r["id"] for r in got] == [r["id"] for r in want[5:25]], (order, got)
    got = c.query(name, filter="size == 1", limit=10, order_by_fields=[{"field": "weight", "order": "desc"}])
    assert [r["id"] for r in got] == [r["id"] for r in rows if r["size"] == 1][::-1][:10], got
    refused(lambda: c.query(name, filter="id >= 0", order_by_fields="price"), "ORDER BY requires explicit limit", 1100)
    refused(lambda: c.query(name, filter="", limit=5, order_by_fields="nowhere"), "order_by field 'nowhere' does not exist", 1100)
    refused(lambda: c.query(name, filter="", limit=5, order_by_fields="v"), "has type FloatVector which is not sortable", 1100)
    refused(lambda: c.query(name, filter="", limit=5, order_by_fields="price:up"), "invalid order direction 'up' for field 'price', must be", 1100)
    c.drop_collection(name)


@story
def rows_are_added_up_in_groups(c):
    name = "orders_sums"
    base, rows = goods(c, name)
    if NEWEST:
        got = c.query(name, filter="size > 0", group_by_fields=["brand"],
                      output_fields=["brand", "count(*)", "COUNT(price)", "sum(price)", "avg(weight)", "min(size)", "max(weight)"])
        assert len(got) == 4, got
        for g in got:
            own = [r for r in rows if r["size"] > 0 and r["brand"] == g["brand"]]
            prices = [r["price"] for r in own if r["price"] is not None]
            assert g["count(*)"] == len(own) and g["COUNT(price)"] == len(prices) and g["sum(price)"] == sum(prices), g
            assert abs(g["avg(weight)"] - sum(r["weight"] for r in own) / len(own)) < 1e-9, g
            assert g["min(size)"] == 1 and g["max(weight)"] == max(r["weight"] for r in own), g
        got = c.query(name, filter="", group_by_fields=["brand", "size"], output_fields=["brand", "size", "count(*)"],
                      order_by_fields="count(*):desc,size", limit=5)
        counts = [g["count(*)"] for g in got]
        assert len(got) == 5 and counts == sorted(counts, reverse=True), got
        refused(lambda: c.query(name, filter="", group_by_fields=["brand"], output_fields=["price", "count(*)"]),
                "output field 'price' is not allowed", 1100)
        refused(lambda: c.query(name, filter="", group_by_fields=["weight"], output_fields=["count(*)"]),
                "group by field weight has unsupported data type Double", 1100)
        refused(lambda: c.query(name, filter="", group_by_fields=["brand"], output_fields=["count(*)"], limit=3, order_by_fields="price"),
                "ORDER BY can only reference GROUP BY columns", 1100)
    got = c.query(name, filter="id < 100", output_fields=["sum(weight)", "max(brand)", "avg(price)"])
    own = [r for r in rows if r["id"] < 100]
    prices = [r["price"] for r in own if r["price"] is not None]
    assert len(got) == 1 and got[0]["sum(weight)"] == sum(r["weight"] for r in own) and got[0]["max(brand)"] == "c", got
    assert abs(got[0]["avg(price)"] - sum(prices) / len(prices)) < 1e-9, got
    refused(lambda: c.query(name, filter="id < 9", output_fields=["sum(brand)"]), "sum does not support data type VarChar", 1100)
    assert c.query(name, filter="", output_fields=["count(*)"]) == [{"count(*)": COUNT}]
    c.drop_collection(name)


@story
def hits_come_in_the_order_of_their_fields(c):
    if not NEWEST:
        return
    name = "orders_hits"
    base, rows = goods(c, name)
    best = [rows[i] for i, _ in nearest(base, base[3], "COSINE", 30)]
    q = [base[3].tolist()]
    hits = c.search(name, q, limit=20, offset=10, order_by_fields=[{"field": "price", "order": "desc"}], output_fields=["price"])[0]
    want = sorted(best, key=lambda r: (r["price"] is not None, -(r["price"] or 0)))
    assert [h["entity"]["price"] for h in hits] == [r["price"] for r in want[10:]], hits
    hits = c.search(name, q, limit=30, order_by_fields=[{"field": "tag", "order": "asc"}], output_fields=["tag"])[0]
    assert [h["entity"]["tag"] for h in hits] == sorted(r["tag"] for r in best), hits
    groups = c.search(name, q, limit=3, group_by_field="brand", group_size=2, order_by_fields=[{"field": "weight", "order": "asc"}],
                      output_fields=["weight", "brand"])[0]
    firsts = [h["entity"]["weight"] for i, h in enumerate(groups) if i == 0 or h["entity"]["brand"] != groups[i - 1]["entity"]["brand"]]
    assert len(firsts) == 3 and firsts == sorted(firsts), groups
    refused(lambda: c.search(name, q, limit=3, order_by_fields=[{"field": "v", "order": "asc"}]), "which is not sortable", 1100)
    refused(lambda: c.search(name, q, limit=3, order_by_fields=[{"field": "price", "order": "x"}]), "expected 'asc' or 'desc'", 1100)
    c.drop_collection(name)


@story
def hits_are_grouped_by_several_fields(c):
    if not NEWEST:
        return
    name = "orders_groups"
    base, rows = goods(c, name)
    best = [rows[i] for i, _ in nearest(base, base[3], "COSINE", COUNT)]
    groups = {}
    for r in best:
        groups.setdefault((r["brand"], r["size"]), []).append(r["id"])
    want = [i for own in list(groups.values())[:5] for i in own[:3]]
    hits = c.search(name, [base[3].tolist()], limit=5, group_by_fields=["brand", "size"], group_size=3, strict_group_size=True)[0]
    assert [h["id"] for h in hits] == want, (hits, want)
    refused(lambda: c.search(name, [base[3].tolist()], limit=5, group_by_fields=["brand", "weight"]), "unsupported data type Double", 1100)
    parts = [AnnSearchRequest(data=[base[k].tolist()], anns_field="v", param={}, limit=40) for k in (3, 4)]
    for scorer in ("max", "sum", "avg"):
        hits = c.hybrid_search(name, parts, RRFRanker(), limit=3, group_by_field="brand", group_size=2, rank_group_scorer=scorer,
                               output_fields=["brand"])[0]
        worth = {}
        for h in hits:
            worth.setdefault(h["entity"]["brand"], []).append(h["distance"])
        scores = [{"max": max, "sum": sum, "avg": lambda own: sum(own) / len(own)}[scorer](own) for own in worth.values()]
        assert len(worth) == 3 and all(a >= b - 1e-6 for a, b in zip(scores, scores[1:])), (scorer, hits)
    c.drop_collection(name)


@story
def hits_are_put_into_buckets(c):
    if not NEWEST:
        return
    from pymilvus import SearchAggregation, TopHits
    name = "orders_buckets"
    base, rows = goods(c, name)
    spec = SearchAggregation(
        fields=["brand"], size=3, metrics={"heavy": {"max": "weight"}, "all": {"count": "*"}}, order=[{"heavy": "desc"}],
        top_hits=TopHits(size=2, sort=[{"weight": "asc"}]), sub_aggregation=SearchAggregation(fields=["size"], size=2))
    found = c.search(name, [base[3].tolist(), base[4].tolist()], search_aggregation=spec, output_fields=["weight"])
    assert len(found.agg_buckets) == 2, found.agg_buckets
    for query in found.agg_buckets:
        assert 1 <= len(query) <= 3, query
        heavy = [b.metrics["heavy"] for b in query]
        assert heavy == sorted(heavy, reverse=True), query
        for b in query:
            assert b.key[0]["field_name"] == "brand" and b.metrics["all"] == b.count, b
            assert sum(inner.count for inner in b.sub_groups) <= b.count and len(b.sub_groups) <= 2, b
            weights = [h.fields["weight"] for h in b.hits]
            assert 1 <= len(weights) <= 2 and weights == sorted(weights), b
            assert all(rows[h.pk]["weight"] == h.fields["weight"] and rows[h.pk]["brand"] == b.key[0]["value"] for h in b.hits), b
    refused(lambda: c.search(name, [base[3].tolist()], search_aggregation=SearchAggregation(fields=["weight"], size=1)),
            "FLOAT / DOUBLE fields are not supported with search_aggregation", 1100)
    refused(lambda: c.search(name, [base[3].tolist()], search_aggregation=SearchAggregation(fields=["id"], size=10001)),
            "number of search_aggregation result entries is too large", 1100)
    c.drop_collection(name)


@story
def hits_go_through_a_chain(c):
    if not NEWEST:
        return
    from pymilvus.function_chain import FunctionChain, FunctionChainStage, col, fn
    name = "orders_chain"
    base, rows = goods(c, name)
    q = [base[3].tolist()]
    plain = c.search(name, q, limit=20)[0]
    chain = (FunctionChain(FunctionChainStage.L2_RERANK)
             .map("fresh", fn.decay(col("price"), function="gauss", origin=10, scale=10))
             .map("$score", fn.num_combine(col("$score"), col("fresh"), mode="multiply"))
             .map("$score", fn.round_decimal(col("$score"), decimal=3))
             .sort("$score", desc=True, tie_break_col="$id").limit(5, offset=1))
    hits = c.search(name, q, limit=20, function_chains=chain, output_fields=["price"])[0]

    def left(i):
        price = rows[i]["price"]
        return 0 if price is None else math.exp((price - 10) ** 2 * math.log(0.5) / 100)

    want = sorted(((round(h["distance"] * left(h["id"]), 3), h["id"]) for h in plain), key=lambda p: (-p[0], p[1]))[1:6]
    assert len(hits) == 5 and all(abs(h["distance"] - s) < 2e-3 for h, (s, _) in zip(hits, want)), (hits, want)
    unsorted = FunctionChain(FunctionChainStage.L2_RERANK).map("$score", fn.num_combine(col("$score"), col("weight"), mode="weighted", weights=[2, 1]))
    hits = c.search(name, q, limit=20, function_chains=unsorted)[0]
    assert [h["id"] for h in hits] == [h["id"] for h in plain]
    assert all(abs(a["distance"] - 2 * b["distance"] - rows[b["id"]]["weight"]) < 1e-3 for a, b in zip(hits, plain)), hits
    early = FunctionChain(FunctionChainStage.L0_RERANK).limit(5)
    refused(lambda: c.search(name, q, limit=5, function_chains=early), "limit is not supported in stage", 1100)
    first = FunctionChain(FunctionChainStage.L0_RERANK).map("$score", fn.num_combine(col("$score"), col("weight"), mode="sum"))
    budget = FunctionChain(FunctionChainStage.L1_RERANK).sort("$score", desc=True).limit(4)
    last = FunctionChain(FunctionChainStage.L2_RERANK).map("$score", fn.round_decimal(col("$score"), decimal=2))
    hits = c.search(name, q, limit=20, function_chains=[last, budget, first])[0]
    want = sorted(((h["distance"] + rows[h["id"]]["weight"], h["id"]) for h in plain), key=lambda p: (-p[0], p[1]))[:4]
    assert [h["id"] for h in hits] == [i for _, i in want] and all(abs(h["distance"] - s) < 6e-3 for h, (s, _) in zip(hits, want)), (hits, want)
    refused(lambda: c.search(name, q, limit=5, function_chains=[first, first]), "appears more than once", 1100)
    unknown = FunctionChain(FunctionChainStage.L2_RERANK).sort("nowhere")
    refused(lambda: c.search(name, q, limit=5, function_chains=unknown), "neither written before nor a field", 1100)
    c.drop_collection(name)


@story
def boosts_go_with_another_function(c):
    if not NEWEST:
        return
    name = "orders_boosts"
    base, rows = goods(c, name, "IP")
    q = [base[3].tolist()]
    plain = {h["id"]: h["distance"] for h in c.search(name, q, limit=50)[0]}
    boost = Function(name="b", input_field_names=[], function_type=FunctionType.RERANK, params={"reranker": "boost", "filter": "size == 1", "weight": 0.5})
    other = Function(name="o", input_field_names=[], function_type=FunctionType.RERANK, params={"reranker": "boost", "weight": 3})
    both = FunctionScore(functions=[boost, other], params={"boost_mode": "sum", "function_mode": "sum"})
    for h in c.search(name, q, limit=50, ranker=both)[0]:
        assert abs(h["distance"] - plain[h["id"]] - (3.5 if rows[h["id"]]["size"] == 1 else 3)) < 1e-3, h
    decay = Function(name="d", input_field_names=["weight"], function_type=FunctionType.RERANK,
                     params={"reranker": "decay", "function": "linear", "origin": 0, "scale": 100})
    hits = c.search(name, q, limit=50, ranker=FunctionScore(functions=[boost, decay], params={}))[0]
    assert len(hits) == 50
    for h in hits:
        want = plain[h["id"]] * (0.5 if rows[h["id"]]["size"] == 1 else 1) * max(0.5, 1 - rows[h["id"]]["weight"] * 0.5 / 100)
        assert abs(h["distance"] - want) < 1e-3, (h, want)
    refused(lambda: c.search(name, q, limit=5, ranker=boost, group_by_field="brand"), "boost reranker is not supported in a search with groups", 1100)
    c.drop_collection(name)


class Judge(BaseHTTPRequestHandler):
    """Says that a text is as good as it is long."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scores = [{"index": i, "score": float(len(text))} for i, text in enumerate(asked["texts"])]
        answer = json.dumps(scores[::-1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@story
def a_model_that_may_not_be_asked_is_refused(c):
    if not NEWEST:
        return
    name = "orders_model"
    base, rows = goods(c, name)
    model = ThreadingHTTPServer(("127.0.0.1", 0), Judge)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    q = [base[3].tolist()]
    given = {"reranker": "model", "provider": "tei", "queries": ["what"], "endpoint": f"http://127.0.0.1:{model.server_port}"}
    judge = Function(name="m", input_field_names=["brand"], function_type=FunctionType.RERANK, params=given)
    # A server with usual settings asks no address that it was not told of.
    refused(lambda: c.search(name, q, limit=5, ranker=judge), "model-endpoints", 1100)
    other = Function(name="m", input_field_names=["brand"], function_type=FunctionType.RERANK, params=given | {"provider": "zilliz"})
    refused(lambda: c.search(name, q, limit=5, ranker=other), "Unsupported rerank service provider: [zilliz]", 1100)
    other = Function(name="m", input_field_names=["brand"], function_type=FunctionType.RERANK, params=given | {"queries": ["a", "b"]})
    refused(lambda: c.search(name, q, limit=5, ranker=other), "one query for each vector", 1100)
    model.shutdown()
    c.drop_collection(name)


@story
def rest_orders_adds_up_and_scores(c):
    name = "orders_rest"
    base, rows = goods(c, name)
    at = {"collectionName": name}
    got = rest.ok("entities/query", **at, filter="id >= 0", limit=10, outputFields=["price"], orderByFields=["price:desc:nulls_last"])
    assert [r["id"] for r in got] == [r["id"] for r in price_order(rows, True)[:10]], got
    got = rest.ok("entities/query", **at, filter="", groupByFields=["size"], outputFields=["size", "count(*)", "max(weight)"])
    assert [(g["size"], g["count(*)"]) for g in got] == [(s, 50) for s in range(4)], got
    q = {"data": [base[3].tolist()], "annsField": "v"}
    plain = {h["id"]: h["distance"] for h in rest.ok("entities/search", **at, **q, limit=30)}
    score = {"functions": [{"name": "b", "type": "Rerank", "inputFieldNames": [], "params": {"reranker": "boost", "weight": 2, "filter": "size == 1"}}],
             "params": {"boost_mode": "multiply"}}
    for h in rest.ok("entities/search", **at, **q, limit=30, functionScore=score):
        assert abs(h["distance"] - plain[h["id"]] * (2 if rows[h["id"]]["size"] == 1 else 1)) < 1e-4, h
    decay = {"functions": [{"name": "d", "type": "Rerank", "inputFieldNames": ["weight"],
                            "params": {"reranker": "decay", "function": "linear", "origin": 0, "scale": 10}}]}
    hits = rest.ok("entities/hybrid_search", **at, search=[q | {"limit": 20}, q | {"limit": 20}], limit=5, functionScore=decay)
    assert len(hits) == 5 and [h["distance"] for h in hits] == sorted((h["distance"] for h in hits), reverse=True), hits
    found = rest.say("entities/search", **at, **q, limit=10, outputFields=["weight"],
                     searchAggregation={"fields": ["brand"], "size": 2, "metrics": {"w": {"op": "avg", "fieldName": "weight"}}, "topHits": {"size": 1}})
    assert found["code"] == 0 and found["aggTopks"] == [2] and len(found["data"]) == 2, found
    assert all(len(b["hits"]) == 1 and b["hits"][0]["weight"] == b["metrics"]["w"] for b in found["data"]), found
    ordered = rest.ok("entities/search", **at, **q, limit=10, outputFields=["weight"], orderByFields=["weight:desc"])
    assert [h["weight"] for h in ordered] == sorted((h["weight"] for h in ordered), reverse=True), ordered
    c.drop_collection(name)
