package dev.sextant.server;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What rooms without a logging library say through the platform's own goes where all else does. Found by the platform
/// itself.
public final class PlatformLogging extends System.LoggerFinder {

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Line(LoggerFactory.getLogger(name));
    }

    private record Line(Logger to) implements System.Logger {
        @Override
        public String getName() {
            return to.getName();
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && to.isEnabledForLevel(of(level));
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            if (isLoggable(level)) to.atLevel(of(level)).setCause(thrown).log(message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            if (!isLoggable(level)) return;
            boolean filled = parameters != null && parameters.length > 0;
            to.atLevel(of(level)).log(filled ? MessageFormat.format(format, parameters) : format);
        }

        private static org.slf4j.event.Level of(Level level) {
            return switch (level) {
                case ERROR, OFF -> org.slf4j.event.Level.ERROR;
                case WARNING -> org.slf4j.event.Level.WARN;
                case INFO -> org.slf4j.event.Level.INFO;
                case DEBUG -> org.slf4j.event.Level.DEBUG;
                case ALL, TRACE -> org.slf4j.event.Level.TRACE;
            };
        }
    }
}
