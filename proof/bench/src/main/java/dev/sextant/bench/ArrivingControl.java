package dev.sextant.bench;

import dev.sextant.cli.bench.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/// What a machine makes of searches while rows arrive by itself: one thread asks another over a loopback socket, with
/// as many bytes as a query has, and that one computes for as long as makes the answer take as long as an idle search.
/// Beside it a third thread computes for what an insert took, and writes and forces as many bytes, as often. Nothing of
/// Sextant is in it; all three threads are equal to the operating system.
final class ArrivingControl implements AutoCloseable {
    private static final int ANSWER_BYTES = 256;
    private static final double TRYING_SECONDS = 1;

    private final int queryBytes;
    private final ServerSocketChannel door;
    private final SocketChannel asking;
    private final SocketChannel answering;
    private final Thread server;
    private final Path directory;
    private volatile Control.Sum service = new Control.Sum(0);

    /// @param latencyNanos what an answer should take
    ArrivingControl(int queryBytes, long latencyNanos) {
        this.queryBytes = queryBytes;
        try {
            door = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            asking = SocketChannel.open(door.getLocalAddress());
            answering = door.accept();
            asking.setOption(StandardSocketOptions.TCP_NODELAY, true);
            answering.setOption(StandardSocketOptions.TCP_NODELAY, true);
            directory = Files.createTempDirectory("sextant-control");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server = Thread.ofPlatform().name("control-server").start(this::serve);
        run(TRYING_SECONDS); // is compiled meanwhile
        long bare = (long) (1e3 * run(TRYING_SECONDS).quantile(0.5));
        service = new Control.Sum(latencyNanos - bare);
    }

    private void serve() {
        var query = ByteBuffer.allocateDirect(queryBytes);
        var answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
        try {
            while (receive(answering, query)) {
                service.compute();
                send(answering, answer);
            }
        } catch (IOException closed) {
            // Nobody asks any more.
        }
    }

    /// One after the other, with nothing beside.
    Times run(double seconds) {
        var times = new Times();
        var query = ByteBuffer.allocateDirect(queryBytes);
        var answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        try {
            for (long at = System.nanoTime(); at < end; at = System.nanoTime()) {
                send(asking, query);
                receive(asking, answer);
                times.add(System.nanoTime() - at);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return times.took(seconds);
    }

    /// One after the other, while every `gapNanos` something computes for `insertNanos` and forces `insertBytes`.
    Times run(double seconds, long insertNanos, int insertBytes, long gapNanos) {
        var insert = new Control.Sum(insertNanos);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        var arriving =
                Thread.ofPlatform().name("control-arriving").start(() -> arrive(insert, insertBytes, gapNanos, end));
        var times = run(seconds);
        ClosedLoop.join(arriving);
        return times;
    }

    private void arrive(Control.Sum insert, int bytes, long gapNanos, long end) {
        var rows = ByteBuffer.allocateDirect(bytes);
        try (var log = FileChannel.open(
                directory.resolve("log"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long due = System.nanoTime(); due < end; due += gapNanos) {
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                insert.compute();
                log.write(rows.clear());
                log.force(false);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    private static boolean receive(SocketChannel channel, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) if (channel.read(bytes) < 0) return false;
        return true;
    }

    @Override
    public void close() {
        try {
            asking.close();
            answering.close();
            door.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        ClosedLoop.join(server);
        Directories.remove(directory);
    }
}
