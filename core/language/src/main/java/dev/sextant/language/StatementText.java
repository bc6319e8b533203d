package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Access;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Writes statements: a verb, its object, then clauses in a fixed order, each left out when it says nothing. One
/// complete switch for each
/// family.
final class StatementText {
    private static final int MOST_NAMES = 16;
    private static final String SECRET = "***";
    private static final List<String> SECRET_WORDS =
            List.of("password", "secret", "token", "credential", "api_key", "apikey");

    private StatementText() {}

    static String of(Statement<?> statement) {
        return switch (statement) {
            case Read<?> read -> read(read);
            case Write write -> write(write);
            case Define define -> define(define);
            case Operate<?> operate -> operate(operate);
            case Watch<?> watch -> watch(watch);
            case Access<?> access -> access(access);
        };
    }

    private static String read(Read<?> read) {
        return switch (read) {
            case Read.Search search -> search(search);
            case Read.HybridSearch search -> hybridSearch(search);
            case Read.Query query ->
                line(
                        "query",
                        name(query.collection()),
                        names("partitions", query.partitions()),
                        where(query.filter()),
                        limit(query.limit(), query.offset()),
                        names("return", query.outputs()),
                        flag("sealed only", query.sealedOnly()));
            case Read.Count count ->
                line(
                        "count",
                        name(count.collection()),
                        names("partitions", count.partitions()),
                        where(count.filter()),
                        flag("sealed only", count.sealedOnly()));
            case Read.Explain explain -> line("explain", flag("analyze", explain.analyze()), read(explain.read()));
        };
    }

    private static String search(Read.Search search) {
        return line(
                "search",
                name(search.collection()),
                names("partitions", search.partitions()),
                near(search.near()),
                limit(OptionalInt.of(search.limit()), search.offset()),
                where(search.filter()),
                grouping(search.grouping()),
                search.after()
                        .map(after -> "after (" + after.score() + ", " + value(after.key()) + ")")
                        .orElse(""),
                names("return", search.outputs()),
                round(search.roundDecimal()),
                flag("sealed only", search.sealedOnly()));
    }

    private static String hybridSearch(Read.HybridSearch search) {
        String parts = search.parts().stream()
                .map(part -> line(near(part.near()), limit(OptionalInt.of(part.limit()), 0), where(part.filter())))
                .collect(joining("; ", "(", ")"));
        return line(
                "search",
                name(search.collection()),
                names("partitions", search.partitions()),
                parts,
                fusion(search.fusion()),
                limit(OptionalInt.of(search.limit()), search.offset()),
                grouping(search.grouping()),
                names("return", search.outputs()),
                round(search.roundDecimal()));
    }

    private static String near(Read.Near near) {
        return line(
                "near",
                near.field().isEmpty() ? "" : name(near.field()),
                target(near.target()),
                near.metric().map(metric -> "by " + metric).orElse(""),
                settings("with", near.parameters()),
                near.radius().isPresent() ? "radius " + near.radius().getAsDouble() : "",
                near.rangeFilter().isPresent()
                        ? "range filter " + near.rangeFilter().getAsDouble()
                        : "");
    }

    private static String target(Read.Target target) {
        return switch (target) {
            case Read.Target.Vectors(var queries) -> vectors(queries);
            case Read.Target.Keys(var keys) -> "keys " + keys(keys);
        };
    }

    private static String vectors(Column column) {
        return switch (column) {
            case Column.Dense dense ->
                "[" + dense.dimension() + " " + components(dense.type()) + times(dense.rows()) + "]";
            case Column.Sparse sparse -> "[sparse" + times(sparse.rows()) + "]";
            case Column.Texts texts -> "[text" + times(texts.rows()) + "]";
            case Column.Bools _,
                    Column.Ints _,
                    Column.Longs _,
                    Column.Floats _,
                    Column.Doubles _,
                    Column.Jsons _,
                    Column.Lists _ -> "[" + column.rows() + " rows]";
        };
    }

    private static String times(int rows) {
        return rows == 1 ? "" : " x " + rows;
    }

    private static String components(VectorType type) {
        return switch (type) {
            case FLOAT32 -> "floats";
            case FLOAT16 -> "float16";
            case BFLOAT16 -> "bfloat16";
            case INT8 -> "int8";
            case BINARY -> "bits";
            case SPARSE -> "cells";
        };
    }

    private static String keys(Column column) {
        return switch (column) {
            case Column.Longs(var values, _) -> cut(values.length, row -> Long.toString(values[row]));
            case Column.Texts(var values, _) -> cut(values.count(), row -> value(Value.of(values.text(row))));
            case Column.Bools _, Column.Ints _, Column.Floats _, Column.Doubles _, Column.Jsons _, Column.Lists _ ->
                "(" + column.rows() + " keys)";
            case Column.Dense _, Column.Sparse _ -> "(" + column.rows() + " keys)";
        };
    }

    private static String fusion(Read.Fusion fusion) {
        return switch (fusion) {
            case Read.Fusion.ReciprocalRank(var k) -> "fused by rank " + k;
            case Read.Fusion.Weighted(var weights, var normalised) ->
                line(
                        "fused by weights "
                                + cut(weights.size(), i -> weights.get(i).toString()),
                        flag("normalised", normalised));
        };
    }

    private static String grouping(Optional<Read.Grouping> grouping) {
        return grouping.map(by -> line("group by", name(by.field()), "size " + by.size(), flag("strict", by.strict())))
                .orElse("");
    }

    private static String where(Optional<Filter> filter) {
        return filter.map(StatementText::where).orElse("");
    }

    private static String where(Filter filter) {
        String values = new TreeMap<>(filter.values())
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + value(entry.getValue()))
                        .collect(joining(", ", "given {", "}"));
        return line(
                "where", ExpressionText.brief(filter.root()), filter.values().isEmpty() ? "" : values);
    }

    private static String limit(OptionalInt limit, int offset) {
        return line(limit.isPresent() ? "limit " + limit.getAsInt() : "", offset == 0 ? "" : "offset " + offset);
    }

    private static String round(int decimals) {
        return decimals < 0 ? "" : "round " + decimals;
    }

    private static String write(Write write) {
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
                        schema(upsert.schemaTimestamp()));
            case Write.Delete delete -> line("delete from", into, where(delete.filter()));
            case Write.DeleteKeys delete -> line("delete from", into, "keys", keys(delete.keys()));
        };
    }

    private static String rows(Rows rows) {
        return rows.count()
                + (rows.count() == 1 ? " row " : " rows ")
                + listed(rows.columns().keySet());
    }

    private static String schema(OptionalLong timestamp) {
        return timestamp.isPresent() ? "at schema " + timestamp.getAsLong() : "";
    }

    private static String define(Define define) {
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
            case Define.AddField(var collection, var field) -> line("add field", field(field), "to", name(collection));
            case Define.TruncateCollection(var name) -> line("truncate collection", name(name));
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

    private static String createCollection(Define.CreateCollection create) {
        return line(
                "create collection",
                name(create.name()),
                create.fields().stream().map(StatementText::field).collect(joining(", ", "(", ")")),
                flag("dynamic", create.dynamic()),
                "shards " + create.shards(),
                create.partitionCount() == 0 ? "" : "partitions " + create.partitionCount(),
                "consistency " + words(create.consistency()),
                settings("with", create.properties()),
                described(create.description()));
    }

    private static String field(Field field) {
        String traits = field.traits().stream()
                .sorted(Comparator.naturalOrder())
                .map(StatementText::words)
                .collect(joining(" "));
        return line(
                name(field.name()),
                type(field.type()),
                traits,
                field.defaultValue().map(value -> "default " + value(value)).orElse(""),
                settings("with", field.parameters()),
                described(field.description()));
    }

    private static String type(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> words(primitive);
            case FieldType.Varchar(var maxBytes) -> "varchar(" + maxBytes + ")";
            case FieldType.Json _ -> "json";
            case FieldType.Array(var element, var maxElements) -> "array(" + type(element) + ", " + maxElements + ")";
            case FieldType.Vector(var vector, var dimension) ->
                vector.isDense() ? "vector(" + words(vector) + ", " + dimension + ")" : "vector(" + words(vector) + ")";
        };
    }

    private static String operate(Operate<?> operate) {
        return switch (operate) {
            case Operate.Load load ->
                line(
                        "load",
                        name(load.collection()),
                        names("partitions", load.partitions()),
                        load.replicas() == 1 ? "" : "replicas " + load.replicas(),
                        names("fields", load.fields()),
                        flag("refresh", load.refresh()));
            case Operate.Release(var collection, var partitions) ->
                line("release", name(collection), names("partitions", partitions));
            case Operate.Flush(var collections) -> line("flush", collections.isEmpty() ? "all" : listed(collections));
            case Operate.Compact(var collection, var major) -> line("compact", name(collection), flag("major", major));
        };
    }

    private static String watch(Watch<?> watch) {
        return switch (watch) {
            case Watch.DescribeCollection(var name, var id) ->
                line("describe collection", name.isEmpty() ? "#" + id : name(name));
            case Watch.ListCollections _ -> "show collections";
            case Watch.ListPartitions(var collection) -> line("show partitions of", name(collection));
            case Watch.ListDatabases _ -> "show databases";
            case Watch.DescribeDatabase(var name) -> line("describe database", name(name));
            case Watch.ListAliases(var collection) -> line("show aliases", ofNamed(collection));
            case Watch.DescribeAlias(var alias) -> line("describe alias", name(alias));
            case Watch.DescribeIndexes(var collection, var index) ->
                line(
                        "show indexes of",
                        name(collection),
                        index.map(StatementText::name).orElse(""));
            case Watch.Statistics(var collection, var partition) ->
                line(
                        "show statistics of",
                        name(collection),
                        partition.map(name -> "partition " + name(name)).orElse(""));
            case Watch.LoadState(var collection, var partitions) ->
                line("show load of", name(collection), names("partitions", partitions));
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
            case Watch.Health _ -> "show health";
            case Watch.Timestamp _ -> "show timestamp";
            case Watch.Resources _ -> "show resources";
        };
    }

    private static String access(Access<?> access) {
        return switch (access) {
            case Access.CreateUser(var name, _, var description) ->
                line("create user", name(name), "password", SECRET, described(description));
            case Access.ChangePassword(var name, _, _) -> line("alter user", name(name), "password", SECRET);
            case Access.DropUser(var name) -> line("drop user", name(name));
            case Access.ListUsers _ -> "show users";
        };
    }

    private static String change(Map<String, String> set, Set<String> unset) {
        return line(settings("set", set), names("unset", new TreeSet<>(unset)));
    }

    private static String settings(String word, Map<String, String> settings) {
        if (settings.isEmpty()) return "";
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(entry -> name(entry.getKey()) + ": " + setting(entry.getKey(), entry.getValue()))
                        .collect(joining(", ", word + " {", "}"));
    }

    private static String setting(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains) ? SECRET : value(Value.of(value));
    }

    private static String names(String word, Collection<String> names) {
        return names.isEmpty() ? "" : word + " " + listed(names);
    }

    private static String listed(Collection<String> names) {
        List<String> all = List.copyOf(names);
        return cut(all.size(), i -> name(all.get(i)));
    }

    private static String cut(int count, Function<Integer, String> item) {
        String more = count > MOST_NAMES ? ", ... " + (count - MOST_NAMES) + " more)" : ")";
        return IntStream.range(0, Math.min(count, MOST_NAMES)).boxed().map(item).collect(joining(", ", "(", more));
    }

    private static String ofNamed(Optional<String> name) {
        return name.map(given -> "of " + name(given)).orElse("");
    }

    private static String described(String description) {
        return description.isEmpty() ? "" : "described " + value(Value.of(description));
    }

    private static String flag(String words, boolean set) {
        return set ? words : "";
    }

    /// A name stands bare when it is a plain word, else in quotes, so that no name can forge a clause or a line.
    private static String name(String name) {
        return ExpressionText.isPlain(name) || name.equals(Field.DYNAMIC_NAME) || name.equals("*")
                ? name
                : Quoted.write(name);
    }

    private static String value(Value value) {
        return ExpressionText.brief(value);
    }

    private static String words(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String line(String... clauses) {
        return Stream.of(clauses).filter(clause -> !clause.isEmpty()).collect(Collectors.joining(" "));
    }
}
