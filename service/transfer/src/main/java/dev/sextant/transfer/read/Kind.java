package dev.sextant.transfer.read;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a file holds, by the end of its name.
public enum Kind {
    JSON,
    JSON_LINES,
    CSV,
    NUMPY,
    PARQUET;

    private static final Map<String, Kind> FORMATS =
            Map.of("parquet", PARQUET, "csv", CSV, "json", JSON, "jsonl", JSON_LINES);

    /// The kind of a group of files; only NumPy files come in groups.
    public static Kind of(List<String> group) {
        var kinds = group.stream().map(Kind::of).distinct().toList();
        if (kinds.size() != 1 || kinds.getFirst() == null) throw unexpected(group);
        if (group.size() > 1 && kinds.getFirst() != NUMPY)
            throw refused("there can be only one file of rows in a group, but got " + group.size() + ": " + group);
        return kinds.getFirst();
    }

    /// What files of a format hold, for whoever names formats as Milvus does; none where it is not read here.
    public static Optional<Kind> ofFormat(String format) {
        return Optional.ofNullable(FORMATS.get(format));
    }

    /// Names of the formats that are read, sorted.
    public static List<String> formats() {
        return FORMATS.keySet().stream().sorted().toList();
    }

    /// Whether a file of that name holds this.
    public boolean fits(String name) {
        try {
            return of(name) == this;
        } catch (Refused unexpected) {
            return false;
        }
    }

    private static Kind of(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".json")) return JSON;
        if (lower.endsWith(".jsonl") || lower.endsWith(".ndjson")) return JSON_LINES;
        if (lower.endsWith(".csv")) return CSV;
        if (lower.endsWith(".npy")) return NUMPY;
        if (lower.endsWith(".parquet")) return PARQUET;
        throw unexpected(List.of(name));
    }

    private static Refused unexpected(List<String> group) {
        return refused("unexpected file type, files=" + group);
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.NotImportable("", -1, detail));
    }

    /// The name of a file without its directory and its end.
    static String fieldName(String path) {
        var name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
