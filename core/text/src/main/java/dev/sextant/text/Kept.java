package dev.sextant.text;

import dev.sextant.model.WordFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What was made from descriptions: making it builds dictionaries, and the same few descriptions come with every write
/// and search. Any thread; bounded, because descriptions come from callers.
final class Kept<T> {
    private static final int MOST = 256;
    private static final int LONGEST = 16 * 1024;

    /// Of the files that are behind what is kept, each counted as often as it is named; and a quarter as many of
    /// descriptions without files.
    private final long mostCharacters;

    private final Map<String, T> made = new ConcurrentHashMap<>();
    private final AtomicLong described = new AtomicLong(); // characters of the descriptions in `made`
    private final Map<Named, Making<T>> ofFiles = new LinkedHashMap<>(16, 0.75f, true); // guarded by this
    private long characters; // guarded by this

    Kept() {
        this(Dictionaries.mostCharacters());
    }

    Kept(long mostCharacters) {
        this.mostCharacters = mostCharacters;
    }

    private record Named(String description, List<WordFile> files) {
        long characters() {
            long sum = description.length();
            for (var file : files) sum += file.text().length();
            return sum;
        }
    }

    T of(String description, List<WordFile> files, Supplier<T> making) {
        return files.isEmpty() ? of(description, making) : ofFiles(new Named(description, files), making);
    }

    private T of(String description, Supplier<T> making) {
        var known = made.get(description);
        if (known != null) return known;
        var fresh = making.get();
        if (description.length() > LONGEST) return fresh;
        if (made.size() >= MOST || described.get() + description.length() > mostCharacters / 4) {
            made.clear();
            described.set(0);
        }
        if (made.put(description, fresh) == null) described.addAndGet(description.length());
        return fresh;
    }

    /// Dictionaries of files may take a second to build: whoever comes meanwhile waits for the first. Those that were
    /// not asked for longest go first.
    private T ofFiles(Named named, Supplier<T> making) {
        Making<T> kept;
        synchronized (this) {
            kept = ofFiles.get(named);
            if (kept == null) {
                kept = new Making<>(making);
                ofFiles.put(named, kept);
                characters += named.characters();
                makeRoom();
            }
        }
        try {
            return kept.made();
        } catch (RuntimeException refused) {
            forget(named, kept);
            throw refused;
        }
    }

    private void makeRoom() {
        var oldest = ofFiles.keySet().iterator();
        while (characters > mostCharacters && ofFiles.size() > 1) {
            characters -= oldest.next().characters();
            oldest.remove();
        }
    }

    private synchronized void forget(Named named, Making<T> failed) {
        if (ofFiles.remove(named, failed)) characters -= named.characters();
    }

    private static final class Making<T> {
        private Supplier<T> making; // guarded by this
        private T made; // guarded by this

        Making(Supplier<T> making) {
            this.making = making;
        }

        synchronized T made() {
            if (made == null) {
                made = making.get();
                making = () -> made; // lets go of what it was made from
            }
            return made;
        }
    }
}
