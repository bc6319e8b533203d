package dev.sextant.language;

import dev.sextant.model.Statement;

/// Statements as lines of text, whole: what is written here is read as the same statement. Not for logs, since data and
/// secrets are shown: for those there is [Print#statement].
public final class Statements {
    /// What is nested in a statement may be so deep.
    static final int MAX_DEPTH = 64;

    private Statements() {}

    public static String write(Statement<?> statement) {
        return new StatementText(true).of(statement);
    }

    /// Reads a line that was written by [#write], or by a person: a name may stand without quotes where it is a plain
    /// word. Anything wrong is a [dev.sextant.model.Refusal.InvalidParameter] that says where.
    public static Statement<?> parse(String text) {
        return new StatementParser(new Scanner(text)).statement();
    }
}
