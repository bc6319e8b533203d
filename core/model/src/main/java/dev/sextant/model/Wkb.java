package dev.sextant.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads well-known binary as far as its frame: that every count fits into the bytes, that every coordinate is a finite
/// number, and the rectangle around all of them. Whether rings close is for those to say who know geometries.
public final class Wkb {
    /// Deeper nesting is no geometry but an attack on the stack.
    public static final int MOST_DEPTH = 32;

    /// These bytes are no geometry.
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(String detail) {
            super(detail, null, false, false);
        }
    }

    private static final VarHandle LITTLE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int POINT = 1;
    private static final int LINE = 2;
    private static final int POLYGON = 3;
    private static final int FIRST_COLLECTION = 4;
    private static final int LAST_COLLECTION = 7;

    private static final int WITH_Z = 0x8000_0000;
    private static final int WITH_M = 0x4000_0000;
    private static final int WITH_REFERENCE = 0x2000_0000;

    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean little;

    private double minX = Double.POSITIVE_INFINITY;
    private double minY = Double.POSITIVE_INFINITY;
    private double maxX = Double.NEGATIVE_INFINITY;
    private double maxY = Double.NEGATIVE_INFINITY;

    private Wkb(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /// The rectangle around the geometry in `bytes[from, end)`, [Box#NOTHING] around an empty one.
    public static Box box(byte[] bytes, int from, int end) {
        var walk = new Wkb(bytes, from, end);
        walk.geometry(0);
        if (walk.at != end) throw new Malformed((end - walk.at) + " bytes behind the end of the geometry");
        return walk.minX > walk.maxX ? Box.NOTHING : new Box(walk.minX, walk.minY, walk.maxX, walk.maxY);
    }

    private void geometry(int depth) {
        if (depth > MOST_DEPTH) throw new Malformed("geometries inside of geometries, deeper than " + MOST_DEPTH);
        int order = readByte();
        if (order != 0 && order != 1) throw new Malformed("byte order " + order);
        little = order == 1;
        int code = readInt();
        if ((code & WITH_REFERENCE) != 0) readInt();
        int thousands = (code & 0xffff) / 1000;
        if (thousands > 3) throw new Malformed("type " + code);
        int ordinates = 2
                + ((code & WITH_Z) != 0 || thousands == 1 || thousands == 3 ? 1 : 0)
                + ((code & WITH_M) != 0 || thousands >= 2 ? 1 : 0);
        int type = (code & 0xffff) % 1000;
        if (type == POINT) point(ordinates);
        else if (type == LINE) points(ordinates);
        else if (type == POLYGON) for (int rings = readCount(4); rings > 0; rings--) points(ordinates);
        else if (type >= FIRST_COLLECTION && type <= LAST_COLLECTION)
            for (int parts = readCount(5); parts > 0; parts--) geometry(depth + 1);
        else throw new Malformed("type " + type);
    }

    /// An empty point is written as two numbers that are none.
    private void point(int ordinates) {
        if (end - at < 8 * ordinates) throw cut();
        if (!Double.isNaN(readDouble(at)) || !Double.isNaN(readDouble(at + 8))) add(at);
        at += 8 * ordinates;
    }

    private void points(int ordinates) {
        for (int count = readCount(8 * ordinates); count > 0; count--, at += 8 * ordinates) add(at);
    }

    private void add(int position) {
        double x = readDouble(position);
        double y = readDouble(position + 8);
        if (!Double.isFinite(x) || !Double.isFinite(y)) throw new Malformed("a coordinate that is no finite number");
        minX = Math.min(minX, x);
        minY = Math.min(minY, y);
        maxX = Math.max(maxX, x);
        maxY = Math.max(maxY, y);
    }

    private int readByte() {
        if (at >= end) throw cut();
        return bytes[at++];
    }

    private int readInt() {
        if (end - at < 4) throw cut();
        int value = (int) LITTLE_INT.get(bytes, at);
        at += 4;
        return little ? value : Integer.reverseBytes(value);
    }

    /// A count of things of at least so many bytes each.
    private int readCount(int each) {
        int count = readInt();
        if (count < 0 || count > (end - at) / each) throw new Malformed("a count of " + Integer.toUnsignedLong(count));
        return count;
    }

    private double readDouble(int position) {
        long value = (long) LITTLE_LONG.get(bytes, position);
        return Double.longBitsToDouble(little ? value : Long.reverseBytes(value));
    }

    private static Malformed cut() {
        return new Malformed("the geometry ends too early");
    }
}
