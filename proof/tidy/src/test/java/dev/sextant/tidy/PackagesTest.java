package dev.sextant.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What packages and types are called, and how the packages of one room know each other.
class PackagesTest {
    private static final Pattern BANNED_PACKAGE =
            Pattern.compile("(^|\\.)(utils?|commons?|helpers?|managers?|impl)(\\.|$)");

    private static final Pattern BANNED_TYPE = Pattern.compile("(Utils?|Commons?|Helpers?|Managers?|Impl)$");

    @Test
    void thePackagesOfARoomFormNoCycle() {
        var cycles = new ArrayList<String>();
        for (var room : House.writtenRooms()) {
            var arrows = arrows(House.classes(room));
            cycle(arrows.keySet(), arrows).ifPresentOrElse(found -> cycles.add(room + ": " + found), () -> {});
        }
        assertThat(cycles).isEmpty();
    }

    @Test
    void aCycleOfPackagesIsSeen() {
        Map<String, Map<String, String>> arrows = Map.of(
                "a", Map.of("b", "a.X uses b.Y"),
                "b", Map.of("c", "b.Y uses c.Z"),
                "c", Map.of("b", "c.Z uses b.Y"));
        assertThat(cycle(new TreeSet<>(arrows.keySet()), arrows))
                .hasValueSatisfying(found -> assertThat(found).contains("b.Y uses c.Z", "c.Z uses b.Y"));
        assertThat(cycle(Set.of("a"), Map.of("a", Map.of()))).isEmpty();
    }

    @Test
    void nothingIsCalledAfterWhatItIsNot() {
        var wrong = new TreeSet<String>();
        int looked = 0;
        for (var room : House.writtenRooms()) {
            for (var type : House.classes(room)) {
                looked++;
                if (isBanned(type.getPackageName(), type.getSimpleName())) {
                    wrong.add(type.getName());
                }
            }
        }
        for (var source : House.files(path -> path.toString().endsWith(".java"))) {
            looked++;
            var folder = String.valueOf(source.getParent()).replace('/', '.');
            if (isBanned(folder, source.getFileName().toString().replace(".java", ""))) {
                wrong.add(source.toString());
            }
        }
        assertThat(looked).isPositive();
        assertThat(wrong).isEmpty();
    }

    @Test
    void aBannedNameIsSeen() {
        assertThat(isBanned("dev.sextant.engine.util", "Bytes")).isTrue();
        assertThat(isBanned("dev.sextant.engine", "SegmentManager")).isTrue();
        assertThat(isBanned("dev.sextant.engine", "Implication")).isFalse();
    }

    private static boolean isBanned(String packageName, String typeName) {
        return BANNED_PACKAGE.matcher(packageName).find()
                || BANNED_TYPE.matcher(typeName).find();
    }

    /// From package to package, with one use that draws the arrow.
    private static Map<String, Map<String, String>> arrows(List<JavaClass> types) {
        var arrows = new TreeMap<String, Map<String, String>>();
        var inside = new TreeSet<String>();
        types.forEach(type -> inside.add(type.getPackageName()));
        for (var type : types) {
            var from = arrows.computeIfAbsent(type.getPackageName(), _ -> new TreeMap<>());
            for (var use : type.getDirectDependenciesFromSelf()) {
                var target = use.getTargetClass().getBaseComponentType();
                if (inside.contains(target.getPackageName())
                        && !target.getPackageName().equals(type.getPackageName())) {
                    from.putIfAbsent(target.getPackageName(), use.getDescription());
                }
            }
        }
        return arrows;
    }

    private static java.util.Optional<String> cycle(
            Collection<String> packages, Map<String, Map<String, String>> arrows) {
        return packages.stream().flatMap(start -> back(start, arrows).stream()).findFirst();
    }

    /// The shortest way from a package back to itself.
    private static java.util.Optional<String> back(String start, Map<String, Map<String, String>> arrows) {
        var ways = new ArrayDeque<List<String>>();
        var reached = new LinkedHashSet<String>();
        ways.add(List.of(start));
        while (!ways.isEmpty()) {
            var way = ways.remove();
            for (var next : arrows.getOrDefault(way.getLast(), Map.of()).keySet()) {
                var longer = new ArrayList<>(way);
                longer.add(next);
                if (next.equals(start)) {
                    return java.util.Optional.of(told(longer, arrows));
                }
                if (reached.add(next)) {
                    ways.add(longer);
                }
            }
        }
        return java.util.Optional.empty();
    }

    private static String told(List<String> way, Map<String, Map<String, String>> arrows) {
        var story = new StringBuilder(String.join(" → ", way));
        for (int step = 0; step + 1 < way.size(); step++) {
            story.append("\n    ").append(arrows.get(way.get(step)).get(way.get(step + 1)));
        }
        return story.toString();
    }
}
