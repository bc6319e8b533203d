package dev.sextant.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;

/// Keeps the cores of a virtual machine from going to sleep, by telling Linux that nobody here can wait for one to wake
/// (`/dev/cpu_dma_latency`, which takes the privileges of root): a core with nothing to do then looks for work in a
/// loop. A virtual core that sleeps is given back to its host, and to get it again takes what the host makes of it:
/// that is the machine's, and shows as stalls under every load but a full one.
///
/// Not by a loop of our own on each core, however idle its class: to Linux such a core is busy, and work that waits
/// behind other work is not brought there.
final class Awake implements AutoCloseable {
    private final RandomAccessFile wish;

    Awake() {
        try {
            wish = new RandomAccessFile("/dev/cpu_dma_latency", "rw");
            wish.write(new byte[Integer.BYTES]); // microseconds, as long as it is open
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    @Override
    public void close() {
        try {
            wish.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
