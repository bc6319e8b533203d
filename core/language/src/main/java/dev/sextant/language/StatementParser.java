package dev.sextant.language;

import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Struct;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads one statement: the verb says which family reads on. What [StatementText] writes is read here in the same
/// order.
final class StatementParser {
    private final Scanner words;

    StatementParser(Scanner words) {
        this.words = words;
    }

    Statement<?> statement() {
        var statement = any();
        words.needEnd();
        return statement;
    }

    private Statement<?> any() {
        var read = new ReadParser(words).take();
        if (read.isPresent()) return read.get();
        var watch = new WatchParser(words).take();
        if (watch.isPresent()) return watch.get();
        var access = new AccessParser(words).take();
        if (access.isPresent()) return access.get();
        var write = write();
        if (write.isPresent()) return write.get();
        var operate = operate();
        if (operate.isPresent()) return operate.get();
        return define().orElseThrow(
                        () -> words.wrong("a statement such as search, query, insert, create collection or show"));
    }

    // ---- writes

    private Optional<Write> write() {
        if (words.take("insert")) {
            var rows = rows();
            words.need("into");
            return Optional.of(new Write.Insert(words.name(), partition(), rows, schema()));
        }
        if (words.take("upsert")) {
            boolean partial = words.take("partial");
            var rows = rows();
            words.need("into");
            var collection = words.name();
            var partition = partition();
            var schema = schema();
            var arrays = new HashMap<String, Write.ArrayChange>();
            words.takeNames("appending").forEach(name -> arrays.put(name, Write.ArrayChange.APPEND));
            words.takeNames("removing").forEach(name -> arrays.put(name, Write.ArrayChange.REMOVE));
            return Optional.of(new Write.Upsert(collection, partition, rows, partial, schema, arrays));
        }
        if (words.take("delete", "from")) {
            var collection = words.name();
            var partition = partition();
            if (words.take("keys"))
                return Optional.of(new Write.DeleteKeys(collection, partition, Columns.read(words)));
            return Optional.of(new Write.Delete(
                    collection, partition, words.takeWhere().orElseThrow(() -> words.wrong("'where' or 'keys'"))));
        }
        return Optional.empty();
    }

    private Rows rows() {
        var rows = Rows.of(words.count());
        words.need("rows");
        words.needSign('{');
        words.until('}', () -> {
            var name = words.name();
            words.needSign(':');
            return rows.with(name, Columns.read(words));
        });
        return rows.build();
    }

    private Optional<String> partition() {
        return words.take("partition") ? Optional.of(words.name()) : Optional.empty();
    }

    private OptionalLong schema() {
        return words.take("at", "schema") ? OptionalLong.of(words.whole()) : OptionalLong.empty();
    }

    // ---- operations

    private Operate.Load load() {
        var collection = words.name();
        var partitions = words.takeNames("partitions");
        int replicas = words.take("replicas") ? words.count() : 1;
        var fields = words.takeNames("fields");
        boolean withoutDynamic = words.take("without", "dynamic");
        return new Operate.Load(
                collection, partitions, replicas, fields, words.take("refresh"), words.takeNames("on"), withoutDynamic);
    }

    private Optional<Operate<?>> operate() {
        if (words.take("load")) return Optional.of(load());
        if (words.take("release")) return Optional.of(new Operate.Release(words.name(), words.takeNames("partitions")));
        if (words.take("flush")) return Optional.of(new Operate.Flush(words.take("all") ? List.of() : words.names()));
        if (words.take("compact")) return Optional.of(compact());
        if (words.take("create", "resource", "group"))
            return Optional.of(new Operate.CreateResourceGroup(words.name(), group()));
        if (words.take("alter", "resource", "groups")) {
            var groups = new HashMap<String, Operate.GroupConfig>();
            while (words.isText() || groups.isEmpty() && !words.isAtEnd()) {
                groups.put(words.name(), group());
                if (!words.takeSign(',')) break;
            }
            return Optional.of(new Operate.AlterResourceGroups(Map.copyOf(groups)));
        }
        if (words.take("drop", "resource", "group")) return Optional.of(new Operate.DropResourceGroup(words.name()));
        if (words.take("add", "file", "resource")) {
            var name = words.name();
            words.need("at");
            return Optional.of(new Operate.AddFileResource(name, words.text()));
        }
        if (words.take("remove", "file", "resource")) return Optional.of(new Operate.RemoveFileResource(words.name()));
        if (words.take("plan", "replication", "as")) return Optional.of(replication());
        if (words.take("transfer")) return Optional.of(transfer());
        if (words.take("import")) return Optional.of(imported());
        if (words.take("refresh")) return Optional.of(new Operate.RefreshExternal(words.name(), source(), spec()));
        if (words.take("restore", "snapshot")) {
            var snapshot = words.name();
            words.need("of");
            var collection = words.name();
            words.need("as");
            return Optional.of(new Operate.RestoreSnapshot(collection, snapshot, words.name(), inDatabase()));
        }
        if (words.take("pin", "snapshot")) {
            var snapshot = words.name();
            words.need("of");
            return Optional.of(new Operate.PinSnapshot(words.name(), snapshot, seconds("for")));
        }
        if (words.take("unpin", "snapshot")) return Optional.of(new Operate.UnpinSnapshot(words.whole()));
        if (words.take("commit", "import")) return Optional.of(new Operate.CommitImport(words.whole()));
        if (words.take("abort", "import")) return Optional.of(new Operate.AbortImport(words.whole()));
        return Optional.empty();
    }

    private Operate<?> replication() {
        var self = words.name();
        words.need("among");
        var clusters = words.listed(() -> {
            var id = words.name();
            words.need("at");
            var uri = words.text();
            words.need("over");
            return new ReplicationPlan.Cluster(id, uri, words.names());
        });
        List<ReplicationPlan.Way> ways = words.take("following") ? words.listed(this::way) : List.of();
        return new Operate.PlanReplication(self, new ReplicationPlan(clusters, ways), words.take("promote"));
    }

    private ReplicationPlan.Way way() {
        var source = words.name();
        words.need("to");
        return new ReplicationPlan.Way(source, words.name());
    }

    private Operate<?> transfer() {
        long number = words.whole();
        if (words.take("nodes", "from")) {
            var source = words.name();
            words.need("to");
            if (number != (int) number) throw words.wrong("fewer nodes before this");
            return new Operate.TransferNodes(source, words.name(), (int) number);
        }
        words.need("replicas", "of");
        var collection = words.name();
        words.need("from");
        var source = words.name();
        words.need("to");
        return new Operate.TransferReplicas(source, words.name(), collection, number);
    }

    private Operate<?> compact() {
        var collection = words.name();
        List<Long> partitions = words.take("partitions") ? words.listed(words::whole) : List.of();
        List<Integer> shards = words.take("shards") ? words.listed(words::count) : List.of();
        List<Long> segments = words.take("segments") ? words.listed(words::whole) : List.of();
        return new Operate.Compact(collection, words.take("major"), partitions, shards, segments);
    }

    private String source() {
        return words.take("from") ? words.text() : "";
    }

    private String spec() {
        return words.take("read", "by") ? words.text() : "";
    }

    private Operate<?> imported() {
        var files = words.listed(() -> words.listed(words::text));
        words.need("into");
        return new Operate.Import(words.name(), partition(), files, words.settings("with"));
    }

    private Operate.GroupConfig group() {
        words.need("nodes");
        int fewest = words.count();
        words.need("to");
        return new Operate.GroupConfig(
                fewest,
                words.count(),
                words.takeNames("taking", "from"),
                words.takeNames("giving", "to"),
                words.settings("labelled"));
    }

    private long seconds(String... before) {
        if (!words.take(before)) return 0;
        long seconds = words.whole();
        words.need("seconds");
        return seconds;
    }

    private Optional<String> inDatabase() {
        return words.take("in", "database") ? Optional.of(words.name()) : Optional.empty();
    }

    // ---- definitions

    private Optional<Define> define() {
        if (words.take("create", "database"))
            return Optional.of(new Define.CreateDatabase(words.name(), words.settings("with")));
        if (words.take("drop", "database")) return Optional.of(new Define.DropDatabase(words.name()));
        if (words.take("alter", "database")) return Optional.of(new Define.AlterDatabase(words.name(), set(), unset()));
        if (words.take("create", "collection")) return Optional.of(collection());
        if (words.take("drop", "collection")) return Optional.of(new Define.DropCollection(words.name()));
        if (words.take("rename", "collection")) {
            var name = words.name();
            words.need("to");
            return Optional.of(new Define.RenameCollection(name, words.name(), inDatabase()));
        }
        if (words.take("alter", "collection"))
            return Optional.of(new Define.AlterCollection(words.name(), set(), unset()));
        if (words.take("truncate", "collection")) return Optional.of(new Define.TruncateCollection(words.name()));
        if (words.take("create", "snapshot")) {
            var name = words.name();
            words.need("of");
            var collection = words.name();
            long seconds = seconds("protected", "for");
            return Optional.of(new Define.CreateSnapshot(collection, name, words.described(), seconds));
        }
        return fields().or(this::functions).or(this::parts).or(this::indexes);
    }

    private Optional<Define> fields() {
        if (words.take("alter", "field")) {
            var field = words.name();
            words.need("of");
            return Optional.of(new Define.AlterField(words.name(), field, set(), unset()));
        }
        if (words.take("add", "field")) {
            var field = field();
            if (words.take("by")) {
                var function = function();
                words.need("to");
                var collection = words.name();
                words.need("indexed");
                var index = words.take("as") ? words.name() : "";
                return Optional.of(
                        new Define.AddFunctionField(collection, field, function, index, words.settings("with")));
            }
            words.need("to");
            var collection = words.name();
            var column = words.take("from", "column") ? Optional.of(words.text()) : Optional.<String>empty();
            return Optional.of(new Define.AddField(collection, field, column));
        }
        if (words.take("add", "struct")) {
            var fields = new ArrayList<Field>();
            var struct = struct(fields);
            words.need("to");
            return Optional.of(new Define.AddStruct(words.name(), struct, fields));
        }
        if (words.take("drop", "field")) {
            boolean numbered = words.takeSign('#');
            int id = numbered ? words.count() : 0;
            var name = numbered ? "" : words.name();
            words.need("of");
            return Optional.of(new Define.DropField(words.name(), name, id));
        }
        return Optional.empty();
    }

    private Optional<Define> functions() {
        if (words.take("add", "function")) {
            var function = function();
            words.need("to");
            return Optional.of(new Define.AddFunction(words.name(), function));
        }
        if (words.take("alter", "function")) {
            var name = words.name();
            words.need("of");
            var collection = words.name();
            words.need("to");
            return Optional.of(new Define.AlterFunction(collection, name, function()));
        }
        if (words.take("drop", "function")) {
            var name = words.name();
            boolean fields = words.take("with", "its", "fields");
            words.need("of");
            var collection = words.name();
            return Optional.of(
                    fields
                            ? new Define.DropFunctionFields(collection, name)
                            : new Define.DropFunction(collection, name));
        }
        return Optional.empty();
    }

    private Optional<Define> parts() {
        if (words.take("drop", "snapshot")) return Optional.of(named(Define.DropSnapshot::new));
        if (words.take("create", "partition")) return Optional.of(named(Define.CreatePartition::new));
        if (words.take("drop", "partition")) return Optional.of(named(Define.DropPartition::new));
        if (words.take("create", "alias")) {
            var alias = words.name();
            words.need("for");
            return Optional.of(new Define.CreateAlias(alias, words.name()));
        }
        if (words.take("alter", "alias")) {
            var alias = words.name();
            words.need("for");
            return Optional.of(new Define.AlterAlias(alias, words.name()));
        }
        if (words.take("drop", "alias")) return Optional.of(new Define.DropAlias(words.name()));
        return Optional.empty();
    }

    private interface Named {
        Define of(String collection, String name);
    }

    private Define named(Named kind) {
        var name = words.name();
        words.need("of");
        return kind.of(words.name(), name);
    }

    private Optional<Define> indexes() {
        if (words.take("create", "index")) {
            var name = words.take("on") ? Optional.<String>empty() : Optional.of(words.name());
            if (name.isPresent()) words.need("on");
            var collection = words.name();
            words.needSign('(');
            var field = words.name();
            words.needSign(')');
            return Optional.of(new Define.CreateIndex(collection, field, name.orElse(""), words.settings("with")));
        }
        if (words.take("drop", "index")) {
            var name = words.name();
            words.need("on");
            return Optional.of(new Define.DropIndex(words.name(), name));
        }
        if (words.take("alter", "index")) {
            var name = words.name();
            words.need("on");
            return Optional.of(new Define.AlterIndex(words.name(), name, set(), unset()));
        }
        return Optional.empty();
    }

    private Map<String, String> set() {
        return words.settings("set");
    }

    private Set<String> unset() {
        return Set.copyOf(words.takeNames("unset"));
    }

    private Define collection() {
        var name = words.name();
        var fields = new ArrayList<>(words.listed(this::field));
        List<Function> functions = words.take("functions") ? words.listed(this::function) : List.of();
        List<Struct> structs = words.take("structs") ? words.listed(() -> struct(fields)) : List.of();
        boolean dynamic = words.take("dynamic");
        int shards = words.take("shards") ? words.count() : 1;
        int partitions = words.take("partitions") ? words.count() : 0;
        var consistency = words.take("consistency") ? words.needOf(ConsistencyLevel.class) : ConsistencyLevel.BOUNDED;
        var external = words.take("external")
                ? Optional.of(new External(source(), spec(), words.settings("columns")))
                : Optional.<External>empty();
        var properties = words.settings("with");
        return new Define.CreateCollection(
                name,
                words.described(),
                fields,
                functions,
                structs,
                dynamic,
                shards,
                partitions,
                consistency,
                properties,
                external);
    }

    private Function function() {
        var name = words.name();
        var kind = words.needOf(Function.Kind.class);
        words.need("of");
        var inputs = words.names();
        words.need("into");
        var outputs = words.names();
        var parameters = words.settings("with");
        return new Function(0, name, words.described(), kind, inputs, outputs, parameters);
    }

    /// @param fields of the collection, to which its own are added
    private Struct struct(List<Field> fields) {
        var name = words.name();
        var subs = words.listed(this::field);
        boolean nullable = words.take("nullable");
        var parameters = words.settings("with");
        var struct = new Struct(0, name, words.described(), nullable, parameters);
        subs.forEach(sub -> fields.add(sub.withName(struct.nameOf(sub.name()))));
        return struct;
    }

    private Field field() {
        var name = words.name();
        var type = type();
        var traits = EnumSet.noneOf(Field.Trait.class);
        for (var trait = words.takeOf(Field.Trait.class); trait.isPresent(); trait = words.takeOf(Field.Trait.class))
            traits.add(trait.get());
        var usual = words.take("default") ? Optional.of(words.value()) : Optional.<dev.sextant.model.Value>empty();
        var parameters = words.settings("with");
        return new Field(0, name, words.described(), type, traits, usual, parameters);
    }

    private FieldType type() {
        return words.nested(() -> {
            if (words.take("varchar")) return new FieldType.Varchar(inBrackets());
            if (words.take("text"))
                return new FieldType.Text(words.takeSign('(') ? closed(words.count()) : FieldType.Text.MOST_BYTES);
            if (words.take("geometry")) return new FieldType.Geometry();
            if (words.take("json")) return new FieldType.Json();
            if (words.take("array")) {
                words.needSign('(');
                var element = type();
                words.needSign(',');
                return new FieldType.Array(element, closed(words.count()));
            }
            if (words.take("vector")) {
                words.needSign('(');
                var kind = words.needOf(VectorType.class);
                return new FieldType.Vector(kind, closed(words.takeSign(',') ? words.count() : 0));
            }
            return words.needOf(FieldType.Primitive.class);
        });
    }

    private int inBrackets() {
        words.needSign('(');
        return closed(words.count());
    }

    private int closed(int number) {
        words.needSign(')');
        return number;
    }
}
