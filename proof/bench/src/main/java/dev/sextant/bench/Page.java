package dev.sextant.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A page of documentation with places for figures: what stands between `<!-- NAME -->` and the next `<!-- end -->` is
/// written anew by each measurement.
final class Page {
    private static final String END = "<!-- end -->";

    private Page() {}

    static void put(Path page, String name, String text) throws IOException {
        Files.writeString(page, with(Files.readString(page), name, text));
    }

    static String with(String page, String name, String text) {
        var mark = "<!-- " + name + " -->";
        int from = page.indexOf(mark);
        int to = from < 0 ? -1 : page.indexOf(END, from);
        if (to < 0) throw new IllegalArgumentException("the page has no place " + mark + " ... " + END);
        return page.substring(0, from + mark.length()) + "\n" + text.strip() + "\n" + page.substring(to);
    }
}
