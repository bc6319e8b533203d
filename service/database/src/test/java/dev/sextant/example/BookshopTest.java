package dev.sextant.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookshopTest {
    @Test
    void theExampleOfTheReadmeDoesWhatItSays(@TempDir Path directory) {
        assertThat(Bookshop.affordableNear(directory, 0.9f, 0.1f)).containsExactly("The Long Goodbye", "Rebecca");
        assertThat(Bookshop.affordableNear(directory.resolve("other"), 0f, 1f)).containsExactly("Emma", "Rebecca");
    }
}
