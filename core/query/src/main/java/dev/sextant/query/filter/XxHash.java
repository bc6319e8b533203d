package dev.sextant.query.filter;

import dev.sextant.query.filter.Membership.Little;

/// XXH64 with the seed 0, with which split block Bloom filters place their values.
final class XxHash {
    private static final long P1 = 0x9e3779b185ebca87L;
    private static final long P2 = 0xc2b2ae3d27d4eb4fL;
    private static final long P3 = 0x165667b19e3779f9L;
    private static final long P4 = 0x85ebca77c2b2ae63L;
    private static final long P5 = 0x27d4eb2f165667c5L;

    private XxHash() {}

    /// Of the eight bytes of a number, the lowest first.
    static long of(long value) {
        return spread(with8(P5 + 8, value));
    }

    static long of(byte[] bytes, int from, int to) {
        int at = from;
        long hash = P5;
        if (to - from >= 32) {
            long a = P1 + P2;
            long b = P2;
            long c = 0;
            long d = -P1;
            for (; at + 32 <= to; at += 32) {
                a = round(a, Little.i64(bytes, at));
                b = round(b, Little.i64(bytes, at + 8));
                c = round(c, Little.i64(bytes, at + 16));
                d = round(d, Little.i64(bytes, at + 24));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merged(merged(merged(merged(hash, a), b), c), d);
        }
        hash += to - from;
        for (; at + 8 <= to; at += 8) hash = with8(hash, Little.i64(bytes, at));
        if (at + 4 <= to) {
            hash = Long.rotateLeft(hash ^ (Little.i32(bytes, at) & 0xffffffffL) * P1, 23) * P2 + P3;
            at += 4;
        }
        for (; at < to; at++) hash = Long.rotateLeft(hash ^ (bytes[at] & 0xff) * P5, 11) * P1;
        return spread(hash);
    }

    private static long round(long sum, long lane) {
        return Long.rotateLeft(sum + lane * P2, 31) * P1;
    }

    private static long merged(long hash, long sum) {
        return (hash ^ round(0, sum)) * P1 + P4;
    }

    private static long with8(long hash, long lane) {
        return Long.rotateLeft(hash ^ round(0, lane), 27) * P1 + P4;
    }

    private static long spread(long hash) {
        long mixed = (hash ^ hash >>> 33) * P2;
        mixed = (mixed ^ mixed >>> 29) * P3;
        return mixed ^ mixed >>> 32;
    }
}
