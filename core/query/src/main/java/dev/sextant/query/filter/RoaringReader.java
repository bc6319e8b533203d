package dev.sextant.query.filter;

import dev.sextant.query.filter.Membership.Little;
import dev.sextant.query.filter.Membership.Roaring;
import dev.sextant.query.filter.Membership.Roaring.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads a portable 64-bit Roaring bitmap, and believes nothing: every place is checked before it is read, and what
/// must ascend does. Once.
final class RoaringReader {
    private static final int COOKIE = 12_346;
    private static final int COOKIE_WITH_RUNS = 12_347;
    private static final int FEWEST_WITH_OFFSETS = 4;
    private static final int MOST_IN_ARRAY = 4_096;
    private static final int BITS_BYTES = 8_192;

    /// What was read of one container.
    private record Container(long shared, Kind kind, int size, int start) {}

    private final byte[] bytes;
    private final List<Container> containers = new ArrayList<>();
    private int at = Membership.HEADER_BYTES;
    private long members;

    private RoaringReader(byte[] bytes) {
        this.bytes = bytes;
    }

    static Roaring read(byte[] bytes) {
        boolean known = Little.u16(bytes, 4) == 1 && Little.u16(bytes, 6) == 1;
        if (!known || Little.i64(bytes, 16) != bytes.length - Membership.HEADER_BYTES)
            throw wrong("its head is not of version 1, or its body is not as long as its head says");
        var reader = new RoaringReader(bytes);
        reader.all();
        if (reader.members != Little.i64(bytes, 8))
            throw wrong("it holds " + reader.members + " values, and its head says " + Little.i64(bytes, 8));
        return reader.roaring();
    }

    private Roaring roaring() {
        int count = containers.size();
        var kinds = new Kind[count];
        Arrays.setAll(kinds, i -> containers.get(i).kind);
        return new Roaring(
                bytes,
                containers.stream().mapToLong(Container::shared).toArray(),
                kinds,
                containers.stream().mapToInt(Container::size).toArray(),
                containers.stream().mapToInt(Container::start).toArray());
    }

    private void all() {
        long groups = Little.i64(bytes, skipped(8));
        long last = -1;
        for (long group = 0; group < groups; group++) {
            long high = Little.i32(bytes, skipped(4)) & 0xffffffffL;
            if (high <= last) throw wrong("its upper halves do not ascend");
            last = high;
            group(high);
        }
        if (groups < 0 || at != bytes.length) throw wrong("something stands behind its last value");
    }

    private void group(long high) {
        int cookie = Little.i32(bytes, skipped(4));
        boolean runs = (cookie & 0xffff) == COOKIE_WITH_RUNS;
        if (!runs && cookie != COOKIE) throw wrong("a group begins with " + cookie);
        int count = runs ? (cookie >>> 16) + 1 : Little.i32(bytes, skipped(4));
        if (count < 1 || count > 1 << 16) throw wrong("a group has " + count + " containers");
        int flags = skipped(runs ? count + 7 >>> 3 : 0);
        int heads = skipped(4 * count);
        skipped(!runs || count >= FEWEST_WITH_OFFSETS ? 4 * count : 0);
        int last = -1;
        for (int i = 0; i < count; i++) {
            int key = Little.u16(bytes, heads + 4 * i);
            if (key <= last) throw wrong("its containers do not ascend");
            last = key;
            boolean isRuns = runs && (bytes[flags + (i >>> 3)] >>> (i & 7) & 1) != 0;
            container(high << 16 | key, isRuns, Little.u16(bytes, heads + 4 * i + 2) + 1);
        }
    }

    private void container(long shared, boolean runs, int cardinality) {
        if (runs) {
            int count = Little.u16(bytes, skipped(2));
            int start = skipped(4 * count);
            if (ofRuns(start, count) != cardinality) throw wrong("runs hold other than " + cardinality + " values");
            containers.add(new Container(shared, Kind.RUNS, count, start));
        } else if (cardinality <= MOST_IN_ARRAY) {
            int start = skipped(2 * cardinality);
            for (int i = 1; i < cardinality; i++)
                if (Little.u16(bytes, start + 2 * i) <= Little.u16(bytes, start + 2 * i - 2))
                    throw wrong("values of an array do not ascend");
            containers.add(new Container(shared, Kind.ARRAY, cardinality, start));
        } else {
            int start = skipped(BITS_BYTES);
            int set = 0;
            for (int i = 0; i < BITS_BYTES; i += 8) set += Long.bitCount(Little.i64(bytes, start + i));
            if (set != cardinality) throw wrong(set + " bits are set, and " + cardinality + " are said to be");
            containers.add(new Container(shared, Kind.BITS, 0, start));
        }
        members += cardinality;
    }

    private int ofRuns(int start, int count) {
        int next = 0;
        int values = 0;
        for (int i = 0; i < count; i++) {
            int first = Little.u16(bytes, start + 4 * i);
            int more = Little.u16(bytes, start + 4 * i + 2);
            if (first < next || first + more > 0xffff) throw wrong("runs overlap or do not ascend");
            next = first + more + 1;
            values += more + 1;
        }
        return values;
    }

    /// Where the next `count` bytes begin.
    private int skipped(int count) {
        if (count > bytes.length - at) throw wrong("it ends at byte " + bytes.length + ", before it is complete");
        at += count;
        return at - count;
    }

    private static Wrong wrong(String what) {
        return new Wrong("membership_match: the Roaring bitmap is not well formed: " + what);
    }
}
