package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FragmentsTest {
    private static final Analyzer STANDARD = Analyzer.of("");
    private static final Fragments USUAL = new Fragments(100, 5, 0, List.of("<em>"), List.of("</em>"));

    @Test
    void aPieceBeginsAtItsFirstWordAndMarksAllThatFit() {
        assertThat(USUAL.of(STANDARD, "The Fox sees a fox; no dog.", Set.of("fox")))
                .containsExactly("<em>Fox</em> sees a <em>fox</em>; no dog.");
        assertThat(USUAL.of(STANDARD, "nothing here", Set.of("fox"))).isEmpty();
        assertThat(USUAL.of(STANDARD, "", Set.of("fox"))).isEmpty();
    }

    @Test
    void piecesAreSoLongAndSoMany() {
        var narrow = new Fragments(8, 2, 2, List.of("{", "["), List.of("}", "]"));
        assertThat(narrow.of(STANDARD, "aa fox bb fox cc fox dd", Set.of("fox")))
                .containsExactly("a {fox} bb", " [fox] cc ");
    }

    @Test
    void charactersAreCountedAndNotTheirBytes() {
        var five = new Fragments(5, 1, 1, List.of("<"), List.of(">"));
        assertThat(five.of(Analyzer.of("{\"type\": \"chinese\"}"), "在数据库中查询数据", Set.of("数据", "数据库")))
                .containsExactly("在<数据库>中");
    }

    @Test
    void aWordIsNeverCutInTwo() {
        var tiny = new Fragments(2, 9, 0, List.of("<"), List.of(">"));
        assertThat(tiny.of(STANDARD, "elephants elephants", Set.of("elephants")))
                .containsExactly("<elephants>", "<elephants>");
    }

    @Test
    void aPieceBeginsBehindTheOneBeforeIt() {
        var far = new Fragments(4, Integer.MAX_VALUE, Integer.MAX_VALUE, List.of("<"), List.of(">"));
        var text = "fox ".repeat(2000);
        var pieces = far.of(STANDARD, text, Set.of("fox"));
        assertThat(pieces).hasSize(2000);
        assertThat(String.join("", pieces).replaceAll("[<>]", "")).isEqualTo(text);
    }

    @Test
    void piecesThatWouldFillTheMemoryAreRefused() {
        var longTags = new Fragments(1, Integer.MAX_VALUE, 0, List.of("<".repeat(10_000)), List.of(">"));
        assertThatThrownBy(() -> longTags.of(STANDARD, "fox ".repeat(2000), Set.of("fox")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("marked pieces");
    }
}
