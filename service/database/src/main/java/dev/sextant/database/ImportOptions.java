package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What may be said beside an import, by the names that Milvus' users know.
///
/// @param waits for a commit before its rows become visible
/// @param key by which whoever asks again, not knowing whether they were heard, means the job of the first time
record ImportOptions(Optional<Duration> timeout, boolean waits, Optional<String> key) {
    private static final String KEY = "idempotency_key";
    private static final int LONGEST_KEY = 256;
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d+)?)s)?(?:(\\d+)ms)?");

    /// They restore Milvus' own backups, whose files nothing here can read.
    private static final Set<String> OF_BACKUPS = Set.of("backup", "l0_import", "ezk");

    static ImportOptions of(Map<String, String> options) {
        for (var name : OF_BACKUPS)
            if (Names.isTrue(options.getOrDefault(name, "false")) || name.equals("ezk") && options.containsKey(name))
                throw refused("the option " + name + " restores backups of Milvus, which are not read here");
        checkSeparator(options.getOrDefault("sep", ","));
        var timeout = Optional.ofNullable(options.get("timeout"))
                .filter(text -> !text.isBlank())
                .map(ImportOptions::duration);
        var commit = options.getOrDefault("auto_commit", "true");
        if (!Names.isTrue(commit) && !commit.strip().equalsIgnoreCase("false"))
            throw refused("the option auto_commit must be true or false, '" + commit + "' came");
        return new ImportOptions(timeout, !Names.isTrue(commit), key(options));
    }

    /// The key that a job was asked for by.
    static Optional<String> key(Map<String, String> options) {
        var key = Optional.ofNullable(options.get(KEY)).filter(text -> !text.isEmpty());
        key.ifPresent(text -> {
            if (text.length() > LONGEST_KEY || text.chars().anyMatch(c -> c < ' ' || c > '~'))
                throw new Refused(new Refusal.InvalidParameter(
                        KEY, "an idempotency key is at most " + LONGEST_KEY + " printable characters of ASCII"));
        });
        return key;
    }

    private static void checkSeparator(String separator) {
        if (separator.length() != 1 || "\n\r\"".contains(separator) || separator.charAt(0) == 0xFFFD)
            throw refused("unsupported csv separator: '" + separator + "': it must be one character, no quote and no"
                    + " end of a line");
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (text.isBlank() || !matcher.matches())
            throw refused("parse timeout failed: '" + text + "' is no duration such as 300s or 1h30m");
        long millis = 0;
        if (matcher.group(1) != null)
            millis += Duration.ofHours(number(matcher.group(1))).toMillis();
        if (matcher.group(2) != null)
            millis += Duration.ofMinutes(number(matcher.group(2))).toMillis();
        if (matcher.group(3) != null) millis += (long) (Double.parseDouble(matcher.group(3)) * 1000);
        if (matcher.group(4) != null) millis += number(matcher.group(4));
        return Duration.ofMillis(millis);
    }

    private static long number(String digits) {
        return digits.length() > 9 ? 999_999_999 : Long.parseLong(digits);
    }

    private static Refused refused(String detail) {
        return Imports.refused(detail);
    }
}
