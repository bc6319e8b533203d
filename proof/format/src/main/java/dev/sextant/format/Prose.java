package dev.sextant.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// ~0~
final class Prose {
    private static final int COLUMNS = 120;
    private static final Pattern COMMENT = Pattern.compile("^( *)///(?: (.*)|)$");
    /// ~1~
    private static final Pattern MARK = Pattern.compile("[-*+#>|@`].*|\\d+[.)].*");

    /// ~2~
    private static final Pattern STAND_IN = Pattern.compile("/// ~(\\d+)~");

    private Prose() {}

    /// ~3~
    static String hidden(String source, List<String> texts) {
        var lines = source.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            var comment = COMMENT.matcher(lines[i]);
            if (!comment.matches()) continue;
            lines[i] = comment.group(1) + "/// ~" + texts.size() + "~";
            texts.add(comment.group(2) == null ? "///" : "/// " + comment.group(2));
        }
        return String.join("\n", lines);
    }

    static String shown(String source, List<String> texts) {
        return STAND_IN.matcher(source)
                .replaceAll(
                        mark -> java.util.regex.Matcher.quoteReplacement(texts.get(Integer.parseInt(mark.group(1)))));
    }

    static String filled(String source) {
        var lines = source.split("\n", -1);
        var result = new ArrayList<String>(lines.length);
        for (int at = 0; at < lines.length; ) {
            var first = COMMENT.matcher(lines[at]);
            if (!first.matches()) {
                result.add(lines[at++]);
                continue;
            }
            int end = at + 1;
            while (end < lines.length && sameBlock(lines[end], first.group(1))) end++;
            fill(first.group(1), List.of(lines).subList(at, end), result);
            at = end;
        }
        return String.join("\n", result);
    }

    private static boolean sameBlock(String line, String indent) {
        var comment = COMMENT.matcher(line);
        return comment.matches() && comment.group(1).equals(indent);
    }

    private static void fill(String indent, List<String> block, List<String> result) {
        var paragraph = new ArrayList<String>();
        boolean fenced = false;
        for (var line : block) {
            var comment = COMMENT.matcher(line);
            comment.matches();
            var text = comment.group(2) == null ? "" : comment.group(2);
            boolean fence = text.strip().startsWith("```");
            if (fenced
                    || fence
                    || text.isBlank()
                    || text.startsWith(" ")
                    || text.startsWith("|")
                    || text.startsWith("#")) {
                wrap(indent, paragraph, result);
                result.add(line.stripTrailing());
                fenced ^= fence;
            } else {
                if (text.startsWith("@") || text.matches("([-*+]|\\d+[.)]) .*")) wrap(indent, paragraph, result);
                paragraph.addAll(List.of(text.strip().split(" +")));
            }
        }
        wrap(indent, paragraph, result);
    }

    private static void wrap(String indent, List<String> words, List<String> result) {
        int width = COLUMNS - indent.length() - 4;
        for (int from = 0; from < words.size(); ) {
            int to = from + 1;
            int length = words.get(from).length();
            while (to < words.size() && length + 1 + words.get(to).length() <= width)
                length += 1 + words.get(to++).length();
            int end = to;
            while (end < words.size()
                    && end > from + 1
                    && MARK.matcher(words.get(end)).matches()) end--;
            result.add(indent + "/// " + String.join(" ", words.subList(from, end)));
            from = end;
        }
        words.clear();
    }
}
