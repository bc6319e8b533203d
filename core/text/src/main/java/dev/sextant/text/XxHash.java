package dev.sextant.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// XXH64 with the seed 0: words of MinHash signatures and values of Bloom filters are placed by it.
public final class XxHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private XxHash() {}

    public static long of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /// Of the eight bytes of a number, the lowest first.
    public static long of(long value) {
        return spread(with8(P5 + 8, value));
    }

    public static long of(byte[] bytes, int from, int to) {
        int at = from;
        long hash = P5;
        if (to - from >= 32) {
            long a = P1 + P2;
            long b = P2;
            long c = 0;
            long d = -P1;
            for (; at + 32 <= to; at += 32) {
                a = round(a, (long) LONG.get(bytes, at));
                b = round(b, (long) LONG.get(bytes, at + 8));
                c = round(c, (long) LONG.get(bytes, at + 16));
                d = round(d, (long) LONG.get(bytes, at + 24));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merged(merged(merged(merged(hash, a), b), c), d);
        }
        hash += to - from;
        for (; at + 8 <= to; at += 8) hash = with8(hash, (long) LONG.get(bytes, at));
        if (at + 4 <= to) {
            hash = Long.rotateLeft(hash ^ ((int) INT.get(bytes, at) & 0xffff_ffffL) * P1, 23) * P2 + P3;
            at += 4;
        }
        for (; at < to; at++) hash = Long.rotateLeft(hash ^ (bytes[at] & 0xff) * P5, 11) * P1;
        return spread(hash);
    }

    private static long with8(long hash, long lane) {
        return Long.rotateLeft(hash ^ round(0, lane), 27) * P1 + P4;
    }

    private static long spread(long hash) {
        long mixed = (hash ^ hash >>> 33) * P2;
        mixed = (mixed ^ mixed >>> 29) * P3;
        return mixed ^ mixed >>> 32;
    }

    private static long round(long sum, long input) {
        return Long.rotateLeft(sum + input * P2, 31) * P1;
    }

    private static long merged(long hash, long sum) {
        return (hash ^ round(0, sum)) * P1 + P4;
    }
}
