package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.engine.segment.SegmentHead;
import dev.sextant.engine.segment.SegmentWriter;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.world.DiskFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// Rows on their way into one collection: written as segments that no shard names, so that nobody sees them, until
/// [Engine#publish] gives all of them to their shards in one entry. Closed before, or killed, it leaves nothing but
/// files that are collected. One thread at a time; works on its caller's thread.
public final class Shipment implements AutoCloseable {
    /// What waits in a writer is copied once when its chunk is written.
    private static final int COPIES = 2;

    private final long collection;
    private final Schema schema;
    private final long memoryBytes;
    private final long segmentBytes;
    private final Files files;
    private final LongSupplier ids;
    private final Runnable refuseWhenFull;
    private final Map<Long, Box> open = new HashMap<>(); // by shard
    private final Map<Long, List<SegmentFacts>> done = new HashMap<>(); // by shard
    private final Set<Long> made = new HashSet<>(); // ids of all files
    private long rows;
    private long bytes;
    private boolean published; // or it is under way to the log: the files are not ours any more
    private boolean doubtful; // the outcome was unknown once

    /// A segment that is being written, and about how much of the heap it holds.
    private static final class Box {
        final long id;
        final SegmentWriter writer;
        final Set<Long> partitions = new HashSet<>();
        int waitingRows;
        long waitingBytes;
        long keyBytes;
        long fileBytes;

        Box(long id, SegmentWriter writer) {
            this.id = id;
            this.writer = writer;
        }

        long held() {
            return COPIES * (waitingBytes + keyBytes);
        }
    }

    Shipment(
            long collection,
            Schema schema,
            long memoryBytes,
            long segmentBytes,
            Files files,
            LongSupplier ids,
            Runnable refuseWhenFull) {
        this.collection = collection;
        this.schema = schema;
        this.memoryBytes = memoryBytes;
        this.segmentBytes = segmentBytes;
        this.files = files;
        this.ids = ids;
        this.refuseWhenFull = refuseWhenFull;
    }

    public long collection() {
        return collection;
    }

    /// What its rows look like: the schema of the collection when this began.
    public Schema schema() {
        return schema;
    }

    /// Rows added so far.
    public long rows() {
        return rows;
    }

    /// Bytes of the files that are complete.
    public long bytes() {
        return bytes;
    }

    /// Ids of the partitions that its complete files hold rows of.
    public Set<Long> partitions() {
        var partitions = new HashSet<Long>();
        done.values().forEach(list -> list.forEach(file -> partitions.addAll(file.partitions())));
        return partitions;
    }

    /// Writes rows of one shard, checked as those of a [Mutation] are. Refused when the disk takes nothing.
    public void add(long shard, Mutation.Insertion insertion) {
        if (insertion.rows() == 0) return;
        refuseWhenFull.run();
        try {
            var box = open.computeIfAbsent(shard, this::begin);
            box.writer.add(insertion.columns(), new long[] {0}, insertion.partitions());
            for (long partition : insertion.partitions()) box.partitions.add(partition);
            count(box, insertion);
            if (box.fileBytes >= segmentBytes) finish(shard);
            while (open.values().stream().mapToLong(Box::held).sum() > memoryBytes) finish(largest());
        } catch (DiskFailure why) {
            throw new Refused(Proposals.unavailable(why));
        }
        rows += insertion.rows();
    }

    private Box begin(long shard) {
        long id = ids.getAsLong();
        made.add(id);
        files.begin(id);
        return new Box(
                id, SegmentWriter.create(files.disk(), files.segmentPath(id), new SegmentHead(shard, id, schema)));
    }

    private void count(Box box, Mutation.Insertion insertion) {
        long weight =
                insertion.columns().values().stream().mapToLong(Columns::bytes).sum();
        box.fileBytes += weight;
        box.keyBytes +=
                Columns.bytes(insertion.columns().get(schema.primaryKey().id()));
        box.waitingRows += insertion.rows();
        box.waitingBytes += weight;
        if (box.waitingRows >= SegmentFile.CHUNK_ROWS) {
            int left = box.waitingRows % SegmentFile.CHUNK_ROWS;
            box.waitingBytes = weight * left / insertion.rows();
            box.waitingRows = left;
        }
    }

    private long largest() {
        return open.entrySet().stream()
                .max(Comparator.comparingLong(each -> each.getValue().held()))
                .orElseThrow()
                .getKey();
    }

    private void finish(long shard) {
        var box = open.get(shard);
        var written = box.writer.finish();
        box.writer.close();
        open.remove(shard);
        files.written(box.id);
        bytes += written.bytes();
        done.computeIfAbsent(shard, _ -> new ArrayList<>()).add(Files.facts(box.id, written, box.partitions));
    }

    /// Completes and forces the files.
    public void finish() {
        try {
            for (long shard : List.copyOf(open.keySet())) finish(shard);
        } catch (DiskFailure why) {
            throw new Refused(Proposals.unavailable(why));
        }
    }

    Map<Long, Effect> cargo() {
        assert open.isEmpty() : "published before it was finished";
        var cargo = new HashMap<Long, Effect>();
        done.forEach((shard, segments) -> cargo.put(shard, new Effect.Adopt(segments, ids.getAsLong())));
        return cargo;
    }

    /// The entry is in the log, or may be: what becomes of the files is decided there.
    void handOver() {
        published = true;
    }

    /// The log knows nothing of it; unless an earlier attempt may be in it.
    void takeBack() {
        published = doubtful;
    }

    /// It may be in the log, or not.
    void leave() {
        doubtful = true;
    }

    /// The state names the files now.
    void arrived() {
        made.forEach(files::end);
        made.clear();
    }

    /// Lets go; deletes what was not published. After an unknown outcome the files stay until the log has told.
    @Override
    public void close() {
        open.values().forEach(box -> box.writer.close());
        open.clear();
        if (published) return;
        for (long id : made) {
            files.end(id);
            try {
                var path = files.segmentPath(id);
                if (files.disk().exists(path)) files.disk().delete(path);
            } catch (DiskFailure leftLying) {
                // Nothing names it: it is collected later.
                assert leftLying != null;
            }
        }
        made.clear();
    }

    @Override
    public String toString() {
        return rows + " rows for collection " + collection + " in " + Arrays.toString(made.toArray());
    }
}
