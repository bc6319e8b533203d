package dev.sextant.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Access;
import dev.sextant.model.Buckets;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Function;
import dev.sextant.model.Link;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Statement;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PrintStatementTest {
    private static final Column VECTORS = Column.Dense.of(4, new float[12]);
    private static final Column VECTOR = Column.Dense.of(4, new float[4]);
    private static final Column SPARSE = new Column.Sparse(new Slices(new byte[8], new int[] {8}), Nulls.NONE);
    private static final Operate.GroupConfig NODES = Operate.GroupConfig.EMPTY.ofNodes(1, 2);
    private static final Function BM25 = Function.of("f", Function.Kind.BM25, "text", "sparse");

    private static Read.HybridSearch hybrid(Read.Fusion fusion) {
        var near = Read.Near.of("vec", Column.Dense.of(2, new float[] {1, 2}));
        return new Read.HybridSearch(
                "docs",
                List.of(),
                List.of(new Read.Part(near, Optional.empty(), 5)),
                fusion,
                5,
                0,
                List.of(),
                Optional.empty(),
                -1);
    }

    private static final Read.Grouping BY_AUTHOR = new Read.Grouping("author", 3, true);

    @ParameterizedTest
    @MethodSource("statements")
    void everyStatementHasItsLine(Statement<?> statement, String line) {
        assertThat(Print.statement(statement)).isEqualTo(line);
    }

    @Test
    void noStatementIsMissingInTheTable() {
        var shown = statements().map(row -> row.get()[0].getClass()).collect(Collectors.toSet());
        var all = kinds(Statement.class).collect(Collectors.toSet());
        assertThat(all).hasSizeGreaterThan(40);
        assertThat(shown).isEqualTo(all);
    }

    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed()
                ? Stream.of(family.getPermittedSubclasses()).flatMap(each -> kinds(each))
                : Stream.of(family);
    }

    static Stream<Arguments> statements() {
        return Stream.of(reads(), writes(), definitions(), operations(), watches(), accesses())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> reads() {
        var recent = Filters.filter("year>2020", Map.of());
        var near = new Read.Near(
                "vec",
                new Read.Target.Vectors(VECTORS),
                Optional.of(Metric.L2),
                Map.of("ef", "64", "access_token", "hidden"),
                OptionalDouble.of(2),
                OptionalDouble.of(0.5));
        var byKeys = new Read.Near(
                "",
                new Read.Target.Keys(Column.longs(1, 2)),
                Optional.empty(),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        var parts = List.of(
                new Read.Part(Read.Near.of("vec", VECTOR), Optional.of(recent), 20),
                new Read.Part(Read.Near.of("words", SPARSE), Optional.empty(), 30));
        return Stream.of(
                row(
                        "search docs near vec [4 floats x 3] limit 10 where year > 2020 return (title)",
                        Read.Search.of("docs", "vec", VECTORS, 10, "title").where(recent)),
                row(
                        "search docs partitions (p, q) near vec [4 floats x 3] by L2 with {access_token: ***, ef: \"64\"} radius 2.0 "
                                + "range filter 0.5 limit 10 offset 5 where year > {y} given {y: 2020} group by author size 3 strict "
                                + "after (0.5, \"k\") return (*) round 2 sealed only",
                        new Read.Search(
                                "docs",
                                List.of("p", "q"),
                                near,
                                Optional.of(Filters.filter("year > {y}", Map.of("y", Value.of(2020)))),
                                10,
                                5,
                                List.of("*"),
                                Optional.of(BY_AUTHOR),
                                Optional.of(new Read.After(0.5f, Value.of("k"))),
                                2,
                                true)),
                row(
                        "search docs near keys (1, 2) limit 1",
                        new Read.Search(
                                "docs",
                                List.of(),
                                byKeys,
                                Optional.empty(),
                                1,
                                0,
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                -1,
                                false)),
                row(
                        "search docs (near vec [4 floats] limit 20 where year > 2020; near words [sparse] limit 30) fused by rank 60.0 limit 10",
                        new Read.HybridSearch(
                                "docs",
                                List.of(),
                                parts,
                                new Read.Fusion.ReciprocalRank(60),
                                10,
                                0,
                                List.of(),
                                Optional.empty(),
                                -1)),
                row(
                        "search docs () fused by weights (0.25, 0.75) normalised limit 10 offset 1 group by author size 3 strict return (a) round 3",
                        new Read.HybridSearch(
                                "docs",
                                List.of(),
                                List.of(),
                                new Read.Fusion.Weighted(List.of(0.25, 0.75), true),
                                10,
                                1,
                                List.of("a"),
                                Optional.of(BY_AUTHOR),
                                3)),
                row(
                        "query docs partitions (p) where year > 2020 limit 5 offset 2 return (a, $meta) sealed only",
                        new Read.Query(
                                "docs",
                                List.of("p"),
                                Optional.of(recent),
                                List.of("a", "$meta"),
                                OptionalInt.of(5),
                                2,
                                true)),
                row(
                        "query docs order by year descending nulls last, title limit 10 return (title)",
                        new Read.Query(
                                        "docs",
                                        List.of(),
                                        Optional.empty(),
                                        List.of("title"),
                                        OptionalInt.of(10),
                                        0,
                                        false)
                                .ordered(new Read.Order("year", true, false), Read.Order.ascending("title"))),
                row(
                        "aggregate docs group by (author, \"a b\") order by most descending limit 3"
                                + " return (count(*), max(year) as most)",
                        new Read.Aggregate(
                                "docs",
                                List.of(),
                                Optional.empty(),
                                List.of("author", "a b"),
                                List.of(
                                        Read.Figure.parse("count(*)").orElseThrow(),
                                        new Read.Figure(Read.Calculation.MOST, "year", "most")),
                                List.of(Read.Order.descending("most")),
                                OptionalInt.of(3),
                                0,
                                false)),
                row(
                        "search docs near vec [2 floats] limit 5 buckets by (author) size 3 of 9"
                                + " with (avg(_score) as s) order by _count top 2 by year"
                                + " then by (year) size 1",
                        new Read.Bucketed(
                                Read.Search.of("docs", "vec", Column.Dense.of(2, new float[] {1, 2}), 5),
                                new Buckets.Level(
                                        List.of("author"),
                                        3,
                                        9,
                                        List.of(new Read.Figure(Read.Calculation.AVERAGE, "_score", "s")),
                                        List.of(Read.Order.ascending("_count")),
                                        Optional.of(new Buckets.Top(2, List.of(Read.Order.ascending("year")))),
                                        Optional.of(Buckets.Level.of(List.of("year"), 1))))),
                row(
                        "search docs (near vec [2 floats] limit 5) through (put $score gauss decay of year from 2000.0"
                                + " scale 10.0, put $score multiply of ($score, year), put $score $score round 2, put"
                                + " $score judged by model of title for 1 query with {credential: ***, provider:"
                                + " \"cohere\"}, put $score scored by trees ranker of (year, $score) margin, sort by"
                                + " $score descending then $id, limit 3 offset 1) limit 5",
                        hybrid(new Read.Fusion.Chain(List.of(
                                new Link.Put(
                                        Link.SCORE, new Link.Term.Decay("year", Read.Curve.GAUSS, 2000, 10, 0, 0.5)),
                                new Link.Put(
                                        Link.SCORE,
                                        new Link.Term.Combine(
                                                List.of(Link.SCORE, "year"), Link.Mode.MULTIPLY, List.of())),
                                new Link.Put(Link.SCORE, new Link.Term.Round(Link.SCORE, 2)),
                                new Link.Put(
                                        Link.SCORE,
                                        new Link.Term.Judge(
                                                "title",
                                                List.of("what"),
                                                Map.of("provider", "cohere", "credential", "hush"))),
                                new Link.Put(
                                        Link.SCORE, new Link.Term.Trees(List.of("year", Link.SCORE), "ranker", true)),
                                new Link.Sort(Link.SCORE, true, Optional.of(Link.KEY)),
                                new Link.Limit(3, 1))))),
                row(
                        "search docs (near vec [2 floats] limit 5) judged by model of title for 1 query"
                                + " with {provider: \"tei\"} limit 5",
                        hybrid(new Read.Fusion.Model("title", List.of("what"), Map.of("provider", "tei")))),
                row(
                        "search docs (near vec [2 floats] limit 5) fused by linear decay of year from 1.0 scale 2.0"
                                + " offset 3.0 keeping 0.25 of the sum normalised limit 5",
                        hybrid(new Read.Fusion.Decay(
                                "year", Read.Curve.LINEAR, 1, 2, 3, 0.25, Read.Combination.SUM, true))),
                row(
                        "search docs (near vec [2 floats] limit 5) boosted by 2.0 by chance 7 of id where year > 2020,"
                                + " boosted by 0.5 added up added to scores limit 5",
                        hybrid(new Read.Fusion.Boosts(
                                List.of(
                                        new Read.Boost(
                                                2,
                                                Optional.of(recent),
                                                Optional.of(new Read.Chance(7, Optional.of("id")))),
                                        new Read.Boost(0.5, Optional.empty(), Optional.empty())),
                                true,
                                true))),
                row(
                        "count docs where element_filter(parts, $[year] > 2020) at \"Asia/Shanghai\"",
                        new Read.Count(
                                "docs",
                                List.of(),
                                Optional.of(Filters.filter("element_filter(parts, $[year] > 2020)", Map.of())
                                        .in(java.time.ZoneId.of("Asia/Shanghai"))),
                                false)),
                row("count docs where year > 2020", new Read.Count("docs", List.of(), Optional.of(recent), false)),
                row(
                        "explain analyze count docs",
                        new Read.Explain(new Read.Count("docs", List.of(), Optional.empty(), false), true)));
    }

    private static Stream<Arguments> writes() {
        var rows = Rows.of(2)
                .with("id", Column.longs(1, 2))
                .with("vec", VECTORS.slice(0, 2))
                .build();
        return Stream.of(
                row(
                        "insert 2 rows (id, vec) into docs partition p at schema 7",
                        new Write.Insert("docs", Optional.of("p"), rows, OptionalLong.of(7))),
                row(
                        "upsert partial 2 rows (id, vec) into docs",
                        new Write.Upsert("docs", Optional.empty(), rows, true, OptionalLong.empty())),
                row(
                        "delete from docs where id in [1, 2]",
                        new Write.Delete("docs", Optional.empty(), Filters.filter("id in [1,2]", Map.of()))),
                row(
                        "delete from docs partition p keys (\"a\", \"b\\n\")",
                        new Write.DeleteKeys("docs", Optional.of("p"), Column.texts(List.of("a", "b\n")))));
    }

    private static Stream<Arguments> definitions() {
        var id = Field.of("id", Primitive.INT64, Field.Trait.AUTO_ID, Field.Trait.PRIMARY_KEY);
        var vec = Field.of("vec", new FieldType.Vector(VectorType.FLOAT32, 4));
        var words = Field.of("words", new FieldType.Vector(VectorType.SPARSE, 0));
        var tags = new Field(
                0,
                "tags",
                "what it is about",
                new FieldType.Array(new FieldType.Varchar(20), 8),
                Set.of(Field.Trait.NULLABLE),
                Optional.of(Value.of("x")),
                Map.of("mmap.enabled", "true"));
        return Stream.of(
                row("create database d with {\"k.e.y\": \"v\"}", new Define.CreateDatabase("d", Map.of("k.e.y", "v"))),
                row("drop database d", new Define.DropDatabase("d")),
                row(
                        "alter database d set {a: \"1\"} unset (b, c)",
                        new Define.AlterDatabase("d", Map.of("a", "1"), Set.of("c", "b"))),
                row(
                        "create collection docs (id int64 primary key auto id, vec vector(float32, 4), words vector(sparse), "
                                + "tags array(varchar(20), 8) nullable default \"x\" with {\"mmap.enabled\": \"true\"} "
                                + "described \"what it is about\", j json) dynamic shards 2 partitions 16 consistency strong "
                                + "with {ttl: \"5\"} described \"books\"",
                        new Define.CreateCollection(
                                "docs",
                                "books",
                                List.of(id, vec, words, tags, Field.of("j", new FieldType.Json())),
                                true,
                                2,
                                16,
                                ConsistencyLevel.STRONG,
                                Map.of("ttl", "5"))),
                row(
                        "create collection docs (v vector(float32, 2)) shards 1 consistency bounded external from \"s3://b/d/\""
                                + " read by *** columns {v: \"vec\"}",
                        Define.CreateCollection.of("docs", Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 2)))
                                .with(new External("s3://b/d/", "{}", Map.of("v", "vec")))),
                row("drop collection docs", new Define.DropCollection("docs")),
                row("rename collection a to b in database c", new Define.RenameCollection("a", "b", Optional.of("c"))),
                row(
                        "alter collection docs set {a: \"1\"}",
                        new Define.AlterCollection("docs", Map.of("a", "1"), Set.of())),
                row(
                        "add field n int64 nullable to docs from column \"number\"",
                        new Define.AddField(
                                "docs", Field.of("n", Primitive.INT64, Field.Trait.NULLABLE), Optional.of("number"))),
                row("alter field f of docs unset (a)", new Define.AlterField("docs", "f", Map.of(), Set.of("a"))),
                row("add field vec vector(float32, 4) to docs", new Define.AddField("docs", vec)),
                row(
                        "add struct s (v array(vector(float32, 4), 8)) nullable with {max_capacity: \"8\"} to docs",
                        new Define.AddStruct(
                                "docs",
                                new Struct(0, "s", "", true, Map.of("max_capacity", "8")),
                                List.of(Field.of("s[v]", new FieldType.Array(vec.type(), 8))))),
                row(
                        "create collection docs (id int64 primary key auto id) structs (s (v array(vector(float32, 4), 8)), "
                                + "t (n array(bool, 2))) shards 1 consistency bounded",
                        Define.CreateCollection.of("docs", id)
                                .with(Struct.of("s"), Field.of("v", new FieldType.Array(vec.type(), 8)))
                                .with(Struct.of("t"), Field.of("n", new FieldType.Array(FieldType.Primitive.BOOL, 2)))),
                row("add function f bm25 of (text) into (sparse) to docs", new Define.AddFunction("docs", BM25)),
                row(
                        "alter function f of docs to f bm25 of (text) into (sparse)",
                        new Define.AlterFunction("docs", "f", BM25)),
                row("drop function f of docs", new Define.DropFunction("docs", "f")),
                row("drop function f with its fields of docs", new Define.DropFunctionFields("docs", "f")),
                row("drop field f of docs", new Define.DropField("docs", "f", 0)),
                row("drop field #101 of docs", new Define.DropField("docs", "", 101)),
                row(
                        "add field words vector(sparse) by f bm25 of (text) into (words) to docs indexed as i with {metric_type: \"BM25\"}",
                        new Define.AddFunctionField(
                                "docs",
                                Field.of("words", new FieldType.Vector(VectorType.SPARSE, 0)),
                                Function.of("f", Function.Kind.BM25, "text", "words"),
                                "i",
                                Map.of("metric_type", "BM25"))),
                row("truncate collection docs", new Define.TruncateCollection("docs")),
                row(
                        "create snapshot s of docs protected for 60 seconds described \"before\"",
                        new Define.CreateSnapshot("docs", "s", "before", 60)),
                row("create snapshot s of docs", new Define.CreateSnapshot("docs", "s", "", 0)),
                row("drop snapshot s of docs", new Define.DropSnapshot("docs", "s")),
                row("create partition p of docs", new Define.CreatePartition("docs", "p")),
                row("drop partition p of docs", new Define.DropPartition("docs", "p")),
                row("create alias a for docs", new Define.CreateAlias("a", "docs")),
                row("drop alias a", new Define.DropAlias("a")),
                row("alter alias a for docs", new Define.AlterAlias("a", "docs")),
                row(
                        "create index on docs (vec) with {index_type: \"HNSW\"}",
                        new Define.CreateIndex("docs", "vec", "", Map.of("index_type", "HNSW"))),
                row("drop index i on docs", new Define.DropIndex("docs", "i")),
                row(
                        "alter index i on docs set {a: \"1\"}",
                        new Define.AlterIndex("docs", "i", Map.of("a", "1"), Set.of())));
    }

    private static Stream<Arguments> operations() {
        return Stream.of(
                row("load docs", Operate.Load.of("docs")),
                row(
                        "load docs partitions (p) replicas 2 fields (a) refresh",
                        new Operate.Load("docs", List.of("p"), 2, List.of("a"), true)),
                row("release docs", new Operate.Release("docs", List.of())),
                row("flush all", new Operate.Flush(List.of())),
                row("flush (a, b)", new Operate.Flush(List.of("a", "b"))),
                row("compact docs major", new Operate.Compact("docs", true)),
                row(
                        "compact docs partitions (7) shards (0, 1) segments (8, 9) major",
                        new Operate.Compact("docs", true, List.of(7L), List.of(0, 1), List.of(8L, 9L))),
                row("load docs on (rg)", new Operate.Load("docs", List.of(), 1, List.of(), false, List.of("rg"))),
                row("create resource group rg nodes 1 to 2", new Operate.CreateResourceGroup("rg", NODES)),
                row("alter resource groups rg nodes 1 to 2", new Operate.AlterResourceGroups(Map.of("rg", NODES))),
                row("drop resource group rg", new Operate.DropResourceGroup("rg")),
                row(
                        "add file resource terms at \"dicts/a b.txt\"",
                        new Operate.AddFileResource("terms", "dicts/a b.txt")),
                row("remove file resource terms", new Operate.RemoveFileResource("terms")),
                row(
                        "plan replication as a among (a at \"http://a\" over (c), b at \"http://b\" over (d))"
                                + " following (a to b) promote",
                        new Operate.PlanReplication(
                                "a",
                                new ReplicationPlan(
                                        List.of(
                                                new ReplicationPlan.Cluster("a", "http://a", List.of("c")),
                                                new ReplicationPlan.Cluster("b", "http://b", List.of("d"))),
                                        List.of(new ReplicationPlan.Way("a", "b"))),
                                true)),
                row(
                        "plan replication as a among (a at \"http://a\" over (c))",
                        new Operate.PlanReplication(
                                "a",
                                new ReplicationPlan(
                                        List.of(new ReplicationPlan.Cluster("a", "http://a", List.of("c"))), List.of()),
                                false)),
                row("transfer 1 nodes from a to b", new Operate.TransferNodes("a", "b", 1)),
                row("transfer 1 replicas of docs from a to b", new Operate.TransferReplicas("a", "b", "docs", 1)),
                row(
                        "import ((\"a.npy\", \"b.npy\"), (\"c.csv\")) into docs partition p with {sep: \";\"}",
                        new Operate.Import(
                                "docs",
                                Optional.of("p"),
                                List.of(List.of("a.npy", "b.npy"), List.of("c.csv")),
                                Map.of("sep", ";"))),
                row("refresh docs", Operate.RefreshExternal.of("docs")),
                row(
                        "refresh docs from \"s3://b/d/\" read by ***",
                        new Operate.RefreshExternal("docs", "s3://b/d/", "{}")),
                row(
                        "restore snapshot s of docs as again in database other",
                        new Operate.RestoreSnapshot("docs", "s", "again", Optional.of("other"))),
                row(
                        "restore snapshot s of docs as again",
                        new Operate.RestoreSnapshot("docs", "s", "again", Optional.empty())),
                row("pin snapshot s of docs for 60 seconds", new Operate.PinSnapshot("docs", "s", 60)),
                row("pin snapshot s of docs", new Operate.PinSnapshot("docs", "s", 0)),
                row("unpin snapshot 7", new Operate.UnpinSnapshot(7)),
                row("commit import 7", new Operate.CommitImport(7)),
                row("abort import 7", new Operate.AbortImport(7)));
    }

    private static Stream<Arguments> watches() {
        return Stream.of(
                row("describe collection docs", Watch.DescribeCollection.of("docs")),
                row("describe schema of docs", new Watch.DescribeSchema("docs")),
                row("describe collection #7", new Watch.DescribeCollection("", 7)),
                row("show collections", new Watch.ListCollections()),
                row("show partitions of docs", new Watch.ListPartitions("docs")),
                row("show databases", new Watch.ListDatabases()),
                row("describe database d", new Watch.DescribeDatabase("d")),
                row("show aliases of docs", new Watch.ListAliases(Optional.of("docs"))),
                row("describe alias a", new Watch.DescribeAlias("a")),
                row("show indexes of docs vec", new Watch.DescribeIndexes("docs", Optional.of("vec"))),
                row("show statistics of docs partition p", new Watch.Statistics("docs", Optional.of("p"))),
                row("show load of docs partitions (p)", new Watch.LoadState("docs", List.of("p"))),
                row(
                        "show flush of docs segments (1, 2) until 9",
                        new Watch.FlushState(Optional.of("docs"), List.of(1L, 2L), 9)),
                row("show segments", new Watch.Segments("")),
                row("show segments of docs", new Watch.Segments("docs")),
                row("analyze 2 texts with \"{}\"", Watch.Analyze.of("{}", "a", "b")),
                row("analyze 1 text as text of docs", new Watch.Analyze("", "docs", "text", List.of(), List.of("a"))),
                row(
                        "highlight 1 text as text of docs",
                        new Watch.Highlight(
                                "docs", "text", "", List.of(new Watch.Looked("a", List.of("b"))), Watch.Marks.USUAL)),
                row("show slops of \"a b\" with \"\"", new Watch.PhraseSlops("", "a b", List.of("c"))),
                row("show job 3", new Watch.JobState(3)),
                row("show jobs", new Watch.ListJobs()),
                row("show refresh 7", new Watch.RefreshState(7)),
                row("show refreshes of docs", new Watch.ListRefreshes(Optional.of("docs"))),
                row("show import 7", new Watch.ImportState(7)),
                row("show imports of docs", new Watch.ListImports(Optional.of("docs"))),
                row("show snapshots of docs", new Watch.ListSnapshots("docs")),
                row("describe snapshot s of docs", new Watch.DescribeSnapshot("docs", "s")),
                row("show restore 7", new Watch.RestoreState(7)),
                row("show restores of docs", new Watch.ListRestores(Optional.of("docs"))),
                row("show health", new Watch.Health()),
                row("show timestamp", new Watch.Timestamp()),
                row("show resources", new Watch.Resources()),
                row("enter", new Watch.Enter()),
                row("show quotas", new Watch.Quotas()),
                row("has docs partition p", new Watch.HasPartition("docs", "p")),
                row("show replicas of docs", new Watch.Replicas("docs", 0)),
                row("show file resources", new Watch.ListFileResources()),
                row("show replication", new Watch.ShowReplication()),
                row("show resource groups", new Watch.ListResourceGroups()),
                row("describe resource group rg", new Watch.DescribeResourceGroup("rg")));
    }

    private static Stream<Arguments> accesses() {
        return Stream.of(
                row("create user u password *** described \"d\"", new Access.CreateUser("u", "hunter2", "d")),
                row("alter user u password ***", new Access.ChangePassword("u", "hunter2", "hunter3")),
                row("drop user u", new Access.DropUser("u")),
                row("show users", new Access.ListUsers()),
                row("alter user u described \"d\"", new Access.DescribeUserAs("u", "d")),
                row("describe user u", new Access.DescribeUsers(Optional.of("u"))),
                row("create role r", new Access.CreateRole("r", "")),
                row("alter role r described \"d\"", new Access.DescribeRoleAs("r", "d")),
                row("drop role r force", new Access.DropRole("r", true)),
                row("describe roles", new Access.DescribeRoles(Optional.empty())),
                row("grant role r to u", new Access.GiveRole("u", "r")),
                row("revoke role r from u", new Access.TakeRole("u", "r")),
                row(
                        "grant Search on collection docs in d to role r",
                        new Access.Grant(
                                "r", new Access.Right(Optional.of(Access.Realm.COLLECTION), "d", "docs", "Search"))),
                row(
                        "revoke * on * in * from role r",
                        new Access.Revoke("r", new Access.Right(Optional.empty(), "*", "*", "*"))),
                row(
                        "show grants of role r on global * in d",
                        new Access.ListGrants("r", Optional.of(Access.Realm.GLOBAL), Optional.of("*"), "d")),
                row("create privilege group g", new Access.CreatePrivilegeGroup("g")),
                row("drop privilege group g", new Access.DropPrivilegeGroup("g")),
                row("alter privilege group g add (Search)", new Access.AddPrivileges("g", List.of("Search"))),
                row("alter privilege group g remove (Search)", new Access.RemovePrivileges("g", List.of("Search"))),
                row("show privilege groups", new Access.ListPrivilegeGroups()),
                row("may Search on docs", new Access.May("Search", "docs")),
                row("back up access", new Access.BackUp()),
                row(
                        "restore access 0 users 0 roles",
                        new Access.Restore(new Access.Backup(List.of(), Map.of(), List.of(), Map.of()))));
    }

    @Test
    void aNameCannotForgeALine() {
        assertThat(Print.statement(new Define.DropCollection("a\ndrop database b")))
                .isEqualTo("drop collection \"a\\ndrop database b\"");
    }

    @Test
    void longThingsAreCut() {
        String list =
                IntStream.range(0, 1000).mapToObj(Integer::toString).collect(Collectors.joining(",", "id in [", "]"));
        assertThat(Print.statement(new Write.Delete("docs", Optional.empty(), Filters.filter(list, Map.of()))))
                .isEqualTo(
                        "delete from docs where id in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, ... 984 more]");
        assertThat(Print.statement(new Write.DeleteKeys("docs", Optional.empty(), Column.longs(new long[20]))))
                .endsWith("0, 0, ... 4 more)");
        String text = "t == '" + "x".repeat(10_000) + "'";
        assertThat(Print.statement(new Write.Delete("docs", Optional.empty(), Filters.filter(text, Map.of()))))
                .hasSizeLessThan(400)
                .endsWith("x\"... of 10000");
    }

    private static Arguments row(String line, Statement<?> statement) {
        return Arguments.of(statement, line);
    }
}
