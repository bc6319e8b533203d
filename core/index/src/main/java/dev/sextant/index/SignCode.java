package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Rotation;
import dev.sextant.kernel.ScanBlocks;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// One bit for each rotated component of what a row differs from its centre (RaBitQ): with `f = |r|² / Σ |r'|` the
/// product ⟨r, q − c⟩ is about `f · Σ ± (q' − c')`, so that `|q − c − r|² ≈ |q − c|² + a + b · Σ ± q'` for `a = |r|² +
/// 2 f Σ ± c'` and `b = −2 f`: one table of the query serves all lists.
final class SignCode implements ListCode {
    private final Place place;
    private final ScanBlocks blocks;
    private final Rotation rotation;
    private final Region region;
    private final int bits;

    SignCode(Memory memory, Place place, long seed) {
        this.place = place;
        bits = place.points().size;
        blocks = new ScanBlocks(bits / 4);
        rotation = new Rotation(memory, bits, seed);
        try {
            region = memory.allocate("partition codes", bytesOf(place.lists().slots()));
        } catch (RuntimeException refused) {
            rotation.close();
            throw refused;
        }
    }

    private long bytesOf(int slots) {
        return slots / ScanBlocks.ROWS * blocks.blockBytes();
    }

    @Override
    public MemorySegment model() {
        return NOTHING;
    }

    @Override
    public MemorySegment codes() {
        return region.segment().asSlice(0, bytesOf(place.lists().slots()));
    }

    @Override
    public long bytes() {
        return rotation.bytes() + region.size();
    }

    @Override
    public void write(int from, int to, Scratch scratch) {
        var points = place.points();
        var lists = place.lists();
        var buffers = scratch.part(ListScan.class, ListScan::new);
        var floats = buffers.floats(points.rows.dimension());
        var codes = buffers.bytes(bits / 4);
        long bytes = points.bytes(), point = scratch.room(2 * bytes + 64 + bits), centre = point + bytes;
        long out = centre + bytes, room = out + 64;
        int of = -1;
        for (int slot = from; slot < to; slot++) {
            long block = region.address() + slot / ScanBlocks.ROWS * blocks.blockBytes();
            if (slot % ScanBlocks.ROWS == 0) blocks.clear(block);
            if (lists.row(slot) < 0) continue;
            int list = lists.listOf(slot);
            if (list != of) {
                Raw.fill(centre, bytes, (byte) 0);
                for (int c = 0; c < points.components; c++)
                    Raw.putFloat(centre + 4L * c, place.centres().component(list, c));
                points.row(lists.row(slot), floats, point);
                rotation.apply(centre);
                of = list;
            }
            points.row(lists.row(slot), floats, point);
            rotation.apply(point);
            Floats.subtract(point, centre, bits);
            ScanBlocks.signs(point, centre, bits, codes, room, out);
            float squares = Raw.getFloat(out), absolute = Raw.getFloat(out + 4), signed = Raw.getFloat(out + 8);
            float f = absolute > 0 ? squares / absolute : 0;
            blocks.put(block, slot % ScanBlocks.ROWS, codes, bits / 4, squares + 2 * f * signed, -2 * f);
        }
    }

    @Override
    public long queryBytes() {
        return (blocks.queryBytes() + 63) / 64 * 64 + 8L * bits;
    }

    @Override
    public void prepare(MemorySegment vector, long point, long query, ListScan buffers) {
        long turned = query + (blocks.queryBytes() + 63) / 64 * 64;
        Raw.copy(point, turned, 4L * bits);
        rotation.apply(turned);
        if (buffers.queryBits > 0) coarsen(turned, buffers.queryBits);
        blocks.prepareSigns(turned, turned + 4L * bits, query);
    }

    /// Keeps so many bits of each component.
    private void coarsen(long floats, int queryBits) {
        float most = 0;
        for (int c = 0; c < bits; c++) most = Math.max(most, Math.abs(Raw.getFloat(floats + 4L * c)));
        float step = 2 * most / ((1 << queryBits) - 1);
        if (!(step > 0)) return;
        for (int c = 0; c < bits; c++) {
            long at = floats + 4L * c;
            Raw.putFloat(at, (float) (Math.floor((Raw.getFloat(at) + most) / step + 0.5) * step - most));
        }
    }

    @Override
    public void scan(int list, float distance, long query, ListScan into) {
        into.scanBlocks(blocks, place.lists(), list, region.address(), query, distance);
    }

    @Override
    public double rowNanos() {
        return 1 + bits / 200.0;
    }

    @Override
    public void close() {
        rotation.close();
        region.close();
    }
}
