package dev.sextant.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The written pages: what they point at is there, and a decision is found by its number.
class PagesTest {
    private static final Pattern LINK =
            Pattern.compile("(?<!\\\\)\\[(?:[^\\]\\[]|\\[[^\\]]*\\])*\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");

    private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.+?)\\s*#*$", Pattern.MULTILINE);

    private static final Pattern FENCE = Pattern.compile("^(```|~~~).*?^\\1", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern DECISION = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");

    @Test
    void everyLinkLeadsSomewhere() {
        var pages = pages();
        var broken = new TreeSet<String>();
        for (var page : pages) {
            LINK.matcher(prose(page)).results().forEach(link -> {
                if (!leads(page, link.group(1))) {
                    broken.add(page + ": " + link.group(1));
                }
            });
        }
        assertThat(pages).isNotEmpty();
        assertThat(broken).isEmpty();
    }

    @Test
    void everyDecisionIsNumberedAndSaysItsNumber() {
        var pages = House.files(path -> path.startsWith(Path.of("docs/decisions")));
        assertThat(pages).isNotEmpty();
        var numbers = new HashMap<String, Path>();
        for (var page : pages) {
            var name = DECISION.matcher(page.getFileName().toString());
            assertThat(name.matches())
                    .as(page + " is named NNNN-what-is-decided.md")
                    .isTrue();
            assertThat(numbers.put(name.group(1), page))
                    .as("another page with the number of " + page)
                    .isNull();
            assertThat(House.read(page))
                    .as(page + " begins with its number")
                    .startsWith("# " + Integer.parseInt(name.group(1)) + ". ");
        }
    }

    @Test
    void everyPageIsFoundFromTheFirst() {
        var found = new TreeSet<Path>();
        var next = new ArrayDeque<>(List.of(Path.of("README.md")));
        while (!next.isEmpty()) {
            var page = next.pop();
            if (!found.add(page)) continue;
            LINK.matcher(prose(page))
                    .results()
                    .map(link -> target(page, link.group(1)))
                    .filter(target -> target.toString().endsWith(".md") && Files.exists(House.ROOT.resolve(target)))
                    .forEach(next::add);
        }
        assertThat(found).containsAll(pages());
    }

    private static List<Path> pages() {
        return House.files(path -> path.toString().endsWith(".md"));
    }

    private static boolean leads(Path page, String target) {
        if (target.matches("[a-z]+:.*")) {
            return true; // another host's business
        }
        var parts = target.split("#", 2);
        var file = target(page, target);
        if (file.startsWith("..") || !Files.exists(House.ROOT.resolve(file))) {
            return false;
        }
        return parts.length == 1
                || !file.toString().endsWith(".md")
                || anchors(file).contains(parts[1]);
    }

    private static Path target(Path page, String target) {
        var name = target.split("#", 2)[0];
        var folder = page.getParent() == null ? Path.of("") : page.getParent();
        return name.isEmpty() ? page : folder.resolve(name).normalize();
    }

    private static Set<String> anchors(Path page) {
        return HEADING.matcher(FENCE.matcher(House.read(page)).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}\\- _]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String prose(Path page) {
        return FENCE.matcher(House.read(page)).replaceAll("").replaceAll("`[^`\n]*`", "");
    }
}
