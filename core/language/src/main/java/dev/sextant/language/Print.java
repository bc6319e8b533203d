package dev.sextant.language;

import dev.sextant.model.Expression;
import dev.sextant.model.Statement;

/// Writes what callers ask, on one line: for audit, logs and plans. No secret is ever printed.
public final class Print {
    private Print() {}

    /// The canonical text of a tree: [Filters#parse] makes an equal tree of it.
    public static String expression(Expression expression) {
        return ExpressionText.complete(expression);
    }

    /// A statement as a line of the statement language. Vectors and rows are named by their number, long lists are cut.
    public static String statement(Statement<?> statement) {
        return new StatementText(false).of(statement);
    }
}
