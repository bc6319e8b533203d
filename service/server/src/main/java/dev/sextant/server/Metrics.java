package dev.sextant.server;

import dev.sextant.world.Meters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/// Collects figures, and writes them in the text form of Prometheus. Any thread may call; counting takes a few
/// nanoseconds.
///
/// A page of our own instead of a library: three kinds of figures are all there is, and no library starts in no time.
final class Metrics implements Meters {
    /// Upper ends of a timer's buckets, in microseconds.
    private static final long[] BUCKETS = {
        10,
        20,
        50,
        100,
        200,
        500,
        1000,
        2000,
        5000,
        10_000,
        20_000,
        50_000,
        100_000,
        200_000,
        500_000,
        1_000_000,
        5_000_000,
        30_000_000
    };

    private final Map<String, Family> families = new ConcurrentSkipListMap<>();

    private record Family(String type, String help, Map<String, Figure> byLabels) {}

    private sealed interface Figure {
        record Count(LongAdder value) implements Figure, Counter {
            @Override
            public void add(long amount) {
                value.add(amount);
            }
        }

        record Gauge(DoubleSupplier value) implements Figure {}

        record Times(LongAdder[] buckets, LongAdder nanos) implements Figure, Timer {
            boolean isUnused() {
                for (var bucket : buckets) if (bucket.sum() > 0) return false;
                return true;
            }

            @Override
            public void record(long took) {
                long micros = took / 1000;
                int at = 0;
                while (at < BUCKETS.length && micros > BUCKETS[at]) at++;
                buckets[at].increment();
                nanos.add(took);
            }
        }
    }

    @Override
    public Counter counter(String name, String help, String... labels) {
        return (Figure.Count) family(name, "counter", help)
                .byLabels
                .computeIfAbsent(labels(labels), _ -> new Figure.Count(new LongAdder()));
    }

    @Override
    public Timer timer(String name, String help, String... labels) {
        return (Figure.Times) family(name, "histogram", help).byLabels.computeIfAbsent(labels(labels), _ -> {
            var buckets = new LongAdder[BUCKETS.length + 1];
            for (int i = 0; i < buckets.length; i++) buckets[i] = new LongAdder();
            return new Figure.Times(buckets, new LongAdder());
        });
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {
        family(name, "gauge", help).byLabels.put(labels(labels), new Figure.Gauge(value));
    }

    /// What the virtual machine tells of itself.
    void addJvm() {
        var memory = ManagementFactory.getMemoryMXBean();
        gauge(
                "jvm_memory_used_bytes",
                "Memory in use by area",
                () -> memory.getHeapMemoryUsage().getUsed(),
                "area",
                "heap");
        gauge(
                "jvm_memory_used_bytes",
                "Memory in use by area",
                () -> memory.getNonHeapMemoryUsage().getUsed(),
                "area",
                "nonheap");
        gauge(
                "jvm_memory_max_bytes",
                "Memory limit by area",
                () -> memory.getHeapMemoryUsage().getMax(),
                "area",
                "heap");
        gauge(
                "jvm_threads",
                "Platform threads",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        gauge(
                "process_uptime_seconds",
                "Time since the start",
                () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            var name = collector.getName();
            gauge("jvm_gc_collections_total", "Collections so far", collector::getCollectionCount, "gc", name);
            gauge(
                    "jvm_gc_seconds_total",
                    "Time spent in collections",
                    () -> collector.getCollectionTime() / 1e3,
                    "gc",
                    name);
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)
            gauge("process_cpu_seconds_total", "Processor time used", () -> system.getProcessCpuTime() / 1e9);
    }

    /// One page, sorted by name.
    String page() {
        var page = new StringBuilder(8192);
        families.forEach((name, family) -> {
            page.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(family.help.replace("\n", " "))
                    .append('\n');
            page.append("# TYPE ").append(name).append(' ').append(family.type).append('\n');
            new TreeMap<>(family.byLabels).forEach((labels, figure) -> write(page, name, labels, figure));
        });
        return page.toString();
    }

    private static void write(StringBuilder page, String name, String labels, Figure figure) {
        switch (figure) {
            case Figure.Count(var value) -> line(page, name, labels, value.sum());
            case Figure.Gauge(var value) -> line(page, name, labels, value.getAsDouble());
            case Figure.Times times -> {
                if (times.isUnused()) return; // many kinds of calls, few of them used
                long total = 0;
                for (int i = 0; i < BUCKETS.length; i++) {
                    total += times.buckets[i].sum();
                    line(page, name + "_bucket", with(labels, "le", Double.toString(BUCKETS[i] / 1e6)), total);
                }
                total += times.buckets[BUCKETS.length].sum();
                line(page, name + "_bucket", with(labels, "le", "+Inf"), total);
                line(page, name + "_sum", labels, times.nanos.sum() / 1e9);
                line(page, name + "_count", labels, total);
            }
        }
    }

    private static void line(StringBuilder page, String name, String labels, double value) {
        page.append(name);
        if (!labels.isEmpty()) page.append('{').append(labels).append('}');
        page.append(' ');
        if (value == Math.rint(value) && Math.abs(value) < 1e15) page.append((long) value);
        else page.append(String.format(Locale.ROOT, "%.9g", value));
        page.append('\n');
    }

    private Family family(String name, String type, String help) {
        var family = families.computeIfAbsent(name, _ -> new Family(type, help, new ConcurrentHashMap<>()));
        if (!family.type.equals(type))
            throw new IllegalStateException(name + " is a " + family.type + " and a " + type);
        return family;
    }

    private static String with(String labels, String name, String value) {
        return labels.isEmpty() ? labels(name, value) : labels + "," + labels(name, value);
    }

    private static String labels(String... pairs) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i + 1 < pairs.length; i += 2)
            parts.add(pairs[i] + "=\""
                    + pairs[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"");
        return String.join(",", parts);
    }
}
