package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TermsTest {
    @Test
    void aTermIsTheChecksumOfItsFirstHundredBytes() {
        assertThat(Terms.id("123456789")).isEqualTo(0xcbf43926);
        assertThat(Terms.id("x".repeat(100) + "y")).isEqualTo(Terms.id("x".repeat(100) + "z"));
        assertThat(Terms.id("")).isZero();
    }

    @Test
    void theRowOfATextHasItsTermsAscendingWithTheirCounts() {
        var tokens = Analyzer.of("").tokens("b a b c B 文 é a b");
        var cells = ByteBuffer.wrap(Terms.frequencies(tokens)).order(ByteOrder.LITTLE_ENDIAN);
        long before = -1;
        float all = 0;
        int count = 0;
        while (cells.hasRemaining()) {
            long term = Integer.toUnsignedLong(cells.getInt());
            assertThat(term).isGreaterThan(before);
            before = term;
            float frequency = cells.getFloat();
            if (term == Integer.toUnsignedLong(Terms.id("b")))
                assertThat(frequency).isEqualTo(4);
            all += frequency;
            count++;
        }
        assertThat(all).isEqualTo(9);
        assertThat(count).isEqualTo(5);
        assertThat(Terms.frequencies(java.util.List.of())).isEmpty();
    }
}
