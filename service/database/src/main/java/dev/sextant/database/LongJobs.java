package dev.sextant.database;

/// What callers ask for that goes on after they were answered, and after a restart.
record LongJobs(Imports imports, Refreshes refreshes, Restores restores) {
    /// Goes on with what was not over.
    void resume() {
        imports.resume();
        refreshes.resume();
        restores.resume();
    }

    /// Lets go what imports and refreshes hold, when nothing of them runs any more.
    void letGo() {
        imports.letGo();
        refreshes.letGo();
    }
}
