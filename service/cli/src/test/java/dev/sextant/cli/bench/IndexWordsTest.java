package dev.sextant.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IndexWordsTest {
    @Test
    void everyWordStandsOnThePageOfIndexes() throws IOException {
        var page = Files.readString(Path.of("../../docs/compatibility/indexes.md"));
        for (var type : IndexWords.types()) {
            var words = IndexWords.of(type).orElseThrow();
            assertThat(page).contains(type);
            for (var word : words.build()) assertThat(page).as(type).contains("`" + word + "`");
            for (var word : words.search())
                if (!word.equals("beam_width_ratio")) assertThat(page).as(type).containsPattern("`" + word + "[` ]");
        }
    }

    @Test
    void anIndexIsSteeredByItsOwnParameter() {
        assertThat(IndexWords.sweep("HNSW", 10)).isEqualTo("ef=16,32,64,128,256");
        assertThat(IndexWords.sweep("HNSW", 100)).isEqualTo("ef=128,256");
        assertThat(IndexWords.sweep("HNSW_SQ", 300)).isEqualTo("ef=300,600,1200");
        assertThat(IndexWords.sweep("IVF_SQ8", 100)).isEqualTo("nprobe=16,32,64,128,256");
        assertThat(IndexWords.sweep("FLAT", 10)).isEqualTo("default");
        assertThat(IndexWords.sweep("OF_ANOTHER_SERVER", 10)).isEqualTo("ef=16,32,64,128,256");
    }

    @Test
    void whatItWouldNotHeedIsToldWithWhatIsNear() {
        var told =
                IndexWords.unheeded("HNSW", Map.of("efconstruction", "9", "M", "8"), List.of(Map.of("nprobe", "8")))
                        .stream()
                        .collect(Collectors.joining("\n"));
        assertThat(told.lines())
                .containsExactly(
                        "--params names 'efconstruction', which HNSW passes over; it takes M, efConstruction;"
                                + " did you mean efConstruction?",
                        "--sweep names 'nprobe', which HNSW passes over; it takes ef, recall");
        assertThat(IndexWords.unheeded("HNSW", Map.of("M", "8"), List.of(Map.of("ef", "64"), Map.of("recall", ".9"))))
                .isEmpty();
        assertThat(IndexWords.unheeded("hnsw", Map.of(), List.of()))
                .singleElement()
                .asString()
                .endsWith("did you mean HNSW?");
    }
}
