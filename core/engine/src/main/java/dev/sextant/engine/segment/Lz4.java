package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The LZ4 block format. Ours, because equal rows must give equal files on every machine, which the zlib behind Java's
/// deflater does not promise; and reading it costs a fraction.
///
/// A block is sequences: a token (4 bits: how many literals, 4 bits: how long a match, both continued in bytes of 255),
/// the literals, and unless the block ends, how far back the match begins (2 bytes). Matches have at least 4 bytes; the
/// last 5 bytes are literals.
final class Lz4 {
    /// A byte says at most this many.
    static final int MOST_RATIO = 255;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LEAST_MATCH = 4;
    private static final int LAST_LITERALS = 5;
    private static final int NO_MATCH_IN_LAST = 12;
    private static final int MOST_DISTANCE = 65_535;
    private static final int HASH_BITS = 13;

    private Lz4() {}

    /// Bytes written, or 0 when they do not fit.
    static int compress(byte[] from, byte[] to) {
        var seen = new int[1 << HASH_BITS];
        Arrays.fill(seen, -1);
        int out = 0;
        int anchor = 0;
        int searches = 0;
        int at = 0;
        while (at < from.length - NO_MATCH_IN_LAST) {
            int four = (int) INT.get(from, at);
            int slot = four * 0x9E3779B1 >>> 32 - HASH_BITS;
            int match = seen[slot];
            seen[slot] = at;
            if (match < 0 || at - match > MOST_DISTANCE || (int) INT.get(from, match) != four) {
                at += 1 + (searches++ >> 6); // bytes that do not compress are passed faster and faster
                continue;
            }
            searches = 0;
            int end = Arrays.mismatch(
                    from, at, from.length - LAST_LITERALS, from, match, from.length - LAST_LITERALS - (at - match));
            int length = end < 0 ? from.length - LAST_LITERALS - at : end;
            out = sequence(from, anchor, at - anchor, at - match, length, to, out);
            if (out < 0) return 0;
            at += length;
            anchor = at;
        }
        out = sequence(from, anchor, from.length - anchor, 0, 0, to, out);
        return Math.max(0, out);
    }

    /// Where the next one goes; -1 when this one does not fit. A distance of 0 ends the block.
    private static int sequence(byte[] from, int start, int literals, int distance, int length, byte[] to, int out) {
        int extra = distance == 0 ? 0 : length - LEAST_MATCH;
        if (out + 1L + literals / 255 + 1 + literals + 2 + extra / 255 + 1 > to.length) return -1;
        to[out++] = (byte) (Math.min(15, literals) << 4 | Math.min(15, extra));
        out = more(literals, to, out);
        System.arraycopy(from, start, to, out, literals);
        out += literals;
        if (distance == 0) return out;
        to[out++] = (byte) distance;
        to[out++] = (byte) (distance >>> 8);
        return more(extra, to, out);
    }

    private static int more(int count, byte[] to, int out) {
        if (count < 15) return out;
        int left = count - 15;
        for (; left >= 255; left -= 255) to[out++] = (byte) 255;
        to[out++] = (byte) left;
        return out;
    }

    /// Fills `to` from all that is left of `in`.
    static void decompress(ByteInput in, byte[] to) {
        var from = in.readBytes(Math.toIntExact(in.left()));
        int at = 0;
        int out = 0;
        while (true) {
            if (at >= from.length) throw in.damage("a token", "the end");
            int token = from[at++] & 0xff;
            long literals = token >>> 4;
            if (literals == 15) {
                int some;
                do {
                    if (at >= from.length) throw in.damage("a length", "the end");
                    some = from[at++] & 0xff;
                    literals += some;
                } while (some == 255);
            }
            if (literals > from.length - at || literals > to.length - out)
                throw in.damage("at most " + Math.min(from.length - at, to.length - out) + " bytes", literals);
            System.arraycopy(from, at, to, out, (int) literals);
            at += (int) literals;
            out += (int) literals;
            if (at == from.length) break;
            if (from.length - at < 2) throw in.damage("a distance", "the end");
            int distance = from[at] & 0xff | (from[at + 1] & 0xff) << 8;
            at += 2;
            long length = (token & 15) + LEAST_MATCH;
            if ((token & 15) == 15) {
                int some;
                do {
                    if (at >= from.length) throw in.damage("a length", "the end");
                    some = from[at++] & 0xff;
                    length += some;
                } while (some == 255);
            }
            if (distance == 0 || distance > out) throw in.damage("a distance of 1 to " + out, distance);
            if (length > to.length - out) throw in.damage("at most " + (to.length - out) + " bytes", length);
            out = repeat(to, out, distance, (int) length);
        }
        if (out != to.length) throw in.damage(to.length + " bytes", out);
    }

    /// The match may reach into what it makes: then it repeats.
    private static int repeat(byte[] bytes, int out, int distance, int length) {
        int end = out + length;
        if (distance >= length) {
            System.arraycopy(bytes, out - distance, bytes, out, length);
            return end;
        }
        for (; out < end; out++) bytes[out] = bytes[out - distance];
        return end;
    }
}
