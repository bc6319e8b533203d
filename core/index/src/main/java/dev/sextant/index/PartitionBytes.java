package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// The bytes of a partition, drawn in docs/formats/partition.md: a head, the sizes of the lists, the centres, the rows
/// of all slots, what codes need, the codes, each as it lies in memory. The reader believes nothing.
final class PartitionBytes {
    private PartitionBytes() {}

    static long size(Partition partition) {
        return Pieces.HEAD
                + Pieces.size(4L * partition.lists.count())
                + Pieces.size(partition.guide.segment().byteSize())
                + Pieces.size(4L * partition.lists.slots())
                + Pieces.size(partition.code.model().byteSize())
                + Pieces.size(partition.code.codes().byteSize());
    }

    static void write(Partition partition, Memory memory, Sink sink) throws IOException {
        var lists = partition.lists;
        Pieces.writeHead(memory, at -> head(partition, at), sink);
        try (var sizes = memory.allocate("index writing", 4L * lists.count())) {
            for (int list = 0; list < lists.count(); list++) Raw.putInt(sizes.address() + 4L * list, lists.sizes[list]);
            Pieces.write(memory, slice(sizes, 4L * lists.count()), sink);
        }
        Pieces.write(memory, partition.guide.segment(), sink);
        Pieces.write(memory, slice(lists.rows, 4L * lists.slots()), sink);
        Pieces.write(memory, partition.code.model(), sink);
        Pieces.write(memory, partition.code.codes(), sink);
    }

    private static MemorySegment slice(Region region, long bytes) {
        return region.segment().asSlice(0, bytes);
    }

    private static void head(Partition partition, long at) {
        var parameters = partition.parameters();
        Raw.putLong(at, Pieces.magic(Frozen.Kind.PARTITION));
        Raw.putInt(at + 8, Wire.code(partition.metric()));
        Raw.putInt(at + 12, Wire.code(partition.rows().type()));
        Raw.putInt(at + 16, partition.rows().dimension());
        Raw.putInt(at + 20, partition.count());
        Raw.putInt(at + 24, parameters.lists());
        Raw.putInt(at + 28, partition.lists.count());
        int tag = 0, first = 0, second = 0;
        switch (parameters.coding()) {
            case Coding.Full _ -> tag = 1;
            case Coding.Bytes _ -> tag = 2;
            case Coding.Products(int m, int bits) -> {
                tag = 3;
                first = m;
                second = bits;
            }
            case Coding.Signs(boolean refine) -> {
                tag = 4;
                first = refine ? 1 : 0;
            }
            case Coding.Scan(int sub, boolean reorder) -> {
                tag = 5;
                first = sub;
                second = reorder ? 1 : 0;
            }
        }
        Raw.putInt(at + 32, tag);
        Raw.putInt(at + 36, first);
        Raw.putInt(at + 40, second);
        Raw.putFloat(at + 44, partition.longest);
        Raw.putLong(at + 48, parameters.seed());
        Raw.putLong(at + 56, size(partition));
    }

    private record Head(DenseRows rows, Metric metric, PartitionParameters parameters, int lists, float longest) {
        static Head of(long at, DenseRows rows, long bytes) {
            Pieces.expect("magic", 0, Raw.getLong(at), Pieces.magic(Frozen.Kind.PARTITION));
            var metric = Wire.metric(8, Raw.getInt(at + 8));
            Pieces.expect("vector type", 12, Raw.getInt(at + 12), Wire.code(rows.type()));
            Pieces.expect("dimension", 16, Raw.getInt(at + 16), rows.dimension());
            if (!metric.fits(rows.type())) throw new Damaged("metric", 8, "one that fits " + rows.type(), metric);
            int count = Pieces.within("rows", 20, Raw.getInt(at + 20), 0, rows.count());
            int wanted = Pieces.within("lists", 24, Raw.getInt(at + 24), 1, PartitionParameters.MOST_LISTS);
            int lists = Pieces.within("lists", 28, Raw.getInt(at + 28), 0, Math.min(wanted, count));
            var coding = coding(at, rows);
            Pieces.expect("length", 56, Raw.getLong(at + 56), bytes);
            return new Head(
                    rows.withCount(count),
                    metric,
                    new PartitionParameters(wanted, coding, Raw.getLong(at + 48)),
                    lists,
                    Raw.getFloat(at + 44));
        }

        private static Coding coding(long at, DenseRows rows) {
            int tag = Raw.getInt(at + 32), first = Raw.getInt(at + 36), second = Raw.getInt(at + 40);
            int d = rows.dimension();
            if (rows.type() == VectorType.BINARY) Pieces.expect("coding", 32, tag, 1);
            return switch (tag) {
                case 1 -> new Coding.Full();
                case 2 -> new Coding.Bytes();
                case 3 -> {
                    Pieces.within("parts", 36, first, 1, d);
                    Pieces.expect("parts", 36, d % first, 0);
                    yield new Coding.Products(first, Pieces.within("bits", 40, second, 1, Coding.Products.MOST_BITS));
                }
                case 4 -> new Coding.Signs(Pieces.within("refine", 36, first, 0, 1) == 1);
                case 5 ->
                    new Coding.Scan(
                            Pieces.within("components", 36, first, 1, Integer.MAX_VALUE),
                            Pieces.within("reorder", 40, second, 0, 1) == 1);
                default -> throw new Damaged("coding", 32, "1 … 5", tag);
            };
        }
    }

    static Partition read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        var head = Pieces.readHead(memory, "partition", bytes, source, at -> Head.of(at, rows, bytes));
        return new Reading(memory, head, bytes, source).read();
    }

    private static final class Reading {
        private final Memory memory;
        private final Head head;
        private final long bytes;
        private final Source source;
        private long at = Pieces.HEAD;
        private Guide guide;
        private Lists lists;
        private ListCode code;

        Reading(Memory memory, Head head, long bytes, Source source) {
            this.memory = memory;
            this.head = head;
            this.bytes = bytes;
            this.source = source;
        }

        Partition read() throws IOException {
            try {
                var sizes = sizes();
                var points = head.rows.type() == VectorType.BINARY
                        ? null
                        : new Straight(head.rows, head.metric, head.longest);
                enough(
                        points == null
                                ? head.lists * DenseRows.strideBytes(head.rows.type(), head.rows.dimension())
                                : Centres.bytes(head.lists, points.components));
                guide = guide(points);
                at = Pieces.read(memory, guide.segment(), at, source);
                if (guide instanceof Guide.OfPoints(_, var centres) && !centres.isSound())
                    throw new Damaged("centres", at, "finite numbers", "others");
                enough(4L * total(sizes));
                lists = new Lists(memory, sizes, ListCode.align(head.parameters.coding()));
                at = Pieces.read(memory, slice(lists.rows, 4L * lists.slots()), at, source);
                checkRows();
                enough(leastCodes(total(sizes)));
                code = PartitionBuild.code(memory, head.rows, head.metric, head.parameters, points, guide, lists);
                var partition = new Partition(
                        memory, head.rows, head.metric, head.parameters, head.longest, guide, lists, code);
                Pieces.expect("length", 56, bytes, size(partition));
                at = Pieces.read(memory, code.model(), at, source);
                at = Pieces.read(memory, code.codes(), at, source);
                if (code instanceof ProductCode products && !products.isSound())
                    throw new Damaged("codes", at, "parts that were trained", "others");
                return partition;
            } catch (IOException | RuntimeException | Error thrown) {
                if (guide != null) guide.close();
                if (lists != null) lists.close();
                if (code != null) code.close();
                throw thrown;
            }
        }

        private Guide guide(Straight points) {
            if (points != null)
                return new Guide.OfPoints(
                        points, new Centres(memory, "partition lists", head.lists, points.components));
            var distance = Distance.of(head.metric, head.rows.type(), head.rows.dimension());
            return Guide.OfBits.of(memory, head.rows, distance, head.lists);
        }

        private int[] sizes() throws IOException {
            enough(4L * head.lists);
            var sizes = new int[head.lists];
            try (var region = memory.allocate("index reading", 4L * head.lists)) {
                at = Pieces.read(memory, slice(region, 4L * head.lists), at, source);
                long total = 0;
                for (int list = 0; list < sizes.length; list++)
                    total += sizes[list] = Pieces.within(
                            "rows of a list", at, Raw.getInt(region.address() + 4L * list), 0, head.rows.count());
                if (total > head.rows.count()) throw new Damaged("rows of lists", at, head.rows.count(), total);
            }
            return sizes;
        }

        private static long total(int[] sizes) {
            long total = 0;
            for (int size : sizes) total += size;
            return total;
        }

        private long leastCodes(long total) {
            return switch (head.parameters.coding()) {
                case Coding.Products(int m, int bits) ->
                    4L * head.rows.dimension() * (1 << bits) + total * ProductCode.bytesPerRow(m, bits);
                default -> total * ListCode.bytesPerRow(head.parameters.coding(), head.rows.dimension(), head.metric);
            };
        }

        /// Each row stands in one slot at most, and in none behind the end of its list.
        private void checkRows() {
            var seen = new BitSet(head.rows.count());
            for (int list = 0; list < lists.count(); list++)
                for (int slot = lists.starts[list]; slot < lists.starts[list + 1]; slot++) {
                    int row = lists.row(slot);
                    if (slot >= lists.starts[list] + lists.sizes[list]) {
                        Pieces.expect("empty slot", at, row, -1);
                        continue;
                    }
                    Pieces.within("row", at, row, 0, head.rows.count() - 1);
                    if (seen.get(row)) throw new Damaged("row", at, "each row once", row);
                    seen.set(row);
                }
        }

        /// Asked before anything of that size is made.
        private void enough(long needed) {
            if (needed > bytes - at) throw new Damaged("length", at, "at least " + needed + " more bytes", bytes);
        }
    }
}
