package dev.sextant.world;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;

/// The bytes of a simulated file, in pages; a page never written is all zeros and takes no memory. Not safe for several
/// threads.
final class Sparse {
    private static final int PAGE = 16 << 10;

    private final ArrayList<byte[]> pages = new ArrayList<>(); // null: zeros
    private long size;

    long size() {
        return size;
    }

    void read(long offset, MemorySegment target) {
        long done = 0;
        while (done < target.byteSize()) {
            int in = (int) ((offset + done) % PAGE);
            long count = Math.min(PAGE - in, target.byteSize() - done);
            var page = page(offset + done);
            var to = target.asSlice(done, count);
            if (page == null) to.fill((byte) 0);
            else MemorySegment.copy(MemorySegment.ofArray(page), in, to, 0, count);
            done += count;
        }
    }

    void write(long offset, MemorySegment source) {
        long done = 0;
        while (done < source.byteSize()) {
            int in = (int) ((offset + done) % PAGE);
            long count = Math.min(PAGE - in, source.byteSize() - done);
            MemorySegment.copy(source, done, MemorySegment.ofArray(pageToWrite(offset + done)), in, count);
            done += count;
        }
        size = Math.max(size, offset + source.byteSize());
    }

    void truncate(long to) {
        if (to >= size) return;
        size = to;
        int keep = Math.toIntExact((to + PAGE - 1) / PAGE);
        while (pages.size() > keep) pages.removeLast();
        var last = page(to);
        if (last != null) java.util.Arrays.fill(last, (int) (to % PAGE), PAGE, (byte) 0);
    }

    void extend(long to) {
        size = Math.max(size, to);
    }

    Sparse copy() {
        var copy = new Sparse();
        for (var page : pages) copy.pages.add(page == null ? null : page.clone());
        copy.size = size;
        return copy;
    }

    /// Memory it takes, as a stand-in for the room on a disk.
    long allocatedBytes() {
        return pages.stream().filter(page -> page != null).count() * PAGE;
    }

    /// How much more memory a write would take.
    long growth(long offset, long bytes) {
        long growth = 0;
        for (long at = offset / PAGE; at * PAGE < offset + bytes; at++) if (page(at * PAGE) == null) growth += PAGE;
        return growth;
    }

    private byte[] page(long offset) {
        int at = Math.toIntExact(offset / PAGE);
        return at < pages.size() ? pages.get(at) : null;
    }

    private byte[] pageToWrite(long offset) {
        int at = Math.toIntExact(offset / PAGE);
        while (pages.size() <= at) pages.add(null);
        if (pages.get(at) == null) pages.set(at, new byte[PAGE]);
        return pages.get(at);
    }
}
