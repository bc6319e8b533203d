package dev.sextant.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Where an index reads its bytes, piece after piece: fills the segment completely or throws.
@FunctionalInterface
public interface Source {
    void read(MemorySegment into) throws IOException;
}
