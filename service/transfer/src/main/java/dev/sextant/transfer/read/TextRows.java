package dev.sextant.transfer.read;

import dev.sextant.model.Schema;
import dev.sextant.transfer.source.Source;
import dev.sextant.transfer.source.SourceStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// Rows that stand one behind the other in a text, which is read once from its beginning to its end.
abstract class TextRows extends Opened {
    final SourceStream stream;
    final Slots slots;
    private final long batchBytes;

    TextRows(Source source, Schema schema, long memoryBytes) {
        super(List.of(source), schema);
        stream = SourceStream.whole(source);
        batchBytes = batchBytes(memoryBytes);
        slots = new Slots(schema);
    }

    /// What reads the stream, and is closed with it.
    abstract Closeable reader();

    final boolean isFull() {
        return slots.rows() >= MOST_ROWS || slots.bytes() >= batchBytes;
    }

    @Override
    int inBatch() {
        return slots.rows();
    }

    @Override
    public final long bytesRead() {
        return stream.taken();
    }

    @Override
    public final void close() {
        try {
            reader().close();
        } catch (IOException readOnly) {
            // Nothing was written that could be lost.
            assert readOnly != null;
        }
        super.close();
    }
}
