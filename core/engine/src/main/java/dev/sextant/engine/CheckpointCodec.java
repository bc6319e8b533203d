package dev.sextant.engine;

import dev.sextant.engine.entry.CatalogCodec;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.entry.ExternalCodec;
import dev.sextant.engine.entry.ImportCodec;
import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.Out;
import dev.sextant.engine.entry.RightsCodec;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.entry.SnapshotCodec;
import dev.sextant.engine.file.Batch;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a replica was at some position, as bytes: needs nothing but the segment files that it names and the log after
/// it. Drawn in docs/formats/checkpoint.md.
final class CheckpointCodec {
    private CheckpointCodec() {}

    static byte[] encode(Replica.Captured captured) {
        var out = new Out();
        var s = captured.state();
        out.i64(s.n())
                .i64(s.epoch())
                .i64(s.position())
                .i64(s.timestamp())
                .i64(s.timeCeiling())
                .i64(s.idCeiling())
                .i64(s.horizon());
        CatalogCodec.catalog(out, captured.catalog());
        out.each(captured.voids(), Out::i64);
        out.each(captured.shards(), CheckpointCodec::shard);
        RightsCodec.rights(out, captured.catalog().rights());
        RightsCodec.groups(out, captured.catalog().groups());
        ImportCodec.imports(out, captured.catalog().imports());
        SnapshotCodec.snapshots(out, captured.catalog().snapshots());
        out.each(captured.shards(), (o, image) -> o.i64(image.shard()).each(image.kept(), CheckpointCodec::kept));
        CatalogCodec.files(out, captured.catalog().files());
        ExternalCodec.refreshes(out, captured.catalog().refreshes());
        CatalogCodec.replication(out, captured.catalog().replication());
        return out.toBytes();
    }

    private static void shard(Out out, Image image) {
        var mark = image.mark();
        out.i64(image.shard())
                .i64(image.collection())
                .i64(mark.n())
                .i64(mark.epoch())
                .i64(mark.timestamp())
                .i64(mark.position());
        CatalogCodec.schema(out, image.schema());
        out.each(image.stores(), (o, saved) -> {
            SegmentFacts.write(o, saved.facts().orElseThrow());
            gone(o, saved.gone());
        });
        out.each(image.truncated(), Out::i64);
        out.each(
                new TreeMap<>(image.dropped()).entrySet(),
                (o, e) -> o.i64(e.getKey()).i64(e.getValue()));
        out.i64(image.active()).maybe(image.inline(), CheckpointCodec::inline);
    }

    private static void kept(Out out, Keepsake kept) {
        out.i64(kept.snapshot()).each(kept.stores(), (o, held) -> {
            SegmentFacts.write(o, held.facts().orElseThrow());
            Entry.ordinals(o, held.sorted());
        });
        out.each(kept.truncated(), Out::i64);
        out.each(
                new TreeMap<>(kept.dropped()).entrySet(),
                (o, e) -> o.i64(e.getKey()).i64(e.getValue()));
    }

    private static Keepsake kept(In in) {
        long snapshot = in.i64();
        var stores = in.each(i -> {
            var facts = SegmentFacts.read(i);
            var gone = Entry.ordinals(i, facts.rows());
            return new Keepsake.Held(facts.id(), Optional.of(facts), gone, gone.length);
        });
        var truncated = in.each(In::i64);
        var dropped = new HashMap<Long, Long>();
        in.each(i -> dropped.put(i.i64(), i.i64()));
        return new Keepsake(snapshot, stores, truncated, dropped);
    }

    private static void gone(Out out, Deletions.Seen gone) {
        out.i32(gone.count());
        long last = 0;
        for (int i = 0; i < gone.count(); i++) {
            out.packed(gone.rows()[i]).packed(gone.times()[i] - last);
            last = gone.times()[i];
        }
    }

    private static void inline(Out out, Image.Inline inline) {
        var edge = inline.edge();
        out.i32(edge.rows());
        runs(out, edge.times());
        var partitions = new long[edge.rows()];
        for (int run = 0; run < edge.partitions().count(); run++)
            for (int row = edge.partitions().starts()[run];
                    row < edge.partitions().end(run, edge.rows());
                    row++) partitions[row] = edge.partitions().values()[run];
        var columns = new HashMap<Integer, Column>();
        for (var field : inline.memtable().schema().fields())
            columns.put(field.id(), inline.memtable().rows(edge, field.id(), 0, edge.rows()));
        var pieces = new Batch(edge.rows(), partitions, columns).encode();
        out.i64(pieces.stream()
                .mapToLong(java.lang.foreign.MemorySegment::byteSize)
                .sum());
        pieces.forEach(out::raw);
        gone(out, inline.gone());
    }

    private static void runs(Out out, RunLog runs) {
        out.i32(runs.count());
        for (int i = 0; i < runs.count(); i++) out.i32(runs.starts()[i]).i64(runs.values()[i]);
    }

    static Replica decode(In in, Memory memory, long mostMemtableBytes, Shelf shelf) {
        var state = new Replica.State(in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64());
        var catalog = CatalogCodec.catalog(in);
        var voids = in.each(In::i64);
        var shards = new HashMap<Long, Shard>();
        try {
            in.each(i -> shard(i, memory, mostMemtableBytes, shelf)).forEach(shard -> shards.put(shard.id(), shard));
            // The first version of the format ends here.
            if (in.left() > 0)
                catalog = catalog.with(RightsCodec.rights(in), RightsCodec.groups(in))
                        .withImports(ImportCodec.imports(in));
            // The second version ends here.
            if (in.left() > 0) {
                catalog = catalog.with(SnapshotCodec.snapshots(in));
                in.each(i -> {
                    long shard = i.i64();
                    var kept = i.each(CheckpointCodec::kept);
                    if (!kept.isEmpty()) shards.get(shard).keeps(kept);
                    return shard;
                });
            }
            // And the third here.
            if (in.left() > 0) catalog = catalog.withFiles(CatalogCodec.files(in));
            // And the fourth.
            if (in.left() > 0) catalog = catalog.withRefreshes(ExternalCodec.refreshes(in));
            // And the fifth.
            if (in.left() > 0) catalog = catalog.with(CatalogCodec.replication(in));
            return new Replica(memory, mostMemtableBytes, shelf, catalog, state, voids, shards);
        } catch (RuntimeException | Error failed) {
            shards.values().forEach(Shard::close);
            throw failed;
        }
    }

    private static Shard shard(In in, Memory memory, long mostMemtableBytes, Shelf shelf) {
        long id = in.i64(), collection = in.i64();
        var mark = new Shard.Mark(in.i64(), in.i64(), in.i64(), in.i64());
        var schema = CatalogCodec.schema(in);
        var saved = in.each(i -> {
            var facts = SegmentFacts.read(i);
            return new Image.Saved(facts.id(), Optional.of(facts), gone(i, facts.rows()));
        });
        var truncated = in.each(In::i64);
        var dropped = new HashMap<Long, Long>();
        in.each(i -> dropped.put(i.i64(), i.i64()));
        long active = in.i64();
        var memtable = new Memtable(active, schema, memory, mostMemtableBytes);
        boolean inline = in.flag();
        if (inline) inline(in, memtable);
        var rows = inline ? Optional.of(memtable.inline()) : Optional.<Image.Inline>empty();
        var image = new Image(id, collection, mark, schema, saved, truncated, dropped, active, rows, List.of());
        var missing = new ArrayList<String>();
        var stores = stores(image, missing, memory, shelf);
        return Shard.restore(
                image,
                new Layout(schema, stores, memtable, truncated, dropped),
                String.join("; ", missing),
                memory,
                mostMemtableBytes,
                shelf);
    }

    private static List<Store> stores(Image image, List<String> missing, Memory memory, Shelf shelf) {
        var stores = new ArrayList<Store>();
        for (var saved : image.stores()) {
            var facts = saved.facts().orElseThrow();
            var file = shelf.open(facts);
            if (file.isPresent())
                stores.add(new Segment(image.shard(), facts, file.get(), Deletions.of(saved.gone()), shelf, memory));
            else missing.add("the file of segment " + facts.id() + " is missing or damaged");
        }
        return stores;
    }

    private static Deletions.Seen gone(In in, int storeRows) {
        int count = in.count(2);
        var rows = new int[count];
        var times = new long[count];
        long last = 0;
        for (int i = 0; i < count; i++) {
            long row = in.packed();
            if (row < 0 || row >= storeRows) throw in.corrupt("a row below " + storeRows, row);
            rows[i] = (int) row;
            times[i] = last += in.packed();
        }
        return new Deletions.Seen(rows, times, count);
    }

    private static void inline(In in, Memtable memtable) {
        int rows = in.i32();
        int runs = in.count(12);
        var starts = new int[runs];
        var times = new long[runs];
        for (int i = 0; i < runs; i++) {
            starts[i] = in.i32();
            times[i] = in.i64();
        }
        var batch = Batch.decode(in.where(), in.raw(in.i64()));
        if (batch.rows() != rows || runs > 0 && starts[0] != 0) throw in.corrupt(rows + " rows", batch.rows());
        for (int i = 0; i < runs; i++) {
            int from = starts[i], to = i + 1 < runs ? starts[i + 1] : rows;
            if (from >= to || to > rows) throw in.corrupt("ascending runs", from + " to " + to);
            memtable.add(slice(batch, from, to), times[i]);
        }
        var gone = gone(in, rows);
        for (int i = 0; i < gone.count(); i++) memtable.deletions().add(gone.rows()[i], gone.times()[i]);
        memtable.deletions().publish();
    }

    private static Batch slice(Batch batch, int from, int to) {
        Map<Integer, Column> columns = new HashMap<>();
        batch.columns().forEach((field, column) -> columns.put(field, column.slice(from, to)));
        var partitions = batch.partitions().length == 1
                ? batch.partitions()
                : java.util.Arrays.copyOfRange(batch.partitions(), from, to);
        return new Batch(to - from, partitions, columns);
    }
}
