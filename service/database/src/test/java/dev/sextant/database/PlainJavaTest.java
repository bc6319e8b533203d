package dev.sextant.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedded library in a process of its own, started as somebody starts it who has read nothing: from the class
/// path, with and without the module of the Vector API.
@Tag("slow")
class PlainJavaTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    private record Said(List<String> out, List<String> errors) {
        List<String> found() {
            return out.stream().filter(line -> line.contains(":")).toList();
        }
    }

    private static Said plain, fast;

    @BeforeAll
    static void runBoth(@TempDir Path directory) throws IOException, InterruptedException {
        plain = run(directory.resolve("plain"), Optional.empty());
        fast = run(directory.resolve("fast"), Optional.of(MODULE));
    }

    @Test
    void withoutTheVectorApiEverythingIsFoundAsWithIt() {
        assertThat(plain.out).contains("accelerated false");
        assertThat(fast.out).contains("accelerated true");
        assertThat(plain.found()).hasSize(30).isEqualTo(fast.found());
    }

    @Test
    void itSaysOnceThatItIsSlowAndWhatToDo() {
        assertThat(plain.errors.stream().filter(line -> line.contains(MODULE.substring(2, 13))))
                .singleElement()
                .asString()
                .contains("several times slower", "--add-modules jdk.incubator.vector");
    }

    @Test
    void withTheVectorApiItSaysNothing() {
        assertThat(fast.errors).noneMatch(line -> line.contains("slower"));
    }

    private static Said run(Path home, Optional<String> option) throws IOException, InterruptedException {
        Files.createDirectories(home);
        var command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-ea"));
        option.ifPresent(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Embedded.class.getName(),
                home.resolve("data").toString()));
        var out = home.resolve("out");
        var errors = home.resolve("errors");
        int code = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        var said = new Said(Files.readAllLines(out), Files.readAllLines(errors));
        assertThat(code).as(String.join("\n", said.errors)).isZero();
        return said;
    }
}
