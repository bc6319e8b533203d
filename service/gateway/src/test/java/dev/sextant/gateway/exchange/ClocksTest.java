package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.gateway.exchange.Clocks.Hand;
import dev.sextant.model.Refused;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClocksTest {
    @Test
    void everyHandMayBeNamedInAnyOrder() {
        assertThat(Clocks.of("", "microsecond, second minute,hour,day,month,YEAR")
                        .hands())
                .containsExactlyInAnyOrder(Hand.values())
                .isEqualTo(Arrays.asList(Hand.values()).reversed());
        assertThat(Clocks.of("", " ")).isEqualTo(Clocks.USUAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hour,hour", "year, month YEAR", "fortnight"})
    void aHandThatIsNamedTwiceOrThatThereIsNotIsRefused(String hands) {
        assertThatThrownBy(() -> Clocks.of("", hands)).isInstanceOf(Refused.class);
    }
}
