package dev.sextant.model;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Moments as texts and as microseconds since 1970 in UTC.
public final class Moments {
    /// The property of a collection or database in which texts without an offset are read.
    public static final String ZONE_PROPERTY = "timezone";

    private static final Pattern TEXT =
            Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})(?:[T ](\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?"
                    + " ?(Z|([+-])(\\d{2})(?::?(\\d{2}))?)?)?");
    private static final long SECOND = 1_000_000;
    private static final int LEAST_OFFSET = -12 * 3600;
    private static final int MOST_OFFSET = 14 * 3600;

    private Moments() {}

    /// A text that names no moment; the message says why.
    public static final class NoMoment extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoMoment(String why) {
            super(why, null, false, false);
        }
    }

    /// Reads RFC 3339, with a blank in the place of the `T` too, with an offset of hours alone, or without one: then
    /// in `zone`. What is finer than a microsecond is cut.
    public static long parse(String text, ZoneId zone) {
        var parts = TEXT.matcher(text);
        if (!parts.matches())
            throw new NoMoment("invalid timestamp string: '" + text + "'. Does not match any known format");
        try {
            var local = LocalDateTime.of(
                    number(parts, 1),
                    number(parts, 2),
                    number(parts, 3),
                    number(parts, 4),
                    number(parts, 5),
                    number(parts, 6),
                    fraction(parts.group(7)));
            return micros(local, parts.group(8) == null ? zone.getRules().getOffset(local) : offset(text, parts));
        } catch (DateTimeException wrong) {
            throw new NoMoment(
                    "invalid timestamp string: '" + text + "'. Does not match any known format: " + wrong.getMessage());
        }
    }

    private static int number(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
    }

    private static int fraction(String digits) {
        return digits == null ? 0 : Integer.parseInt((digits + "00000000").substring(0, 9));
    }

    private static ZoneOffset offset(String text, Matcher parts) {
        if (parts.group(8).equals("Z")) return ZoneOffset.UTC;
        int seconds = (number(parts, 10) * 60 + number(parts, 11)) * 60;
        if (parts.group(9).equals("-")) seconds = -seconds;
        if (seconds < LEAST_OFFSET || seconds > MOST_OFFSET || number(parts, 11) > 59)
            throw new NoMoment("invalid timestamp string: '" + text
                    + "'. The UTC offset is out of the valid range [-12:00, +14:00]");
        return ZoneOffset.ofTotalSeconds(seconds);
    }

    private static long micros(LocalDateTime local, ZoneOffset offset) {
        return Math.addExact(Math.multiplyExact(local.toEpochSecond(offset), SECOND), local.getNano() / 1000);
    }

    /// The moment at the clocks of `zone`, with its offset, and with as many digits as it needs.
    public static String print(long micros, ZoneId zone) {
        var local = at(micros, zone);
        var text = new StringBuilder(32);
        int year = local.getYear();
        if (year < 0 || year > 9999) text.append(year);
        else digits(text, year, 4);
        digits(text.append('-'), local.getMonthValue(), 2);
        digits(text.append('-'), local.getDayOfMonth(), 2);
        digits(text.append('T'), local.getHour(), 2);
        digits(text.append(':'), local.getMinute(), 2);
        digits(text.append(':'), local.getSecond(), 2);
        int rest = local.getNano() / 1000;
        if (rest > 0) {
            digits(text.append('.'), rest, 6);
            while (text.charAt(text.length() - 1) == '0') text.setLength(text.length() - 1);
        }
        var offset = zone.getRules().getOffset(instant(micros));
        return text.append(offset.getId()).toString();
    }

    /// What the clocks of `zone` show at a moment.
    public static LocalDateTime at(long micros, ZoneId zone) {
        return LocalDateTime.ofInstant(instant(micros), zone);
    }

    private static java.time.Instant instant(long micros) {
        return java.time.Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1000);
    }

    private static void digits(StringBuilder text, int number, int width) {
        var digits = Integer.toString(number);
        for (int i = digits.length(); i < width; i++) text.append('0');
        text.append(digits);
    }

    /// A place on earth by its name in the database of time zones; none for anything else, offsets too.
    public static Optional<ZoneId> zone(String name) {
        if (name.equals("UTC")) return Optional.of(ZoneOffset.UTC);
        return ZoneId.getAvailableZoneIds().contains(name) ? Optional.of(ZoneId.of(name)) : Optional.empty();
    }

    /// The zone in which texts of a collection with these properties are read and written.
    public static ZoneId zoneOf(java.util.Map<String, String> properties) {
        return zone(properties.getOrDefault(ZONE_PROPERTY, "UTC")).orElse(ZoneOffset.UTC);
    }

    /// How far one moment is from another: by the calendar (in UTC) and by the clock.
    ///
    /// @param micros that never depend on the calendar; a day has 24 hours
    public record Interval(int months, long micros) {
        private static final Pattern ISO = Pattern.compile("P(?=.)(?:(\\d+)Y)?(?:(\\d+)M)?(?:(\\d+)W)?(?:(\\d+)D)?"
                + "(?:T(?=.)(?:(\\d+)H)?(?:(\\d+)M)?(?:(\\d+)(?:\\.(\\d{1,9}))?S)?)?");

        /// Reads a duration of ISO 8601, `P1Y2M3DT4H5M6S`.
        public static Interval parse(String text) {
            var parts = ISO.matcher(text);
            if (!parts.matches()) throw new NoMoment("invalid interval: '" + text + "' is no ISO 8601 duration");
            try {
                int months = Math.addExact(Math.multiplyExact(number(parts, 1), 12), number(parts, 2));
                long days = Math.addExact(Math.multiplyExact(number(parts, 3), 7), number(parts, 4));
                long seconds = Math.addExact(
                        Math.multiplyExact(days, 86_400L),
                        Math.addExact(number(parts, 5) * 3600L + number(parts, 6) * 60L, number(parts, 7)));
                long micros = Math.addExact(Math.multiplyExact(seconds, SECOND), fraction(parts.group(8)) / 1000);
                return new Interval(months, micros);
            } catch (ArithmeticException | NumberFormatException tooLong) {
                throw new NoMoment("invalid interval: '" + text + "' is too long");
            }
        }

        public Interval negated() {
            return new Interval(-months, -micros);
        }

        /// The moment so much later. Months first; the 31st of a month that has 30 days is its 30th. What lies beyond
        /// all time stays at its end.
        public long after(long moment) {
            long shifted = moment;
            if (months != 0) {
                var local = at(moment, ZoneOffset.UTC);
                shifted = clamped(local.toLocalDate().plusMonths(months).toEpochDay(), local.toLocalTime());
            }
            long sum = shifted + micros;
            boolean over = ((shifted ^ sum) & (micros ^ sum)) < 0;
            return over ? micros > 0 ? Long.MAX_VALUE : Long.MIN_VALUE : sum;
        }

        private static long clamped(long day, LocalTime time) {
            long most = Long.MAX_VALUE / (86_400 * SECOND) - 1;
            if (day > most) return Long.MAX_VALUE;
            return day < -most ? Long.MIN_VALUE : day * 86_400 * SECOND + time.toNanoOfDay() / 1000;
        }
    }
}
