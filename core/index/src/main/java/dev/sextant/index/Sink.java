package dev.sextant.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Where an index writes its bytes, piece after piece. The segment is native and valid during the call only.
@FunctionalInterface
public interface Sink {
    void write(MemorySegment bytes) throws IOException;
}
