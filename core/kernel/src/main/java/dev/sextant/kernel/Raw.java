package dev.sextant.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentSkipListMap;

/// Loads and stores at native addresses inside a living [Region], little-endian, any alignment. Nothing is checked in a
/// hot loop: callers assert bounds once per bulk. All go through one global segment, which never leaves this room;
/// where native access is denied the region is looked up instead, slowly.
public final class Raw {
    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// All memory, or NULL where native access is denied.
    static final MemorySegment ALL = all();
    static final boolean DIRECT = ALL.byteSize() > 0;
    private static final ConcurrentSkipListMap<Long, MemorySegment> REGIONS = new ConcurrentSkipListMap<>();

    private Raw() {}

    private static MemorySegment all() {
        try {
            return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        } catch (IllegalCallerException denied) {
            return MemorySegment.NULL;
        }
    }

    public static byte getByte(long address) {
        return DIRECT ? ALL.get(JAVA_BYTE, address) : slow(address).get(JAVA_BYTE, slowOffset(address));
    }

    public static short getShort(long address) {
        return DIRECT ? ALL.get(I16, address) : slow(address).get(I16, slowOffset(address));
    }

    public static int getInt(long address) {
        return DIRECT ? ALL.get(I32, address) : slow(address).get(I32, slowOffset(address));
    }

    public static long getLong(long address) {
        return DIRECT ? ALL.get(I64, address) : slow(address).get(I64, slowOffset(address));
    }

    public static float getFloat(long address) {
        return DIRECT ? ALL.get(F32, address) : slow(address).get(F32, slowOffset(address));
    }

    public static void putByte(long address, byte value) {
        if (DIRECT) ALL.set(JAVA_BYTE, address, value);
        else slow(address).set(JAVA_BYTE, slowOffset(address), value);
    }

    public static void putShort(long address, short value) {
        if (DIRECT) ALL.set(I16, address, value);
        else slow(address).set(I16, slowOffset(address), value);
    }

    public static void putInt(long address, int value) {
        if (DIRECT) ALL.set(I32, address, value);
        else slow(address).set(I32, slowOffset(address), value);
    }

    public static void putLong(long address, long value) {
        if (DIRECT) ALL.set(I64, address, value);
        else slow(address).set(I64, slowOffset(address), value);
    }

    public static void putFloat(long address, float value) {
        if (DIRECT) ALL.set(F32, address, value);
        else slow(address).set(F32, slowOffset(address), value);
    }

    /// Copies bytes of a segment of any kind to native memory.
    public static void copyIn(MemorySegment from, long offset, long address, long bytes) {
        MemorySegment.copy(from, offset, view(address, bytes), 0, bytes);
    }

    /// Copies native memory to a segment of any kind.
    public static void copyOut(long address, MemorySegment to, long offset, long bytes) {
        MemorySegment.copy(view(address, bytes), 0, to, offset, bytes);
    }

    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(view(from, bytes), 0, view(to, bytes), 0, bytes);
    }

    public static void fill(long address, long bytes, byte value) {
        view(address, bytes).fill(value);
    }

    static MemorySegment view(long address, long bytes) {
        return DIRECT ? ALL.asSlice(address, bytes) : slow(address).asSlice(slowOffset(address), bytes);
    }

    static void enter(long address, MemorySegment region) {
        if (!DIRECT) REGIONS.put(address, region);
    }

    static void leave(long address) {
        if (!DIRECT) REGIONS.remove(address);
    }

    private static MemorySegment slow(long address) {
        return REGIONS.floorEntry(address).getValue();
    }

    private static long slowOffset(long address) {
        return address - REGIONS.floorKey(address);
    }
}
