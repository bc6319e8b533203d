package dev.sextant.language;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The functions whose arguments have a form of their own. Their names are written all lower or all upper; any other
/// spelling, and any other name, is a call of an ordinary function.
enum Form {
    JSON_CONTAINS(First.ANYTHING, 1, 1),
    JSON_CONTAINS_ALL(First.ANYTHING, 1, 1),
    JSON_CONTAINS_ANY(First.ANYTHING, 1, 1),
    ARRAY_CONTAINS(First.ANYTHING, 1, 1),
    ARRAY_CONTAINS_ALL(First.ANYTHING, 1, 1),
    ARRAY_CONTAINS_ANY(First.ANYTHING, 1, 1),
    ARRAY_LENGTH(First.COLUMN, 0, 0),
    TEXT_MATCH(First.NAME, 1, 1, Option.MINIMUM_SHOULD_MATCH, false),
    TEXT_MATCH_FUZZY(First.NAME, 1, 1, Option.MAX_EDIT_DISTANCE, true),
    PHRASE_MATCH(First.NAME, 1, 2),
    MEMBERSHIP_MATCH(First.COLUMN, 1, 1, Option.TYPE, false),
    RANDOM_SAMPLE(First.ANYTHING, 0, 0),
    ELEMENT_FILTER(First.NAME, 1, 1),
    MATCH_ALL(First.NAME, 1, 1),
    MATCH_ANY(First.NAME, 1, 1),
    MATCH_LEAST(First.NAME, 1, 1, Option.THRESHOLD, true),
    MATCH_MOST(First.NAME, 1, 1, Option.THRESHOLD, true),
    MATCH_EXACT(First.NAME, 1, 1, Option.THRESHOLD, true),
    ST_EQUALS(First.NAME, 1, 1),
    ST_TOUCHES(First.NAME, 1, 1),
    ST_OVERLAPS(First.NAME, 1, 1),
    ST_CROSSES(First.NAME, 1, 1),
    ST_CONTAINS(First.NAME, 1, 1),
    ST_INTERSECTS(First.NAME, 1, 1),
    ST_WITHIN(First.NAME, 1, 1),
    ST_DWITHIN(First.NAME, 2, 2),
    ST_ISVALID(First.NAME, 0, 0);

    /// What the first argument may be.
    enum First {
        NAME,
        /// A name, a path, or `s[sub]`.
        COLUMN,
        ANYTHING
    }

    /// The argument that is written `word = 2`, last; behind [#TYPE] stands a word.
    enum Option {
        NONE,
        MINIMUM_SHOULD_MATCH,
        MAX_EDIT_DISTANCE,
        THRESHOLD,
        TYPE;

        final String word = name().toLowerCase(Locale.ROOT);
    }

    private static final Map<String, Form> BY_WORD = new HashMap<>();

    static {
        for (Form form : values()) {
            BY_WORD.put(form.word, form);
            BY_WORD.put(form.name(), form);
        }
    }

    final String word = name().toLowerCase(Locale.ROOT);
    final First first;
    final int fewestOthers;
    final int mostOthers;
    final Option option;
    final boolean optionNeeded;

    Form(First first, int fewestOthers, int mostOthers) {
        this(first, fewestOthers, mostOthers, Option.NONE, false);
    }

    Form(First first, int fewestOthers, int mostOthers, Option option, boolean optionNeeded) {
        this.first = first;
        this.fewestOthers = fewestOthers;
        this.mostOthers = mostOthers;
        this.option = option;
        this.optionNeeded = optionNeeded;
    }

    static Optional<Form> of(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }
}
