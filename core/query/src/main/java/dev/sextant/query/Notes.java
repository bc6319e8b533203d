package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.model.Scanned;
import java.util.ArrayList;
import java.util.List;

/// What each part took, for plans that were run. Any worker may add.
final class Notes {
    /// Of searches that nobody asks about: they add nothing.
    static final Notes NONE = new Notes();

    private final List<Note> notes = new ArrayList<>(); // guarded by this

    record Note(Part part, Scanned scanned, boolean switched, PartSearch.Reads reads, long nanos) {
        private Note and(Note other) {
            return new Note(
                    part,
                    scanned.and(other.scanned),
                    switched || other.switched,
                    reads.and(other.reads),
                    nanos + other.nanos);
        }
    }

    synchronized void add(Part part, PartSearch.Done done, long nanos) {
        var note = new Note(part, done.scanned(), done.switched(), done.reads(), nanos);
        for (int i = 0; i < notes.size(); i++)
            if (notes.get(i).part == part) {
                notes.set(i, notes.get(i).and(note));
                return;
            }
        notes.add(note);
    }

    synchronized List<Note> all() {
        return List.copyOf(notes);
    }
}
