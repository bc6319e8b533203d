package dev.sextant.gateway.port;

import dev.sextant.database.Door;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// The event loops of the port, one a core: each serves many connections on one thread.
///
/// A search that came alone in a turn of its loop is computed there, when it is short and a worker is free: handed to
/// another thread and back it would wait for two of them to wake, which costs as much as a short search. Where several
/// came in one turn all but the last are handed over before that begins, so that one connection with many calls uses
/// all cores.
public final class Loops implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), new Threads(), NioIoHandler.newFactory());

    EventLoopGroup group() {
        return group;
    }

    /// Runs what submits a search: at once, unless this is an event loop; there at the end of its turn.
    public static void search(Runnable begin) {
        if (Thread.currentThread() instanceof LoopThread here) here.search(begin);
        else begin.run();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Threads extends DefaultThreadFactory {
        private Threads() {
            super("sextant-port", true);
        }

        @Override
        protected Thread newThread(Runnable run, String name) {
            return new LoopThread(run, name);
        }
    }

    /// The thread of one loop. Its fields are its own.
    private final class LoopThread extends FastThreadLocalThread {
        private final ArrayDeque<Runnable> came = new ArrayDeque<>();
        private EventExecutor loop; // null until it is looked for: a thread is made before its loop is

        private LoopThread(Runnable run, String name) {
            super(run, name);
        }

        @Override
        public void run() {
            Door.answering();
            super.run();
        }

        private void search(Runnable begin) {
            if (came.isEmpty()) loop().execute(this::endOfTurn);
            came.add(begin);
        }

        private void endOfTurn() {
            boolean through = false;
            try {
                while (came.size() > 1) came.remove().run();
                through = true;
            } finally {
                // One that throws leaves others behind, and whoever comes next relies on a turn's end that they await.
                if (!through) loop().execute(this::endOfTurn);
            }
            Door.lending(came.remove());
        }

        private EventExecutor loop() {
            if (loop == null) for (var each : group) if (each.inEventLoop(this)) loop = each;
            return loop;
        }
    }
}
