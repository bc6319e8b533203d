package dev.sextant.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// Real text, and an embedding of it that needs no model: a hashed bag of words.
///
/// @param page that it stands on
record Passages(String text, String page, int words) {
    static final int DIMENSION = 256;
    private static final Pattern WORD = Pattern.compile("[a-z]{3,}");
    private static final int SHORT = 120, LONG = 2000;

    /// The paragraphs of this house's own pages.
    static List<Passages> first(int count) {
        var pages = Files.isDirectory(Path.of("docs")) ? Path.of("docs") : Path.of("../../docs");
        var found = new ArrayList<Passages>();
        try (Stream<Path> all = Files.walk(pages)) {
            for (var page :
                    all.filter(each -> each.toString().endsWith(".md")).sorted().toList())
                for (var paragraph : Files.readString(page).split("\n\n")) {
                    var text = String.join(" ", paragraph.strip().split("\\s+"));
                    if (text.length() > SHORT && !text.matches("(?s)[|#`].*"))
                        found.add(new Passages(
                                text.substring(0, Math.min(LONG, text.length())),
                                page.getFileName().toString().replace(".md", ""),
                                text.split(" ").length));
                }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found.subList(0, count);
    }

    static float[] embedding(String text) {
        var vector = new float[DIMENSION];
        var words = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (words.find()) {
            var hash = new CRC32();
            hash.update(words.group().getBytes(StandardCharsets.UTF_8));
            vector[(int) (hash.getValue() % DIMENSION)]++;
        }
        double sum = 0;
        for (float each : vector) sum += each * each;
        for (int i = 0; i < DIMENSION; i++) vector[i] /= (float) Math.max(1e-6, Math.sqrt(sum));
        return vector;
    }
}
