package dev.sextant.transfer.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Requests to a store: asked again for a while where the store, or the way to it, is at fault, and given up when
/// nobody wants the answer any more. Each runs on a virtual thread, since those alone wake from a socket that says
/// nothing. Any thread may ask, and any may close.
final class Requests implements AutoCloseable {
    /// So long in all it is waited between tries, which is enough for a store that is started again; half a second
    /// between two of them at most tells soon enough that it is back.
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long FIRST_PAUSE_MILLIS = 50, LONGEST_PAUSE_MILLIS = 500;
    private static final int TOO_MANY = 429, TOO_SLOW = 408, THEIR_FAULT = 500;

    private final Set<Some> all = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// One try. [S3Exception] is the store's answer, other exceptions are of the way to it.
    interface Try<R> {
        R run() throws IOException;
    }

    /// Requests that are given up together: those of one file.
    final class Some implements AutoCloseable {
        private final Set<Thread> asking = ConcurrentHashMap.newKeySet();
        private volatile boolean over;

        /// Throws [S3Exception] when the store answers that it will not, [IOException] when it does not answer.
        <R> R ask(Try<R> what) throws IOException {
            var answer = new CompletableFuture<R>();
            var thread = Thread.ofVirtual().name("sextant-bucket").unstarted(() -> {
                try {
                    answer.complete(patiently(what));
                } catch (Throwable why) {
                    answer.completeExceptionally(why);
                }
            });
            all.add(this);
            asking.add(thread);
            try {
                checkWanted();
                thread.start();
                return answer.get();
            } catch (InterruptedException stop) {
                thread.interrupt();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("nobody waits for it any more");
            } catch (ExecutionException failed) {
                throw thrown(failed.getCause());
            } finally {
                asking.remove(thread);
                if (asking.isEmpty()) all.remove(this);
            }
        }

        private <R> R patiently(Try<R> what) throws IOException {
            long waited = 0;
            for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
                try {
                    return what.run();
                } catch (S3Exception answer) {
                    if (!isPassing(answer) || waited >= PATIENCE_MILLIS) throw answer;
                } catch (SdkException | IOException way) {
                    checkWanted();
                    if (saysNothing(way) || waited >= PATIENCE_MILLIS) throw new IOException(sentence(way), way);
                }
                pause(pause);
                waited += pause;
            }
        }

        private void pause(long millis) throws IOException {
            try {
                checkWanted();
                Thread.sleep(millis);
            } catch (InterruptedException stop) {
                throw new InterruptedIOException("nobody waits for it any more");
            }
        }

        private void checkWanted() throws IOException {
            if (over || closed) throw new InterruptedIOException("nobody waits for it any more");
        }

        @Override
        public void close() {
            over = true;
            asking.forEach(Thread::interrupt);
        }
    }

    Some some() {
        return new Some();
    }

    <R> R ask(Try<R> what) throws IOException {
        return some().ask(what);
    }

    private static boolean isPassing(S3Exception answer) {
        int status = answer.statusCode();
        return status >= THEIR_FAULT || status == TOO_MANY || status == TOO_SLOW;
    }

    private static IOException thrown(Throwable why) {
        return switch (why) {
            case S3Exception answer -> throw answer;
            case IOException failed -> failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            default -> new IOException(why);
        };
    }

    /// Each of these has cost its time already.
    private static boolean saysNothing(Exception way) {
        return root(way) instanceof SocketTimeoutException;
    }

    private static Throwable root(Exception way) {
        Throwable root = way;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        return root;
    }

    /// What the library wraps is what the operator wants to know: "Connection refused", "Read timed out".
    private static String sentence(Exception way) {
        if (way instanceof EOFException cut) return "the store broke off: " + cut.getMessage();
        var root = root(way);
        return "the store cannot be reached: "
                + (root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
    }

    @Override
    public void close() {
        closed = true;
        all.forEach(Some::close);
    }
}
