package dev.sextant.engine.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads little-endian bytes that nobody vouches for: every length is held against what is left before anything is
/// allocated. One thread.
public final class ByteInput {
    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final long base;
    private final MemorySegment bytes;
    private long at;

    /// @param base where in the file `bytes` begin, for messages
    public ByteInput(String where, long base, MemorySegment bytes) {
        this.where = where;
        this.base = base;
        this.bytes = bytes;
    }

    /// Which file this is, for messages.
    public String where() {
        return where;
    }

    public long left() {
        return bytes.byteSize() - at;
    }

    /// Position in the file.
    public long position() {
        return base + at;
    }

    public byte readByte() {
        return bytes.get(ValueLayout.JAVA_BYTE, claim(1, 1));
    }

    public int readInt() {
        return bytes.get(I32, claim(1, 4));
    }

    public long readLong() {
        return bytes.get(I64, claim(1, 8));
    }

    public double readDouble() {
        return bytes.get(F64, claim(1, 8));
    }

    /// A number that counts things of which each takes at least `bytesEach` of the bytes that are left.
    public int readCount(int bytesEach) {
        int count = readInt();
        if (count < 0 || (long) count * bytesEach > left())
            throw damage("at most " + left() / Math.max(1, bytesEach), Integer.toUnsignedLong(count));
        return count;
    }

    public byte[] readBytes(int count) {
        long from = claim(count, 1);
        var read = new byte[count];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, read, 0, count);
        return read;
    }

    public int[] readInts(int count) {
        long from = claim(count, 4);
        var read = new int[count];
        MemorySegment.copy(bytes, I32, from, read, 0, count);
        return read;
    }

    public long[] readLongs(int count) {
        long from = claim(count, 8);
        var read = new long[count];
        MemorySegment.copy(bytes, I64, from, read, 0, count);
        return read;
    }

    public float[] readFloats(int count) {
        long from = claim(count, 4);
        var read = new float[count];
        MemorySegment.copy(bytes, F32, from, read, 0, count);
        return read;
    }

    public double[] readDoubles(int count) {
        long from = claim(count, 8);
        var read = new double[count];
        MemorySegment.copy(bytes, F64, from, read, 0, count);
        return read;
    }

    /// The next bytes themselves, not copied.
    public MemorySegment slice(long count) {
        return bytes.asSlice(claim(count, 1), count);
    }

    public ByteInput part(long count) {
        long from = position();
        return new ByteInput(where, from, slice(count));
    }

    public void mustEnd() {
        if (left() != 0) throw damage("the end", left() + " more bytes");
    }

    /// What is wrong just before here.
    public CorruptFile damage(Object expected, Object found) {
        return new CorruptFile(where, position(), expected, found);
    }

    private long claim(long count, int bytesEach) {
        if (count < 0 || count > left() / bytesEach)
            throw damage(count + " times " + bytesEach + " bytes", left() + " bytes");
        long from = at;
        at += count * bytesEach;
        return from;
    }
}
