package dev.sextant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {
    private static final long SEED = new Random().nextLong();
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

    private final Random random = new Random(SEED);

    @ParameterizedTest
    @CsvSource({
        "2025-01-01T00:00:00Z, 1735689600000000",
        "2025-01-01T00:00:00.000001Z, 1735689600000001",
        "2025-01-01T00:00:00.1234567Z, 1735689600123456",
        "2025-01-01 08:00:00+08:00, 1735689600000000",
        "2025-01-01T08:00:00+08, 1735689600000000",
        "2025-01-01T08:00:00, 1735689600000000",
        "2025-01-01 08:00:00.5, 1735689600500000",
        "2025-01-01, 1735660800000000",
        "1969-12-31T23:59:59.999999Z, -1",
        "2025-01-01T14:00:00+14:00, 1735689600000000",
        "2024-12-31T12:00:00-12:00, 1735689600000000"
    })
    void everyFormIsRead(String text, long micros) {
        assertThat(Moments.parse(text, SHANGHAI)).isEqualTo(micros);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2025-1-1T00:00:00Z",
                "2025-13-01T00:00:00Z",
                "2025-02-29T00:00:00Z",
                "2025-01-01T24:00:00Z",
                "2025-01-01T00:60:00Z",
                "2025-01-01T00:00:00+14:30",
                "2025-01-01T00:00:00-13",
                "2025-01-01T00:00:00+01:60",
                "2025-01-01T00:00:00 UTC",
                "2025-01-01T00:00:00.Z",
                "12025-01-01T00:00:00Z",
                "2025-01-01T00:00:00Zx"
            })
    void whatIsNoMomentIsRefused(String text) {
        assertThatThrownBy(() -> Moments.parse(text, ZoneOffset.UTC))
                .isInstanceOf(Moments.NoMoment.class)
                .hasMessageContaining("invalid timestamp string: '" + text + "'");
    }

    @Test
    void aMomentThatIsPrintedInAnyZoneIsReadBack() {
        System.out.println("seed " + SEED);
        var first = Instant.parse("1900-01-01T00:00:00Z").getEpochSecond();
        var last = Instant.parse("2200-01-01T00:00:00Z").getEpochSecond();
        var zones = new ZoneId[] {ZoneOffset.UTC, SHANGHAI, NEW_YORK, ZoneId.of("Asia/Kathmandu")};
        for (int i = 0; i < 20_000; i++) {
            long micros = random.nextLong(first, last) * 1_000_000
                    + (random.nextBoolean() ? random.nextInt(1_000_000) : random.nextInt(10) * 100_000);
            var zone = zones[random.nextInt(zones.length)];
            var text = Moments.print(micros, zone);
            var instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
            var offset = zone.getRules().getOffset(instant);
            if (offset.getTotalSeconds() % 60 != 0) continue; // before there were zones: no protocol has a word for it
            assertThat(Moments.parse(text, ZoneOffset.UTC)).as(text).isEqualTo(micros);
            assertThat(OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                            .toInstant())
                    .as(text)
                    .isEqualTo(instant);
            assertThat(text).doesNotMatch(".*\\.\\d*0(Z|[+-].*)");
        }
    }

    @Test
    void aTextWithoutAnOffsetIsReadAtTheClocksOfTheZone() {
        System.out.println("seed " + SEED);
        for (int i = 0; i < 2_000; i++) {
            long micros = random.nextLong(0, 4_000_000_000L) * 1_000_000;
            var local = Moments.at(micros, NEW_YORK);
            if (NEW_YORK.getRules().getValidOffsets(local).size() > 1) continue; // the hour that comes twice
            assertThat(Moments.parse(local.format(DateTimeFormatter.ISO_LOCAL_DATE_TIME), NEW_YORK))
                    .isEqualTo(micros);
        }
    }

    @Test
    void anIntervalMovesAsTheCalendarDoes() {
        System.out.println("seed " + SEED);
        for (int i = 0; i < 5_000; i++) {
            int years = random.nextInt(3), months = random.nextInt(15), days = random.nextInt(40);
            int hours = random.nextInt(50), seconds = random.nextInt(4000);
            var interval = Moments.Interval.parse(
                    "P" + years + "Y" + months + "M" + days + "DT" + hours + "H" + seconds + "S");
            long micros = random.nextLong(-2_000_000_000L, 4_000_000_000L) * 1_000_000;
            var expected = Moments.at(micros, ZoneOffset.UTC)
                    .plus(Period.ofMonths(12 * years + months))
                    .plusDays(days)
                    .plusHours(hours)
                    .plusSeconds(seconds);
            assertThat(Moments.at(interval.after(micros), ZoneOffset.UTC)).isEqualTo(expected);
        }
        assertThat(Moments.Interval.parse("P1M").after(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Moments.Interval.parse("P1D").after(Long.MAX_VALUE - 5)).isEqualTo(Long.MAX_VALUE);
        assertThat(Moments.Interval.parse("P9999Y").negated().after(Long.MIN_VALUE + 5))
                .isEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PT", "1D", "P1", "P1DT", "P1H", "PT1D", "P-1D", "P1.5D", "P99999999999Y", "p1d"})
    void whatIsNoIntervalIsRefused(String text) {
        assertThatThrownBy(() -> Moments.Interval.parse(text))
                .isInstanceOf(Moments.NoMoment.class)
                .hasMessageContaining("invalid interval");
    }

    @Test
    void onlyPlacesAreZones() {
        assertThat(Moments.zone("Asia/Shanghai")).contains(SHANGHAI);
        assertThat(Moments.zone("UTC")).contains(ZoneOffset.UTC);
        assertThat(Moments.zone("+08:00")).isEmpty();
        assertThat(Moments.zone("Mars/Olympus")).isEmpty();
        assertThat(Moments.zone("")).isEmpty();
    }
}
