package dev.sextant.engine.file;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Little-endian bytes in the making. Large arrays of bytes are linked, not copied. One thread.
public final class ByteOutput {
    private static final int LINK_BYTES = 16 << 10;

    private final List<MemorySegment> pieces = new ArrayList<>();
    private byte[] buffer;
    private MemorySegment segment;
    private int size;
    private long linked;

    public ByteOutput(int expectedBytes) {
        buffer = new byte[Math.max(64, expectedBytes)];
        segment = MemorySegment.ofArray(buffer);
    }

    public long size() {
        return linked + size;
    }

    public ByteOutput writeByte(int value) {
        room(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public ByteOutput writeInt(int value) {
        room(4);
        segment.set(ByteInput.I32, size, value);
        size += 4;
        return this;
    }

    public ByteOutput writeLong(long value) {
        room(8);
        segment.set(ByteInput.I64, size, value);
        size += 8;
        return this;
    }

    public ByteOutput writeDouble(double value) {
        return writeLong(Double.doubleToRawLongBits(value));
    }

    public ByteOutput writeInts(int[] values) {
        room(4L * values.length);
        MemorySegment.copy(values, 0, segment, ByteInput.I32, size, values.length);
        size += 4 * values.length;
        return this;
    }

    public ByteOutput writeLongs(long[] values) {
        room(8L * values.length);
        MemorySegment.copy(values, 0, segment, ByteInput.I64, size, values.length);
        size += 8 * values.length;
        return this;
    }

    public ByteOutput writeFloats(float[] values) {
        room(4L * values.length);
        MemorySegment.copy(values, 0, segment, ByteInput.F32, size, values.length);
        size += 4 * values.length;
        return this;
    }

    public ByteOutput writeDoubles(double[] values) {
        room(8L * values.length);
        MemorySegment.copy(values, 0, segment, ByteInput.F64, size, values.length);
        size += 8 * values.length;
        return this;
    }

    public ByteOutput writeBytes(byte[] from, int offset, int count) {
        return writeBytes(MemorySegment.ofArray(from).asSlice(offset, count));
    }

    public ByteOutput writeBytes(MemorySegment from) {
        if (from.byteSize() >= LINK_BYTES) {
            flush();
            pieces.add(from);
            linked += from.byteSize();
            return this;
        }
        room(from.byteSize());
        MemorySegment.copy(from, 0, segment, size, from.byteSize());
        size += (int) from.byteSize();
        return this;
    }

    /// Zeros up to a multiple of `bytes`.
    public ByteOutput align(int bytes) {
        while (size() % bytes != 0) writeByte(0);
        return this;
    }

    /// Everything written, in order. Nothing may be written afterwards.
    public List<MemorySegment> pieces() {
        flush();
        return List.copyOf(pieces);
    }

    public byte[] toBytes() {
        var all = new byte[Math.toIntExact(size())];
        long at = 0;
        for (var piece : pieces()) {
            MemorySegment.copy(piece, 0, MemorySegment.ofArray(all), at, piece.byteSize());
            at += piece.byteSize();
        }
        return all;
    }

    private void flush() {
        if (size == 0) return;
        pieces.add(segment.asSlice(0, size));
        linked += size;
        buffer = new byte[64];
        segment = MemorySegment.ofArray(buffer);
        size = 0;
    }

    private void room(long more) {
        long needed = size + more;
        if (needed <= buffer.length) return;
        if (needed > Integer.MAX_VALUE - 8) throw new IllegalArgumentException(needed + " bytes in one piece");
        buffer = Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * buffer.length)));
        segment = MemorySegment.ofArray(buffer);
    }
}
