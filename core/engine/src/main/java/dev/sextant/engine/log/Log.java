package dev.sextant.engine.log;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A sequence of entries that survives the loss of power: opaque bytes, numbered densely from 1. One process appends;
/// any thread may propose. A replicated log takes the place of [LocalLog] behind this door.
///
/// For every proposal exactly one of the three outcomes is called. All of them, and the receiver, are called by one
/// thread of the log, one after the other; only after [#close] has begun a proposer may hear its refusal on its own
/// thread.
public interface Log extends AutoCloseable {

    interface Receiver {
        /// An entry that will not be lost any more. Called in order of position, none twice, none left out. The bytes
        /// are on the heap and never change; they may be kept, but are perhaps part of a larger array. Must not throw:
        /// what is logged cannot fail; a log whose receiver throws stops.
        void entry(long position, MemorySegment bytes);
    }

    interface Outcome {
        /// The entry is forced and the receiver has had it.
        void durable(long position);

        /// The disk failed underneath: the entry may or may not be in the log. If it is, the receiver gets it later, in
        /// this process or the next; it never hears of it when it is not.
        void unknown(Throwable why);

        /// The entry is not in the log and never will be.
        void refused(Throwable why);
    }

    /// Hands everything at or after position `from` to the receiver, returns when the end is reached, and goes on with
    /// what is proposed. Called once. Throws [dev.sextant.engine.file.CorruptFile] at damage, [LogLacks] when `from`
    /// was cut off earlier.
    void start(long from, Receiver receiver);

    /// Appends the segments, one after the other, as one entry. Never blocks; the bytes are copied before it returns.
    void propose(List<MemorySegment> entry, Outcome outcome);

    /// The largest entry that is taken.
    default long mostEntryBytes() {
        return LogConfig.MAXIMUM_ENTRY;
    }

    /// The position that the next durable entry will have.
    long end();

    /// The first position that is still here.
    long begin();

    /// Everything before this position is no longer needed. What is really given up are whole files; some of it may
    /// come back.
    void cut(long before);

    Health health();

    /// Finishes what was proposed, then closes the files.
    @Override
    void close();
}
