package dev.sextant.gateway.compatibility;

import java.util.List;
import java.util.stream.Collectors;

/// A table of docs/compatibility/milvus.md: what stands in it is what its test checks.
///
/// @param rows cells of each, as Markdown
public record Table(String title, String preface, List<String> columns, List<List<String>> rows) {
    public String markdown() {
        var lines = new StringBuilder("\n## ").append(title).append("\n\n");
        if (!preface.isEmpty()) lines.append(preface).append("\n\n");
        lines.append(line(columns))
                .append(line(columns.stream().map(_ -> "---").toList()).replace(" ", ""));
        rows.forEach(row -> lines.append(line(row)));
        return lines.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /// Something that is written, so that no sign in it ends the cell.
    static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    /// All tables behind those of calls and routes.
    public static List<Table> all() {
        return List.of(
                PropertyKeysTest.table(), IndexTypesTest.table(), ExpressionFormsTest.table(), ErrorCodesTest.table());
    }
}
