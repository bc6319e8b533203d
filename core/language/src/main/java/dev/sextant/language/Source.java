package dev.sextant.language;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// The text of a filter, and how trouble with it is told.
record Source(String text) {
    private static final int LONGEST_QUOTE = 60;

    /// A form that the grammar does not have: `line 1:5 …`, lines from 1, code points from 0.
    Refused syntax(int position, String reason) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position; i++) {
            if (text.charAt(i) != '\n') continue;
            line++;
            lineStart = i + 1;
        }
        return refuse(position, "line " + line + ":" + text.codePointCount(lineStart, position) + " " + reason);
    }

    /// A literal of the right form that stands for nothing.
    Refused refuse(int position, String reason) {
        return new Refused(new Refusal.InvalidFilter(text, reason, position));
    }

    /// What stands there, shortened for a message.
    String excerpt(int start, int end) {
        return end - start <= LONGEST_QUOTE
                ? text.substring(start, end)
                : text.substring(start, start + LONGEST_QUOTE) + "...";
    }
}
