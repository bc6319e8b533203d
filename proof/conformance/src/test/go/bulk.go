package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/milvus-io/milvus/client/v2/bulkwriter"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
)

// The client's own helpers ask for an import, how far it is, and which there are.
func filesAreImported(ctx context.Context) {
	const name, key = "go_bulk", "root:Milvus-root"
	uri, root := "http://"+address, os.Args[3]
	c := client(ctx, "root", "Milvus-root")
	schema := entity.NewSchema().WithName(name).
		WithField(entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)).
		WithField(entity.NewField().WithName("v").WithDataType(entity.FieldTypeFloatVector).WithDim(2))
	need(c.CreateCollection(ctx, milvusclient.NewCreateCollectionOption(name, schema).
		WithIndexOptions(milvusclient.NewCreateIndexOption(name, "v", index.NewFlatIndex(entity.L2)))))
	var rows []string
	for i := 0; i < 50; i++ {
		rows = append(rows, fmt.Sprintf(`{"id": %d, "v": [%d, 0.5]}`, i, i))
	}
	need(os.WriteFile(filepath.Join(root, "rows.jsonl"), []byte(strings.Join(rows, "\n")), 0o644))

	asked := must(bulkwriter.BulkImport(ctx, bulkwriter.NewBulkImportOption(uri, name, [][]string{{"rows.jsonl"}}).WithAPIKey(key)))
	for {
		told := must(bulkwriter.GetImportProgress(ctx, bulkwriter.NewGetImportProgressOption(uri, asked.Data.JobID).WithAPIKey(key)))
		if told.Data.State == "Completed" {
			is("rows", told.Data.ImportedRows, 50)
			is("files", len(told.Data.Details), 1)
			break
		}
		if told.Data.State == "Failed" {
			panic(told.Data.Reason)
		}
		time.Sleep(50 * time.Millisecond)
	}
	jobs := must(bulkwriter.ListImportJobs(ctx, bulkwriter.NewListImportJobsOption(uri, name).WithAPIKey(key)))
	is("jobs", len(jobs.Data.Records), 1)
	is("job", jobs.Data.Records[0].JobID, asked.Data.JobID)

	loading := must(c.LoadCollection(ctx, milvusclient.NewLoadCollectionOption(name)))
	need(loading.Await(ctx))
	counted := must(c.Query(ctx, milvusclient.NewQueryOption(name).WithOutputFields("count(*)")))
	is("count", must(counted.GetColumn("count(*)").GetAsInt64(0)), 50)
	need(c.DropCollection(ctx, milvusclient.NewDropCollectionOption(name)))
	c.Close(ctx)
}
