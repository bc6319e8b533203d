package dev.sextant.server;

import dev.sextant.database.Audit;
import dev.sextant.database.Facts;
import dev.sextant.model.Call;
import dev.sextant.model.Refused;
import dev.sextant.world.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The audit as a file: a line of JSON for each call, in the order in which they were answered. Calls hand their lines
/// over and never wait; one thread, which ends with [#close], writes them. When more come than the disk takes, or it
/// takes none for a while, the file says how many are missing.
final class AuditLog implements Audit, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final int MOST_WAITING = 1 << 16;
    private static final String END = "";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final boolean everything;
    private final Clock clock;
    private final Path path;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong missing = new AtomicLong();
    private final Thread writer =
            Thread.ofPlatform().name("sextant-audit").daemon().unstarted(this::write);
    private Optional<FileChannel> file; // the writer's; none while it cannot be written
    private volatile boolean failing;

    /// @param everything reads of the catalog too
    AuditLog(Path path, boolean everything, Clock clock) {
        this.everything = everything;
        this.clock = clock;
        this.path = path;
        try {
            file = Optional.of(opened(path));
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
            for (boolean ended = false; !ended; ) {
                lines.clear();
                lines.add(waiting.take());
                waiting.drainTo(lines);
                ended = lines.remove(END);
                keep(lines);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            shut();
        }
    }

    /// Writes all of these lines, or counts them among the missing ones: the next ones are tried again.
    private void keep(List<String> lines) {
        long lost = missing.getAndSet(0);
        var text = new StringBuilder();
        if (lost > 0) text.append("{\"missing\":").append(lost).append("}\n");
        lines.forEach(text::append);
        if (text.isEmpty()) return;
        try {
            if (file.isEmpty()) file = Optional.of(opened(path));
            append(file.get(), ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
            if (failing) log.info("the audit is written again; {} lines are missing", lost);
            failing = false;
        } catch (IOException unwritable) {
            missing.addAndGet(lost + lines.size());
            if (!failing) log.error("the audit cannot be written: {}", unwritable.toString());
            failing = true;
            shut();
        }
    }

    private static void append(FileChannel to, ByteBuffer bytes) throws IOException {
        long before = to.size();
        try {
            while (bytes.hasRemaining()) to.write(bytes);
        } catch (IOException torn) {
            to.truncate(before); // half a line would spoil the next one, and what is counted as missing is not there
            throw torn;
        }
    }

    private static FileChannel opened(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private void shut() {
        try {
            if (file.isPresent()) file.get().close();
        } catch (IOException failed) {
            log.warn("the audit's file did not close: {}", failed.toString());
        }
        file = Optional.empty();
    }

    @Override
    public Optional<String> trouble() {
        return failing ? Optional.of("the audit cannot be written, lines are missing") : Optional.empty();
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

    /// Waits until what was handed over is written, but for no disk that hangs.
    @Override
    public void close() {
        try {
            if (waiting.offer(END, PATIENCE.toMillis(), TimeUnit.MILLISECONDS) && writer.join(PATIENCE)) return;
            log.error("the audit's disk does not answer: its last lines are missing");
            writer.interrupt();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
