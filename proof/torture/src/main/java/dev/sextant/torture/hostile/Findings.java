package dev.sextant.torture.hostile;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/// What went wrong, once per kind. Listens to the log as well: a fault that a caller is spared is a fault.
final class Findings implements AutoCloseable {
    private static final int MOST = 60;
    private static final int MOST_FRAMES = 14;

    private final Map<String, String> byKind = new LinkedHashMap<>(); // guarded by this
    private final Map<Thread, Supplier<String>> current = new ConcurrentHashMap<>(); // what each is asking now
    private final java.util.logging.Logger grpc = java.util.logging.Logger.getLogger("io.grpc");
    private final Appender appender = new Appender();
    private final Listener listener = new Listener();

    Findings() {
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        grpc.addHandler(listener);
    }

    /// Told before each request: what comes now is probably its fault, or that of one that is asked beside it.
    void asking(Supplier<String> what) {
        current.put(Thread.currentThread(), what);
    }

    /// This thread asks for nothing more.
    void silent() {
        current.remove(Thread.currentThread());
    }

    synchronized void add(String kind, String detail) {
        if (byKind.size() < MOST && !byKind.containsKey(kind)) byKind.put(kind, asked() + "\n" + detail);
    }

    private String asked() {
        var own = current.get(Thread.currentThread());
        if (own != null) return own.get();
        return current.values().stream().map(Supplier::get).collect(Collectors.joining("\nor: "));
    }

    private void fault(String said, Throwable reason) {
        var kind = new StringBuilder(reason.getClass().getName());
        var detail = new StringBuilder(said).append('\n');
        int ours = 0;
        for (var at = reason; at != null; at = at.getCause()) {
            detail.append(at).append('\n');
            for (int i = 0; i < Math.min(MOST_FRAMES, at.getStackTrace().length); i++)
                detail.append("    at ").append(at.getStackTrace()[i]).append('\n');
            for (var frame : at.getStackTrace())
                if (frame.getClassName().startsWith("dev.sextant") && ours++ < 2)
                    kind.append(' ').append(frame);
        }
        add(kind.toString(), detail.toString());
    }

    synchronized Map<String, String> all() {
        return new LinkedHashMap<>(byKind);
    }

    @Override
    public void close() {
        grpc.removeHandler(listener);
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(appender);
        appender.stop();
    }

    private final class Appender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (!event.getLevel().isGreaterOrEqual(Level.WARN)) return;
            if (event.getThrowableProxy() instanceof ThrowableProxy proxy)
                fault(event.getFormattedMessage(), proxy.getThrowable());
            else if (event.getLevel() == Level.ERROR) add("log: " + event.getMessage(), event.getFormattedMessage());
        }
    }

    /// gRPC does not log where we do.
    private final class Listener extends Handler {
        @Override
        public void publish(LogRecord said) {
            if (said.getLevel().intValue() < java.util.logging.Level.SEVERE.intValue()) return;
            if (said.getThrown() == null) add("gRPC: " + said.getMessage(), "");
            else fault(said.getMessage(), said.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
