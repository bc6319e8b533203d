package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// [Codes] in order of lists: a list is read from front to back.
final class ByteCode implements ListCode {
    private final Place place;
    private final Codes codes;
    private final Region region;

    ByteCode(Memory memory, Place place) {
        this.place = place;
        codes = new Codes(place.points().rows.dimension(), place.points().metric);
        region = memory.allocate("partition codes", (long) place.lists().slots() * codes.strideBytes());
    }

    @Override
    public MemorySegment model() {
        return NOTHING;
    }

    @Override
    public MemorySegment codes() {
        return region.segment().asSlice(0, (long) place.lists().slots() * codes.strideBytes());
    }

    @Override
    public void write(int from, int to, Scratch scratch) {
        var buffers = scratch.part(ListScan.class, ListScan::new);
        var points = place.points();
        int d = points.rows.dimension();
        var floats = buffers.floats(d);
        var bytes = buffers.bytes(d);
        for (int slot = from; slot < to; slot++) {
            points.distance.toFloats(points.rows.address(place.lists().row(slot)), floats);
            codes.encode(floats, bytes, region.address() + (long) slot * codes.strideBytes());
        }
    }

    @Override
    public long queryBytes() {
        return codes.strideBytes();
    }

    @Override
    public void prepare(MemorySegment vector, long point, long query, ListScan buffers) {
        int d = place.points().rows.dimension();
        var floats = buffers.floats(d);
        place.points().distance.toFloats(vector, 0, floats);
        codes.prepare(floats, buffers.bytes(d), query);
    }

    @Override
    public void scan(int list, float distance, long query, ListScan into) {
        var lists = place.lists();
        int end = lists.starts[list] + lists.sizes[list];
        for (int slot = lists.starts[list]; slot < end; slot = into.next) {
            int n = into.gather(lists, slot, end, codes.strideBytes());
            codes.score(query, region.address(), into.slots, n, into.sums, into.scores);
            into.offer(n);
        }
    }

    @Override
    public double rowNanos() {
        return 6 + 0.025 * codes.strideBytes();
    }

    @Override
    public void close() {
        region.close();
    }
}
