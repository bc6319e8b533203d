package dev.sextant.engine.entry;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.RestoreJob;
import dev.sextant.catalog.Snapshot;
import dev.sextant.catalog.Snapshots;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Snapshots and the jobs that restore them, as bytes: beside [CatalogCodec], behind whose catalog a checkpoint keeps
/// them. Drawn in docs/formats/entries.md.
public final class SnapshotCodec {
    /// Kinds of changes from here on are this codec's.
    static final int FIRST_KIND = 70;

    private SnapshotCodec() {}

    public static void snapshots(Out out, Snapshots snapshots) {
        out.each(snapshots.all().values(), SnapshotCodec::snapshot);
        out.each(snapshots.restores().values(), SnapshotCodec::job);
    }

    public static Snapshots snapshots(In in) {
        var all = new TreeMap<Long, Snapshot>();
        in.each(SnapshotCodec::snapshot).forEach(snapshot -> all.put(snapshot.id(), snapshot));
        var restores = new TreeMap<Long, RestoreJob>();
        in.each(SnapshotCodec::job).forEach(job -> restores.put(job.id(), job));
        return new Snapshots(all, restores);
    }

    static Change change(int kind, In in) {
        return switch (kind) {
            case 70 -> new Change.CreateSnapshot(snapshot(in));
            case 71 -> new Change.DropSnapshot(in.i64());
            case 72 -> new Change.PinSnapshot(in.i64(), in.i64(), in.i64());
            case 73 -> new Change.UnpinSnapshot(in.i64(), in.i64());
            case 74 -> new Change.PutRestore(job(in));
            case 75 -> new Change.ForgetRestore(in.i64());
            default -> throw in.corrupt("a kind of change", kind);
        };
    }

    static void snapshot(Out out, Snapshot snapshot) {
        out.i64(snapshot.id()).text(snapshot.name()).text(snapshot.description());
        CatalogCodec.collection(out, snapshot.collection());
        out.i64(snapshot.created()).i64(snapshot.protectedUntilMillis());
        out.each(
                new TreeMap<>(snapshot.pins()).entrySet(),
                (o, pin) -> o.i64(pin.getKey()).i64(pin.getValue()));
    }

    private static Snapshot snapshot(In in) {
        return new Snapshot(in.i64(), in.text(), in.text(), CatalogCodec.collection(in), in.i64(), in.i64(), pins(in));
    }

    private static Map<Long, Long> pins(In in) {
        var pins = new HashMap<Long, Long>();
        in.each(i -> pins.put(i.i64(), i.i64()));
        return pins;
    }

    static void job(Out out, RestoreJob job) {
        out.i64(job.id()).i64(job.snapshot()).text(job.snapshotName()).i64(job.source());
        out.i64(job.database()).text(job.collectionName()).i64(job.collection());
        out.text(job.phase().name()).i64(job.created()).i64(job.ended()).text(job.reason());
    }

    private static RestoreJob job(In in) {
        return new RestoreJob(
                in.i64(),
                in.i64(),
                in.text(),
                in.i64(),
                in.i64(),
                in.text(),
                in.i64(),
                CatalogCodec.named(RestoreJob.Phase.class, in),
                in.i64(),
                in.i64(),
                in.text());
    }
}
