package dev.sextant.database;

import dev.sextant.kernel.Memory;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.TreeMap;

/// How the whole fares: what is wrong, and what is taken of the memory.
record Vitals(Shards shards, Memory memory, Guard guard, Audit audit) {
    Watch.HealthInfo health() {
        var troubles = new ArrayList<>(shards.troubles());
        audit.trouble().ifPresent(troubles::add);
        return new Watch.HealthInfo(troubles.isEmpty(), troubles);
    }

    Watch.ResourcesInfo resources() {
        var figures = new TreeMap<>(shards.figures());
        figures.put("calls under way", guard.callsUnderWay());
        figures.put("bytes of calls under way", guard.bytesUnderWay());
        return new Watch.ResourcesInfo(memory.byName(), memory.limitBytes(), figures);
    }
}
