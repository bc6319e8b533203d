// What the published Go client can do and a collection's life does not show; and that no public method is left out.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/milvus-io/milvus-proto/go-api/v2/milvuspb"
	"github.com/milvus-io/milvus/client/v2/column"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
)

//go:embed methods.go
var told string

//go:embed stories.go
var life string

const burrow = "burrow"

// Numbers of a row, far enough from those of others.
func numbers(row int) []float32 {
	made := make([]float32, 8)
	for i := range made {
		made[i] = float32((row*31+i*17)%97) / 10
	}
	made[0] = float32(row)
	return made
}

func rowsFrom(from, to int) (ids []int64, vectors [][]float32, texts []string, places []int32) {
	for i := from; i < to; i++ {
		ids = append(ids, int64(i))
		vectors = append(vectors, numbers(i))
		texts = append(texts, fmt.Sprintf("hole number w%d of many", i))
		places = append(places, int32(i%5))
	}
	return
}

func ints(rows milvusclient.ResultSet, name string) []int64 {
	found := make([]int64, 0, rows.Len())
	for i := 0; i < rows.GetColumn(name).Len(); i++ {
		found = append(found, must(rows.GetColumn(name).GetAsInt64(i)))
	}
	return found
}

func asked(ctx context.Context, c *milvusclient.Client, filter string) []int64 {
	found := ints(must(c.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter(filter).WithOutputFields("id"))), "id")
	slices.Sort(found)
	return found
}

func near(row int) []entity.Vector {
	return []entity.Vector{entity.FloatVector(numbers(row))}
}

func root(ctx context.Context) *milvusclient.Client {
	return client(ctx, "root", "Milvus-root")
}

func aCollectionIsMadeAndFilled(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	schema := entity.NewSchema().WithName(burrow).WithDynamicFieldEnabled(true).
		WithField(entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)).
		WithField(entity.NewField().WithName("v").WithDataType(entity.FieldTypeFloatVector).WithDim(8)).
		WithField(entity.NewField().WithName("half").WithDataType(entity.FieldTypeFloat16Vector).WithDim(8)).
		WithField(entity.NewField().WithName("bits").WithDataType(entity.FieldTypeBinaryVector).WithDim(16)).
		WithField(entity.NewField().WithName("text").WithDataType(entity.FieldTypeVarChar).WithMaxLength(200).WithEnableAnalyzer(true).WithEnableMatch(true)).
		WithField(entity.NewField().WithName("words").WithDataType(entity.FieldTypeSparseVector)).
		WithField(entity.NewField().WithName("place").WithDataType(entity.FieldTypeInt32)).
		WithField(entity.NewField().WithName("maybe").WithDataType(entity.FieldTypeInt64).WithNullable(true)).
		WithField(entity.NewField().WithName("usual").WithDataType(entity.FieldTypeInt64).WithDefaultValueLong(7)).
		WithField(entity.NewField().WithName("doc").WithDataType(entity.FieldTypeJSON)).
		WithField(entity.NewField().WithName("tags").WithDataType(entity.FieldTypeArray).WithElementType(entity.FieldTypeVarChar).WithMaxCapacity(8).WithMaxLength(20)).
		WithFunction(entity.NewFunction().WithName("count").WithType(entity.FunctionTypeBM25).WithInputFields("text").WithOutputFields("words"))
	need(c.CreateCollection(ctx, milvusclient.NewCreateCollectionOption(burrow, schema).WithShardNum(1).WithConsistencyLevel(entity.ClStrong)))
	for field, built := range map[string]index.Index{
		"v":     index.NewHNSWIndex(entity.L2, 8, 64),
		"half":  index.NewIvfFlatIndex(entity.COSINE, 4),
		"bits":  index.NewBinFlatIndex(entity.HAMMING),
		"words": index.NewSparseInvertedIndex(entity.BM25, 0),
		"place": index.NewInvertedIndex(),
	} {
		making := must(c.CreateIndex(ctx, milvusclient.NewCreateIndexOption(burrow, field, built).WithIndexName("i_"+field)))
		need(making.Await(ctx))
	}
	making := must(c.CreateIndex(ctx, milvusclient.NewCreateIndexOption(burrow, "doc",
		index.NewJSONPathIndex(index.Inverted, "double", `doc["n"]`)).WithIndexName("i_doc")))
	need(making.Await(ctx))
	loading := must(c.LoadCollection(ctx, milvusclient.NewLoadCollectionOption(burrow)))
	need(loading.Await(ctx))
	ids, vectors, texts, places := rowsFrom(0, 200)
	var bits [][]byte
	var docs [][]byte
	var tags [][]string
	maybe, valid := []int64{}, []bool{}
	for i := range ids {
		bits = append(bits, []byte{byte(i), byte(i >> 3)})
		docs = append(docs, []byte(fmt.Sprintf(`{"n": %d, "kind": "k%d"}`, i, i%3)))
		tags = append(tags, []string{fmt.Sprintf("t%d", i%4), "all"})
		valid = append(valid, i%2 == 0)
		if i%2 == 0 {
			maybe = append(maybe, int64(i))
		}
	}
	inserted := must(c.Insert(ctx, milvusclient.NewColumnBasedInsertOption(burrow).
		WithInt64Column("id", ids).WithFloatVectorColumn("v", 8, vectors).WithFloat16VectorColumn("half", 8, vectors).
		WithBinaryVectorColumn("bits", 16, bits).WithVarcharColumn("text", texts).WithInt32Column("place", places).
		WithColumns(must(column.NewNullableColumnInt64("maybe", maybe, valid)), column.NewColumnJSONBytes("doc", docs),
			column.NewColumnVarCharArray("tags", tags), column.NewColumnInt64("extra", ids))))
	is("inserted", inserted.InsertCount, 200)
	is("usual", asked(ctx, c, "usual == 7 and id < 3"), []int64{0, 1, 2})
	type hole struct {
		ID    int64     `milvus:"name:id"`
		V     []float32 `milvus:"name:v"`
		Half  []byte    `milvus:"name:half"`
		Bits  []byte    `milvus:"name:bits"`
		Text  string    `milvus:"name:text"`
		Place int32     `milvus:"name:place"`
		Doc   []byte    `milvus:"name:doc"`
		Tags  []string  `milvus:"name:tags"`
	}
	_, err := c.Insert(ctx, milvusclient.NewRowBasedInsertOption(burrow, &hole{ID: 200, V: []float32{1}, Text: "x"}))
	if err == nil {
		panic(errors.New("a row of another dimension was taken"))
	}
}

func filtersTemplatesAndPages(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	for filter, expected := range map[string][]int64{
		"id in [3, 5, 999]":                           {3, 5},
		"maybe is null and id < 4":                    {1, 3},
		`doc["n"] > 197`:                              {198, 199},
		`doc["kind"] == "k1" and id < 5`:              {1, 4},
		`array_contains(tags, "t3") and id < 8`:       {3, 7},
		`json_contains(doc["none"], 1)`:               {},
		"text_match(text, 'w17')":                     {17},
		`phrase_match(text, "number w18")`:            {18},
		`text like "hole number w19_ %" and id > 197`: {198, 199},
		"extra == 12":                                 {12},
		"place == 2 and not (id > 8)":                 {2, 7},
	} {
		is(filter, asked(ctx, c, filter), expected)
	}
	rows := must(c.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter("id in {these} and place >= {least}").
		WithTemplateParam("these", []int64{3, 4, 5}).WithTemplateParam("least", 4).WithOutputFields("id", "text", "doc", "tags", "maybe", "v")))
	is("templates", ints(rows, "id"), []int64{4})
	is("its vector", rows.GetColumn("v").(*column.ColumnFloatVector).Data()[0], entity.FloatVector(numbers(4)))
	rows = must(c.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter("id >= 0").WithLimit(5).WithOffset(10).WithOutputFields("id").
		WithConsistencyLevel(entity.ClBounded)))
	is("a page", ints(rows, "id"), []int64{10, 11, 12, 13, 14})
	rows = must(c.Get(ctx, milvusclient.NewQueryOption(burrow).WithIDs(column.NewColumnInt64("id", []int64{9, 11})).WithOutputFields("id")))
	is("by key", len(ints(rows, "id")), 2)
	_, err := c.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter("id ==").WithOutputFields("id"))
	refused("cannot parse expression", err)
}

func searchesOfAllKinds(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	found := must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 5, append(near(3), near(40)...)).WithANNSField("v").
		WithAnnParam(index.NewHNSWAnnParam(64)).WithOutputFields("text")))
	is("queries", len(found), 2)
	is("nearest", []int64{keys(found)[0], found[1].IDs.(*column.ColumnInt64).Data()[0]}, []int64{3, 40})
	is("its text", must(found[1].GetColumn("text").GetAsString(0)), "hole number w40 of many")
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 5, near(3)).WithANNSField("v").WithFilter("place == {p}").
		WithTemplateParam("p", 4).WithOffset(1)))
	for _, id := range keys(found) {
		is("its place", id%5, 4)
	}
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 5, near(3)).WithANNSField("v").
		WithGroupByField("place").WithGroupSize(2).WithStrictGroupSize(true)))
	is("rows of groups", found[0].Len(), 10)
	is("group values", found[0].GroupByValue.Len(), 10)
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 100, near(3)).WithANNSField("v").
		WithSearchParam("radius", "1").WithSearchParam("range_filter", "0")))
	for _, score := range found[0].Scores {
		if score >= 1 {
			panic(fmt.Errorf("outside of the range: %v", score))
		}
	}
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 3, []entity.Vector{entity.Text("w42")}).WithANNSField("words")))
	is("by a word", keys(found)[0], 42)
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 3, []entity.Vector{entity.BinaryVector([]byte{9, 1})}).WithANNSField("bits")))
	is("by bits", keys(found)[0], 9)
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 3, []entity.Vector{entity.FloatVector(numbers(8)).ToFloat16Vector()}).
		WithANNSField("half").WithAnnParam(index.NewIvfAnnParam(4))))
	is("by halves", keys(found)[0], 8)
	found = must(c.Search(ctx, milvusclient.NewSearchOption(burrow, 3, near(3)).WithANNSField("v").
		WithFunctionReranker(entity.NewFunction().WithName("decay").WithType(entity.FunctionTypeRerank).WithInputFields("place").
			WithParam("reranker", "decay").WithParam("function", "gauss").WithParam("origin", "3").WithParam("scale", "1"))))
	is("near in both ways", keys(found)[0], 3)
	for _, reranker := range []milvusclient.Reranker{milvusclient.NewRRFReranker().WithK(30), milvusclient.NewWeightedReranker([]float64{0.7, 0.3})} {
		found = must(c.HybridSearch(ctx, milvusclient.NewHybridSearchOption(burrow, 4,
			milvusclient.NewAnnRequest("v", 10, near(5)...).WithAnnParam(index.NewHNSWAnnParam(32)),
			milvusclient.NewAnnRequest("words", 10, entity.Text("w5")).WithFilter("id < 100")).
			WithReranker(reranker).WithOutputFields("place")))
		is("near both", keys(found)[0], 5)
	}
	_, err := c.Search(ctx, milvusclient.NewSearchOption(burrow, 20000, near(3)).WithANNSField("v"))
	refused("should be in range", err)
}

func iteratorsSeeEachRowOnce(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	seen := map[int64]bool{}
	pages := must(c.SearchIterator(ctx, milvusclient.NewSearchIteratorOption(burrow, near(3)[0]).WithANNSField("v").
		WithBatchSize(37).WithIteratorLimit(150).WithFilter("id < 190")))
	for {
		page, err := pages.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		need(err)
		for _, id := range page.IDs.(*column.ColumnInt64).Data() {
			is("seen twice", seen[id], false)
			seen[id] = true
		}
	}
	is("found", len(seen), 150)
	all := []int64{}
	rows := must(c.QueryIterator(ctx, milvusclient.NewQueryIteratorOption(burrow).WithBatchSize(33).WithFilter("id < 120").WithOutputFields("id")))
	for {
		page, err := rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		need(err)
		all = append(all, ints(page, "id")...)
	}
	is("read", len(all), 120)
	is("in order", sort.SliceIsSorted(all, func(i, j int) bool { return all[i] < all[j] }), true)
}

func rowsChange(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	changed := must(c.Upsert(ctx, milvusclient.NewColumnBasedInsertOption(burrow).WithPartialUpdate(true).
		WithInt64Column("id", []int64{5, 6}).WithInt32Column("place", []int32{77, 77})))
	is("changed", changed.UpsertCount, 2)
	is("only their places", asked(ctx, c, "place == 77 and text_match(text, 'hole')"), []int64{5, 6})
	is("by keys", must(c.Delete(ctx, milvusclient.NewDeleteOption(burrow).WithInt64IDs("id", []int64{5}))).DeleteCount, 1)
	must(c.Delete(ctx, milvusclient.NewDeleteOption(burrow).WithExpr("place == 77")))
	is("gone", asked(ctx, c, "place == 77"), []int64{})
	need(c.AddCollectionField(ctx, milvusclient.NewAddCollectionFieldOption(burrow,
		entity.NewField().WithName("later").WithDataType(entity.FieldTypeInt64).WithNullable(true))))
	is("null in old rows", asked(ctx, c, "later is null and id < 2"), []int64{0, 1})
	need(c.AlterCollectionProperties(ctx, milvusclient.NewAlterCollectionPropertiesOption(burrow).WithProperty("collection.ttl.seconds", 86400)))
	described := must(c.DescribeCollection(ctx, milvusclient.NewDescribeCollectionOption(burrow)))
	is("its time", described.Properties["collection.ttl.seconds"], "86400")
	is("its key", described.Schema.PKFieldName(), "id")
	is("its function", described.Schema.Functions[0].Name, "count")
	need(c.DropCollectionProperties(ctx, milvusclient.NewDropCollectionPropertiesOption(burrow, "collection.ttl.seconds")))
	need(c.AlterCollectionFieldProperty(ctx, milvusclient.NewAlterCollectionFieldPropertiesOption(burrow, "text").WithProperty("max_length", 300)))
}

func partitionsAndAliases(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	need(c.CreateCollection(ctx, milvusclient.SimpleCreateCollectionOptions("simple", 8).WithAutoID(false)))
	need(c.CreatePartition(ctx, milvusclient.NewCreatePartitionOption("simple", "side")))
	is("there", must(c.HasPartition(ctx, milvusclient.NewHasPartitionOption("simple", "side"))), true)
	is("all", len(must(c.ListPartitions(ctx, milvusclient.NewListPartitionOption("simple")))), 2)
	ids, vectors, _, _ := rowsFrom(0, 10)
	must(c.Insert(ctx, milvusclient.NewColumnBasedInsertOption("simple").WithPartition("side").
		WithInt64Column("id", ids).WithFloatVectorColumn("vector", 8, vectors)))
	found := must(c.Search(ctx, milvusclient.NewSearchOption("simple", 3, near(4)).WithPartitions("side").WithConsistencyLevel(entity.ClStrong)))
	is("in it", keys(found)[0], 4)
	found = must(c.Search(ctx, milvusclient.NewSearchOption("simple", 3, near(4)).WithPartitions("_default")))
	is("not in the other", found[0].Len(), 0)
	loading := must(c.LoadPartitions(ctx, milvusclient.NewLoadPartitionsOption("simple", "side")))
	need(loading.Await(ctx))
	is("rows", must(c.GetPartitionStats(ctx, milvusclient.NewGetPartitionStatsOption("simple", "side")))["row_count"], "10")
	need(c.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("simple", "side")))
	need(c.DropPartition(ctx, milvusclient.NewDropPartitionOption("simple", "side")))

	need(c.CreateAlias(ctx, milvusclient.NewCreateAliasOption("simple", "hole")))
	need(c.AlterAlias(ctx, milvusclient.NewAlterAliasOption("hole", burrow)))
	is("stands for", must(c.DescribeAlias(ctx, milvusclient.NewDescribeAliasOption("hole"))).CollectionName, burrow)
	is("aliases", must(c.ListAliases(ctx, milvusclient.NewListAliasesOption(burrow))), []string{"hole"})
	need(c.DropAlias(ctx, milvusclient.NewDropAliasOption("hole")))
	need(c.RenameCollection(ctx, milvusclient.NewRenameCollectionOption("simple", "plain")))
	is("its old name", must(c.HasCollection(ctx, milvusclient.NewHasCollectionOption("simple"))), false)
	need(c.DropCollection(ctx, milvusclient.NewDropCollectionOption("plain")))
	_, err := c.DescribeCollection(ctx, milvusclient.NewDescribeCollectionOption("plain"))
	refused("can't find collection", err)
}

func loadedFlushedAndMerged(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	flushing := must(c.Flush(ctx, milvusclient.NewFlushOption(burrow)))
	need(flushing.Await(ctx))
	is("rows", must(c.GetCollectionStats(ctx, milvusclient.NewGetCollectionStatsOption(burrow)))["row_count"] >= "198", true)
	job := must(c.Compact(ctx, milvusclient.NewCompactOption(burrow)))
	must(c.GetCompactionState(ctx, milvusclient.NewGetCompactionStateOption(job)))
	is("segments", len(must(c.GetPersistentSegmentInfo(ctx, milvusclient.NewGetPersistentSegmentInfoOption(burrow)))) > 0, true)
	is("replicas", len(must(c.DescribeReplica(ctx, milvusclient.NewDescribeReplicaOption(burrow)))), 1)
	refreshing := must(c.RefreshLoad(ctx, milvusclient.NewRefreshLoadOption(burrow)))
	need(refreshing.Await(ctx))
	is("loaded", must(c.GetLoadState(ctx, milvusclient.NewGetLoadStateOption(burrow))).State, entity.LoadStateLoaded)

	names := must(c.ListIndexes(ctx, milvusclient.NewListIndexOption(burrow)))
	sort.Strings(names)
	is("indexes", names, []string{"i_bits", "i_doc", "i_half", "i_place", "i_v", "i_words"})
	described := must(c.DescribeIndex(ctx, milvusclient.NewDescribeIndexOption(burrow, "i_v")))
	is("its kind", described.Params()["index_type"], "HNSW")
	is("built", described.State, index.IndexState(3))
	need(c.ReleaseCollection(ctx, milvusclient.NewReleaseCollectionOption(burrow)))
	_, err := c.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter("id == 1").WithOutputFields("id"))
	refused("not loaded", err)
	need(c.AlterIndexProperties(ctx, milvusclient.NewAlterIndexPropertiesOption(burrow, "i_v").WithProperty("mmap.enabled", true)))
	need(c.DropIndexProperties(ctx, milvusclient.NewDropIndexPropertiesOption(burrow, "i_v", "mmap.enabled")))
	need(c.DropIndex(ctx, milvusclient.NewDropIndexOption(burrow, "i_place")))
	loading := must(c.LoadCollection(ctx, milvusclient.NewLoadCollectionOption(burrow).WithReplica(1)))
	need(loading.Await(ctx))
	is("without its index", asked(ctx, c, "place == 2 and id < 8"), []int64{2, 7})
}

func databases(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	need(c.CreateDatabase(ctx, milvusclient.NewCreateDatabaseOption("tunnels").WithProperty("database.max.collections", 3)))
	is("all", must(c.ListDatabase(ctx, milvusclient.NewListDatabaseOption())), []string{"default", "tunnels"})
	need(c.AlterDatabaseProperties(ctx, milvusclient.NewAlterDatabasePropertiesOption("tunnels").WithProperty("database.replica.number", 1)))
	is("its limit", must(c.DescribeDatabase(ctx, milvusclient.NewDescribeDatabaseOption("tunnels"))).Properties["database.max.collections"], "3")
	need(c.DropDatabaseProperties(ctx, milvusclient.NewDropDatabasePropertiesOption("tunnels", "database.max.collections")))
	need(c.UseDatabase(ctx, milvusclient.NewUseDatabaseOption("tunnels")))
	is("empty", must(c.ListCollections(ctx, milvusclient.NewListCollectionOption())), []string{})
	need(c.CreateCollection(ctx, milvusclient.SimpleCreateCollectionOptions("deep", 8)))
	refused("not empty", c.DropDatabase(ctx, milvusclient.NewDropDatabaseOption("tunnels")))
	need(c.DropCollection(ctx, milvusclient.NewDropCollectionOption("deep")))
	need(c.UseDatabase(ctx, milvusclient.NewUseDatabaseOption("default")))
	need(c.DropDatabase(ctx, milvusclient.NewDropDatabaseOption("tunnels")))
}

func rightsAreGivenAndTaken(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	need(c.CreateUser(ctx, milvusclient.NewCreateUserOption("mole", "secret-mole")))
	need(c.UpdatePassword(ctx, milvusclient.NewUpdatePasswordOption("mole", "secret-mole", "secret-mole-2")))
	need(c.CreateRole(ctx, milvusclient.NewCreateRoleOption("digger")))
	need(c.GrantRole(ctx, milvusclient.NewGrantRoleOption("mole", "digger")))
	is("its roles", must(c.DescribeUser(ctx, milvusclient.NewDescribeUserOption("mole"))).Roles, []string{"digger"})
	is("users", slices.Contains(must(c.ListUsers(ctx, milvusclient.NewListUserOption())), "mole"), true)
	is("roles", slices.Contains(must(c.ListRoles(ctx, milvusclient.NewListRoleOption())), "digger"), true)

	mole := client(ctx, "mole", "secret-mole-2")
	may := func() error {
		_, err := mole.Query(ctx, milvusclient.NewQueryOption(burrow).WithFilter("id == 1").WithOutputFields("id"))
		return err
	}
	refused("permission deny", may())
	need(c.GrantPrivilege(ctx, milvusclient.NewGrantPrivilegeOption("digger", "Collection", "Query", burrow)))
	need(may())
	is("privileges", len(must(c.DescribeRole(ctx, milvusclient.NewDescribeRoleOption("digger"))).Privileges), 1)
	need(c.RevokePrivilege(ctx, milvusclient.NewRevokePrivilegeOption("digger", "Collection", "Query", burrow)))
	refused("permission deny", may())
	need(c.GrantPrivilegeV2(ctx, milvusclient.NewGrantPrivilegeV2Option("digger", "Query", burrow).WithDbName("default")))
	need(may())
	need(c.RevokePrivilegeV2(ctx, milvusclient.NewRevokePrivilegeV2Option("digger", "Query", burrow).WithDbName("default")))
	need(c.GrantV2(ctx, milvusclient.NewGrantV2Option("digger", "CollectionReadOnly", "default", burrow)))
	need(may())
	need(c.RevokeV2(ctx, milvusclient.NewRevokeV2Option("digger", "CollectionReadOnly", "default", burrow)))
	refused("permission deny", may())

	need(c.CreatePrivilegeGroup(ctx, milvusclient.NewCreatePrivilegeGroupOption("paws")))
	need(c.AddPrivilegesToGroup(ctx, milvusclient.NewAddPrivilegesToGroupOption("paws", "Query", "Search")))
	need(c.OperatePrivilegeGroup(ctx, milvusclient.NewOperatePrivilegeGroupOption("paws",
		[]*milvuspb.PrivilegeEntity{{Name: "Insert"}}, milvuspb.OperatePrivilegeGroupType_AddPrivilegesToGroup)))
	need(c.GrantV2(ctx, milvusclient.NewGrantV2Option("digger", "paws", "default", "*")))
	need(may())
	saved := must(c.BackupRBAC(ctx, milvusclient.NewBackupRBACOption()))
	is("saved roles", slices.ContainsFunc(saved.Roles, func(role *entity.Role) bool { return role.RoleName == "digger" }), true)
	need(c.RevokeV2(ctx, milvusclient.NewRevokeV2Option("digger", "paws", "default", "*")))
	need(c.RemovePrivilegesFromGroup(ctx, milvusclient.NewRemovePrivilegesFromGroupOption("paws", "Insert")))
	is("of the group", slices.ContainsFunc(must(c.ListPrivilegeGroups(ctx, milvusclient.NewListPrivilegeGroupsOption())),
		func(group *entity.PrivilegeGroup) bool {
			return group.GroupName == "paws" && len(group.Privileges) == 2
		}), true)
	need(c.DropPrivilegeGroup(ctx, milvusclient.NewDropPrivilegeGroupOption("paws")))
	need(c.RevokeRole(ctx, milvusclient.NewRevokeRoleOption("mole", "digger")))
	need(c.DropRole(ctx, milvusclient.NewDropRoleOption("digger")))
	need(c.DropUser(ctx, milvusclient.NewDropUserOption("mole")))
	mole.Close(ctx)
	// What root has is there already, and is not restored.
	saved.Users = slices.DeleteFunc(saved.Users, func(user *entity.UserInfo) bool { return user.Name != "mole" })
	saved.Roles = slices.DeleteFunc(saved.Roles, func(role *entity.Role) bool { return role.RoleName != "digger" })
	saved.RoleGrants = slices.DeleteFunc(saved.RoleGrants, func(grant *entity.RoleGrants) bool { return grant.RoleName != "digger" })
	need(c.RestoreRBAC(ctx, milvusclient.NewRestoreRBACOption(saved)))
	mole = client(ctx, "mole", "secret-mole-2")
	need(may())
	mole.Close(ctx)
}

func resourceGroupsAndOthers(ctx context.Context) {
	c := root(ctx)
	defer c.Close(ctx)
	need(c.CreateResourceGroup(ctx, milvusclient.NewCreateResourceGroupOption("den").WithNodeRequest(0).WithNodeLimit(0)))
	is("groups", slices.Contains(must(c.ListResourceGroups(ctx, milvusclient.NewListResourceGroupsOption())), "den"), true)
	is("its limit", must(c.DescribeResourceGroup(ctx, milvusclient.NewDescribeResourceGroupOption("den"))).Config.Limits.NodeNum, 0)
	if err := c.TransferReplica(ctx, milvusclient.NewTransferReplicaOption(burrow, "__default_resource_group", "den", 1)); err != nil {
		refused("resource group", err)
	} else {
		need(c.TransferReplica(ctx, milvusclient.NewTransferReplicaOption(burrow, "den", "__default_resource_group", 1)))
	}
	need(c.UpdateResourceGroup(ctx, milvusclient.NewUpdateResourceGroupOption("den", &entity.ResourceGroupConfig{})))
	need(c.DropResourceGroup(ctx, milvusclient.NewDropResourceGroupOption("den")))

	is("a version", must(c.GetServerVersion(ctx, milvusclient.NewGetServerVersionOption())) != "", true)
	words := must(c.RunAnalyzer(ctx, milvusclient.NewRunAnalyzerOption("Moles dig").WithDetail().WithHash().
		WithAnalyzerParamsStr(`{"tokenizer": "standard", "filter": ["lowercase"]}`)))
	is("words", []string{words[0].Tokens[0].Text, words[0].Tokens[1].Text}, []string{"moles", "dig"})
	of := must(c.RunAnalyzer(ctx, milvusclient.NewRunAnalyzerOption("Moles dig").WithField(burrow, "text")))
	is("words of a field", len(of[0].Tokens), 2)

	alone := milvusclient.NewReplicateConfigurationBuilder().
		WithCluster(milvusclient.NewMilvusClusterBuilder("by-dev").WithURI("http://localhost:19530").WithPchannels("by-dev-rootcoord-dml_0").Build()).Build()
	need(c.UpdateReplicateConfiguration(ctx, alone))
	_, err := c.GetReplicateInfo(ctx, &milvuspb.GetReplicateInfoRequest{SourceClusterId: "elsewhere", TargetPchannel: "p"})
	if err == nil {
		panic(errors.New("told of another cluster"))
	}
	stream := must(c.CreateReplicateStream(ctx))
	need(stream.Send(&milvuspb.ReplicateRequest{}))
	_, err = stream.Recv()
	if err == nil {
		panic(errors.New("a stream from another cluster was taken"))
	}
	need(c.DropCollection(ctx, milvusclient.NewDropCollectionOption(burrow)))
}

// What works behind the scenes of others.
func noPublicMethodIsLeftOut(context.Context) {
	elsewhere := []string{"GetService", "MetadataUnaryInterceptor"}
	all := told + life
	silent := []string{}
	client := reflect.TypeOf((*milvusclient.Client)(nil))
	for i := 0; i < client.NumMethod(); i++ {
		name := client.Method(i).Name
		if !slices.Contains(elsewhere, name) && !strings.Contains(all, "."+name+"(ctx") {
			silent = append(silent, name)
		}
	}
	is("methods that no story calls", silent, []string{})
}

func methods() bool {
	good := true
	for _, each := range []struct {
		name  string
		story func(context.Context)
	}{
		{"a_collection_is_made_and_filled", aCollectionIsMadeAndFilled},
		{"filters_templates_and_pages", filtersTemplatesAndPages},
		{"searches_of_all_kinds", searchesOfAllKinds},
		{"iterators_see_each_row_once", iteratorsSeeEachRowOnce},
		{"rows_change", rowsChange},
		{"partitions_and_aliases", partitionsAndAliases},
		{"loaded_flushed_and_merged", loadedFlushedAndMerged},
		{"databases", databases},
		{"rights_are_given_and_taken", rightsAreGivenAndTaken},
		{"resource_groups_and_others", resourceGroupsAndOthers},
		{"no_public_method_is_left_out", noPublicMethodIsLeftOut},
	} {
		good = tell(each.name, each.story) && good
	}
	return good
}
