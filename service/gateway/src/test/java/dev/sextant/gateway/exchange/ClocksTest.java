package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.gateway.exchange.Clocks.Hand;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

    @Test
    void theLeastAndTheMostMomentAreToldAsMomentsAre() {
        var schema = new Schema(0, List.of(Field.of("ts", FieldType.Primitive.TIMESTAMPTZ)));
        var figures = Stream.of("min(ts)", "count(ts)")
                .map(written -> Read.Figure.parse(written).orElseThrow())
                .toList();
        var rows = Rows.of(1)
                .with("ts", Column.longs(0))
                .with("min(ts)", Column.longs(0))
                .with("count(ts)", Column.longs(0))
                .build();
        var told = Clocks.USUAL.told(schema, ZoneOffset.UTC, figures, rows);
        for (var name : List.of("ts", "min(ts)"))
            assertThat(((Column.Texts) told.column(name).orElseThrow()).values().text(0))
                    .isEqualTo("1970-01-01T00:00:00Z");
        assertThat(told.column("count(ts)")).isEqualTo(rows.column("count(ts)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hour,hour", "year, month YEAR", "fortnight"})
    void aHandThatIsNamedTwiceOrThatThereIsNotIsRefused(String hands) {
        assertThatThrownBy(() -> Clocks.of("", hands)).isInstanceOf(Refused.class);
    }
}
