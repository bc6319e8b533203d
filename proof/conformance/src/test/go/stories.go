// Stories told by the unmodified public Go client to a running server that asks who is there.
//
// usage: stories HOST:PORT      prints one line a story: `PASS name` or `FAIL name: reason`; `KILL` asks for the
// server's death, and the harness answers `ready` when it is there again
package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/milvus-io/milvus/client/v2/column"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
)

const dim = 16

var address = os.Args[1]

func need(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	need(err)
	return value
}

func is(what string, came, expected any) {
	if fmt.Sprint(came) != fmt.Sprint(expected) {
		panic(fmt.Errorf("%s: expected %v, came %v", what, expected, came))
	}
}

func refused(fragment string, err error) {
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(fragment)) {
		panic(fmt.Errorf("expected a refusal with '%s', came %v", fragment, err))
	}
}

func killed() {
	fmt.Println("KILL")
	must(bufio.NewReader(os.Stdin).ReadString('\n'))
}

func client(ctx context.Context, name, password string) *milvusclient.Client {
	return must(milvusclient.New(ctx, &milvusclient.ClientConfig{Address: address, Username: name, Password: password}))
}

func vectors(count int) [][]float32 {
	random := rand.New(rand.NewSource(7))
	all := make([][]float32, count)
	for i := range all {
		all[i] = make([]float32, dim)
		for j := range all[i] {
			all[i][j] = float32(random.NormFloat64())
		}
	}
	return all
}

func nearest(base [][]float32, query []float32, among func(int) bool) int {
	best, distance := -1, math.MaxFloat64
	for i, row := range base {
		sum := 0.0
		for j := range row {
			sum += math.Pow(float64(row[j]-query[j]), 2)
		}
		if among(i) && sum < distance {
			best, distance = i, sum
		}
	}
	return best
}

func keys(found []milvusclient.ResultSet) []int64 {
	return found[0].IDs.(*column.ColumnInt64).Data()
}

func aCollectionLives(ctx context.Context) {
	c := client(ctx, "root", "Milvus-root")
	schema := entity.NewSchema().WithDynamicFieldEnabled(true).
		WithField(entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)).
		WithField(entity.NewField().WithName("name").WithDataType(entity.FieldTypeVarChar).WithMaxLength(40)).
		WithField(entity.NewField().WithName("v").WithDataType(entity.FieldTypeFloatVector).WithDim(dim))
	need(c.CreateCollection(ctx, milvusclient.NewCreateCollectionOption("gophers", schema).
		WithIndexOptions(milvusclient.NewCreateIndexOption("gophers", "v", index.NewHNSWIndex(entity.L2, 16, 100))).
		WithConsistencyLevel(entity.ClStrong)))
	is("collections", must(c.ListCollections(ctx, milvusclient.NewListCollectionOption())), []string{"gophers"})
	base := vectors(1000)
	ids, names := make([]int64, 1000), make([]string, 1000)
	for i := range ids {
		ids[i], names[i] = int64(i), fmt.Sprintf("n%d", i%7)
	}
	inserted := must(c.Insert(ctx, milvusclient.NewColumnBasedInsertOption("gophers").
		WithInt64Column("id", ids).WithVarcharColumn("name", names).WithFloatVectorColumn("v", dim, base)))
	is("inserted", inserted.InsertCount, 1000)
	loading := must(c.LoadCollection(ctx, milvusclient.NewLoadCollectionOption("gophers")))
	need(loading.Await(ctx))

	query := base[17]
	found := must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 3, []entity.Vector{entity.FloatVector(query)}).
		WithANNSField("v").WithOutputFields("name")))
	is("nearest", keys(found)[0], 17)
	is("its name", must(found[0].GetColumn("name").GetAsString(0)), "n3")
	found = must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 3, []entity.Vector{entity.FloatVector(query)}).
		WithANNSField("v").WithFilter("name == 'n2' and id > 100")))
	is("nearest of those", keys(found)[0], nearest(base, query, func(i int) bool { return i%7 == 2 && i > 100 }))

	must(c.Upsert(ctx, milvusclient.NewColumnBasedInsertOption("gophers").
		WithInt64Column("id", []int64{5}).WithVarcharColumn("name", []string{"changed"}).
		WithFloatVectorColumn("v", dim, [][]float32{base[5]})))
	is("deleted", must(c.Delete(ctx, milvusclient.NewDeleteOption("gophers").WithInt64IDs("id", []int64{17}))).DeleteCount, 1)
	flushing := must(c.Flush(ctx, milvusclient.NewFlushOption("gophers")))
	need(flushing.Await(ctx))
	c.Close(ctx)

	killed()
	c = client(ctx, "root", "Milvus-root")
	rows := must(c.Query(ctx, milvusclient.NewQueryOption("gophers").WithFilter("name == 'changed'").WithOutputFields("id")))
	is("changed", rows.GetColumn("id").(*column.ColumnInt64).Data(), []int64{5})
	rows = must(c.Query(ctx, milvusclient.NewQueryOption("gophers").WithOutputFields("count(*)")))
	is("rows", must(rows.GetColumn("count(*)").GetAsInt64(0)), 999)
	found = must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 1, []entity.Vector{entity.FloatVector(query)}).WithANNSField("v")))
	is("nearest without the deleted", keys(found)[0], nearest(base, query, func(i int) bool { return i != 17 }))

	need(c.CreateUser(ctx, milvusclient.NewCreateUserOption("gopher", "secret-gopher")))
	stranger := client(ctx, "gopher", "secret-gopher")
	_, err := stranger.Query(ctx, milvusclient.NewQueryOption("gophers").WithFilter("id == 1").WithOutputFields("id"))
	refused("permission deny", err)
	need(c.CreateRole(ctx, milvusclient.NewCreateRoleOption("reader")))
	need(c.GrantRole(ctx, milvusclient.NewGrantRoleOption("gopher", "reader")))
	need(c.GrantPrivilegeV2(ctx, milvusclient.NewGrantPrivilegeV2Option("reader", "Query", "gophers")))
	must(stranger.Query(ctx, milvusclient.NewQueryOption("gophers").WithFilter("id == 1").WithOutputFields("id")))
	refused("permission deny", stranger.DropCollection(ctx, milvusclient.NewDropCollectionOption("gophers")))
	stranger.Close(ctx)
	_, err = c.Search(ctx, milvusclient.NewSearchOption("gophers", 3, []entity.Vector{entity.FloatVector([]float32{1})}).WithANNSField("v"))
	refused("dimension mismatch", err)
	need(c.DropCollection(ctx, milvusclient.NewDropCollectionOption("gophers")))
	is("still there", must(c.HasCollection(ctx, milvusclient.NewHasCollectionOption("gophers"))), false)
	c.Close(ctx)
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasSuffix(module.Path, "/client/v2") {
			return module.Version
		}
	}
	return "unknown"
}

func tell(name string, story func(context.Context)) (good bool) {
	title := name + " [Go client " + version() + "]"
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Printf("FAIL %s: %s\n", title, strings.ReplaceAll(fmt.Sprint(reason), "\n", " "))
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	story(ctx)
	fmt.Println("PASS " + title)
	return true
}

func main() {
	if !tell("a_collection_lives", aCollectionLives) {
		os.Exit(1)
	}
}
