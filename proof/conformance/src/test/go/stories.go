// Stories told by the unmodified public Go client to a running server that asks who is there.
//
// usage: stories HOST:PORT PAGES ROOT      prints one line a story: `PASS name` or `FAIL name: reason`, and `STEP client:
// step` for how far a client came in its life; `KILL` asks for the server's death, and the harness answers `ready` when
// it is there again. PAGES is a folder of real text, ROOT one that the server imports from.
package main

import (
	"bufio"
	"context"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/milvus-io/milvus/client/v2/column"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
)

const dim, count = 256, 200

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

func step(name string) {
	fmt.Println("STEP Go client " + version() + ": " + name)
}

// Paragraphs of real text, each with the page that it stands on.
func passages(count int) (texts, pages []string) {
	need(filepath.WalkDir(os.Args[2], func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		for _, paragraph := range strings.Split(string(must(os.ReadFile(path))), "\n\n") {
			text := strings.Join(strings.Fields(paragraph), " ")
			if len(text) > 120 && !strings.ContainsRune("|#`", rune(text[0])) && len(texts) < count {
				texts = append(texts, text[:min(2000, len(text))])
				pages = append(pages, strings.TrimSuffix(filepath.Base(path), ".md"))
			}
		}
		return nil
	}))
	is("passages", len(texts), count)
	return texts, pages
}

var word = regexp.MustCompile("[a-z]{3,}")

// A hashed bag of words: an embedding that needs no model.
func embed(text string) []float32 {
	bag := make([]float32, dim)
	sum := 0.0
	for _, each := range word.FindAllString(strings.ToLower(text), -1) {
		bag[crc32.ChecksumIEEE([]byte(each))%dim]++
	}
	for _, each := range bag {
		sum += float64(each) * float64(each)
	}
	for i := range bag {
		bag[i] /= float32(math.Max(math.Sqrt(sum), 1e-6))
	}
	return bag
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
		WithField(entity.NewField().WithName("page").WithDataType(entity.FieldTypeVarChar).WithMaxLength(100)).
		WithField(entity.NewField().WithName("text").WithDataType(entity.FieldTypeVarChar).WithMaxLength(8000)).
		WithField(entity.NewField().WithName("v").WithDataType(entity.FieldTypeFloatVector).WithDim(dim))
	need(c.CreateCollection(ctx, milvusclient.NewCreateCollectionOption("gophers", schema).
		WithIndexOptions(milvusclient.NewCreateIndexOption("gophers", "v", index.NewHNSWIndex(entity.L2, 16, 100))).
		WithConsistencyLevel(entity.ClStrong)))
	is("collections", must(c.ListCollections(ctx, milvusclient.NewListCollectionOption())), []string{"gophers"})
	step("create")
	texts, pages := passages(count)
	ids, base := make([]int64, count), make([][]float32, count)
	for i := range ids {
		ids[i], base[i] = int64(i), embed(texts[i])
	}
	inserted := must(c.Insert(ctx, milvusclient.NewColumnBasedInsertOption("gophers").
		WithInt64Column("id", ids).WithVarcharColumn("page", pages).WithVarcharColumn("text", texts).WithFloatVectorColumn("v", dim, base)))
	is("inserted", inserted.InsertCount, count)
	step("fill")
	loading := must(c.LoadCollection(ctx, milvusclient.NewLoadCollectionOption("gophers")))
	need(loading.Await(ctx))

	query := base[17]
	found := must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 3, []entity.Vector{entity.FloatVector(query)}).
		WithANNSField("v").WithOutputFields("text")))
	is("its text", must(found[0].GetColumn("text").GetAsString(0)), texts[17])
	found = must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 3, []entity.Vector{entity.FloatVector(query)}).
		WithANNSField("v").WithFilter(fmt.Sprintf("page == '%s' and id > 20", pages[100]))))
	is("nearest of those", keys(found)[0], nearest(base, query, func(i int) bool { return pages[i] == pages[100] && i > 20 }))
	step("search")

	must(c.Upsert(ctx, milvusclient.NewColumnBasedInsertOption("gophers").
		WithInt64Column("id", []int64{5}).WithVarcharColumn("page", []string{"changed"}).WithVarcharColumn("text", texts[5:6]).
		WithFloatVectorColumn("v", dim, base[5:6])))
	step("change")
	is("deleted", must(c.Delete(ctx, milvusclient.NewDeleteOption("gophers").WithInt64IDs("id", []int64{17}))).DeleteCount, 1)
	step("delete")
	flushing := must(c.Flush(ctx, milvusclient.NewFlushOption("gophers")))
	need(flushing.Await(ctx))
	c.Close(ctx)

	killed()
	c = client(ctx, "root", "Milvus-root")
	rows := must(c.Query(ctx, milvusclient.NewQueryOption("gophers").WithFilter("page == 'changed'").WithOutputFields("id")))
	is("changed", rows.GetColumn("id").(*column.ColumnInt64).Data(), []int64{5})
	rows = must(c.Query(ctx, milvusclient.NewQueryOption("gophers").WithOutputFields("count(*)")))
	is("rows", must(rows.GetColumn("count(*)").GetAsInt64(0)), count-1)
	found = must(c.Search(ctx, milvusclient.NewSearchOption("gophers", 1, []entity.Vector{entity.FloatVector(query)}).WithANNSField("v")))
	is("nearest without the deleted", keys(found)[0], nearest(base, query, func(i int) bool { return i != 17 }))
	step("restart")

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
	step("refusal")
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
	imported := tell("files_are_imported", filesAreImported)
	lives := tell("a_collection_lives", aCollectionLives)
	if good := methods(); !good || !lives || !imported {
		os.Exit(1)
	}
}
