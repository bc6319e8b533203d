package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.Arrays;

/// Builds a [MinHashLsh], a table for each band.
public final class MinHashBuild implements VectorBuild {
    private final Memory memory;
    private final DenseRows rows;
    private final MinHashParameters parameters;
    private final Accept members;
    private final MinHashLsh index;
    private final Progress progress;
    private final Phases phases;
    private boolean spent; // owner only

    MinHashBuild(Memory memory, DenseRows rows, Metric metric, MinHashParameters parameters, Accept members) {
        if (metric != Metric.MHJACCARD || !metric.fits(rows.type()))
            throw new IllegalArgumentException("no signatures: " + metric + " of " + rows.type());
        if (rows.dimension() % parameters.elementBits() != 0)
            throw new IllegalArgumentException(
                    "elements of " + parameters.elementBits() + " bits in signatures of " + rows.dimension());
        this.memory = memory;
        this.rows = rows;
        this.parameters = parameters;
        this.members = members;
        int entries = members.count(rows.count());
        index = new MinHashLsh(memory, rows, parameters, entries);
        progress = new Progress(index.bands());
        phases = new Phases(Phases.of(index.bands(), (band, _) -> fill(band), _ -> Phases.END));
    }

    private void fill(int band) {
        try (var held = memory.reserve("training", 8L * index.entries)) {
            assert held.bytes() > 0 || index.entries == 0;
            fillNow(band);
        }
    }

    private void fillNow(int band) {
        var table = new long[index.entries];
        int n = 0;
        for (int row = 0; row < rows.count(); row++)
            if (members.test(row)) table[n++] = (long) index.hash(rows.address(row), band) << 32 | row;
        Arrays.sort(table);
        for (int i = 0; i < n; i++) Raw.putLong(index.entry(band, i), table[i]);
        progress.add(1);
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public MinHashLsh finish() {
        phases.expectEnd();
        spent = true;
        return index;
    }

    @Override
    public void close() {
        if (!spent) index.close();
        spent = true;
    }
}
