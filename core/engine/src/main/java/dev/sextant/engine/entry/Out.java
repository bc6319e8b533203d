package dev.sextant.engine.entry;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Writes small values one after the other, little-endian; what [In] reads.
public final class Out {
    private byte[] bytes = new byte[256];
    private int size;
    private final Map<String, Integer> told;

    public Out() {
        told = new HashMap<>();
    }

    /// For bytes that are read together with those of another, behind them: what was told there is not told again.
    Out(Out before) {
        told = before.told;
    }

    public Out i8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    public Out flag(boolean value) {
        return i8(value ? 1 : 0);
    }

    public Out i32(int value) {
        room(4);
        for (int i = 0; i < 4; i++) bytes[size++] = (byte) (value >>> 8 * i);
        return this;
    }

    public Out i64(long value) {
        room(8);
        for (int i = 0; i < 8; i++) bytes[size++] = (byte) (value >>> 8 * i);
        return this;
    }

    /// Seven bits a byte, smallest first: short for small numbers, right for all.
    public Out packed(long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) i8((int) (rest & 0x7f | 0x80));
        return i8((int) rest);
    }

    public Out f64(double value) {
        return i64(Double.doubleToRawLongBits(value));
    }

    public Out text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /// A text that may be long and is likely to come again: by its number from the second time on.
    ///
    /// @param key that tells it from others
    public Out once(String key, String text) {
        var known = told.putIfAbsent(key, told.size());
        return known == null ? packed(told.size() - 1).text(key).text(text) : packed(known);
    }

    public Out bytes(byte[] value) {
        return i32(value.length).raw(value, 0, value.length);
    }

    public Out raw(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
        return this;
    }

    public Out raw(MemorySegment from) {
        int length = Math.toIntExact(from.byteSize());
        room(length);
        MemorySegment.copy(from, 0, MemorySegment.ofArray(bytes), size, length);
        size += length;
        return this;
    }

    public <T> Out each(Collection<? extends T> items, BiConsumer<Out, T> how) {
        i32(items.size());
        for (var item : items) how.accept(this, item);
        return this;
    }

    public <T> Out maybe(Optional<? extends T> item, BiConsumer<Out, T> how) {
        flag(item.isPresent());
        item.ifPresent(value -> how.accept(this, value));
        return this;
    }

    /// In order of keys, so that equal maps give equal bytes.
    public Out texts(Map<String, String> map) {
        i32(map.size());
        map.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .forEach(e -> text(e.getKey()).text(e.getValue()));
        return this;
    }

    public int size() {
        return size;
    }

    /// What was written so far, as a copy.
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    public MemorySegment segment() {
        return MemorySegment.ofArray(toBytes());
    }

    private void room(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length)
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
    }
}
