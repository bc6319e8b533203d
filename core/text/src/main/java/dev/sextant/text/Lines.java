package dev.sextant.text;

import dev.sextant.model.WordFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The lines of a file that a parameter names: `{"type": "local", "path": …}` or `{"type": "remote", "resource_name":
/// …, "file_name": …}`.
///
/// @param told the name of the file, for refusals: they show none of its lines, which their reader may not be allowed
///     to see
record Lines(String told, List<String> lines) {
    static final Lines NONE = new Lines("", List.of());

    private static final Set<String> KEYS =
            Set.of("stop_words_file", "word_list_file", "synonyms_file", "extra_dict_file", "user_dict");

    /// @param subject what refusals call the parameter
    static Lines of(Json.Members parameters, String key, String subject, WordFiles files) {
        var given = parameters.get(key);
        if (given.isEmpty()) return NONE;
        var source = source(given.get(), subject);
        return new Lines(source.told(), split(files.text(source)));
    }

    /// The files that a description names. What is wrong with a name is said when the analyzer is made.
    static Set<WordFile.Source> sources(Json description) {
        var found = new LinkedHashSet<WordFile.Source>();
        collect(description, found);
        return found;
    }

    private static void collect(Json description, Set<WordFile.Source> found) {
        switch (description) {
            case Json.Members(var members) ->
                members.forEach((key, value) -> {
                    if (KEYS.contains(key) && isSource(value)) found.add(source(value, key));
                    else collect(value, found);
                });
            case Json.Items(var items) -> items.forEach(item -> collect(item, found));
            case Json.Nothing _, Json.Real _, Json.Text _, Json.Truth _, Json.Whole _ -> {}
        }
    }

    private static boolean isSource(Json value) {
        return value instanceof Json.Members file
                && file.get("type").isPresent()
                && file.get("type").get() instanceof Json.Text(var type)
                && switch (type) {
                    case "local" -> isText(file, "path");
                    case "remote" -> isText(file, "resource_name") && isText(file, "file_name");
                    default -> false;
                };
    }

    private static boolean isText(Json.Members file, String key) {
        return file.get(key).filter(Json.Text.class::isInstance).isPresent();
    }

    private static WordFile.Source source(Json given, String subject) {
        if (!(given instanceof Json.Members file))
            throw Description.refused("file config of " + subject + " must be object");
        var type = text(file, "type", "file type of " + subject);
        return switch (type) {
            case "local" -> new WordFile.Local(text(file, "path", "file path of local file `" + subject + "`"));
            case "remote" ->
                new WordFile.Remote(
                        text(file, "resource_name", "resource name of remote file `" + subject + "`"),
                        text(file, "file_name", "file name of remote file `" + subject + "`"));
            default -> throw Description.refused("unsupported file type " + type + " of " + subject);
        };
    }

    private static String text(Json.Members file, String key, String what) {
        return Description.text(
                file.get(key).orElseThrow(() -> Description.refused(what + " must be set")), what + " must be string");
    }

    /// Ends of lines are those of Unix and Windows; a mark of byte order is no part of a word.
    private static List<String> split(String text) {
        var lines = new ArrayList<String>();
        int at = text.startsWith("\uFEFF") ? 1 : 0;
        while (at < text.length()) {
            int newline = text.indexOf('\n', at);
            int end = newline < 0 ? text.length() : newline;
            lines.add(text.substring(at, newline > at && text.charAt(end - 1) == '\r' ? end - 1 : end));
            at = end + 1;
        }
        return lines;
    }

    /// How a refusal calls a line.
    String place(int line) {
        return "line " + (line + 1) + " of " + told;
    }
}
