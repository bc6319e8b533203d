package dev.sextant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java program of the first page, word for word, started as that page says.
@Tag("slow")
class FirstProgramTest {
    private static final Pattern PROGRAM = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theJavaProgramOfTheFirstPageFindsItsBook() throws IOException, InterruptedException {
        var page = PROGRAM.matcher(Files.readString(Path.of("../../README.md")));
        assertThat(page.find()).isTrue();
        Files.writeString(folder.resolve("Books.java"), page.group(1));
        var process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "Books.java"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var said = process.inputReader().readAllAsString();
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines()).contains("book 1, at 0.0");
    }
}
