package dev.sextant.query;

import dev.sextant.engine.Vectors;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
import dev.sextant.index.SharedScan;
import dev.sextant.index.SparseRows;
import dev.sextant.index.Step;
import dev.sextant.index.StoredRows;
import dev.sextant.index.Target;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Scanned;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// Passes over the rows of one part that match, in the order in which they lie. Immutable; several workers may scan at
/// once.
///
/// @param nodes the rows that match, by the numbers of their vectors
/// @param matching how many of those there are
/// @param stepRows rows between two looks at the clock
record PartScan(Reader.Nearest question, Vectors vectors, Bits nodes, int matching, Sought.Aim aim, int stepRows) {
    int count() {
        return vectors.rows().count();
    }

    /// Rows `from` to `to` for one query, each in full.
    Scanned run(Errand errand, int from, int to) {
        if (from >= to) return Scanned.NOTHING;
        // Begin at a whole word, so that the bits need no shifting; nodes before `from` are taken out below.
        int base = from & -64;
        return run(walk(vector(errand), base, to, accept(base, from, to), errand.scratch()), errand, base, to);
    }

    /// What a walk over the rows `base` to `to` finds, to its end.
    Scanned run(Walk walk, Errand errand, int base, int to) {
        var sought = errand.sought(aim);
        while (true) {
            sought.bound(walk);
            var step = walk.advance(stepRows);
            errand.patience().run();
            sought.take(walk.hits(), base, to - base, walk.leavesBestFirst());
            if (step instanceof Step.Done) return new Scanned(walk.scored(), walk.bytesTouched());
        }
    }

    /// Rows `from` to `to` for several queries in one pass. What is done is that of all of them.
    Scanned together(List<Errand> errands, int from, int to) {
        var rows = ((Vectors.Dense) vectors).rows();
        var first = errands.getFirst();
        var asked = errands.stream().map(this::vector).toList();
        var sought = errands.stream().map(each -> each.sought(aim)).toList();
        var scan = new SharedScan(rows, distance(rows), asked, accept(), from, to, first.scratch());
        long scored = 0;
        while (scan.advance()) {
            first.patience().run();
            scored += (long) scan.scored() * errands.size();
            for (int i = 0; i < errands.size(); i++) {
                var each = sought.get(i);
                each.take(scan.hits(i, each.bound()), 0, count(), true);
            }
        }
        return new Scanned(scored, scored * rows.stride());
    }

    /// The score of one matching node; nothing where it is no number.
    Optional<Float> score(int query, int node, Memory memory, Scratch scratch) {
        var vector = Vector.of(question.queries(), query);
        if (vectors instanceof Vectors.Stored(var rows, _)) return score(vector, node, rows, memory, scratch);
        return score(walk(vector, node, node + 1, Accept.ALL, scratch));
    }

    private Optional<Float> score(MemorySegment vector, int node, StoredRows rows, Memory memory, Scratch scratch) {
        try (var room = memory.allocate("rows to score", rows.strideBytes())) {
            rows.file().read(node, node + 1, room.address());
            var landed = rows.landed(room.address(), 1);
            return score(Flat.walk(landed, distance(landed), vector, Accept.ALL, scratch));
        }
    }

    private static Optional<Float> score(Walk walk) {
        walk.advance(1);
        return walk.hits().count() == 0
                ? Optional.empty()
                : Optional.of(walk.hits().scores()[0]);
    }

    private MemorySegment vector(Errand errand) {
        return Vector.of(question.queries(), errand.query());
    }

    private Distance distance(DenseRows rows) {
        return Parameters.distance(question.metric(), rows, question.parameters());
    }

    private Walk walk(MemorySegment vector, int base, int to, Accept accept, Scratch scratch) {
        return switch (vectors) {
            case Vectors.Lists(var rows, _) -> walk(rows, vector, base, to, accept, scratch);
            case Vectors.Dense(var rows, _) -> walk(rows, vector, base, to, accept, scratch);
            case Vectors.Stored _ -> throw new IllegalStateException("rows on disk are scanned off the workers");
            case Vectors.Sparse(var rows, _) -> {
                var range = new SparseRows(rows.offsets() + 8L * base, rows.cells(), to - base);
                var target = new Target(vector, 1, Effort.DEFAULT, accept, question.bm25());
                yield Flat.walk(range, question.metric(), target, scratch);
            }
        };
    }

    private Walk walk(DenseRows rows, MemorySegment vector, int base, int to, Accept accept, Scratch scratch) {
        var range = new DenseRows(
                rows.base() + base * rows.stride(), rows.stride(), to - base, rows.dimension(), rows.type());
        return Flat.walk(range, distance(rows), vector, accept, scratch);
    }

    private Accept accept() {
        return matching == count() ? Accept.ALL : Accept.of(nodes);
    }

    /// What matches of the rows `from` to `to`, counted from `base`, not more than 63 before them.
    private Accept accept(int base, int from, int to) {
        if (matching == count() && base == from) return Accept.ALL;
        if (from == 0 && to == count()) return Accept.of(nodes);
        var bits = Bits.builder(to - base);
        for (int word = 0; word * 64 < to - base; word++) {
            long value = nodes.word((base >>> 6) + word);
            if (word == 0) value &= -1L << (from - base);
            if (value != 0) bits.word(word, value);
        }
        return Accept.of(bits.build());
    }
}
