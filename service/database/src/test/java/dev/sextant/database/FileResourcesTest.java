package dev.sextant.database;

import static dev.sextant.database.TextTest.sparse;
import static dev.sextant.database.TextTest.text;
import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.WordFile;
import dev.sextant.model.Write;
import dev.sextant.world.World;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Names of files, and analyzers that read them, from the door down to what a restart leaves.
class FileResourcesTest extends OverEngine {
    private static final SextantConfig SMALLER =
            SMALL.with(DatabaseConfig.DEFAULT.with(to -> to.texts = to.texts.ofFiles(3, 1000, 1500)));

    private final Shelf files = new Shelf();

    /// Files by path; those that begin with `/` lie on this machine.
    private static final class Shelf implements RowFiles {
        private final Map<String, byte[]> held = new ConcurrentHashMap<>();
        private volatile int reads;

        void put(String path, String text) {
            held.put(path, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Optional<byte[]> read(String name, Reach reach, int mostBytes) {
            reads++;
            if (reach == Reach.HERE && !name.startsWith("/")) return Optional.empty();
            return Optional.ofNullable(held.get(name))
                    .map(bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, mostBytes)));
        }

        @Override
        public void check(List<String> group) {
            throw new AssertionError("nothing is imported");
        }

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            throw new AssertionError("nothing is imported");
        }
    }

    @Override
    Sextant opened() {
        return Sextant.open(World.real(directory), SMALLER, files, ImportConfig.DEFAULT);
    }

    @BeforeEach
    void putStopWords() {
        files.put("dicts/stop.txt", "the\na\n");
    }

    private Refusal refusal(Statement<?> statement) {
        try {
            run(statement);
        } catch (Refused refused) {
            return refused.refusal();
        }
        throw new AssertionError("not refused: " + statement);
    }

    private static String remote(String resource, String file) {
        return "{\"type\": \"remote\", \"resource_name\": \"" + resource + "\", \"file_name\": \"" + file + "\"}";
    }

    private static String local(String path) {
        return "{\"type\": \"local\", \"path\": \"" + path + "\"}";
    }

    private static String stopping(String file) {
        return "{\"tokenizer\": \"standard\", \"filter\": [\"lowercase\", {\"type\": \"stop\", \"stop_words_file\": "
                + file + "}]}";
    }

    private static Field analyzed(String name, String parameters, Field.Trait... traits) {
        return text(
                name, Map.of("enable_analyzer", "true", "enable_match", "true", "analyzer_params", parameters), traits);
    }

    private static Define.CreateCollection books(String parameters) {
        return Define.CreateCollection.of("books", id(), analyzed("text", parameters), sparse("sparse"))
                .with(Function.of("bm25", Function.Kind.BM25, "text", "sparse"));
    }

    private void fill() {
        run(new Define.CreateIndex(
                "books", "sparse", "", Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25")));
        run(Operate.Load.of("books"));
        run(Write.Insert.of(
                "books",
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("text", Column.texts(List.of("the book of a house", "of mice")))
                        .build()));
    }

    private void add(String name, String path) {
        run(new Operate.AddFileResource(name, path));
    }

    private List<Long> matching(String collection, String words) {
        var found = run(new Read.Query(
                collection,
                List.of(),
                Optional.of(Sextant.filter("text_match(text, '" + words + "')")),
                List.of("id"),
                OptionalInt.empty(),
                0,
                false));
        return Arrays.stream(((Column.Longs) found.rows().column("id").orElseThrow()).values())
                .boxed()
                .toList();
    }

    private List<String> words(Watch.Analyze analyze) {
        return run(analyze).getFirst().words().stream().map(Watch.Word::text).toList();
    }

    @Test
    void aNameIsGivenToldAndTakenBack() {
        add("stops", "dicts/stop.txt");
        add("stops", "dicts/stop.txt");
        files.put("other.txt", "");
        add("others", "other.txt");
        assertThat(run(new Watch.ListFileResources()))
                .extracting(Watch.FileResourceInfo::name, Watch.FileResourceInfo::path)
                .containsExactly(tuple("others", "other.txt"), tuple("stops", "dicts/stop.txt"));
        assertThat(refusal(new Operate.AddFileResource("stops", "other.txt")))
                .isInstanceOf(Refusal.AlreadyExists.class);
        assertThat(refusal(new Operate.AddFileResource("more", "nowhere.txt")).sentence())
                .contains("file resource path not exist");
        assertThat(refusal(new Operate.AddFileResource(" ", "other.txt"))).isInstanceOf(Refusal.InvalidParameter.class);
        assertThat(refusal(new Operate.AddFileResource("n".repeat(256), "other.txt")))
                .isInstanceOf(Refusal.InvalidParameter.class);
        add("third", "other.txt");
        assertThat(refusal(new Operate.AddFileResource("fourth", "other.txt")))
                .isInstanceOf(Refusal.LimitExceeded.class);
        run(new Operate.RemoveFileResource("others"));
        run(new Operate.RemoveFileResource("others"));
        reopen();
        assertThat(run(new Watch.ListFileResources()))
                .extracting(Watch.FileResourceInfo::name)
                .containsExactly("stops", "third");
    }

    @Test
    void whatAFileHeldStaysWhateverBecomesOfTheFile() {
        add("stops", "dicts/stop.txt");
        run(books(stopping(remote("stops", "stop.txt"))));
        fill();
        files.put("dicts/stop.txt", "house\n");
        checkTheWords("books");
        files.held.clear();
        int reads = files.reads;
        reopen();
        run(Operate.Load.of("books"));
        checkTheWords("books");
        // Changes of the schema take the words along.
        run(new Define.AddField("books", text("note", Map.of(), Field.Trait.NULLABLE)));
        run(new Define.AlterField("books", "text", Map.of("max_length", "2000"), Set.of()));
        checkTheWords("books");
        reopen();
        checkTheWords("books");
        assertThat(files.reads).as("files that were read again").isEqualTo(reads);
        var field =
                run(new Watch.DescribeSchema("books")).schema().field("text").orElseThrow();
        assertThat(field.parameters().get("analyzer_params")).isEqualTo(stopping(remote("stops", "stop.txt")));
        assertThat(field.files()).containsExactly(WordFile.of(new WordFile.Remote("stops", "stop.txt"), "the\na\n"));
    }

    private void checkTheWords(String collection) {
        assertThat(words(new Watch.Analyze("", collection, "text", List.of(), List.of("The house of a mouse"))))
                .containsExactly("house", "of", "mouse");
        assertThat(matching(collection, "the")).isEmpty();
        assertThat(matching(collection, "of")).containsExactly(1L, 2L);
        assertThat(matching(collection, "house the")).containsExactly(1L);
    }

    @Test
    @Timeout(60)
    void aSnapshotTakesTheWordsAlong() throws InterruptedException {
        add("stops", "dicts/stop.txt");
        run(books(stopping(remote("stops", "stop.txt"))));
        fill();
        run(new Define.CreateSnapshot("books", "s", "", 0));
        files.held.clear();
        long job = run(new Operate.RestoreSnapshot("books", "s", "again", Optional.empty()))
                .job();
        while (run(new Watch.RestoreState(job)).phase() != Watch.RestorePhase.COMPLETED) Thread.sleep(10);
        reopen();
        run(Operate.Load.of("again"));
        checkTheWords("again");
        assertThat(refusal(new Operate.RemoveFileResource("stops"))).isInstanceOf(Refusal.InUse.class);
    }

    @Test
    @Timeout(60)
    void aFunctionThatIsAddedReadsOldRowsByTheWordsThatWereKept() throws InterruptedException {
        add("stops", "dicts/stop.txt");
        run(Define.CreateCollection.of(
                "books", id(), analyzed("text", stopping(remote("stops", "stop.txt"))), Threshold.vector()));
        run(new Define.CreateIndex("books", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("books"));
        run(Write.Insert.of(
                "books",
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("text", Column.texts(List.of("the book of a house", "the mice")))
                        .with("v", Column.Dense.of(4, new float[8]))
                        .build()));
        files.held.clear();
        run(new Define.AddFunctionField(
                "books",
                sparse("sparse"),
                Function.of("bm25", Function.Kind.BM25, "text", "sparse"),
                "",
                Map.of("index_type", "SPARSE_INVERTED_INDEX", "metric_type", "BM25")));
        run(new Operate.Flush(List.of("books")));
        assertThat(found("the")).isZero();
        assertThat(found("house")).isEqualTo(1);
        assertThat(found("the mice")).isEqualTo(1);
    }

    /// Until rows that were there have what the function makes, nobody searches in it.
    private int found(String words) throws InterruptedException {
        while (true)
            try {
                return run(Read.Search.of("books", "sparse", Column.longs(), 10)
                                .looking(Read.Near.of("sparse", new Read.Target.Texts(List.of(words), ""))))
                        .total();
            } catch (Refused early) {
                Thread.sleep(20);
            }
    }

    @Test
    void eachCallHasItsOwnRightAndNamesAreAlwaysAudited() {
        var add = Facts.of(new Operate.AddFileResource("stops", "p"));
        var remove = Facts.of(new Operate.RemoveFileResource("stops"));
        assertThat(add.privilege()).isEqualTo(Privilege.ADD_FILE_RESOURCE);
        assertThat(remove.privilege()).isEqualTo(Privilege.REMOVE_FILE_RESOURCE);
        assertThat(Facts.of(new Watch.ListFileResources()).privilege()).isEqualTo(Privilege.LIST_FILE_RESOURCES);
        assertThat(List.of(add.audit(), remove.audit())).containsOnly(Facts.Audited.ALWAYS);
        assertThat(add.targets()).extracting(Facts.Target::name).containsExactly("stops");
    }

    @Test
    void aNameThatIsReadByACollectionStays() {
        add("stops", "dicts/stop.txt");
        run(books(stopping(remote("stops", "stop.txt"))));
        assertThat(refusal(new Operate.RemoveFileResource("stops"))).isInstanceOf(Refusal.InUse.class);
        run(new Define.DropCollection("books"));
        run(new Operate.RemoveFileResource("stops"));
        assertThat(refusal(books(stopping(remote("stops", "stop.txt")))).sentence())
                .contains("not found");
    }

    @Test
    void theSameDefinitionIsTheSameThoughItsFileChanged() {
        add("stops", "dicts/stop.txt");
        run(books(stopping(remote("stops", "stop.txt"))));
        files.put("dicts/stop.txt", "house\n");
        run(books(stopping(remote("stops", "stop.txt"))));
        assertThat(run(new Watch.DescribeSchema("books"))
                        .schema()
                        .field("text")
                        .orElseThrow()
                        .files()
                        .getFirst()
                        .text())
                .isEqualTo("the\na\n");
    }

    @Test
    void aFieldThatIsAddedReadsItsFileToo() {
        files.put("/dicts/here.txt", "house");
        run(Define.CreateCollection.of("books", id(), Threshold.vector()));
        run(new Define.AddField("books", analyzed("text", stopping(local("/dicts/here.txt")), Field.Trait.NULLABLE)));
        run(new Define.CreateIndex("books", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        var bad = analyzed("bad", "{\"tokenizer\": \"nothing\"}", Field.Trait.NULLABLE);
        assertThat(refusal(new Define.AddField("books", bad)).sentence()).contains("unsupported tokenizer");
    }

    @Test
    void anAnalyzerThatNoCollectionHasReadsFilesAsTheyAreNow() {
        files.put("/dicts/here.txt", "house");
        var analyze = Watch.Analyze.of(stopping(local("/dicts/here.txt")), "a house");
        assertThat(words(analyze)).containsExactly("a");
        files.put("/dicts/here.txt", "a");
        assertThat(words(analyze)).containsExactly("house");
        var slops = new Watch.PhraseSlops(stopping(local("/dicts/here.txt")), "a house", List.of("house"));
        assertThat(run(slops).getFirst()).hasValue(0);
    }

    @Test
    void whatCannotBeReadIsRefusedAndNothingIsDefined() {
        add("stops", "dicts/stop.txt");
        files.put("/broken.txt", "");
        files.held.put("/broken.txt", new byte[] {'a', (byte) 0xC3, '\n'});
        files.put("/long.txt", "a".repeat(1001));
        files.put("/half.txt", "b".repeat(800));
        files.put("/other half.txt", "c".repeat(800));
        var refusals = Map.of(
                stopping(remote("nobody", "stop.txt")), "not found in local resource list",
                stopping(remote("stops", "other.txt")), "has no file other.txt",
                stopping(local("/nowhere.txt")), "No such file or directory",
                stopping(local("dicts/stop.txt")), "No such file or directory",
                stopping(local("/broken.txt")), "no UTF-8",
                stopping(local("/long.txt")), "texts.maxFileBytes",
                stopping("7"), "must be object");
        refusals.forEach((parameters, phrase) -> {
            assertThat(refusal(books(parameters)).sentence()).contains(phrase);
            assertThat(refusal(Watch.Analyze.of(parameters, "a")).sentence()).contains(phrase);
        });
        var both = "{\"tokenizer\": \"standard\", \"filter\": [{\"type\": \"stop\", \"stop_words_file\": "
                + local("/half.txt") + "}, {\"type\": \"stop\", \"stop_words_file\": " + local("/other half.txt")
                + "}]}";
        assertThat(refusal(books(both)).sentence()).contains("texts.maxFilesCharacters");
        assertThat(run(new Watch.ListCollections())).isEmpty();
        run(books(stopping(local("/half.txt"))));
        assertThat(refusal(Define.CreateCollection.of(
                                "more", id(), analyzed("text", stopping(local("/other half.txt"))), Threshold.vector()))
                        .sentence())
                .contains("texts.maxFilesCharacters");
        // The same file once more costs nothing.
        run(Define.CreateCollection.of(
                "more", id(), analyzed("text", stopping(local("/half.txt"))), Threshold.vector()));
    }

    @Test
    void aDatabaseWithoutFilesSaysSo() {
        db.close();
        db = Sextant.open(directory, SMALLER);
        assertThat(refusal(new Operate.AddFileResource("stops", "dicts/stop.txt"))
                        .sentence())
                .contains("file resource path not exist");
        assertThatThrownBy(() -> run(books(stopping(local("/dicts/stop.txt"))))).hasMessageContaining("does not exist");
    }
}
