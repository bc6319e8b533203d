package dev.sextant.database;

import dev.sextant.model.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Is it UTF-8? Most text is plain ASCII, so a whole column is first read eight bytes at a time for that; only what is
/// not is decoded.
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /// The first string that is not UTF-8, or -1.
    static int firstInvalid(Slices texts) {
        if (texts.count() == 0 || isAscii(texts.bytes(), 0, texts.end(texts.count() - 1))) return -1;
        for (int i = 0; i < texts.count(); i++) if (!isValid(texts.bytes(), texts.start(i), texts.end(i))) return i;
        return -1;
    }

    private static boolean isAscii(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES)
            if (((long) LONGS.get(bytes, at) & HIGH_BITS) != 0) return false;
        for (; at < to; at++) if (bytes[at] < 0) return false;
        return true;
    }

    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int length = lengthAt(bytes, at, to);
            if (length == 0) return false;
            at += length;
        }
        return true;
    }

    /// Bytes of the character at `at`; 0 when there is none. Surrogates, overlong forms and what lies above U+10FFFF
    /// are none.
    private static int lengthAt(byte[] bytes, int at, int to) {
        int first = bytes[at];
        if (first >= 0) return 1;
        int lead = first & 0xff;
        if (lead < 0xc2 || lead > 0xf4) return 0;
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (at + length > to) return 0;
        for (int i = 1; i < length; i++) if ((bytes[at + i] & 0xc0) != 0x80) return 0;
        int second = bytes[at + 1] & 0xff;
        return switch (lead) {
            case 0xe0 -> second >= 0xa0 ? length : 0;
            case 0xed -> second < 0xa0 ? length : 0;
            case 0xf0 -> second >= 0x90 ? length : 0;
            case 0xf4 -> second < 0x90 ? length : 0;
            default -> length;
        };
    }
}
