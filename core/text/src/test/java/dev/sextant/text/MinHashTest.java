package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinHashTest {
    private static final Analyzer STANDARD = Analyzer.of("");

    @Test
    void theHashIsThePublishedOne() {
        assertThat(XxHash.of(new byte[0])).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash.of("a".getBytes(StandardCharsets.UTF_8))).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(XxHash.of("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(0x44BC2CF5AD770999L);
    }

    private static double agreeing(MinHash hash, String left, String right) {
        var a = hash.signature(STANDARD, left);
        var b = hash.signature(STANDARD, right);
        int same = 0;
        for (int i = 0; i < a.length; i += 4) if (java.util.Arrays.equals(a, i, i + 4, b, i, i + 4)) same++;
        return same / (a.length / 4.0);
    }

    @ParameterizedTest
    @CsvSource({"word, xxhash64", "word, sha1", "char, xxhash64"})
    void signaturesAgreeInTheShareOfCommonPieces(String level, String function) {
        var hash = MinHash.of(
                Map.of("num_hashes", "512", "shingle_size", "1", "token_level", level, "hash_function", function),
                512 * 32);
        // Six of ten pieces are common to both.
        assertThat(agreeing(
                        hash,
                        "a b c d e f g h".replace(" ", level.equals("char") ? "" : " "),
                        "c d e f g h i j".replace(" ", level.equals("char") ? "" : " ")))
                .isBetween(0.5, 0.7);
        assertThat(agreeing(hash, "a b c", "a b c")).isEqualTo(1);
        assertThat(agreeing(hash, "a b c", "x y z")).isLessThan(0.4);
        assertThat(hash.signature(STANDARD, "")).hasSize(2048);
    }

    @ParameterizedTest
    @CsvSource({"num_hashes, 3", "num_hashes, x", "shingle_size, 0", "token_level, line", "hash_function, md5"})
    void whatIsWrongIsSaid(String name, String value) {
        assertThatThrownBy(() -> MinHash.of(Map.of(name, value), 64)).hasMessageContaining(name);
    }
}
