package dev.sextant.torture.hostile;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// What clients put into requests: names that exist, names that cannot, parameters, conditions, JSON. The generator
/// draws from here, so that most of what it makes gets far enough to do harm.
final class Words {
    /// Of these the besieged has the first; the rest come and go.
    static final List<String> COLLECTIONS =
            List.of("target", "words", "shapes", "grown", "made", "forms", "tales", "other", "sacrifice", "kinds");

    private static final List<String> FIELDS = List.of(
            "id",
            "v",
            "h",
            "b",
            "bin",
            "sp",
            "i8",
            "name",
            "text",
            "n",
            "d",
            "json",
            "tags",
            "flag",
            "$meta",
            "score",
            "body",
            "sparse",
            "at",
            "place",
            "kind",
            "clips",
            "clips[n]",
            "words",
            "json[\"a\"]",
            "*",
            "%",
            "count(*)",
            "embeddings",
            "clips[v]",
            "distance");

    private static final List<String> KEYS = List.of(
            "dim",
            "max_length",
            "max_capacity",
            "index_type",
            "metric_type",
            "params",
            "nlist",
            "nprobe",
            "M",
            "efConstruction",
            "ef",
            "m",
            "nbits",
            "topk",
            "limit",
            "offset",
            "radius",
            "range_filter",
            "round_decimal",
            "group_by_field",
            "group_size",
            "strict_group_size",
            "anns_field",
            "mmap.enabled",
            "collection.ttl.seconds",
            "ttl_field",
            "partitionkey.isolation",
            "analyzer_params",
            "multi_analyzer_params",
            "analyzer_name",
            "enable_analyzer",
            "enable_match",
            "search_iter_v2",
            "search_iter_batch_size",
            "search_iter_id",
            "search_iter_last_bound",
            "iterator",
            "collection_id",
            "reduce_stop_for_best",
            "strategy",
            "k",
            "weights",
            "norm_score",
            "reranker",
            "function",
            "origin",
            "scale",
            "decay",
            "weight",
            "filter",
            "drop_ratio_search",
            "drop_ratio_build",
            "inverted_index_algo",
            "bm25_k1",
            "bm25_b",
            "json_path",
            "json_cast_type",
            "json_cast_function",
            "json_type",
            "min_gram",
            "max_gram",
            "bitmap_cardinality_limit",
            "refine",
            "refine_type",
            "refine_k",
            "order_by_fields",
            "group_by_fields",
            "timezone",
            "time_fields",
            "hints",
            "provider",
            "model_name",
            "num_hashes",
            "shingle_size",
            "timeout",
            "backup",
            "start_ts",
            "skip_disk_quota_check",
            "sep",
            "nullkey",
            "replica.number",
            "database.max.collections",
            "database.diskQuota.mb",
            "database.force.deny.writing",
            "allow_insert_auto_id",
            "namespace.enabled",
            "consistency_level",
            "timezone",
            "dynamicfield.enabled",
            "collection.autocompaction.enabled",
            "bucket_size",
            "random_score",
            "boost_mode",
            "function_mode",
            "score_mode",
            "nulls_first",
            "queries",
            "warmup");

    /// What belongs together: a key with a value that it takes.
    private static final List<Map.Entry<String, String>> PAIRS = List.of(
            Map.entry("index_type", "HNSW"),
            Map.entry("index_type", "IVF_PQ"),
            Map.entry("index_type", "DISKANN"),
            Map.entry("index_type", "INVERTED"),
            Map.entry("metric_type", "COSINE"),
            Map.entry("params", "{\"M\":4,\"efConstruction\":16,\"ef\":9,\"nlist\":3,\"nprobe\":2}"),
            Map.entry("params", "{\"radius\":100,\"range_filter\":0}"),
            Map.entry("params", "{\"hints\":\"iterative_filter\",\"ignore_growing\":true}"),
            Map.entry("limit", "3"),
            Map.entry("topk", "3"),
            Map.entry("offset", "2"),
            Map.entry("round_decimal", "2"),
            Map.entry("group_by_field", "n"),
            Map.entry("group_by_fields", "n,flag"),
            Map.entry("group_by_field", "json['a']"),
            Map.entry("group_size", "3"),
            Map.entry("strict_group_size", "true"),
            Map.entry("order_by_fields", "n:desc,d:asc"),
            Map.entry("iterator", "True"),
            Map.entry("search_iter_v2", "True"),
            Map.entry("search_iter_batch_size", "3"),
            Map.entry("search_iter_last_bound", "1.5"),
            Map.entry("search_iter_id", "b4c8d1de-2f0c-4ad1-9b0e-5a9f7c1f3b11"),
            Map.entry("reduce_stop_for_best", "true"),
            Map.entry("ignore_growing", "true"),
            Map.entry("hints", "iterative_filter"),
            Map.entry("timezone", "Asia/Tokyo"),
            Map.entry("time_fields", "year,hour"),
            Map.entry("collection.ttl.seconds", "1"),
            Map.entry("ttl_field", "at"),
            Map.entry("mmap.enabled", "true"),
            Map.entry("partitionkey.isolation", "true"),
            Map.entry("query_mode", "large_topk"),
            Map.entry("collection.autocompaction.enabled", "false"),
            Map.entry("allow_insert_auto_id", "true"),
            Map.entry("allow_update_auto_id", "true"),
            Map.entry("dynamicfield.enabled", "false"),
            Map.entry("namespace.enabled", "true"),
            Map.entry("replica.number", "1"),
            Map.entry("collection.replica.number", "1"),
            Map.entry("collection.resource_groups", "__default_resource_group"),
            Map.entry("database.max.collections", "2"),
            Map.entry("database.force.deny.writing", "true"),
            Map.entry("consistency_level", "Bounded"),
            Map.entry("enable_analyzer", "true"),
            Map.entry("enable_match", "true"),
            Map.entry("analyzer_params", "{\"type\":\"chinese\"}"),
            Map.entry("analyzer_params", "{\"tokenizer\":{\"type\":\"lindera\",\"dict_kind\":\"ipadic\"}}"),
            Map.entry("analyzer_params", "{\"tokenizer\":\"icu\",\"filter\":[\"pinyin\",\"removepunct\"]}"),
            Map.entry(
                    "analyzer_params",
                    "{\"tokenizer\":\"standard\",\"filter\":[{\"type\":\"stop\",\"stop_words_file\":{\"type\":\"local\",\"path\":\"terms.txt\"}}]}"),
            Map.entry(
                    "multi_analyzer_params",
                    "{\"by_field\":\"kind\",\"analyzers\":{\"default\":{},\"en\":{\"type\":\"english\"}},\"alias\":{\"e\":\"en\"}}"),
            Map.entry("json_path", "json['a']['b']"),
            Map.entry("json_cast_type", "double"),
            Map.entry("json_cast_function", "STRING_TO_DOUBLE"),
            Map.entry("min_gram", "2"),
            Map.entry("max_gram", "3"),
            Map.entry("num_hashes", "4"),
            Map.entry("shingle_size", "2"),
            Map.entry("strategy", "weighted"),
            Map.entry("weights", "[0.5,0.5]"),
            Map.entry("reranker", "rrf"),
            Map.entry("reranker", "boost"),
            Map.entry("reranker", "model"),
            Map.entry("provider", "tei"),
            Map.entry("endpoint", "http://127.0.0.1:1/"),
            Map.entry("filter", "n > 1"),
            Map.entry("highlight_query", "[{\"type\":\"TextMatch\",\"field\":\"text\",\"text\":\"some\"}]"),
            Map.entry("fragment_size", "5"),
            Map.entry("queries", "[\"some words\"]"),
            Map.entry("input_fields", "[\"text\"]"),
            Map.entry("timeout", "3s"),
            Map.entry("auto_commit", "false"),
            Map.entry("backup", "true"),
            Map.entry("sep", ";"),
            Map.entry("nullkey", "NULL"));

    private static final List<String> VALUES = List.of(
            "4",
            "16",
            "-1",
            "0",
            "1",
            "2147483647",
            "-2147483648",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1e308",
            "1e999",
            "-1e999",
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "1.5",
            "0.0000001",
            "true",
            "False",
            "null",
            "",
            " ",
            "L2",
            "IP",
            "COSINE",
            "HAMMING",
            "JACCARD",
            "BM25",
            "MHJACCARD",
            "MAX_SIM",
            "MAX_SIM_COSINE",
            "HNSW",
            "HNSW_SQ",
            "HNSW_PQ",
            "HNSW_PRQ",
            "IVF_FLAT",
            "IVF_SQ8",
            "IVF_PQ",
            "IVF_RABITQ",
            "FLAT",
            "DISKANN",
            "SCANN",
            "AUTOINDEX",
            "SPARSE_INVERTED_INDEX",
            "SPARSE_WAND",
            "BIN_FLAT",
            "BIN_IVF_FLAT",
            "MINHASH_LSH",
            "INVERTED",
            "BITMAP",
            "Trie",
            "STL_SORT",
            "NGRAM",
            "RTREE",
            "JSON",
            "rrf",
            "weighted",
            "boost",
            "gauss",
            "exp",
            "linear",
            "standard",
            "english",
            "chinese",
            "varchar",
            "double",
            "array_varchar",
            "STRING_TO_DOUBLE",
            "DAAT_WAND",
            "UTC",
            "Asia/Shanghai",
            "Mars/Olympus",
            "[0.5,0.5]",
            "[1e999,-1]",
            "[]",
            "{}",
            "[[[]]]",
            "{\"ef\":10}",
            "{\"nprobe\":\"x\"}",
            "{\"radius\":1e999}",
            "{\"type\":\"english\"}",
            "{\"tokenizer\":\"standard\",\"filter\":[\"lowercase\",{\"type\":\"stop\",\"stop_words\":[\"_english_\"]}]}",
            "{\"tokenizer\":{\"type\":\"ngram\",\"min_gram\":0,\"max_gram\":1000000}}",
            "{\"filter\":[{\"type\":\"regex\",\"expr\":\"(a+)+$\",\"replacement\":\"$9\"}]}",
            "{\"tokenizer\":\"standard\",\"filter\":[{\"type\":\"length\",\"max\":-5}]}",
            "{\"by_field\":\"lang\",\"analyzers\":{\"default\":{}}}",
            "n:desc,kind:asc",
            "at:asc:nulls_last",
            "count(*):desc",
            "n,n,n,n,n,n,n",
            "{\"seed\":7,\"field\":\"id\"}",
            "[\"a\",\"b\"]",
            "year, month",
            "/a/b",
            "json[\"a\"][\"b\"]",
            "id",
            "v",
            "name");

    private static final List<String> CONDITIONS = List.of(
            "id > 1",
            "id in [1, 2, 3]",
            "name like 'a%'",
            "name like '%a_%'",
            "name =~ '(a+)+b'",
            "json['a'] > 1.5",
            "json_contains(json['a'], 1)",
            "json_contains_any(json['a'], [1, 'x', null])",
            "array_contains_all(tags, ['x'])",
            "array_length(tags) == 2",
            "tags[0] == 'x'",
            "tags[-1] == 'x'",
            "tags[99999999999] == 'x'",
            "text_match(text, 'words of a text')",
            "phrase_match(text, 'words of', -1)",
            "phrase_match(text, 'words of', 99999999999)",
            "text_match(name, 'x')",
            "text_match(text, 'a b c', minimum_should_match=1000)",
            "random_sample(0.5)",
            "random_sample(-1)",
            "random_sample(1e999)",
            "id % 0 == 1",
            "id / 0 > 1",
            "id ** 1000000 > 1",
            "9223372036854775807 + 1 > id",
            "-9223372036854775808 - 1 < id",
            "-(-9223372036854775808) < id",
            "-9223372036854775808 / -1 < id",
            "-9223372036854775808 % -1 == id",
            "d == NaN",
            "n in []",
            "n not in [1]",
            "not (n > 1 or flag)",
            "flag == true and n is null",
            "exists json['a']['b']",
            "1 < n < 5",
            "\"x\" < name <= \"y\"",
            "n in {list}",
            "n > {number} and name == {text}",
            "{missing} == 1",
            "v == 1",
            "v > [1,2,3,4]",
            "at > ISO '2025-01-01T00:00:00Z'",
            "at + INTERVAL 'P9999999999Y' > ISO '2025-01-01T00:00:00Z'",
            "st_within(place, 'POLYGON((0 0, 1 1, 0 1, 0 0))')",
            "st_dwithin(place, 'POINT(0 0)', -1)",
            "st_contains(place, 'POLYGON((')",
            "MATCH_ANY(clips, $[v] > 1)",
            "element_filter(clips, $[n] > 1)",
            "element_filter(clips, $[word] == 'red' and not ($[n] in [1, 2]))",
            "MATCH_LEAST(clips, $[n] > 1, threshold=2)",
            "MATCH_EXACT(clips, $[n] > 1, threshold=99999999999)",
            "MATCH_ALL(clips, $[v] == 1)",
            "st_equals(place, 'GEOMETRYCOLLECTION EMPTY')",
            "st_isvalid(place)",
            "st_touches(place, 'POLYGON ((0 0, 1e308 1e308, -1e308 1e308, 0 0))')",
            "st_dwithin(place, 'POINT (0 0)', 1e999)",
            "st_crosses(place, 'LINESTRING (NaN 0, 1 1)')",
            "'2025-01-01T00:00:00Z' < at",
            "at - INTERVAL 'PT1H30M' <= ISO '2026-13-41T99:00:00Z'",
            "at > 1",
            "$meta['x'] == 1",
            "$meta == {}",
            "x.y.z == 1",
            "id == 1 // comment",
            "id == '",
            "id == \"\\u00zz\"",
            "id == '\\",
            "",
            " ",
            "true",
            "null",
            "()",
            "*",
            "id",
            "id >",
            "and",
            "id == 0x7fffffffffffffffff",
            "id == 1e400",
            "json['\\0'] == 1",
            "json[''] == ''",
            "name == '\u202e\u0000\ud83d\ude00'");

    private static final List<String> NAMES = List.of(
            "p",
            "_default",
            "alias",
            "vector",
            "root",
            "ann",
            "reader",
            "admin",
            "public",
            "default",
            "kept",
            "elsewhere",
            "Collection",
            "Global",
            "Search",
            "CollectionReadOnly",
            "ClusterAdmin",
            "All",
            "*",
            "__default_resource_group",
            "rows.json",
            "deep.json",
            "rows.csv",
            "rows.parquet",
            "id.npy",
            "../../../../etc/passwd",
            "/etc/passwd",
            "file:///etc/passwd",
            "s3://bucket/key",
            "",
            " ",
            "\0",
            "a\0b",
            "\u202e",
            "\ud83d\ude00",
            "..",
            "a.b",
            "a b",
            "1a",
            "_",
            "$meta",
            "drop table",
            "%s%n%d",
            "${jndi:ldap://x}",
            "<script>",
            "'\"`",
            "\r\nx: y");

    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        10,
        100,
        -1,
        -2,
        127,
        128,
        255,
        256,
        1000,
        16_384,
        16_385,
        32_768,
        65_535,
        65_536,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        (1L << 46) << 17,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final double[] REALS = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        1e-45,
        1e-310,
        Float.MAX_VALUE,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    private final SplittableRandom random;

    Words(SplittableRandom random) {
        this.random = random;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    long number() {
        return oneIn(8) ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    double real() {
        return oneIn(8) ? Double.longBitsToDouble(random.nextLong()) : REALS[random.nextInt(REALS.length)];
    }

    byte[] noise(int most) {
        var bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// A text for a place of this name, as a client might write it.
    String text(String place) {
        var name = place.toLowerCase(java.util.Locale.ROOT);
        if (oneIn(12)) return odd();
        if (name.contains("db")) return oneIn(8) ? pick(List.of("default", "elsewhere", "nowhere")) : "";
        if (name.equals("key") || name.contains("keys")) return pick(KEYS);
        if (name.equals("value")) return oneIn(6) ? json(4) : pick(VALUES);
        if (name.contains("expr") || name.contains("dsl") || name.contains("filter")) return condition();
        if (name.contains("collection")
                || name.contains("alias")
                || name.contains("oldname")
                || name.contains("newname")) return pick(COLLECTIONS);
        if (name.contains("field") || name.contains("anns")) return pick(FIELDS);
        if (name.contains("param")) return oneIn(2) ? json(4) : pick(VALUES);
        if (name.contains("text") || name.contains("data")) return pick(List.of("some words", "", "x", "1", "{}"));
        return oneIn(4) ? pick(FIELDS) : pick(NAMES);
    }

    Map.Entry<String, String> parameter() {
        if (oneIn(2)) return pick(PAIRS);
        return Map.entry(oneIn(20) ? odd() : pick(KEYS), oneIn(8) ? json(5) : oneIn(20) ? odd() : pick(VALUES));
    }

    String odd() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "x".repeat(1 + random.nextInt(70_000));
            case 2 -> new String(noise(40), java.nio.charset.StandardCharsets.ISO_8859_1);
            case 3 -> "\ud83d\ude00".repeat(1 + random.nextInt(300));
            case 4 -> Long.toString(number());
            case 5 -> Double.toString(real());
            case 6 -> json(6);
            default -> pick(NAMES);
        };
    }

    /// A condition: known ones, put together, damaged, or nested far too deep.
    String condition() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> pick(CONDITIONS);
            case 4, 5 ->
                "(" + pick(CONDITIONS) + ") " + pick(List.of("and", "or", "&&", "||", "==", "+", ",")) + " ("
                        + pick(CONDITIONS) + ")";
            case 6 -> cut(pick(CONDITIONS));
            case 7 -> deep();
            case 8 -> operand() + pick(List.of(" < ", " == ", " != ", " in ", " like ", " + 1 > ", " % ")) + operand();
            default -> "not " + pick(CONDITIONS);
        };
    }

    private String operand() {
        return switch (random.nextInt(6)) {
            case 0 -> pick(FIELDS);
            case 1 -> Long.toString(number());
            case 2 -> Double.toString(real());
            case 3 -> "'" + pick(NAMES) + "'";
            case 4 -> json(3);
            default -> pick(FIELDS) + "[" + pick(List.of("0", "'a'", "-1", "id", "1.5", "")) + "]";
        };
    }

    private String cut(String text) {
        if (text.isEmpty()) return text;
        int at = random.nextInt(text.length());
        return switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + (char) random.nextInt(0x300) + text.substring(at);
            default -> text.substring(at) + text.substring(0, at);
        };
    }

    private String deep() {
        int depth = 1 << random.nextInt(17);
        return switch (random.nextInt(6)) {
            case 0 -> "(".repeat(depth) + "id > 1" + ")".repeat(depth);
            case 1 -> "not ".repeat(depth) + "flag";
            case 2 -> "-".repeat(depth) + "1 < id";
            case 3 -> "id > 1" + " and id > 1".repeat(depth >> 3);
            case 4 -> "json" + "['a']".repeat(depth >> 2) + " == 1";
            default -> "id in " + "[".repeat(depth) + "]".repeat(depth);
        };
    }

    /// JSON, mostly.
    String json(int depth) {
        if (oneIn(60)) return "[".repeat(1 << random.nextInt(16));
        if (oneIn(60)) return "{\"a\":".repeat(1 << random.nextInt(15)) + "1";
        return switch (random.nextInt(depth <= 0 ? 5 : 8)) {
            case 0 -> Long.toString(number());
            case 1 -> pick(VALUES.subList(0, 24)).isEmpty() ? "null" : pick(List.of("1", "-5", "1e999", "0.1", "NaN"));
            case 2 -> quoted(pick(NAMES));
            case 3 -> pick(List.of("true", "false", "null", "\"\"", "[]", "{}"));
            case 4 -> quoted(pick(VALUES));
            case 5, 6 -> {
                var text = new StringBuilder("{");
                for (int i = random.nextInt(4); i >= 0; i--)
                    text.append(quoted(oneIn(2) ? pick(KEYS) : pick(FIELDS)))
                            .append(':')
                            .append(json(depth - 1))
                            .append(i > 0 ? "," : "");
                yield text.append('}').toString();
            }
            default -> {
                var text = new StringBuilder("[");
                for (int i = random.nextInt(5); i > 0; i--)
                    text.append(json(depth - 1)).append(i > 1 ? "," : "");
                yield text.append(']').toString();
            }
        };
    }

    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < 0x20) quoted.append("\\u%04x".formatted((int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
