package dev.sextant.index.scalar;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;

/// What every index has: its bytes, and the sets of rows that are not under its keys.
final class Standing implements AutoCloseable {
    final Head head;
    final Region region;
    final Bits nulls, others, unsure, valued;
    final int valuedCount;
    private final Reservation heap;

    /// Takes the region over, also when it throws.
    Standing(Head head, Region region, Memory memory) {
        this.head = head;
        this.region = region;
        try {
            nulls = bits(Head.NULLS);
            others = bits(Head.OTHERS);
            unsure = bits(Head.UNSURE);
            valued = head.sets() == 0
                    ? Bits.ALL
                    : Bits.ALL.andNot(nulls.or(others).or(unsure), head.rows());
            valuedCount = valued.count(head.rows());
            heap = memory.reserve("scalar index", nulls.bytes() + others.bytes() + unsure.bytes() + valued.bytes());
        } catch (Throwable thrown) {
            region.close();
            throw thrown;
        }
    }

    private Bits bits(int set) {
        var builder = Bits.builder(head.rows());
        if ((head.sets() & set) == 0) return builder.build();
        long at = region.address() + head.setAt(set);
        for (int word = 0; word < head.words(); word++) {
            long bits = Raw.getLong(at + 8L * word);
            if (bits != 0) builder.word(word, bits);
        }
        return builder.build();
    }

    long bytes() {
        return region.size() + heap.bytes();
    }

    @Override
    public void close() {
        region.close();
        heap.close();
    }
}
