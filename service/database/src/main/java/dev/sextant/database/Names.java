package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Names: what may be one, and what one stands for.
final class Names {
    /// Words of the filter language, and names that every collection has already.
    private static final Set<String> KEYWORDS = Set.of(
            "$meta",
            "like",
            "exists",
            "and",
            "or",
            "not",
            "in",
            "true",
            "false",
            "True",
            "False",
            "TRUE",
            "FALSE",
            "EXISTS",
            "json_contains",
            "json_contains_all",
            "json_contains_any",
            "JSON_CONTAINS",
            "JSON_CONTAINS_ALL",
            "JSON_CONTAINS_ANY",
            "array_contains",
            "array_contains_all",
            "array_contains_any",
            "array_length",
            "ARRAY_CONTAINS",
            "ARRAY_CONTAINS_ALL",
            "ARRAY_CONTAINS_ANY",
            "ARRAY_LENGTH",
            "text_match",
            "phrase_match",
            "random_sample",
            "TEXT_MATCH",
            "PHRASE_MATCH",
            "RANDOM_SAMPLE");
    private static final Set<String> RESERVED =
            Set.of("RowID", "Timestamp", "__virtual_pk__", "$meta", "$namespace_id");

    private Names() {}

    // ---- what a name stands for

    static Database database(Catalog catalog, Call call) {
        return database(catalog, call.database());
    }

    static Database database(Catalog catalog, String name) {
        var wanted = name.isEmpty() ? Call.DEFAULT_DATABASE : name;
        return catalog.database(wanted).orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.DATABASE, wanted, "")));
    }

    /// By name or alias.
    static Collection collection(Catalog catalog, Call call, String name) {
        var database = database(catalog, call);
        return catalog.resolve(database.id(), name.strip())
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.COLLECTION, name, database.name())));
    }

    static Partition partition(Collection collection, String name) {
        return collection
                .partition(name.strip())
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.PARTITION, name, collection.name())));
    }

    static Set<Long> partitions(Collection collection, List<String> names) {
        var ids = new LinkedHashSet<Long>();
        for (var name : names) ids.add(partition(collection, name).id());
        return ids;
    }

    // ---- what may be a name

    static void checkCollection(String name, int maxLength) {
        check(Kind.COLLECTION, name.strip(), maxLength, "a collection name");
    }

    static void checkAlias(String name, int maxLength) {
        check(Kind.ALIAS, name.strip(), maxLength, "a collection alias");
    }

    static void checkDatabase(String name, int maxLength) {
        check(Kind.DATABASE, name, maxLength, "a database name");
    }

    static void checkField(String name, int maxLength) {
        check(Kind.FIELD, name, maxLength, "a field name");
        if (KEYWORDS.contains(name)) throw refused(Kind.FIELD, name, name + " is keyword in milvus.");
    }

    static void checkNotReserved(String fieldName) {
        if (RESERVED.contains(fieldName)) throw refused(Kind.FIELD, fieldName, "the name is reserved by the system");
    }

    static void checkIndex(String name, int maxLength) {
        if (name.isEmpty()) throw refused(Kind.INDEX, name, "the name of an index must not be empty");
        if (name.length() > maxLength)
            throw refused(
                    Kind.INDEX, name, "the length of an index name must be less than " + maxLength + " characters");
        if (!startsWell(name.charAt(0)))
            throw refused(Kind.INDEX, name, "the first character of an index name must be an underscore or letter");
        if (!name.chars().allMatch(c -> startsWell(c) || isDigit(c) || c == '[' || c == ']'))
            throw refused(Kind.INDEX, name, "an index name can only contain numbers, letters and underscores");
    }

    /// A partition may begin with a digit and hold a hyphen.
    static void checkPartition(String given, int maxLength) {
        var name = given.strip();
        if (name.isEmpty()) throw refused(Kind.PARTITION, given, "partition name should not be empty");
        if (name.length() > maxLength)
            throw refused(
                    Kind.PARTITION,
                    given,
                    "the length of a partition name must be less than " + maxLength + " characters");
        if (!startsWell(name.charAt(0)) && !isDigit(name.charAt(0)))
            throw refused(
                    Kind.PARTITION, given, "the first character of a partition name must be an underscore or letter");
        if (!name.chars().allMatch(c -> startsWell(c) || isDigit(c) || c == '-'))
            throw refused(Kind.PARTITION, given, "a partition name can only contain numbers, letters and underscores");
    }

    static void checkUser(String name) {
        var fits = !name.isEmpty()
                && name.length() <= 32
                && isLetter(name.charAt(0))
                && name.chars().allMatch(c -> isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.');
        if (!fits)
            throw refused(
                    Kind.USER,
                    name,
                    "a user name begins with a letter, holds letters, digits, '_', '-' and '.', and is 1 to 32 characters long");
    }

    /// A role's name may hold a `$`.
    static void checkRole(String name, int maxLength) {
        check(Kind.ROLE, name.replace('$', '_'), name, maxLength, "a role name");
    }

    /// A snapshot's name may hold a `$`, but not begin with it.
    static void checkSnapshot(String name, int maxLength) {
        check(Kind.SNAPSHOT, name.replace('$', '_'), name, maxLength, "a snapshot name");
    }

    static void checkPrivilegeGroup(String name, int maxLength) {
        check(Kind.PRIVILEGE_GROUP, name, maxLength, "a privilege group name");
    }

    static void checkResourceGroup(String name, int maxLength) {
        check(Kind.RESOURCE_GROUP, name, maxLength, "a resource group name");
    }

    private static void check(Kind kind, String name, int maxLength, String called) {
        check(kind, name, name, maxLength, called);
    }

    private static void check(Kind kind, String name, String given, int maxLength, String called) {
        if (name.isEmpty()) throw refused(kind, given, called.substring(2) + " should not be empty");
        if (name.length() > maxLength)
            throw refused(kind, given, "the length of " + called + " must be less than " + maxLength + " characters");
        if (!startsWell(name.charAt(0)) || given.charAt(0) != name.charAt(0))
            throw refused(kind, given, "the first character of " + called + " must be an underscore or letter");
        if (!name.chars().allMatch(c -> startsWell(c) || isDigit(c)))
            throw refused(kind, given, called.substring(2) + " can only contain numbers, letters and underscores");
    }

    private static Refused refused(Kind kind, String name, String rule) {
        return new Refused(new Refusal.InvalidName(kind, name, rule));
    }

    private static boolean startsWell(int c) {
        return isLetter(c) || c == '_';
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /// `true`, `True` and `TRUE` are one word to every client.
    static boolean isTrue(String text) {
        return text.toLowerCase(Locale.ROOT).equals("true");
    }

    static boolean isBoolean(String text) {
        var word = text.toLowerCase(Locale.ROOT);
        return word.equals("true") || word.equals("false");
    }
}
