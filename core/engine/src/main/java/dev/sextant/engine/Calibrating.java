package dev.sextant.engine;

import dev.sextant.index.Calibration;
import dev.sextant.index.Calibrator;
import dev.sextant.index.DenseRows;
import dev.sextant.index.FarCalibrator;
import dev.sextant.index.Frozen;
import dev.sextant.index.LeanGraph;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.model.Field;
import dev.sextant.model.Metric;
import java.util.Optional;

/// Measures on the workers how much the indexes in memory find, for searches that ask for a recall.
final class Calibrating {
    private final Memory memory;
    private final Work work;

    Calibrating(Memory memory, Work work) {
        this.memory = memory;
        this.work = work;
    }

    /// What of a segment has not been measured yet.
    void calibrate(Segment segment, Stop stop) throws InterruptedException {
        for (var field : segment.schema().vectors()) {
            var built = segment.index(field.id()).filter(each -> !each.interim());
            if (built.isEmpty() || segment.calibration(field.id()).isPresent() || stop.stopped()) continue;
            if (built.get().frozen().metric() == Metric.MHJACCARD) { // found or not: there is no more or less
                segment.calibration(field.id(), Calibration.NONE);
                continue;
            }
            try {
                measured(built.get().frozen(), segment, field, stop)
                        .filter(_ -> !stop.stopped())
                        .ifPresent(measured -> segment.calibration(field.id(), measured));
            } catch (RuntimeException failed) {
                // Nobody misses it but who asks for a recall, and is searched for hard then.
                segment.calibration(field.id(), Calibration.NONE);
            }
        }
    }

    private Optional<Calibration> measured(Frozen index, Segment segment, Field field, Stop stop)
            throws InterruptedException {
        if (index instanceof LeanGraph lean)
            try (var calibrator = new FarCalibrator(memory, lean, segment.id())) {
                boolean done =
                        OnWorkers.all(work, calibrator::work, calibrator::awaitsRows, calibrator::readRows, stop);
                return done ? Optional.of(calibrator.finish()) : Optional.empty();
            }
        if (!(segment.vectors(field.id()).rows() instanceof DenseRows rows)) return Optional.of(Calibration.NONE);
        var calibrator = new Calibrator(index, rows, segment.id());
        boolean done = OnWorkers.all(work, calibrator::work, () -> false, () -> {}, stop);
        return done ? Optional.of(calibrator.finish()) : Optional.empty();
    }
}
