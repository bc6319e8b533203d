package dev.sextant.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/// One line for each event, on the error stream. Found by logback itself; written in Java since reading XML takes
/// longer than the rest of a start.
public final class Logging extends ContextAwareBase implements Configurator {

    /// gRPC logs past us, and shows its whole stack for each request that is too large: the client is told, which is
    /// enough. Kept here, since the logging of the JDK forgets loggers that nobody holds.
    private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("io.grpc");

    /// Libraries that tell of each connection or file.
    private static final List<String> TALKATIVE = List.of("io.netty", "io.grpc", "io.jhdf", "org.apache");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n%ex{20}");
        encoder.start();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        TALKATIVE.forEach(library -> context.getLogger(library).setLevel(Level.WARN));
        GRPC.setLevel(java.util.logging.Level.SEVERE);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// What of ours is logged; nothing is switched off as a whole.
    static final List<String> LEVELS = List.of("error", "warn", "info", "debug");

    static void level(String name) {
        ours().setLevel(Level.toLevel(name));
    }

    static String level() {
        return ours().getEffectiveLevel().toString().toLowerCase(Locale.ROOT);
    }

    private static Logger ours() {
        return (Logger) LoggerFactory.getLogger("dev.sextant");
    }
}
