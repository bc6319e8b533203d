package dev.sextant.engine;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Calibration;
import dev.sextant.index.Calibrator;
import dev.sextant.index.DenseRows;
import dev.sextant.index.FarCalibrator;
import dev.sextant.index.Frozen;
import dev.sextant.index.LeanGraph;
import dev.sextant.index.SparseRows;
import dev.sextant.index.VectorRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.model.Metric;
import dev.sextant.world.DiskFailure;
import java.util.Optional;

/// Measures how much the indexes of segments find, effort by effort, for searches that ask for a recall; keeps what was
/// measured beside the index, so that it is there again as soon as the index is. Derived: losing it costs the time to
/// measure it again. Any thread.
final class Calibrating {
    private static final System.Logger log = System.getLogger(Calibrating.class.getName());

    private final Files files;
    private final Memory memory;
    private final Work work;

    Calibrating(Files files, Memory memory, Work work) {
        this.files = files;
        this.memory = memory;
        this.work = work;
    }

    /// Whether an index that is in memory was not measured.
    static boolean lacks(Segment segment, int field) {
        boolean sparse = segment.schema()
                .field(field)
                .map(known -> !known.type().vector().type().isDense())
                .orElse(true);
        return !sparse && segment.calibration(field).isEmpty();
    }

    /// What was measured of the index that was just read. What is damaged, or of another index, goes.
    Optional<Calibration> kept(long segment, long index) {
        var path = files.calibrationPath(segment, index);
        if (!files.disk().exists(path)) return Optional.empty();
        try {
            var kept = CalibrationFile.read(files.disk(), path, mark(segment, index));
            if (kept.isEmpty()) files.deleteCalibration(segment, index);
            return kept;
        } catch (CorruptFile damaged) {
            files.deleteDamagedCalibration(segment, index, damaged);
        } catch (DiskFailure later) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private IndexFile.Mark mark(long segment, long index) {
        return IndexFile.mark(files.disk(), files.indexPath(segment, index, false));
    }

    /// Measures what is in memory and was not measured: what came there without a build, or when nobody had time.
    void improve(Segment segment, Stop stop) throws InterruptedException {
        for (var field : segment.schema().vectors()) {
            var built = segment.index(field.id()).filter(each -> !each.interim());
            if (built.isEmpty() || built.get().calibration().isPresent() || stop.stopped()) continue;
            var rows = segment.vectors(field.id()).rows();
            var measured = measured(segment.id(), built.get().frozen(), rows, () -> {}, stop);
            if (measured.isEmpty()) continue;
            segment.calibration(field.id(), built.get(), measured.get());
            keep(segment.id(), built.get().index(), measured.get());
        }
    }

    /// Measures an index of a segment. Empty when it was stopped.
    ///
    /// @param meanwhile what this thread does while the workers measure rows in memory, once; it throws nothing
    Optional<Calibration> measured(long segment, Frozen frozen, VectorRows rows, Runnable meanwhile, Stop stop)
            throws InterruptedException {
        if (rows instanceof SparseRows || stop.stopped()) return Optional.empty();
        return measuredOrNone(frozen, rows, segment, meanwhile, stop).filter(_ -> !stop.stopped());
    }

    private Optional<Calibration> measuredOrNone(
            Frozen index, VectorRows rows, long seed, Runnable meanwhile, Stop stop) throws InterruptedException {
        // Found or not: there is no more or less.
        if (index.metric() == Metric.MHJACCARD) return Optional.of(Calibration.NONE);
        try {
            return measured(index, rows, seed, meanwhile, stop);
        } catch (RuntimeException failed) {
            // Nobody misses it but who asks for a recall.
            log.log(
                    System.Logger.Level.WARNING,
                    "how much the index of segment " + seed
                            + " finds could not be measured, searches that ask for a recall try as hard as they can",
                    failed);
            return Optional.of(Calibration.NONE);
        }
    }

    private Optional<Calibration> measured(Frozen index, VectorRows of, long seed, Runnable meanwhile, Stop stop)
            throws InterruptedException {
        if (index instanceof LeanGraph lean)
            try (var calibrator = new FarCalibrator(memory, lean, seed)) {
                boolean done =
                        OnWorkers.all(work, calibrator::work, calibrator::awaitsRows, calibrator::readRows, stop);
                return done ? Optional.of(calibrator.finish()) : Optional.empty();
            }
        if (!(of instanceof DenseRows rows)) return Optional.of(Calibration.NONE);
        var calibrator = new Calibrator(index, rows, seed);
        boolean done = OnWorkers.all(work, calibrator::work, meanwhile, stop);
        return done ? Optional.of(calibrator.finish()) : Optional.empty();
    }

    /// Keeps what was measured beside the index's file, which is there.
    void keep(long segment, long index, Calibration measured) {
        if (measured.equals(Calibration.NONE)) return;
        try {
            CalibrationFile.write(files.disk(), files.calibrationPath(segment, index), mark(segment, index), measured);
        } catch (CorruptFile | DiskFailure notWritten) {
            // It is measured again after the next start.
        }
    }
}
