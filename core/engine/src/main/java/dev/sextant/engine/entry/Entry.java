package dev.sextant.engine.entry;

import dev.sextant.engine.file.Batch;
import dev.sextant.model.Schema;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// One entry of the log: effects on any number of streams, all or none of them durable. Drawn in
/// docs/formats/entries.md.
///
/// @param epoch of the writer
/// @param timestamp of every effect: hybrid, larger than that of every entry before it
/// @param timeCeiling no timestamp above it was given out before this entry was durable
/// @param idCeiling no id above it was given out before this entry was durable
public record Entry(long epoch, long timestamp, long timeCeiling, long idCeiling, List<Part> parts) {
    private static final int VERSION = 1;
    private static final int LEAD = 1,
            DEFINE = 2,
            FORGET = 3,
            OPEN = 4,
            WRITE = 5,
            SEAL = 6,
            PUBLISH_SEALED = 7,
            PUBLISH_MERGED = 8,
            CHANGE_SCHEMA = 9,
            DROP_PARTITION = 10,
            TRUNCATE = 11,
            REMOVE = 12,
            ADOPT = 13,
            KEEP = 14,
            LET_GO = 15,
            INHERIT = 16;

    /// @param n of the stream, dense: takes effect only right after n - 1
    public record Part(long stream, long n, Effect effect) {}

    public Entry {
        parts = List.copyOf(parts);
    }

    /// The bytes in order; vectors are not copied.
    public List<MemorySegment> encode() {
        var pieces = new ArrayList<MemorySegment>();
        var head = new Out()
                .i8(VERSION)
                .i64(epoch)
                .i64(timestamp)
                .i64(timeCeiling)
                .i64(idCeiling)
                .i32(parts.size());
        pieces.add(head.segment());
        for (var part : parts) {
            var body = body(part.effect, new Out(head));
            long bytes = body.stream().mapToLong(MemorySegment::byteSize).sum();
            pieces.add(new Out()
                    .i64(part.stream)
                    .i64(part.n)
                    .i8(kind(part.effect))
                    .i64(bytes)
                    .segment());
            pieces.addAll(body);
        }
        return pieces;
    }

    /// Heap bytes are shared by the result.
    public static Entry decode(String where, MemorySegment bytes) {
        var in = new In(where, bytes);
        int version = in.i8();
        if (version != VERSION) throw in.corrupt("entry version " + VERSION, version);
        long epoch = in.i64(), timestamp = in.i64(), timeCeiling = in.i64(), idCeiling = in.i64();
        int count = in.count(25);
        var parts = new ArrayList<Part>(count);
        for (int i = 0; i < count; i++) {
            long stream = in.i64(), n = in.i64();
            int kind = in.i8();
            parts.add(new Part(stream, n, effect(kind, in.behind(in.i64()))));
        }
        return new Entry(epoch, timestamp, timeCeiling, idCeiling, parts);
    }

    private static int kind(Effect effect) {
        return switch (effect) {
            case Effect.Lead _ -> LEAD;
            case Effect.Define _ -> DEFINE;
            case Effect.Forget _ -> FORGET;
            case Effect.Open _ -> OPEN;
            case Effect.Write _ -> WRITE;
            case Effect.Seal _ -> SEAL;
            case Effect.PublishSealed _ -> PUBLISH_SEALED;
            case Effect.PublishMerged _ -> PUBLISH_MERGED;
            case Effect.ChangeSchema _ -> CHANGE_SCHEMA;
            case Effect.DropPartition _ -> DROP_PARTITION;
            case Effect.Truncate _ -> TRUNCATE;
            case Effect.Remove _ -> REMOVE;
            case Effect.Adopt _ -> ADOPT;
            case Effect.Keep _ -> KEEP;
            case Effect.LetGo _ -> LET_GO;
            case Effect.Inherit _ -> INHERIT;
        };
    }

    private static List<MemorySegment> body(Effect effect, Out out) {
        switch (effect) {
            case Effect.Lead _, Effect.Remove _ -> {}
            case Effect.Define(var changes) -> out.each(changes, CatalogCodec::change);
            case Effect.Forget(var horizon) -> out.i64(horizon);
            case Effect.Open(var collection, var schema, var memtable) -> {
                out.i64(collection).i64(memtable);
                CatalogCodec.schema(out, schema);
            }
            case Effect.Write write -> {
                return body(write);
            }
            case Effect.Seal(var next) -> out.i64(next);
            case Effect.PublishSealed(var file) -> SegmentFacts.write(out, file);
            case Effect.PublishMerged(var inputs, var output) ->
                out.each(inputs, Entry::input).maybe(output, SegmentFacts::write);
            case Effect.ChangeSchema(var schema, var next) -> {
                out.i64(next);
                CatalogCodec.schema(out, schema);
            }
            case Effect.DropPartition(var partition) -> out.i64(partition);
            case Effect.Truncate(var next) -> out.i64(next);
            case Effect.Adopt(var files, var next) -> out.i64(next).each(files, SegmentFacts::write);
            case Effect.Keep(var snapshot, var next) -> out.i64(snapshot).i64(next);
            case Effect.LetGo(var snapshot) -> out.i64(snapshot);
            case Effect.Inherit(var files, var truncated, var dropped, var next) ->
                out.i64(next)
                        .each(files, Entry::inherited)
                        .each(truncated, Out::i64)
                        .each(
                                new TreeMap<>(dropped).entrySet(),
                                (o, e) -> o.i64(e.getKey()).i64(e.getValue()));
        }
        return List.of(out.segment());
    }

    private static List<MemorySegment> body(Effect.Write write) {
        var keys = write.removal().map(removal -> Batch.encode(removal.keys())).orElse(List.of());
        var rows = write.rows().map(Batch::encode).orElse(List.of());
        var out = new Out().flag(write.removal().isPresent()).flag(write.rows().isPresent());
        write.removal().ifPresent(removal -> out.i64(removal.partition()).i64(bytes(keys)));
        var pieces = new ArrayList<MemorySegment>();
        pieces.add(out.segment());
        pieces.addAll(keys);
        pieces.addAll(rows);
        return pieces;
    }

    private static long bytes(List<MemorySegment> pieces) {
        return pieces.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    private static Effect effect(int kind, In in) {
        return switch (kind) {
            case LEAD -> new Effect.Lead();
            case DEFINE -> new Effect.Define(in.each(CatalogCodec::change));
            case FORGET -> new Effect.Forget(in.i64());
            case OPEN -> {
                long collection = in.i64(), memtable = in.i64();
                yield new Effect.Open(collection, CatalogCodec.schema(in), memtable);
            }
            case WRITE -> write(in);
            case SEAL -> new Effect.Seal(in.i64());
            case PUBLISH_SEALED -> new Effect.PublishSealed(SegmentFacts.read(in));
            case PUBLISH_MERGED -> new Effect.PublishMerged(in.each(Entry::input), in.maybe(SegmentFacts::read));
            case CHANGE_SCHEMA -> {
                long next = in.i64();
                Schema schema = CatalogCodec.schema(in);
                yield new Effect.ChangeSchema(schema, next);
            }
            case DROP_PARTITION -> new Effect.DropPartition(in.i64());
            case TRUNCATE -> new Effect.Truncate(in.i64());
            case REMOVE -> new Effect.Remove();
            case ADOPT -> {
                long next = in.i64();
                yield new Effect.Adopt(in.each(SegmentFacts::read), next);
            }
            case KEEP -> new Effect.Keep(in.i64(), in.i64());
            case LET_GO -> new Effect.LetGo(in.i64());
            case INHERIT -> {
                long next = in.i64();
                var files = in.each(Entry::inherited);
                var truncated = in.each(In::i64);
                var dropped = new HashMap<Long, Long>();
                in.each(i -> dropped.put(i.i64(), i.i64()));
                yield new Effect.Inherit(files, truncated, dropped, next);
            }
            default -> throw in.corrupt("a kind of effect", kind);
        };
    }

    private static Effect.Write write(In in) {
        boolean removes = in.flag(), inserts = in.flag();
        var removal = Optional.<Effect.Removal>empty();
        if (removes) {
            long partition = in.i64();
            removal = Optional.of(new Effect.Removal(Batch.decodeColumn(in.where(), in.raw(in.i64())), partition));
        }
        var rows = inserts ? Optional.of(Batch.decode(in.where(), in.raw(in.left()))) : Optional.<Batch>empty();
        return new Effect.Write(removal, rows);
    }

    private static void input(Out out, Effect.MergeInput input) {
        out.i64(input.segment()).i32(input.rows());
        ordinals(out, input.dropped());
    }

    private static void inherited(Out out, Effect.Inherited inherited) {
        SegmentFacts.write(out, inherited.file());
        ordinals(out, inherited.gone());
    }

    private static Effect.Inherited inherited(In in) {
        var file = SegmentFacts.read(in);
        return new Effect.Inherited(file, ordinals(in, file.rows()));
    }

    /// Ascending, each as its distance from the one before it.
    public static void ordinals(Out out, int[] ascending) {
        out.i32(ascending.length);
        int last = 0;
        for (int row : ascending) {
            out.packed(row - last);
            last = row;
        }
    }

    public static int[] ordinals(In in, int rows) {
        var ascending = new int[in.count(1)];
        long last = 0;
        for (int i = 0; i < ascending.length; i++) {
            last += in.packed();
            if (last < 0 || last >= rows) throw in.corrupt("a row below " + rows, last);
            ascending[i] = (int) last;
        }
        return ascending;
    }

    private static Effect.MergeInput input(In in) {
        long segment = in.i64();
        int rows = in.i32();
        return new Effect.MergeInput(segment, rows, ordinals(in, rows));
    }
}
