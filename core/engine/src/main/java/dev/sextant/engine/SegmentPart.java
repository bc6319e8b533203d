package dev.sextant.engine;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.Bounds;
import dev.sextant.index.Calibration;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.world.DiskFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A segment at a moment.
final class SegmentPart implements Part {
    private final Segment segment;
    private final Moment moment;
    private Bits visible; // guarded by this

    SegmentPart(Segment segment, Moment moment) {
        this.segment = segment;
        this.moment = moment;
    }

    @Override
    public long id() {
        return segment.id();
    }

    @Override
    public int rows() {
        return segment.rows();
    }

    @Override
    public boolean growing() {
        return false;
    }

    @Override
    public synchronized Bits visible() {
        if (visible == null) visible = makeVisible();
        return visible;
    }

    private Bits makeVisible() {
        var facts = segment.facts();
        boolean cut = facts.leastInsert() < moment.leastInsert()
                || facts.mostInsert() > moment.timestamp()
                || !moment.gone().isEmpty() && facts.partitions().stream().anyMatch(moment.gone()::contains);
        boolean ended = someEnded();
        var ends = ended ? segment.expired().ends(this, lastMoment()) : Optional.<Ends>empty();
        if (ends.isPresent()) return segment.visibility().at(moment, facts.partitions(), ends);
        var there = cut
                ? segment.visibility().at(moment, facts.partitions(), Optional.empty())
                : segment.deletions().at(moment.timestamp(), rows());
        return ended ? there.and(Expired.living(this, lastMoment(), moment.micros())) : there;
    }

    private int lastMoment() {
        return moment.lastMoment().getAsInt();
    }

    /// Whether rows may have had their own last moment.
    private boolean someEnded() {
        return moment.lastMoment().isPresent() && !segment.expired().none(this, lastMoment(), moment.micros());
    }

    @Override
    public Bits ofPartitions(Set<Long> partitions) {
        var here = segment.facts().partitions();
        if (partitions.containsAll(here)) return Bits.ALL;
        return here.stream()
                .filter(partitions::contains)
                .map(segment.visibility()::ofPartition)
                .reduce(Bits::or)
                .orElseGet(() -> Bits.none(rows()));
    }

    @Override
    public Column chunk(int field, int chunk) {
        int rowsThere = Math.clamp(rows() - (long) chunk * Bits.CHUNK_BITS, 0, Bits.CHUNK_BITS);
        return segment.file().knows(field)
                ? read(() -> segment.chunk(field, chunk))
                : Columns.absent(known(field), rowsThere);
    }

    /// From the file, which may be damaged: who asks is told so, and gets no fewer rows.
    private <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (CorruptFile | DiskFailure broken) {
            throw segment.unreadable(broken);
        }
    }

    private Field known(int field) {
        return moment.schema().field(field).orElseThrow();
    }

    @Override
    public Zone zone(int field, int chunk) {
        if (!segment.file().knows(field)) return Zone.UNKNOWN;
        return switch (segment.file().zone(field, chunk)) {
            case Bounds.Unknown _ -> Zone.UNKNOWN;
            case Bounds.AllNull _ -> new Zone.AllNull();
            case Bounds.Between(var least, var most, var nulls) -> new Zone.Between(least, most, nulls);
        };
    }

    @Override
    public Column fetch(int field, int[] rows) {
        return segment.file().knows(field)
                ? read(() -> segment.fetch(field, rows))
                : Columns.absent(known(field), rows.length);
    }

    @Override
    public boolean longs(int field, int[] rows, int count, long[] into) {
        return segment.longs(field, rows, count, into);
    }

    @Override
    public Vectors vectors(int field) {
        return segment.file().knows(field)
                ? read(() -> segment.vectors(field))
                : SegmentVectors.none(known(field), rows());
    }

    @Override
    public boolean isReady(int field) {
        boolean told = moment.lastMoment().isEmpty() || segment.expired().isReady(this, lastMoment(), moment.micros());
        return told && (!segment.file().knows(field) || segment.hasVectors(field));
    }

    @Override
    public Bits nodes(int field, Bits rows) {
        return segment.file().knows(field) ? read(() -> segment.nodes(field, rows, rows == visible())) : Bits.none(0);
    }

    @Override
    public Optional<Calibration> calibration(int field) {
        return segment.calibration(field);
    }

    @Override
    public Optional<VectorIndex> index(int field) {
        var built = segment.index(field);
        if (built.isEmpty()) segment.scanned(field);
        return built.map(Segment.Built::frozen);
    }

    @Override
    public List<FieldIndex> indexes(int field) {
        return segment.indexes(field);
    }

    @Override
    public long insertedAt(int row) {
        return segment.insertedAt(row);
    }
}
