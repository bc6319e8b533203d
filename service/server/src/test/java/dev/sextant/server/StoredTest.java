package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTest {
    @TempDir
    Path data;

    private void file(String name, int bytes) throws IOException {
        var file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[bytes]);
    }

    @Test
    void allFilesCountButTheLog() throws IOException {
        var stored = new Stored(data);
        assertThat(stored.bytes()).isZero();
        file("segments/1.segment", 1000);
        file("segments/1-2.index", 200);
        file("checkpoint", 30);
        file("log/00001", 5000);
        assertThat(stored.bytes()).isEqualTo(1230);
        assertThat(new Stored(data.resolve("absent")).bytes()).isZero();
    }
}
