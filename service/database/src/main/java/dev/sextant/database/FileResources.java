package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.FileResource;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.model.WordFile;
import dev.sextant.text.Dictionaries;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;

/// Decides on names of files, and on what the schemas may hold that came out of files.
final class FileResources {
    private FileResources() {}

    static List<Change> add(Operate.AddFileResource add, Scene scene) {
        var old = scene.catalog.files().get(add.name());
        if (old != null) {
            if (old.path().equals(add.path())) return List.of();
            throw Scene.refused(new Refusal.AlreadyExists(Kind.FILE_RESOURCE, add.name(), "", "it is " + old.path()));
        }
        int most = scene.config.texts().maxFiles();
        int now = scene.catalog.files().size() + 1;
        if (now > most) throw Scene.refused(new Refusal.LimitExceeded("file resources", now, most, "texts.maxFiles"));
        return List.of(new Change.PutFileResource(new FileResource(scene.id(), add.name(), add.path())));
    }

    static List<Change> remove(String name, Scene scene) {
        if (!scene.catalog.files().containsKey(name)) return List.of();
        for (var collection : scene.catalog.collections().values())
            if (files(collection).anyMatch(file -> isOf(file.source(), name)))
                throw Scene.refused(new Refusal.InUse(
                        Kind.FILE_RESOURCE,
                        name,
                        "file resource " + name + " is in use by collection " + collection.name()));
        return List.of(new Change.DropFileResource(name));
    }

    private static boolean isOf(WordFile.Source source, String name) {
        return switch (source) {
            case WordFile.Remote(var resource, _) -> resource.equals(name);
            case WordFile.Local _ -> false;
        };
    }

    static List<Watch.FileResourceInfo> told(Catalog catalog) {
        return catalog.files().values().stream()
                .sorted(Comparator.comparing(FileResource::name))
                .map(file -> new Watch.FileResourceInfo(file.id(), file.name(), file.path()))
                .toList();
    }

    /// The path behind a source that names a resource and its file.
    static String path(WordFile.Remote remote, Catalog catalog) {
        var file = catalog.files().get(remote.resource());
        if (file == null) throw refused("file resource: " + remote.resource() + " not found in local resource list");
        if (!file.fileName().equals(remote.file()))
            throw refused("file resource: " + remote.resource() + " has no file " + remote.file());
        return file.path();
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("analyzer_params", detail));
    }

    /// The fields that a definition brings.
    static List<Field> fields(Define define) {
        return switch (define) {
            case Define.CreateCollection create -> create.fields();
            case Define.AddField add -> List.of(add.field());
            case Define.AddFunctionField add -> List.of(add.field());
            case Define.AddStruct add -> add.fields();
            default -> List.of(); // nothing else brings a field
        };
    }

    /// While files were read somebody may have removed what they were known by, or brought others.
    static void check(Define define, Scene scene) {
        var brought =
                fields(define).stream().flatMap(field -> field.files().stream()).toList();
        if (brought.isEmpty()) return;
        for (var file : brought) if (file.source() instanceof WordFile.Remote remote) path(remote, scene.catalog);
        checkCharacters(characters(Stream.concat(files(scene.catalog), brought.stream())), scene.config.texts());
    }

    static void checkCharacters(long now, DatabaseConfig.Texts limits) {
        // Of all of them dictionaries may be wanted at once, and those are in the heap.
        if (now > Dictionaries.mostCharacters())
            throw Scene.refused(new Refusal.LimitExceeded(
                    "characters of the files of all analyzers, for whose dictionaries a quarter of the heap must do",
                    now,
                    Dictionaries.mostCharacters(),
                    "SEXTANT_HEAP"));
        if (now > limits.maxFilesCharacters())
            throw Scene.refused(new Refusal.LimitExceeded(
                    "characters of the files of all analyzers",
                    now,
                    limits.maxFilesCharacters(),
                    "texts.maxFilesCharacters"));
    }

    /// Files that are alike are kept once.
    private static long characters(Stream<WordFile> files) {
        var sizes = new HashMap<String, Long>();
        files.forEach(file ->
                sizes.computeIfAbsent(file.digest(), _ -> (long) file.text().length()));
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /// All that the catalog keeps, for collections that are there, may come back, or were.
    static Stream<WordFile> files(Catalog catalog) {
        return Stream.of(
                        catalog.collections().values().stream(),
                        catalog.trash().values().stream().map(Catalog.Trashed::collection),
                        catalog.snapshots().all().values().stream().map(snapshot -> snapshot.collection()))
                .flatMap(collections -> collections)
                .flatMap(FileResources::files);
    }

    private static Stream<WordFile> files(Collection collection) {
        return collection.schema().fields().stream().flatMap(field -> field.files().stream());
    }
}
