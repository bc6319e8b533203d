package dev.sextant.query.filter;

import com.google.re2j.PatternSyntaxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A pattern over UTF-8 text. None backtracks over what it has matched.
public sealed interface Pattern {
    boolean matches(byte[] bytes, int from, int to);

    /// `abc%`
    record Prefix(byte[] prefix) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return to - from >= prefix.length
                    && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
        }
    }

    /// `%abc`
    record Suffix(byte[] suffix) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return to - from >= suffix.length && Arrays.equals(bytes, to - suffix.length, to, suffix, 0, suffix.length);
        }
    }

    /// `%abc%`
    record Infix(byte[] infix) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return find(infix, bytes, from, to) >= 0;
        }
    }

    /// `abc`
    record Exactly(byte[] text) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return Arrays.equals(bytes, from, to, text, 0, text.length);
        }
    }

    /// Any mixture of `%` and `_`: the texts between the `%`s, in order; the first is tied to the beginning and the
    /// last to the end. Within a piece -1 stands for one character, whatever its bytes.
    record Pieces(List<int[]> pieces) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            var first = pieces.getFirst();
            int at = follow(first, bytes, from, to);
            if (at < 0) return false;
            if (pieces.size() == 1) return at == to;
            for (int i = 1; i < pieces.size() - 1; i++) {
                at = seek(pieces.get(i), bytes, at, to);
                if (at < 0) return false;
            }
            return ends(pieces.getLast(), bytes, at, to);
        }

        /// Where the piece ends when it begins at `at`; -1 when it does not.
        private static int follow(int[] piece, byte[] bytes, int at, int to) {
            for (int unit : piece) {
                if (at >= to) return -1;
                if (unit < 0) at = next(bytes, at, to);
                else if ((bytes[at++] & 0xff) != unit) return -1;
            }
            return at;
        }

        /// The leftmost place is as good as any later one, since only `%` comes between pieces.
        private static int seek(int[] piece, byte[] bytes, int from, int to) {
            for (int at = from; at <= to; at = next(bytes, at, to)) {
                int end = follow(piece, bytes, at, to);
                if (end >= 0) return end;
                if (at == to) break;
            }
            return -1;
        }

        private static boolean ends(int[] piece, byte[] bytes, int from, int to) {
            int at = to;
            for (int i = piece.length - 1; i >= 0; i--) {
                if (at <= from) return false;
                at--;
                if (piece[i] < 0) while (at > from && (bytes[at] & 0xc0) == 0x80) at--;
                else if ((bytes[at] & 0xff) != piece[i]) return false;
            }
            return true;
        }

        private static int next(byte[] bytes, int at, int to) {
            at++;
            while (at < to && (bytes[at] & 0xc0) == 0x80) at++;
            return at;
        }
    }

    /// RE2, found anywhere; a dot matches a newline too.
    record Regex(com.google.re2j.Pattern pattern) implements Pattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return pattern.matcher(Arrays.copyOfRange(bytes, from, to)).find();
        }
    }

    static Pattern prefix(String text) {
        return new Prefix(utf8(text));
    }

    /// Empty when the text is no regular expression.
    static java.util.Optional<Pattern> regex(String text) {
        try {
            return java.util.Optional.of(
                    new Regex(com.google.re2j.Pattern.compile(text, com.google.re2j.Pattern.DOTALL)));
        } catch (PatternSyntaxException _) {
            return java.util.Optional.empty();
        }
    }

    /// `%` is any run, `_` one character, a backslash takes the meaning from what follows it.
    static Pattern like(String text) {
        var pieces = new ArrayList<int[]>();
        var piece = new ArrayList<Integer>();
        boolean plain = true;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\\' && i < text.length()) {
                c = text.codePointAt(i);
                i += Character.charCount(c);
            } else if (c == '%') {
                pieces.add(ints(piece));
                piece.clear();
                continue;
            } else if (c == '_') {
                piece.add(-1);
                plain = false;
                continue;
            }
            for (byte unit : utf8(Character.toString(c))) piece.add(unit & 0xff);
        }
        pieces.add(ints(piece));
        return plain ? simplest(pieces) : new Pieces(pieces);
    }

    private static Pattern simplest(List<int[]> pieces) {
        if (pieces.size() == 1) return new Exactly(bytes(pieces.getFirst()));
        boolean open = pieces.getFirst().length == 0;
        boolean closed = pieces.getLast().length > 0;
        // Several `%` in a row leave empty pieces, which say nothing.
        var inner = pieces.subList(1, pieces.size() - 1).stream()
                .filter(p -> p.length > 0)
                .toList();
        if (inner.isEmpty() && !closed) return new Prefix(bytes(pieces.getFirst()));
        if (inner.isEmpty() && open) return new Suffix(bytes(pieces.getLast()));
        if (open && !closed && inner.size() == 1) return new Infix(bytes(inner.getFirst()));
        return new Pieces(pieces);
    }

    private static int find(byte[] wanted, byte[] bytes, int from, int to) {
        if (wanted.length == 0) return from;
        for (int at = from, last = to - wanted.length; at <= last; at++)
            if (bytes[at] == wanted[0] && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length))
                return at;
        return -1;
    }

    private static byte[] bytes(int[] piece) {
        var bytes = new ByteArrayOutputStream(piece.length);
        for (int unit : piece) bytes.write(unit);
        return bytes.toByteArray();
    }

    private static int[] ints(List<Integer> piece) {
        return piece.stream().mapToInt(Integer::intValue).toArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
