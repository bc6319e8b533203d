package dev.sextant.tidy;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Who may know whom. Maven lets a room see all that stands behind what it names; these tables are narrower.
class ArrowsTest {
    private static final Set<String> NOBODY = Set.of();

    /// What each room names in its POM. A new arrow is drawn here first.
    private static final Map<String, Set<String>> NAMED = Map.ofEntries(
            entry("model", NOBODY),
            entry("world", NOBODY),
            entry("kernel", Set.of("model")),
            entry("index", Set.of("kernel")),
            entry("text", Set.of("model")),
            entry("geometry", Set.of("model")),
            entry("catalog", Set.of("model")),
            entry("engine", Set.of("model", "world", "index", "catalog", "geometry")),
            entry("language", Set.of("model")),
            entry("query", Set.of("model", "catalog", "engine", "index", "text", "geometry")),
            entry("database", Set.of("query", "language", "world")),
            entry("models", Set.of("database")), // beside the server: on its class path only where somebody wants it
            entry("wire", NOBODY),
            entry("gateway", Set.of("database", "wire", "world")),
            entry("transfer", Set.of("database")),
            entry("server", Set.of("gateway", "transfer")),
            entry("cli", Set.of("server")));

    /// What a room's classes may use beyond that. `model` is for everyone above it and is not repeated.
    private static final Map<String, Set<String>> BEYOND = Map.of(
            "engine", Set.of("kernel"), // hands down memory and workers
            "query", Set.of("kernel", "world"),
            "database", Set.of("catalog", "engine", "geometry", "index", "kernel", "text"), // opens the whole machine
            "gateway", Set.of("language", "geometry"), // geometries are written as texts
            "server", Set.of("database", "world", "query", "engine", "kernel"), // wires the whole machine
            // `check` and `info` look below the door on purpose: they serve a directory and a machine, not a database.
            "cli", Set.of("language", "database", "gateway", "wire", "world", "engine", "kernel"));

    private static final Set<String> WITHOUT_WORDS = Set.of("model", "world", "wire");

    private static final Pattern OUR_DEPENDENCY = Pattern.compile(
            "<dependency>(?:(?!</dependency>).)*<artifactId>sextant-([a-z]+)</artifactId>"
                    + "((?:(?!</dependency>).)*)</dependency>",
            Pattern.DOTALL);

    @Test
    void everyPomNamesWhatTheTableSays() {
        assertThat(NAMED.keySet()).containsExactlyInAnyOrderElementsOf(House.rooms());
        for (var module : House.MODULES) {
            var room = module.getFileName().toString();
            if (NAMED.containsKey(room)) {
                assertThat(namedIn(module)).as(module + "/pom.xml").isEqualTo(NAMED.get(room));
            }
        }
    }

    @Test
    void everyArrowPointsUpTheListOfModules() {
        var earlier = new HashSet<String>();
        for (var module : House.MODULES) {
            assertThat(earlier).as("modules before " + module).containsAll(namedIn(module));
            earlier.add(module.getFileName().toString());
        }
    }

    @Test
    void everyRoomUsesOnlyRoomsItMayKnow() {
        var seen = new ArrayList<Dependency>();
        var wrong = new TreeSet<String>();
        for (var room : House.writtenRooms()) {
            var allowed = allowed(room);
            for (var type : House.classes(room)) {
                for (var use : type.getDirectDependenciesFromSelf()) {
                    var target = House.roomOf(use.getTargetClass());
                    seen.add(use);
                    if (!target.isEmpty() && !target.equals(room) && !allowed.contains(target)) {
                        wrong.add(room + " may not know " + target + ": " + use.getDescription());
                    }
                }
            }
        }
        assertThat(seen).isNotEmpty();
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyClassLivesInItsRoomsPackage() {
        for (var room : House.rooms()) {
            var door = Path.of("dev", "sextant", room);
            assertThat(House.classFiles(room))
                    .as(room)
                    .allMatch(file -> file.startsWith(door) || file.endsWith("module-info.class"));
        }
    }

    @Test
    void onlyTheKernelKnowsLanes() {
        var users = new TreeSet<String>();
        for (var room : House.writtenRooms()) {
            House.classes(room).stream().filter(ArrowsTest::knowsLanes).forEach(type -> users.add(room));
        }
        assertThat(users).isSubsetOf("kernel");
        assertThat(knowsLanes(new com.tngtech.archunit.core.importer.ClassFileImporter().importClass(Lanes.class)))
                .as("the rule sees a use of the Vector API")
                .isTrue();
    }

    @Test
    void everyRoomOfTheCoreIsAModuleWithOneDoor() {
        for (var module : House.MODULES) {
            var room = module.getFileName().toString();
            if (!module.startsWith("core") || House.classes(room).isEmpty()) {
                continue;
            }
            var text = House.read(module.resolve("src/main/java/module-info.java"));
            assertThat(text).as(room).contains("module dev.sextant." + room + " {");
            var doors = Pattern.compile("^\\s*exports\\s+([\\w.]+)\\s*;", Pattern.MULTILINE)
                    .matcher(text)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            var door = "dev.sextant." + room;
            // Indexes over scalars share nothing with those over vectors but how they are written.
            var expected = room.equals("index") ? List.of(door, door + ".scalar") : List.of(door);
            assertThat(doors).as("what " + room + " exports").isEqualTo(expected);
        }
    }

    private static boolean knowsLanes(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(use -> use.getTargetClass().getPackageName().startsWith("jdk.incubator"));
    }

    private static Set<String> allowed(String room) {
        var allowed = new HashSet<>(NAMED.get(room));
        allowed.addAll(BEYOND.getOrDefault(room, NOBODY));
        if (!WITHOUT_WORDS.contains(room)) {
            allowed.add("model");
        }
        return allowed;
    }

    private static Set<String> namedIn(Path module) {
        var pom = House.read(module.resolve("pom.xml")).replaceFirst("(?s)<parent>.*?</parent>", "");
        var named = new TreeSet<String>();
        OUR_DEPENDENCY.matcher(pom).results().filter(ArrowsTest::isForMain).forEach(found -> named.add(found.group(1)));
        return named;
    }

    private static boolean isForMain(MatchResult dependency) {
        return !dependency.group(2).contains("<scope>test</scope>");
    }

    /// A use of the Vector API, for the rule to find.
    private static final class Lanes {
        @SuppressWarnings("unused")
        private jdk.incubator.vector.FloatVector lanes;
    }
}
