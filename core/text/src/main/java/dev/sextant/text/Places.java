package dev.sextant.text;

/// Where the characters of a text lie in its UTF-8 form and among its code points.
final class Places {
    private final int[] bytes;
    private final int[] points;

    /// @param text any; a lone surrogate counts as the one byte that replaces it
    Places(String text) {
        int chars = text.length();
        bytes = new int[chars + 1];
        points = new int[chars + 1];
        int byteCount = 0;
        int pointCount = 0;
        for (int at = 0; at < chars; ) {
            int point = text.codePointAt(at);
            int width = Character.charCount(point);
            // What lies inside a pair belongs to its beginning.
            for (int i = 0; i < width; i++) {
                bytes[at + i] = byteCount;
                points[at + i] = pointCount;
            }
            boolean lone = width == 1 && Character.isSurrogate((char) point);
            byteCount += lone ? 1 : point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            pointCount++;
            at += width;
        }
        bytes[chars] = byteCount;
        points[chars] = pointCount;
    }

    int bytes(int at) {
        return bytes[at];
    }

    int points(int at) {
        return points[at];
    }

    /// A word that is so many positions long as it has characters.
    Token byCharacter(String text, int from, int to) {
        return new Token(text.substring(from, to), bytes(from), bytes(to), points(from), points(to) - points(from));
    }
}
