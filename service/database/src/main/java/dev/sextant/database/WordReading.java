package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.WordFile;
import dev.sextant.query.Shards;
import dev.sextant.text.TextField;
import dev.sextant.world.Clock;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// Reads the files that descriptions of analyzers name: once, before anything is decided, so that deciding, replaying
/// and searching open none. Any thread may call; reading blocks.
final class WordReading {
    /// Each may hold a file as bytes and as text.
    private static final int AT_ONCE = 2;

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PATH = 1024;

    private final Shards shards;
    private final RowFiles files;
    private final Clock clock;
    private final DatabaseConfig.Texts limits;
    private final Semaphore places = new Semaphore(AT_ONCE);

    WordReading(Shards shards, RowFiles files, Clock clock, DatabaseConfig.Texts limits) {
        this.shards = shards;
        this.files = files;
        this.clock = clock;
        this.limits = limits;
    }

    /// Whether a definition names files that it does not bring along.
    boolean isNeeded(Define define) {
        return FileResources.fields(define).stream().anyMatch(field -> !isComplete(field));
    }

    /// Fields of a schema that was told come with what their files held.
    private static boolean isComplete(Field field) {
        if (!field.type().isText()) return true;
        var there = new HashSet<WordFile.Source>();
        field.files().forEach(file -> there.add(file.source()));
        return there.containsAll(TextField.sources(field));
    }

    /// The definition with what the files hold.
    Define read(Call call, Define define) {
        var fields = FileResources.fields(define);
        var sources = new LinkedHashSet<WordFile.Source>();
        for (var field : fields) if (!isComplete(field)) sources.addAll(TextField.sources(field));
        var read = read(call, sources);
        return with(define, fields.stream().map(field -> with(field, read)).toList());
    }

    private static Field with(Field field, List<WordFile> read) {
        if (isComplete(field)) return field;
        var named = TextField.sources(field);
        return field.withFiles(
                read.stream().filter(file -> named.contains(file.source())).toList());
    }

    private static Define with(Define define, List<Field> fields) {
        return switch (define) {
            case Define.CreateCollection create -> create.withFields(fields);
            case Define.AddField add -> new Define.AddField(add.collection(), fields.getFirst(), add.column());
            case Define.AddFunctionField add ->
                new Define.AddFunctionField(
                        add.collection(), fields.getFirst(), add.function(), add.indexName(), add.indexParameters());
            case Define.AddStruct add -> new Define.AddStruct(add.collection(), add.struct(), fields);
            default -> define; // nothing else brings a field
        };
    }

    /// Refuses a name that is none, and a file that is not there.
    void check(Operate.AddFileResource add) {
        if (add.name().isBlank()) throw Scene.invalid("name", "file resource name must not be empty");
        if (add.name().length() > LONGEST_NAME || add.path().length() > LONGEST_PATH)
            throw Scene.invalid(
                    "name",
                    "a file resource has a name of at most " + LONGEST_NAME + " characters and a path of at most "
                            + LONGEST_PATH);
        if (add.path().isBlank()
                || files.read(add.path(), RowFiles.Reach.EVERYWHERE, 0).isEmpty())
            throw Scene.invalid("path", "file resource path not exist: " + add.path());
    }

    List<WordFile> read(Call call, Set<WordFile.Source> sources) {
        if (sources.isEmpty()) return List.of();
        var pace = new Pace(call, clock, limits);
        pace.enter(places);
        try {
            var catalog = shards.catalog();
            var known = known(catalog);
            var read = new ArrayList<WordFile>();
            long characters = 0;
            for (var source : sources) {
                pace.check();
                var file = WordFile.of(source, text(source, catalog));
                read.add(new WordFile(source, file.digest(), known.getOrDefault(file.digest(), file.text())));
                FileResources.checkCharacters(characters += file.text().length(), limits);
            }
            return read;
        } finally {
            places.release();
        }
    }

    /// Texts that are kept already, so that the same one is not kept twice.
    private static Map<String, String> known(Catalog catalog) {
        var texts = new HashMap<String, String>();
        FileResources.files(catalog).forEach(file -> texts.put(file.digest(), file.text()));
        return texts;
    }

    private String text(WordFile.Source source, Catalog catalog) {
        int most = limits.maxFileBytes();
        var bytes = switch (source) {
            case WordFile.Local(var path) -> files.read(path, RowFiles.Reach.HERE, most + 1);
            case WordFile.Remote remote ->
                files.read(FileResources.path(remote, catalog), RowFiles.Reach.EVERYWHERE, most + 1);
        };
        if (bytes.isEmpty())
            throw refused("the file " + source.told()
                    + " does not exist, or lies outside of what may be read: No such file or directory");
        if (bytes.get().length > most)
            throw new Refused(new Refusal.LimitExceeded(
                    "bytes of the file " + source.told(), bytes.get().length, most, "texts.maxFileBytes"));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.get()))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw refused("the file " + source.told() + " is no UTF-8 text");
        }
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("analyzer_params", detail));
    }
}
