package dev.sextant.torture.hostile;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What clients put into requests: names that exist, names that cannot, parameters, conditions, numbers at the edges.
final class Vocabulary {
    /// Of these the besieged has the first; the rest come and go.
    static final List<String> COLLECTIONS = words("""
            target words shapes grown made forms tales other sacrifice kinds
            """);

    static final List<String> FIELDS = words("""
            id v h b bin sp i8 name text n d json tags flag $meta score body sparse at place kind clips clips[n]
            words json["a"] * % count(*) embeddings clips[v] distance
            """);

    static final List<String> KEYS = words("""
            dim max_length max_capacity index_type metric_type params nlist nprobe M efConstruction ef m nbits
            topk limit offset radius range_filter round_decimal group_by_field group_size strict_group_size
            anns_field mmap.enabled collection.ttl.seconds ttl_field partitionkey.isolation analyzer_params
            multi_analyzer_params analyzer_name enable_analyzer enable_match search_iter_v2
            search_iter_batch_size search_iter_id search_iter_last_bound iterator collection_id
            reduce_stop_for_best strategy k weights norm_score reranker function origin scale decay weight
            filter drop_ratio_search drop_ratio_build inverted_index_algo bm25_k1 bm25_b json_path
            json_cast_type json_cast_function json_type min_gram max_gram bitmap_cardinality_limit refine
            refine_type refine_k order_by_fields group_by_fields timezone time_fields hints provider model_name
            num_hashes shingle_size timeout backup start_ts skip_disk_quota_check sep nullkey replica.number
            database.max.collections database.diskQuota.mb database.force.deny.writing allow_insert_auto_id
            namespace.enabled consistency_level dynamicfield.enabled collection.autocompaction.enabled
            bucket_size random_score boost_mode function_mode score_mode nulls_first queries warmup
            """);

    /// What belongs together: a key with a value that it takes.
    static final List<Map.Entry<String, String>> PAIRS = pairs("""
            index_type HNSW
            index_type IVF_PQ
            index_type DISKANN
            index_type INVERTED
            metric_type COSINE
            params {"M":4,"efConstruction":16,"ef":9,"nlist":3,"nprobe":2}
            params {"radius":100,"range_filter":0}
            params {"hints":"iterative_filter","ignore_growing":true}
            limit 3
            topk 3
            offset 2
            round_decimal 2
            group_by_field n
            group_by_fields n,flag
            group_by_field json['a']
            group_size 3
            strict_group_size true
            order_by_fields n:desc,d:asc
            iterator True
            search_iter_v2 True
            search_iter_batch_size 3
            search_iter_last_bound 1.5
            search_iter_id b4c8d1de-2f0c-4ad1-9b0e-5a9f7c1f3b11
            reduce_stop_for_best true
            ignore_growing true
            hints iterative_filter
            timezone Asia/Tokyo
            time_fields year,hour
            collection.ttl.seconds 1
            ttl_field at
            mmap.enabled true
            partitionkey.isolation true
            query_mode large_topk
            collection.autocompaction.enabled false
            allow_insert_auto_id true
            allow_update_auto_id true
            dynamicfield.enabled false
            namespace.enabled true
            replica.number 1
            collection.replica.number 1
            collection.resource_groups __default_resource_group
            database.max.collections 2
            database.force.deny.writing true
            consistency_level Bounded
            enable_analyzer true
            enable_match true
            analyzer_params {"type":"chinese"}
            analyzer_params {"tokenizer":{"type":"lindera","dict_kind":"ipadic"}}
            analyzer_params {"tokenizer":"icu","filter":["pinyin","removepunct"]}
            analyzer_params {"tokenizer":"standard","filter":[{"type":"stop","stop_words_file":{"type":"local","path":"terms.txt"}}]}
            multi_analyzer_params {"by_field":"kind","analyzers":{"default":{},"en":{"type":"english"}},"alias":{"e":"en"}}
            json_path json['a']['b']
            json_cast_type double
            json_cast_function STRING_TO_DOUBLE
            min_gram 2
            max_gram 3
            num_hashes 4
            shingle_size 2
            strategy weighted
            weights [0.5,0.5]
            reranker rrf
            reranker boost
            reranker model
            provider tei
            endpoint http://127.0.0.1:1/
            filter n > 1
            highlight_query [{"type":"TextMatch","field":"text","text":"some"}]
            fragment_size 5
            queries ["some words"]
            input_fields ["text"]
            timeout 3s
            auto_commit false
            backup true
            sep ;
            nullkey NULL
            """);

    static final List<String> VALUES = all(words("""
            4 16 -1 0 1 2147483647 -2147483648 2147483648 9223372036854775807 -9223372036854775808
            9223372036854775808 1e308 1e999 -1e999 NaN Infinity -Infinity 0x10 1.5 0.0000001 true False null L2
            IP COSINE HAMMING JACCARD BM25 MHJACCARD MAX_SIM MAX_SIM_COSINE HNSW HNSW_SQ HNSW_PQ HNSW_PRQ
            IVF_FLAT IVF_SQ8 IVF_PQ IVF_RABITQ FLAT DISKANN SCANN AUTOINDEX SPARSE_INVERTED_INDEX SPARSE_WAND
            BIN_FLAT BIN_IVF_FLAT MINHASH_LSH INVERTED BITMAP Trie STL_SORT NGRAM RTREE JSON rrf weighted boost
            gauss exp linear standard english chinese varchar double array_varchar STRING_TO_DOUBLE DAAT_WAND
            UTC Asia/Shanghai Mars/Olympus [0.5,0.5] [1e999,-1] [] {} [[[]]] {"ef":10} {"nprobe":"x"}
            {"radius":1e999} {"type":"english"}
            {"tokenizer":"standard","filter":["lowercase",{"type":"stop","stop_words":["_english_"]}]}
            {"tokenizer":{"type":"ngram","min_gram":0,"max_gram":1000000}}
            {"filter":[{"type":"regex","expr":"(a+)+$","replacement":"$9"}]}
            {"tokenizer":"standard","filter":[{"type":"length","max":-5}]}
            {"by_field":"lang","analyzers":{"default":{}}} n:desc,kind:asc at:asc:nulls_last count(*):desc
            n,n,n,n,n,n,n {"seed":7,"field":"id"} ["a","b"] /a/b json["a"]["b"] id v name
            """), "year, month", "", " ");

    static final List<String> CONDITIONS =
            all(lines("""
            id > 1
            id in [1, 2, 3]
            name like 'a%'
            name like '%a_%'
            name =~ '(a+)+b'
            json['a'] > 1.5
            json_contains(json['a'], 1)
            json_contains_any(json['a'], [1, 'x', null])
            array_contains_all(tags, ['x'])
            array_length(tags) == 2
            tags[0] == 'x'
            tags[-1] == 'x'
            tags[99999999999] == 'x'
            text_match(text, 'words of a text')
            phrase_match(text, 'words of', -1)
            phrase_match(text, 'words of', 99999999999)
            text_match(name, 'x')
            text_match(text, 'a b c', minimum_should_match=1000)
            random_sample(0.5)
            random_sample(-1)
            random_sample(1e999)
            id % 0 == 1
            id / 0 > 1
            id ** 1000000 > 1
            9223372036854775807 + 1 > id
            -9223372036854775808 - 1 < id
            -(-9223372036854775808) < id
            -9223372036854775808 / -1 < id
            -9223372036854775808 % -1 == id
            d == NaN
            n in []
            n not in [1]
            not (n > 1 or flag)
            flag == true and n is null
            exists json['a']['b']
            1 < n < 5
            "x" < name <= "y"
            n in {list}
            n > {number} and name == {text}
            {missing} == 1
            v == 1
            v > [1,2,3,4]
            at > ISO '2025-01-01T00:00:00Z'
            at + INTERVAL 'P9999999999Y' > ISO '2025-01-01T00:00:00Z'
            st_within(place, 'POLYGON((0 0, 1 1, 0 1, 0 0))')
            st_dwithin(place, 'POINT(0 0)', -1)
            st_contains(place, 'POLYGON((')
            MATCH_ANY(clips, $[v] > 1)
            element_filter(clips, $[n] > 1)
            element_filter(clips, $[word] == 'red' and not ($[n] in [1, 2]))
            MATCH_LEAST(clips, $[n] > 1, threshold=2)
            MATCH_EXACT(clips, $[n] > 1, threshold=99999999999)
            MATCH_ALL(clips, $[v] == 1)
            st_equals(place, 'GEOMETRYCOLLECTION EMPTY')
            st_isvalid(place)
            st_touches(place, 'POLYGON ((0 0, 1e308 1e308, -1e308 1e308, 0 0))')
            st_dwithin(place, 'POINT (0 0)', 1e999)
            st_crosses(place, 'LINESTRING (NaN 0, 1 1)')
            '2025-01-01T00:00:00Z' < at
            at - INTERVAL 'PT1H30M' <= ISO '2026-13-41T99:00:00Z'
            at > 1
            $meta['x'] == 1
            $meta == {}
            x.y.z == 1
            id == 1 // comment
            id == '
            id == '\\
            true
            null
            ()
            *
            id
            id >
            and
            id == 0x7fffffffffffffffff
            id == 1e400
            json[''] == ''
            """), "id == \"\\u00zz\"", "", " ", "json['\\0'] == 1", "name == '\u202e\u0000\ud83d\ude00'");

    static final List<String> NAMES =
            all(words("""
            p _default alias vector root ann reader admin public default kept elsewhere Collection Global Search
            CollectionReadOnly ClusterAdmin All * __default_resource_group rows.json deep.json rows.csv
            rows.parquet id.npy ../../../../etc/passwd /etc/passwd file:///etc/passwd s3://bucket/key .. a.b 1a
            _ $meta %s%n%d ${jndi:ldap://x} <script> '"`
            """), "a b", "drop table", "", " ", "\0", "a\0b", "\u202e", "\ud83d\ude00", "\r\nx: y");

    static final long[] NUMBERS = {
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

    static final double[] REALS = {
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

    private Vocabulary() {}

    private static List<String> words(String text) {
        return List.of(text.split("\\s+"));
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    /// @param odd those that no line can hold, or no eye tell apart
    private static List<String> all(List<String> some, String... odd) {
        return Stream.concat(some.stream(), Stream.of(odd)).toList();
    }

    /// A line a pair: the key ends at the first space.
    private static List<Map.Entry<String, String>> pairs(String text) {
        return text.lines()
                .map(line -> line.split(" ", 2))
                .map(pair -> Map.entry(pair[0], pair[1]))
                .toList();
    }
}
