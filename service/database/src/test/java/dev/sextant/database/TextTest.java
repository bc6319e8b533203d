package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts from the door down: functions that make fields, filters over words, analyzers.
class TextTest extends OverEngine {
    static Field text(String name, Map<String, String> parameters, Trait... traits) {
        return new Field(0, name, "", new FieldType.Varchar(1000), Set.of(traits), Optional.empty(), parameters);
    }

    static Field sparse(String name) {
        return Field.of(name, new FieldType.Vector(VectorType.SPARSE, 0));
    }

    private static final Map<String, String> ANALYZED = Map.of("enable_analyzer", "true");
    private static final Map<String, String> MATCHED =
            Map.of("enable_analyzer", "true", "enable_match", "true", "analyzer_params", "{\"type\": \"english\"}");

    private static final Function BM25 = Function.of("bm25", Function.Kind.BM25, "text", "sparse");

    private void createBooks() {
        run(Define.CreateCollection.of("books", id(), text("text", MATCHED, Trait.NULLABLE), sparse("sparse"))
                .with(BM25));
        run(new Define.CreateIndex(
                "books", "sparse", "", Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25")));
        run(Operate.Load.of("books"));
    }

    private static Rows books(long[] ids, String... texts) {
        var column = Column.texts(
                Arrays.stream(texts).map(text -> text == null ? "" : text).toList());
        var nulls = new java.util.BitSet();
        for (int i = 0; i < texts.length; i++) if (texts[i] == null) nulls.set(i);
        return Rows.of(ids.length)
                .with("id", Column.longs(ids))
                .with("text", new Column.Texts(column.values(), dev.sextant.model.Nulls.of(nulls)))
                .build();
    }

    private List<Long> ids(String filter) {
        return ids("books", filter);
    }

    private List<Long> ids(String collection, String filter) {
        var records = run(new Read.Query(
                collection,
                List.of(),
                Optional.of(Sextant.filter(filter)),
                List.of("id"),
                OptionalInt.empty(),
                0,
                false));
        return Arrays.stream(((Column.Longs) records.rows().column("id").orElseThrow()).values())
                .boxed()
                .toList();
    }

    @Test
    void theOutputOfAFunctionIsMadeAndNeitherGivenNorRead() {
        createBooks();
        var described = run(Watch.DescribeCollection.of("books")).schema();
        assertThat(described.functions()).containsExactly(BM25.withId(Function.FIRST_ID));
        assertThat(described.field("sparse").orElseThrow().has(Trait.FUNCTION_OUTPUT))
                .isTrue();
        run(Write.Insert.of("books", books(new long[] {1}, "milvus")));
        var given = Rows.of(1)
                .with("id", Column.longs(2))
                .with("text", Column.texts(List.of("a")))
                .with(
                        "sparse",
                        new Column.Sparse(
                                new dev.sextant.model.Slices(new byte[0], new int[1]), dev.sextant.model.Nulls.NONE))
                .build();
        assertThatThrownBy(() -> run(Write.Insert.of("books", given)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("unexpected function output field");
        var everything =
                run(new Read.Query("books", List.of(), Optional.empty(), List.of("*"), OptionalInt.of(5), 0, false));
        assertThat(everything.rows().columns().keySet()).containsExactlyInAnyOrder("id", "text");
        assertThatThrownBy(() -> run(new Read.Query(
                        "books", List.of(), Optional.empty(), List.of("sparse"), OptionalInt.of(5), 0, false)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void filtersAskForWords() {
        createBooks();
        run(Write.Insert.of(
                "books",
                books(
                        new long[] {1, 2, 3, 4, 5},
                        "Machine learning boosts efficiency",
                        "Learning about machines",
                        "Deep nets",
                        null,
                        "")));
        assertThat(ids("text_match(text, 'machines deep')")).containsExactly(1L, 2L, 3L);
        assertThat(ids("text_match(text, 'machine learn', minimum_should_match = 2)"))
                .containsExactly(1L, 2L);
        assertThat(ids("TEXT_MATCH(text, 'deep') and id > 3")).isEmpty();
        assertThat(ids("not text_match(text, 'machine')")).containsExactly(3L, 5L);
        assertThat(ids("phrase_match(text, 'machine learning')")).containsExactly(1L);
        assertThat(ids("phrase_match(text, 'learning machine', 1)")).containsExactly(2L);
        assertThat(ids("phrase_match(text, 'learning machine', 2)")).containsExactly(1L, 2L);
        run(new Operate.Flush(List.of("books")));
        assertThat(ids("text_match(text, 'machine')")).containsExactly(1L, 2L);
        assertThat(ids("text_match(text, 'machine')")).containsExactly(1L, 2L);
        run(new Write.Delete("books", Optional.empty(), Sextant.filter("text_match(text, 'deep')")));
        assertThat(ids("id > 0")).containsExactly(1L, 2L, 4L, 5L);
    }

    @Test
    void wordsThatAreCountedAreMatchedAsThoseThatAreRead() {
        createBooks();
        run(Define.CreateCollection.of("read", id(), text("text", MATCHED, Trait.NULLABLE), vector("v", 2)));
        run(new Define.CreateIndex("read", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("read"));
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var chance = new java.util.Random(seed);
        for (int batch = 0; batch < 3; batch++) {
            var keys = new long[60];
            var texts = new String[60];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = batch * 60 + i;
                texts[i] = chance.nextInt(8) == 0 ? null : letters(chance, chance.nextInt(6));
            }
            var rows = books(keys, texts);
            run(Write.Insert.of("books", rows));
            var vectors = Rows.of(60).with("id", rows.column("id").orElseThrow());
            vectors.with("text", rows.column("text").orElseThrow()).with("v", Column.Dense.of(2, new float[120]));
            run(Write.Insert.of("read", vectors.build()));
            if (batch == 1) run(new Operate.Flush(List.of("books", "read")));
        }
        for (int round = 0; round < 60; round++) {
            var words = letters(chance, 1 + chance.nextInt(3));
            var filter = chance.nextBoolean()
                    ? "text_match(text, '" + words + "', minimum_should_match = " + (1 + chance.nextInt(3)) + ")"
                    : "phrase_match(text, '" + words + "', " + chance.nextInt(3) + ")";
            if (chance.nextInt(3) == 0) filter = "not " + filter;
            assertThat(ids("books", filter)).as(filter).isEqualTo(ids("read", filter));
        }
    }

    private static String letters(java.util.Random chance, int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
            text.append("w").append(chance.nextInt(9)).append(' ');
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text_match(plain, 'a')|field \"plain\" does not enable match",
                "text_match(id, 'a')|text match operation on non-string is unsupported",
                "phrase_match(id, 'a')|phrase match operation on non-string is unsupported",
                "phrase_match(text, 'a', -1)|\"slop\"",
                "phrase_match(text, 'a', 4294967296)|\"slop\"",
                "text_match(text, 'a', minimum_should_match = 0)|minimum_should_match",
                "text_match(text, 'a', minimum_should_match = 1001)|minimum_should_match",
                "text_match(text, 1)|must be a string"
            })
    void whatIsWrongWithAMatchIsSaid(String filter, String phrase) {
        run(Define.CreateCollection.of("books", id(), text("text", MATCHED), text("plain", Map.of()), vector("v", 2)));
        run(new Define.CreateIndex("books", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("books"));
        assertThatThrownBy(() -> ids(filter)).isInstanceOf(Refused.class).hasMessageContaining(phrase);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "absent|sparse|function input field not found: absent",
                "text|absent|function output field not found: absent",
                "text|text|a single field cannot be both input and output",
                "plain|sparse|BM25 function input field must set enable_analyzer to true",
                "id|sparse|BM25 function input field must be a VARCHAR/TEXT field",
                "text|v|BM25 function output field must be a SparseFloatVector field, but got FloatVector",
                "text|id|function output field cannot be primary key"
            })
    void whatIsWrongWithAFunctionIsSaid(String input, String output, String phrase) {
        var create = Define.CreateCollection.of(
                "books", id(), text("text", ANALYZED), text("plain", Map.of()), vector("v", 2), sparse("sparse"));
        assertThatThrownBy(() -> run(create.with(Function.of("f", Function.Kind.BM25, input, output))))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(phrase);
    }

    @Test
    void functionsHaveNamesAndEachMakesItsOwnField() {
        var create =
                Define.CreateCollection.of("books", id(), text("text", ANALYZED), sparse("sparse"), sparse("other"));
        assertThatThrownBy(() -> run(create.with(BM25, Function.of("bm25", Function.Kind.BM25, "text", "other"))))
                .hasMessageContaining("duplicate function name: bm25");
        assertThatThrownBy(() -> run(create.with(BM25, Function.of("two", Function.Kind.BM25, "text", "sparse"))))
                .hasMessageContaining("duplicate function output field");
        assertThatThrownBy(() -> run(create.with(Function.of("", Function.Kind.BM25, "text", "sparse"))))
                .hasMessageContaining("function name cannot be empty");
        assertThatThrownBy(() -> run(create.with(new Function(
                        0, "f", "", Function.Kind.BM25, List.of("text"), List.of("sparse"), Map.of("k", "v")))))
                .hasMessageContaining("BM25 function accepts no params");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"x\"}|true|false|unknown build-in analyzer type: x",
                "|false|true|must also enable_analyzer"
            })
    void fieldsSayHowTheyAreAnalysedAndAreCheckedAtOnce(
            String parameters, String analyzed, String matched, String phrase) {
        var given = new HashMap<String, String>();
        given.put("enable_analyzer", analyzed);
        given.put("enable_match", matched);
        if (parameters != null) given.put("analyzer_params", parameters);
        assertThatThrownBy(() -> run(Define.CreateCollection.of("books", id(), text("text", given), vector("v", 2))))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(phrase);
    }

    @Test
    void relevanceIsForWordsAndWordsAreForRelevance() {
        run(Define.CreateCollection.of("books", id(), text("text", ANALYZED), sparse("sparse"), sparse("other"))
                .with(BM25));
        assertThatThrownBy(() -> run(new Define.CreateIndex(
                        "books", "other", "", Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25"))))
                .hasMessageContaining("only BM25 Function output field support BM25 metric type");
        assertThatThrownBy(() -> run(new Define.CreateIndex(
                        "books", "sparse", "", Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "IP"))))
                .hasMessageContaining("index metric type of BM25 function output field must be BM25, got IP");
        run(new Define.CreateIndex("books", "sparse", "", Map.of("index_type", "AUTOINDEX")));
        assertThat(run(new Watch.DescribeIndexes("books", Optional.of("sparse")))
                        .getFirst()
                        .parameters())
                .containsEntry("metric_type", "BM25");
    }

    @Test
    void theLanguageOfARowChoosesItsAnalyzer() {
        var several = Map.of(
                "enable_analyzer", "true",
                "multi_analyzer_params",
                        "{\"by_field\": \"lang\", \"analyzers\": {\"default\": {\"tokenizer\": \"whitespace\"}, \"en\": {\"type\": \"english\"}}}");
        run(Define.CreateCollection.of("books", id(), text("text", several), text("lang", Map.of()), sparse("sparse"))
                .with(BM25));
        run(new Define.CreateIndex("books", "sparse", "", Map.of("index_type", "AUTOINDEX", "metric_type", "BM25")));
        run(Operate.Load.of("books"));
        var analyzed =
                run(new Watch.Analyze("", "books", "text", List.of("en", "zz"), List.of("the Runs", "the Runs")));
        assertThat(analyzed.get(0).words()).extracting(Watch.Word::text).containsExactly("run");
        assertThat(analyzed.get(1).words()).extracting(Watch.Word::text).containsExactly("the", "Runs");
        assertThatThrownBy(() -> run(new Watch.Analyze("", "books", "text", List.of(), List.of("a"))))
                .hasMessageContaining("analyzer names");
        run(Write.Insert.of(
                "books",
                Rows.of(1)
                        .with("id", Column.longs(1))
                        .with("text", Column.texts(List.of("runs")))
                        .with("lang", Column.texts(List.of("en")))
                        .build()));
        var half = Rows.of(1)
                .with("id", Column.longs(1))
                .with("text", Column.texts(List.of("walks")))
                .build();
        assertThatThrownBy(() -> run(new Write.Upsert("books", Optional.empty(), half, true, OptionalLong.empty())))
                .hasMessageContaining("field lang must be given together with field text");
        assertThatThrownBy(() -> run(new Define.DropField("books", "lang", 0)))
                .hasMessageContaining("by_field of the multi analyzer of field text");
    }

    @Test
    void textsWithCommonPiecesAreFoundByTheirSignatures() {
        var signature = Field.of("sig", new FieldType.Vector(VectorType.BINARY, 64 * 32));
        run(Define.CreateCollection.of("near", id(), text("text", Map.of(), Trait.NULLABLE), signature)
                .with(new Function(
                        0,
                        "m",
                        "",
                        Function.Kind.MINHASH,
                        List.of("text"),
                        List.of("sig"),
                        Map.of("num_hashes", "64", "shingle_size", "2"))));
        run(new Define.CreateIndex(
                "near",
                "sig",
                "",
                Map.of("index_type", "MINHASH_LSH", "metric_type", "MHJACCARD", "mh_lsh_band", "32")));
        run(Operate.Load.of("near"));
        run(Write.Insert.of(
                "near",
                books(
                        new long[] {1, 2, 3},
                        "the quick brown fox jumps over the lazy dog near the river bank",
                        "vector databases index embeddings for search",
                        null)));
        var hits = run(search("near", "sig", 1, "the quick brown fox jumps over the lazy dog near the river side"));
        assertThat(((Column.Longs) hits.keys()).values()).containsExactly(1);
        assertThatThrownBy(() -> run(Define.CreateCollection.of("bad", id(), text("text", Map.of()), signature)
                        .with(new Function(
                                0,
                                "m",
                                "",
                                Function.Kind.MINHASH,
                                List.of("text"),
                                List.of("sig"),
                                Map.of("num_hashes", "65")))))
                .hasMessageContaining("num_hashes * 32");
    }

    @Test
    void textsAreNotAnalysedOnTheThreadOfTheirCaller() throws Exception {
        for (Watch<?> watch : List.of(Watch.Analyze.of("", "a"), new Watch.PhraseSlops("", "a", List.of("a")))) {
            var thread = new java.util.concurrent.CompletableFuture<Thread>();
            submit(watch, thread);
            assertThat(thread.get()).isNotSameAs(Thread.currentThread());
        }
    }

    private <R> void submit(Watch<R> watch, java.util.concurrent.CompletableFuture<Thread> thread) {
        db.submit(Call.local(), watch, new dev.sextant.model.Reply<>() {
            @Override
            public void complete(R answer) {
                thread.complete(Thread.currentThread());
            }

            @Override
            public void fail(Throwable reason) {
                thread.completeExceptionally(reason);
            }
        });
    }

    @Test
    void theWordsOfAllTextsOfACallAreCounted() {
        var words = new StringBuilder();
        for (int i = 0; i < 1000; i++)
            words.append(i == 0 ? "" : ",").append('a').append(i);
        var parameters = "{\"tokenizer\": \"whitespace\", \"filter\": [{\"type\": \"synonym\", \"synonyms\": [\""
                + words + "\"]}]}";
        var text = "a1 ".repeat(400);
        assertThatThrownBy(() -> run(Watch.Analyze.of(parameters, text, text, text)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("words of the texts of one call");
    }

    @Test
    void analysisEndsWithTheDeadlineOfItsCallOrWithItsCaller() {
        var now = new long[1];
        var clock = new dev.sextant.world.Clock() {
            @Override
            public long wallMillis() {
                return 0;
            }

            @Override
            public long monotonicNanos() {
                return now[0];
            }
        };
        var pace = new Pace(Call.local().until(10), clock, DatabaseConfig.Texts.DEFAULT);
        pace.check();
        now[0] = 10;
        assertThatThrownBy(pace::check).hasMessageContaining("deadline");
        var unhurried = new Pace(Call.local(), clock, DatabaseConfig.Texts.DEFAULT);
        now[0] += 60_000_000_000L;
        assertThatThrownBy(unhurried::check).hasMessageContaining("deadline");
        var call = Call.local();
        var left = new Pace(call, clock, DatabaseConfig.Texts.DEFAULT);
        call.cancellation().cancel();
        assertThatThrownBy(left::check).hasMessageContaining("cancelled");
    }

    @Test
    void analyzersCanBeTriedOut() {
        var words = run(Watch.Analyze.of("{\"type\": \"english\"}", "Running", ""));
        assertThat(words).hasSize(2);
        assertThat(words.getFirst().words())
                .containsExactly(new Watch.Word("run", 0, 7, 0, 1, dev.sextant.text.Terms.id("run")));
        assertThat(run(Watch.Analyze.of(""))).isEmpty();
        assertThatThrownBy(() -> run(new Watch.Analyze("{}", "books", "text", List.of(), List.of("a"))))
                .hasMessageContaining("run analyzer can't use analyzer params and (collection,field) in same time");
        assertThat(run(new Watch.PhraseSlops("", "a b", List.of("a b", "b a", "a x x b", "a"))))
                .containsExactly(OptionalInt.of(0), OptionalInt.of(2), OptionalInt.of(2), OptionalInt.empty());
    }

    @Test
    void textIsSearchedWhereAFunctionMakesVectorsOfItAndNowhereElse() {
        createBooks();
        assertThatThrownBy(() -> run(Read.Search.of(
                        "books",
                        "sparse",
                        new Column.Sparse(
                                new dev.sextant.model.Slices(new byte[8], new int[] {8}), dev.sextant.model.Nulls.NONE),
                        3)))
                .hasMessageContaining("please provide varchar/text for BM25 Function based search");
        run(Define.CreateCollection.of("plain", id(), vector("v", 2)));
        run(new Define.CreateIndex("plain", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("plain"));
        assertThatThrownBy(() -> run(search("plain", "v", 3, "hello")))
                .hasMessageContaining("vector type must be the same");
    }

    private static Read.Search search(String collection, String field, int limit, String... texts) {
        return Read.Search.of(collection, field, Column.longs(), limit)
                .looking(Read.Near.of(field, new Read.Target.Texts(List.of(texts), "")));
    }
}
