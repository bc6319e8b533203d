package dev.sextant.engine;

import dev.sextant.engine.log.Log;
import dev.sextant.world.World;

/// The rooms of a node, wired once when it opens: what the [Caretaker] goes round in.
record Household(
        World world,
        EngineConfig config,
        Replica replica,
        Log log,
        HybridClock clock,
        Timeline timeline,
        Reads reads,
        Writer writer,
        Jobs jobs,
        Files files,
        Checkpoints checkpoints,
        Keeping keeping,
        Indexing indexing) {}
