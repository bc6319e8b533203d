package dev.sextant.engine.entry;

import dev.sextant.engine.file.CorruptFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads what [Out] wrote. Every length is checked against what is left before anything is allocated for it.
public final class In {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final MemorySegment bytes;
    private long at;
    private final List<Once> told;

    /// A text that comes again and again.
    public record Once(String key, String text) {}

    /// @param where for the message when the bytes are not what was written
    public In(String where, MemorySegment bytes) {
        this(where, bytes, new ArrayList<>());
    }

    private In(String where, MemorySegment bytes, List<Once> told) {
        this.where = where;
        this.bytes = bytes;
        this.told = told;
    }

    /// For the next bytes, which know what was told before them.
    In behind(long length) {
        return new In(where, raw(length), told);
    }

    public int i8() {
        need(1);
        return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
    }

    public boolean flag() {
        int value = i8();
        if (value > 1) throw corrupt("0 or 1", value);
        return value == 1;
    }

    public int i32() {
        need(4);
        int value = bytes.get(I32, at);
        at += 4;
        return value;
    }

    public long i64() {
        need(8);
        long value = bytes.get(I64, at);
        at += 8;
        return value;
    }

    public long packed() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = i8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw corrupt("a number of at most ten bytes", "more");
    }

    public double f64() {
        return Double.longBitsToDouble(i64());
    }

    /// A number of things of which each takes at least `least` bytes.
    public int count(int least) {
        int count = i32();
        if (count < 0 || (long) count * least > left())
            throw corrupt("at most " + left() / Math.max(1, least) + " items", count);
        return count;
    }

    public byte[] bytes() {
        return raw(count(1)).toArray(ValueLayout.JAVA_BYTE);
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public Once once() {
        long number = packed();
        if (number < 0 || number > told.size()) throw corrupt("a number up to " + told.size(), number);
        if (number == told.size()) told.add(new Once(text(), text()));
        return told.get((int) number);
    }

    /// The next bytes, not copied.
    public MemorySegment raw(long length) {
        if (length < 0) throw corrupt("a length", length);
        need(length);
        var slice = bytes.asSlice(at, length);
        at += length;
        return slice;
    }

    public <T> List<T> each(Function<In, T> how) {
        int count = count(1);
        var items = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) items.add(how.apply(this));
        return items;
    }

    public <T> Optional<T> maybe(Function<In, T> how) {
        return flag() ? Optional.of(how.apply(this)) : Optional.empty();
    }

    public Map<String, String> texts() {
        int count = count(8);
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < count; i++) map.put(text(), text());
        return map;
    }

    public long left() {
        return bytes.byteSize() - at;
    }

    public String where() {
        return where;
    }

    public CorruptFile corrupt(Object expected, Object found) {
        return new CorruptFile(where, at, expected, found);
    }

    private void need(long length) {
        if (length > left()) throw corrupt(length + " bytes more", left());
    }
}
