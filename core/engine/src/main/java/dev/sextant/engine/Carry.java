package dev.sextant.engine;

import dev.sextant.engine.entry.Effect.MergeInput;
import java.util.List;

/// Takes the deletions of merged stores over to their output, whose rows are those of the inputs in order without the
/// dropped ones.
final class Carry {
    private Carry() {}

    static Deletions over(List<MergeInput> inputs, List<? extends Store> stores) {
        var seen = stores.stream().map(store -> store.deletions().seen()).toList();
        var bases = new int[inputs.size()];
        for (int i = 1; i < bases.length; i++)
            bases[i] =
                    bases[i - 1] + inputs.get(i - 1).rows() - inputs.get(i - 1).dropped().length;
        var carried = new Deletions();
        var next = new int[inputs.size()];
        for (int i = earliest(seen, next); i >= 0; i = earliest(seen, next)) {
            int row = seen.get(i).rows()[next[i]];
            int dropped = java.util.Arrays.binarySearch(inputs.get(i).dropped(), row);
            if (dropped < 0)
                carried.add(bases[i] + row - (-dropped - 1), seen.get(i).times()[next[i]]);
            next[i]++;
        }
        carried.publish();
        return carried;
    }

    /// The input whose next deletion is the earliest; -1 when none has any left. Inputs are few.
    private static int earliest(List<Deletions.Seen> seen, int[] next) {
        int best = -1;
        for (int i = 0; i < next.length; i++) {
            if (next[i] == seen.get(i).count()) continue;
            if (best < 0 || seen.get(i).times()[next[i]] < seen.get(best).times()[next[best]]) best = i;
        }
        return best;
    }
}
