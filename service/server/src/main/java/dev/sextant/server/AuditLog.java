package dev.sextant.server;

import dev.sextant.database.Audit;
import dev.sextant.database.Facts;
import dev.sextant.model.Call;
import dev.sextant.model.Refused;
import dev.sextant.world.Clock;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit as a file: a line of JSON for each call, in the order in which they were answered. Calls hand their lines
/// over and never wait; one thread, which ends with [#close], writes them. When more come than the disk takes, the file
/// says how many are missing.
final class AuditLog implements Audit, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final int MOST_WAITING = 1 << 16;
    private static final String END = "";

    private final boolean everything;
    private final Clock clock;
    private final BufferedWriter file;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong missing = new AtomicLong();
    private final Thread writer = new Thread(this::write, "sextant-audit");

    /// @param everything reads of the catalog too
    AuditLog(Path path, boolean everything, Clock clock) {
        this.everything = everything;
        this.clock = clock;
        try {
            file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException unwritable) {
            throw new WrongSetting("audit-log: cannot write " + path + ": " + unwritable.getMessage());
        }
        writer.start();
    }

    @Override
    public boolean wants(Facts facts) {
        return everything || facts.audit() == Facts.Audited.ALWAYS;
    }

    @Override
    public void record(Call call, Facts facts, Optional<Throwable> refused) {
        var targets = facts.targets().stream()
                .map(Facts.Target::toString)
                .map(AuditLog::quoted)
                .collect(Collectors.joining(","));
        hand("\"user\":" + quoted(call.userName().orElse("")) + ",\"database\":" + quoted(call.database())
                + ",\"privilege\":" + quoted(facts.privilege().word()) + ",\"targets\":[" + targets + "]"
                + (call.trace().isEmpty() ? "" : ",\"trace\":" + quoted(call.trace()))
                + ",\"outcome\":" + quoted(refused.map(AuditLog::outcome).orElse("done")));
    }

    @Override
    public void turnedAway(String name) {
        hand("\"user\":" + quoted(name) + ",\"outcome\":\"not let in\"");
    }

    private static String outcome(Throwable reason) {
        return reason instanceof Refused refused
                ? refused.refusal().getClass().getSimpleName() + ": "
                        + refused.refusal().sentence()
                : "failed";
    }

    private void hand(String members) {
        var line = "{\"time\":\"" + Instant.ofEpochMilli(clock.wallMillis()) + "\"," + members + "}\n";
        if (!waiting.offer(line)) missing.incrementAndGet();
    }

    private void write() {
        var lines = new ArrayList<String>();
        try {
            while (true) {
                lines.clear();
                lines.add(waiting.take());
                waiting.drainTo(lines);
                for (var line : lines) file.write(line);
                long lost = missing.getAndSet(0);
                if (lost > 0) file.write("{\"missing\":" + lost + "}\n");
                file.flush();
                if (lines.contains(END)) return;
            }
        } catch (IOException unwritable) {
            log.error("the audit cannot be written any more: {}", unwritable.toString());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// What is written may have come from anybody.
    private static String quoted(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') quoted.append('\\').appendCodePoint(c);
            else if (c < 0x20 || c == 0x7f) quoted.append(String.format("\\u%04x", c));
            else quoted.appendCodePoint(c);
        });
        return quoted.append('"').toString();
    }

    @Override
    public void close() {
        try {
            waiting.put(END);
            writer.join();
            file.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
