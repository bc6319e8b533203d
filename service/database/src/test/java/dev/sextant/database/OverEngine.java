package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Statement;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests from the door down: a database over a real engine, in a directory of its own, open while a test runs.
abstract class OverEngine {
    static final SextantConfig SMALL =
            SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(2);

    @TempDir
    Path directory;

    Sextant db;

    /// Of the test's directory, as its class wants it.
    Sextant opened() {
        return Sextant.open(directory, SMALL);
    }

    @BeforeEach
    void open() {
        db = opened();
    }

    @AfterEach
    void close() {
        db.close();
    }

    /// As after a stop.
    void reopen() {
        db.close();
        db = opened();
    }

    <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }
}
