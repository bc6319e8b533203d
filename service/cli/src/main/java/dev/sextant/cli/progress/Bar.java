package dev.sextant.cli.progress;

import java.io.PrintStream;
import java.util.Locale;

/// One line that tells how far long work is, how fast it goes and when it will end. On a terminal it is redrawn in
/// place; elsewhere it says every tenth. One thread at a time.
public final class Bar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final String task;
    private final String unit;
    private final long total;
    private final PrintStream out;
    private final boolean terminal;
    private final long began = System.nanoTime();
    private long done;
    private long drawn;
    private int tenths = -1;

    public Bar(String task, String unit, long total) {
        this(task, unit, total, System.err, System.console() != null && System.getenv("TERM") != null);
    }

    public Bar(String task, String unit, long total, PrintStream out, boolean terminal) {
        this.task = task;
        this.unit = unit;
        this.total = total;
        this.out = out;
        this.terminal = terminal;
    }

    public void add(long amount) {
        to(done + amount);
    }

    public void to(long amount) {
        done = amount;
        long now = System.nanoTime();
        if (terminal && now - drawn > REDRAW_NANOS) {
            drawn = now;
            out.print("\r" + line());
        } else if (!terminal && total > 0 && (int) (10 * done / total) > tenths) {
            tenths = (int) (10 * done / total);
            out.println(line().stripTrailing());
        }
    }

    private String line() {
        double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        double seconds = (System.nanoTime() - began) / 1e9;
        double rate = seconds == 0 ? 0 : done / seconds;
        int filled = (int) (WIDTH * share);
        var left = share >= 1 || rate == 0
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%.0f s left", (total - done) / rate);
        return String.format(
                Locale.ROOT,
                "%-24s [%s%s] %3.0f %%  %,.0f %s/s  %s   ",
                task,
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                100 * share,
                rate,
                unit,
                left);
    }

    @Override
    public void close() {
        if (terminal) out.println("\r" + line());
    }
}
