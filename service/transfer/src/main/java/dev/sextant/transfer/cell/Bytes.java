package dev.sextant.transfer.cell;

import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bytes one after the other, little-endian, as many as come.
public final class Bytes {
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int length;

    public Bytes(int expected) {
        bytes = new byte[Math.max(64, expected)];
    }

    public int length() {
        return length;
    }

    public void putFloat(float value) {
        room(4);
        FLOAT.set(bytes, length, value);
        length += 4;
    }

    public void putInt(int value) {
        room(4);
        INT.set(bytes, length, value);
        length += 4;
    }

    public void put(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /// A number of a vector of bytes. Writers of Java tell bytes above 127 as they are there, below 0; without a sign
    /// they mean the same.
    public void putSmall(VectorType type, long value) {
        int least = type == VectorType.INT8 ? Byte.MIN_VALUE : 0, most = least + 255;
        if (value < Byte.MIN_VALUE || value > most) throw new Unfit(value + " is not in [" + least + ", " + most + "]");
        put((int) value);
    }

    public void put(byte[] from, int at, int count) {
        room(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    /// So many zeros.
    public void skip(int count) {
        room(count);
        length += count;
    }

    public void cut(int newLength) {
        Arrays.fill(bytes, newLength, length, (byte) 0);
        length = newLength;
    }

    private void room(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length)
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.length * 2L)));
    }

    public byte[] array() {
        return Arrays.copyOf(bytes, length);
    }

    public MemorySegment segment() {
        return MemorySegment.ofArray(bytes).asSlice(0, length);
    }
}
