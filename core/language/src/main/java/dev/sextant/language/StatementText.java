package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Access;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Struct;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Writes statements: a verb, its object, then clauses in a fixed order, each left out when it says nothing. One
/// complete switch for each family.
final class StatementText extends Clauses {
    private final ReadText reads;
    private final AccessText accesses;

    StatementText(boolean whole) {
        super(whole);
        reads = new ReadText(whole);
        accesses = new AccessText(whole);
    }

    String of(Statement<?> statement) {
        return switch (statement) {
            case Read<?> read -> reads.of(read);
            case Write write -> write(write);
            case Define define -> define(define);
            case Operate<?> operate -> operate(operate);
            case Watch<?> watch -> watch(watch);
            case Access<?> access -> accesses.of(access);
        };
    }

    private String write(Write write) {
        String into = line(
                name(write.collection()),
                write.partition().map(name -> "partition " + name(name)).orElse(""));
        return switch (write) {
            case Write.Insert insert ->
                line("insert", rows(insert.rows()), "into", into, schema(insert.schemaTimestamp()));
            case Write.Upsert upsert ->
                line(
                        "upsert",
                        flag("partial", upsert.partial()),
                        rows(upsert.rows()),
                        "into",
                        into,
                        schema(upsert.schemaTimestamp()),
                        names("appending", changed(upsert, Write.ArrayChange.APPEND)),
                        names("removing", changed(upsert, Write.ArrayChange.REMOVE)));
            case Write.Delete delete -> line("delete from", into, where(delete.filter()));
            case Write.DeleteKeys delete -> line("delete from", into, "keys", keys(delete.keys()));
        };
    }

    private static List<String> changed(Write.Upsert upsert, Write.ArrayChange how) {
        return upsert.arrays().entrySet().stream()
                .filter(each -> each.getValue() == how)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private String rows(Rows rows) {
        if (whole)
            return rows.count() + " rows "
                    + rows.columns().entrySet().stream()
                            .map(each -> name(each.getKey()) + ": " + Columns.write(each.getValue()))
                            .collect(joining(", ", "{", "}"));
        return rows.count()
                + (rows.count() == 1 ? " row " : " rows ")
                + listed(rows.columns().keySet());
    }

    private String schema(OptionalLong timestamp) {
        return timestamp.isPresent() ? "at schema " + timestamp.getAsLong() : "";
    }

    private String define(Define define) {
        return switch (define) {
            case Define.CreateDatabase(var name, var properties) ->
                line("create database", name(name), settings("with", properties));
            case Define.DropDatabase(var name) -> line("drop database", name(name));
            case Define.AlterDatabase(var name, var set, var unset) ->
                line("alter database", name(name), change(set, unset));
            case Define.CreateCollection create -> createCollection(create);
            case Define.DropCollection(var name) -> line("drop collection", name(name));
            case Define.RenameCollection(var name, var newName, var database) ->
                line(
                        "rename collection",
                        name(name),
                        "to",
                        name(newName),
                        database.map(other -> "in database " + name(other)).orElse(""));
            case Define.AlterCollection(var name, var set, var unset) ->
                line("alter collection", name(name), change(set, unset));
            case Define.AlterField(var collection, var field, var set, var unset) ->
                line("alter field", name(field), "of", name(collection), change(set, unset));
            case Define.AddField(var collection, var field, var column) ->
                line(
                        "add field",
                        field(field),
                        "to",
                        name(collection),
                        column.map(its -> "from column " + Quoted.write(its)).orElse(""));
            case Define.AddStruct(var collection, var struct, var fields) ->
                line("add struct", struct(struct, fields), "to", name(collection));
            case Define.DropField(var collection, var field, var id) ->
                line("drop field", field.isEmpty() ? "#" + id : name(field), "of", name(collection));
            case Define.AddFunctionField(var collection, var field, var function, var index, var parameters) ->
                line(
                        "add field",
                        field(field),
                        "by",
                        function(function),
                        "to",
                        name(collection),
                        index.isEmpty() ? "indexed" : "indexed as " + name(index),
                        settings("with", parameters));
            case Define.AddFunction(var collection, var function) ->
                line("add function", function(function), "to", name(collection));
            case Define.AlterFunction(var collection, var name, var function) ->
                line("alter function", name(name), "of", name(collection), "to", function(function));
            case Define.DropFunction(var collection, var name) ->
                line("drop function", name(name), "of", name(collection));
            case Define.DropFunctionFields(var collection, var name) ->
                line("drop function", name(name), "with its fields of", name(collection));
            case Define.TruncateCollection(var name) -> line("truncate collection", name(name));
            case Define.CreateSnapshot(var collection, var name, var description, var seconds) ->
                line(
                        "create snapshot",
                        name(name),
                        "of",
                        name(collection),
                        seconds == 0 ? "" : "protected for " + seconds + " seconds",
                        described(description));
            case Define.DropSnapshot(var collection, var name) ->
                line("drop snapshot", name(name), "of", name(collection));
            case Define.CreatePartition(var collection, var name) ->
                line("create partition", name(name), "of", name(collection));
            case Define.DropPartition(var collection, var name) ->
                line("drop partition", name(name), "of", name(collection));
            case Define.CreateAlias(var alias, var collection) ->
                line("create alias", name(alias), "for", name(collection));
            case Define.DropAlias(var alias) -> line("drop alias", name(alias));
            case Define.AlterAlias(var alias, var collection) ->
                line("alter alias", name(alias), "for", name(collection));
            case Define.CreateIndex(var collection, var field, var name, var parameters) ->
                line(
                        "create index",
                        name.isEmpty() ? "" : name(name),
                        "on",
                        name(collection),
                        "(" + name(field) + ")",
                        settings("with", parameters));
            case Define.DropIndex(var collection, var name) -> line("drop index", name(name), "on", name(collection));
            case Define.AlterIndex(var collection, var name, var set, var unset) ->
                line("alter index", name(name), "on", name(collection), change(set, unset));
        };
    }

    private String createCollection(Define.CreateCollection create) {
        return line(
                "create collection",
                name(create.name()),
                create.fields().stream()
                        .filter(field -> create.structs().stream().noneMatch(struct -> struct.owns(field)))
                        .map(this::field)
                        .collect(joining(", ", "(", ")")),
                create.functions().isEmpty()
                        ? ""
                        : create.functions().stream().map(this::function).collect(joining(", ", "functions (", ")")),
                create.structs().isEmpty()
                        ? ""
                        : create.structs().stream()
                                .map(struct -> struct(struct, create.fields()))
                                .collect(joining(", ", "structs (", ")")),
                flag("dynamic", create.dynamic()),
                "shards " + create.shards(),
                create.partitionCount() == 0 ? "" : "partitions " + create.partitionCount(),
                "consistency " + words(create.consistency()),
                create.external().map(this::external).orElse(""),
                settings("with", create.properties()),
                described(create.description()));
    }

    /// What says how files are read may hold keys.
    private String external(External external) {
        return line("external", from(external.source(), external.spec()), settings("columns", external.columns()));
    }

    private String from(String source, String spec) {
        return line(
                source.isEmpty() ? "" : "from " + Quoted.write(source),
                spec.isEmpty() ? "" : "read by " + secret(spec));
    }

    private String function(Function function) {
        return line(
                name(function.name()),
                words(function.kind()),
                "of",
                listed(function.inputs()),
                "into",
                listed(function.outputs()),
                settings("with", function.parameters()),
                described(function.description()));
    }

    private String struct(Struct struct, List<Field> fields) {
        return line(
                name(struct.name()),
                fields.stream()
                        .filter(struct::owns)
                        .map(field -> field(field.withName(struct.subOf(field.name()))))
                        .collect(joining(", ", "(", ")")),
                flag("nullable", struct.nullable()),
                settings("with", struct.parameters()),
                described(struct.description()));
    }

    private String field(Field field) {
        String traits = field.traits().stream()
                .sorted(Comparator.naturalOrder())
                .map(Clauses::words)
                .collect(joining(" "));
        return line(
                name(field.name()),
                type(field.type()),
                traits,
                field.defaultValue().map(value -> "default " + value(value)).orElse(""),
                settings("with", field.parameters()),
                described(field.description()));
    }

    private String type(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> words(primitive);
            case FieldType.Varchar(var maxBytes) -> "varchar(" + maxBytes + ")";
            case FieldType.Text(var maxBytes) ->
                maxBytes == FieldType.Text.MOST_BYTES ? "text" : "text(" + maxBytes + ")";
            case FieldType.Geometry _ -> "geometry";
            case FieldType.Json _ -> "json";
            case FieldType.Array(var element, var maxElements) -> "array(" + type(element) + ", " + maxElements + ")";
            case FieldType.Vector(var vector, var dimension) ->
                vector.isDense() ? "vector(" + words(vector) + ", " + dimension + ")" : "vector(" + words(vector) + ")";
        };
    }

    private String operate(Operate<?> operate) {
        return switch (operate) {
            case Operate.Load load ->
                line(
                        "load",
                        name(load.collection()),
                        names("partitions", load.partitions()),
                        load.replicas() == 1 ? "" : "replicas " + load.replicas(),
                        names("fields", load.fields()),
                        flag("without dynamic", load.withoutDynamic()),
                        flag("refresh", load.refresh()),
                        names("on", load.resourceGroups()));
            case Operate.Release(var collection, var partitions) ->
                line("release", name(collection), names("partitions", partitions));
            case Operate.Flush(var collections) -> line("flush", collections.isEmpty() ? "all" : listed(collections));
            case Operate.Compact(var collection, var major, var partitions, var shards, var segments) ->
                line(
                        "compact",
                        name(collection),
                        numbers("partitions", partitions),
                        numbers("shards", shards),
                        numbers("segments", segments),
                        flag("major", major));
            case Operate.CreateResourceGroup(var name, var config) ->
                line("create resource group", name(name), nodes(config));
            case Operate.AlterResourceGroups(var groups) ->
                "alter resource groups "
                        + groups.entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(each -> line(name(each.getKey()), nodes(each.getValue())))
                                .collect(joining(", "));
            case Operate.DropResourceGroup(var name) -> line("drop resource group", name(name));
            case Operate.AddFileResource(var name, var path) ->
                line("add file resource", name(name), "at", Quoted.write(path));
            case Operate.RemoveFileResource(var name) -> line("remove file resource", name(name));
            case Operate.PlanReplication(var self, var plan, var promote) ->
                line(
                        "plan replication as",
                        name(self),
                        "among",
                        cut(plan.clusters().size(), i -> cluster(plan.clusters().get(i))),
                        plan.ways().isEmpty()
                                ? ""
                                : "following "
                                        + cut(
                                                plan.ways().size(),
                                                i -> line(
                                                        name(plan.ways().get(i).source()),
                                                        "to",
                                                        name(plan.ways().get(i).target()))),
                        flag("promote", promote));
            case Operate.TransferNodes(var source, var target, var nodes) ->
                line("transfer", nodes + " nodes from", name(source), "to", name(target));
            case Operate.TransferReplicas(var source, var target, var collection, var replicas) ->
                line("transfer", replicas + " replicas of", name(collection), "from", name(source), "to", name(target));
            case Operate.Import(var collection, var partition, var files, var options) ->
                line(
                        "import",
                        cut(
                                files.size(),
                                group -> cut(
                                        files.get(group).size(),
                                        file -> Quoted.write(files.get(group).get(file)))),
                        "into",
                        name(collection),
                        partition.map(name -> "partition " + name(name)).orElse(""),
                        settings("with", options));
            case Operate.RefreshExternal(var collection, var source, var spec) ->
                line("refresh", name(collection), from(source, spec));
            case Operate.RestoreSnapshot(var collection, var snapshot, var newName, var database) ->
                line(
                        "restore snapshot",
                        name(snapshot),
                        "of",
                        name(collection),
                        "as",
                        name(newName),
                        database.map(other -> "in database " + name(other)).orElse(""));
            case Operate.PinSnapshot(var collection, var snapshot, var seconds) ->
                line(
                        "pin snapshot",
                        name(snapshot),
                        "of",
                        name(collection),
                        seconds == 0 ? "" : "for " + seconds + " seconds");
            case Operate.UnpinSnapshot(var pin) -> "unpin snapshot " + pin;
            case Operate.CommitImport(var job) -> "commit import " + job;
            case Operate.AbortImport(var job) -> "abort import " + job;
        };
    }

    private String nodes(Operate.GroupConfig config) {
        return line(
                "nodes " + config.requests() + " to " + config.limits(),
                names("taking from", config.transferFrom()),
                names("giving to", config.transferTo()),
                settings("labelled", config.nodeLabels()));
    }

    private String cluster(ReplicationPlan.Cluster cluster) {
        return line(name(cluster.id()), "at", Quoted.write(cluster.uri()), "over", listed(cluster.channels()));
    }

    private String watch(Watch<?> watch) {
        return switch (watch) {
            case Watch.DescribeCollection(var name, var id) ->
                line("describe collection", name.isEmpty() ? "#" + id : name(name));
            case Watch.DescribeSchema(var name) -> line("describe schema of", name(name));
            case Watch.ListCollections _ -> "show collections";
            case Watch.ListPartitions(var collection) -> line("show partitions of", name(collection));
            case Watch.ListDatabases _ -> "show databases";
            case Watch.DescribeDatabase(var name) -> line("describe database", name(name));
            case Watch.ListAliases(var collection) -> line("show aliases", ofNamed(collection));
            case Watch.DescribeAlias(var alias) -> line("describe alias", name(alias));
            case Watch.DescribeIndexes(var collection, var index) ->
                line("show indexes of", name(collection), index.map(this::name).orElse(""));
            case Watch.Statistics(var collection, var partition) ->
                line(
                        "show statistics of",
                        name(collection),
                        partition.map(name -> "partition " + name(name)).orElse(""));
            case Watch.LoadState(var collection, var partitions) ->
                line("show load of", name(collection), names("partitions", partitions));
            case Watch.Analyze analyze -> analyze(analyze);
            case Watch.Highlight highlight ->
                line(
                        "highlight",
                        whole
                                ? highlight.texts().stream()
                                        .map(looked -> Quoted.write(looked.text()) + " for " + texts(looked.queries()))
                                        .collect(joining(", ", "(", ")"))
                                : times(highlight.texts().size()),
                        "as " + name(highlight.field()) + " of " + name(highlight.collection()),
                        highlight.analyzer().isEmpty() ? "" : "by " + name(highlight.analyzer()),
                        marks(highlight.marks()));
            case Watch.PhraseSlops slops ->
                line(
                        "show slops of",
                        Quoted.write(slops.phrase()),
                        "with " + Quoted.write(slops.parameters()),
                        whole ? "in " + texts(slops.texts()) : "");
            case Watch.FlushState(var collection, var segments, var timestamp) ->
                line(
                        "show flush",
                        ofNamed(collection),
                        segments.isEmpty()
                                ? ""
                                : "segments "
                                        + cut(
                                                segments.size(),
                                                i -> segments.get(i).toString()),
                        timestamp == 0 ? "" : "until " + timestamp);
            case Watch.Segments(var collection) ->
                line("show segments", collection.isEmpty() ? "" : "of " + name(collection));
            case Watch.JobState(var job) -> "show job " + job;
            case Watch.ListJobs _ -> "show jobs";
            case Watch.ImportState(var job) -> "show import " + job;
            case Watch.RefreshState(var job) -> "show refresh " + job;
            case Watch.ListRefreshes(var collection) -> line("show refreshes", ofNamed(collection));
            case Watch.ListImports(var collection) -> line("show imports", ofNamed(collection));
            case Watch.ListSnapshots(var collection) -> line("show snapshots of", name(collection));
            case Watch.DescribeSnapshot(var collection, var name) ->
                line("describe snapshot", name(name), "of", name(collection));
            case Watch.RestoreState(var job) -> "show restore " + job;
            case Watch.ListRestores(var collection) -> line("show restores", ofNamed(collection));
            case Watch.Health _ -> "show health";
            case Watch.Timestamp _ -> "show timestamp";
            case Watch.Resources _ -> "show resources";
            case Watch.Quotas _ -> "show quotas";
            case Watch.Enter _ -> "enter";
            case Watch.HasPartition(var collection, var partition) ->
                line("has", name(collection), "partition", name(partition));
            case Watch.Replicas(var name, var id) -> line("show replicas of", name.isEmpty() ? "#" + id : name(name));
            case Watch.ListResourceGroups _ -> "show resource groups";
            case Watch.ListFileResources _ -> "show file resources";
            case Watch.ShowReplication _ -> "show replication";
            case Watch.DescribeResourceGroup(var name) -> line("describe resource group", name(name));
        };
    }

    private String analyze(Watch.Analyze analyze) {
        return line(
                "analyze",
                whole ? texts(analyze.texts()) : times(analyze.texts().size()),
                analyze.collection().isEmpty() || whole ? "with " + Quoted.write(analyze.parameters()) : "",
                analyze.collection().isEmpty() && analyze.field().isEmpty()
                        ? ""
                        : "as " + name(analyze.field()) + " of " + name(analyze.collection()),
                names("by", analyze.analyzers()));
    }

    private String marks(Watch.Marks marks) {
        if (marks.equals(Watch.Marks.USUAL)) return "";
        return line(
                "size " + marks.size(),
                "most " + marks.most(),
                "before " + marks.before(),
                "pre " + texts(marks.pre()),
                "post " + texts(marks.post()));
    }

    private static String times(int texts) {
        return texts + (texts == 1 ? " text" : " texts");
    }
}
