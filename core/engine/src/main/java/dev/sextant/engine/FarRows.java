package dev.sextant.engine;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.RowFile;
import dev.sextant.index.StoredRows;
import dev.sextant.model.FieldType;
import dev.sextant.world.DiskFailure;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/// The vectors of one field of a segment that are not in memory: from their row pages, where a row is one page, and
/// from the segment itself, where it is a page of 64 KiB, while there are none or they are damaged. So a damaged page
/// is told and mended later, and costs no answer.
final class FarRows implements RowFile, AutoCloseable {
    private final SegmentFile file;
    private final int field;
    private final RowMeters meters;
    private final UnaryOperator<RuntimeException> unreadable;
    private volatile Optional<RowPages> pages = Optional.empty();
    private volatile String damage = "";

    /// For a job, which fails as the file does.
    FarRows(SegmentFile file, int field, RowMeters meters) {
        this(file, field, meters, why -> why);
    }

    /// @param unreadable what readers are told when the segment itself fails them
    FarRows(SegmentFile file, int field, RowMeters meters, UnaryOperator<RuntimeException> unreadable) {
        this.file = file;
        this.field = field;
        this.meters = meters;
        this.unreadable = unreadable;
    }

    StoredRows rows() {
        var type = (FieldType.Vector)
                file.head().schema().field(field).orElseThrow().type();
        return new StoredRows(this, file.nodes(field), type.dimension(), type.type());
    }

    /// From now on rows come from here. What was there before is closed: who still reads it turns to the segment.
    synchronized void use(RowPages come) {
        pages.ifPresent(RowPages::close);
        pages = Optional.of(come);
        damage = "";
    }

    boolean hasPages() {
        return pages.isPresent();
    }

    /// What is wrong with the row pages; empty when nothing is known.
    String damage() {
        return damage;
    }

    @Override
    public void read(int from, int to, long address) {
        var now = pages;
        if (now.isPresent() && damage.isEmpty())
            try {
                now.get().read(from, to, address);
                return;
            } catch (CorruptFile | DiskFailure broken) {
                note(now, broken);
            }
        fromSegment(() -> {
            file.readVectors(field, from, to, address);
            return to - from;
        });
    }

    @Override
    public int read(int[] rows, int n, long address) {
        var now = pages;
        int read = -1;
        if (now.isPresent())
            try {
                read = now.get().read(rows, n, address);
            } catch (CorruptFile | DiskFailure broken) {
                note(now, broken);
            }
        if (read < 0) read = fromSegment(() -> file.readVectors(field, Arrays.copyOf(rows, n), address));
        meters.read(n, read);
        return read;
    }

    private int fromSegment(IntSupplier reading) {
        try {
            return reading.getAsInt();
        } catch (CorruptFile | DiskFailure broken) {
            throw unreadable.apply(broken);
        }
    }

    private synchronized void note(Optional<RowPages> whose, RuntimeException broken) {
        if (pages != whose) return; // replaced meanwhile
        if (damage.isEmpty()) meters.damaged();
        damage = String.valueOf(broken.getMessage());
    }

    @Override
    public synchronized void close() {
        pages.ifPresent(RowPages::close);
        pages = Optional.empty();
    }
}
