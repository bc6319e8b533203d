package dev.sextant.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What one search at a time needs while it runs, kept between searches so that none allocates: visited marks, native
/// room for the prepared query, and whatever an algorithm keeps here under its own class. A worker owns one; whoever
/// advances several walks in turn takes one for each from it.
public final class Scratch implements AutoCloseable {
    private final Memory memory;
    private final Reservation heap;
    private final Visited visited = new Visited();
    private final Map<Class<?>, Object> parts = new HashMap<>();
    private final Map<Class<?>, Long> counted = new HashMap<>(); // heap of parts
    private final Reservation ofParts;
    private final List<Scratch> further = new ArrayList<>();
    private Region room;

    public Scratch(Memory memory) {
        this.memory = memory;
        heap = memory.reserve("scratch", 0);
        ofParts = memory.reserve("scratch", 0);
        room = memory.allocate("scratch", 16 << 10);
    }

    /// Marks for `rows` rows, none visited; the room they take is counted in the budget.
    public Visited visited(int rows) {
        long wanted = Visited.bytes(rows);
        if (wanted > heap.bytes()) heap.grow(wanted - heap.bytes());
        visited.begin(rows);
        if (visited.bytes() > heap.bytes()) heap.grow(visited.bytes() - heap.bytes());
        return visited;
    }

    /// At least `bytes` of native memory, aligned to 64 bytes, content undefined; the next call may move it.
    public long room(long bytes) {
        if (room.size() < bytes) {
            var larger = memory.allocate("scratch", Math.max(bytes, 2 * room.size()));
            room.close();
            room = larger;
        }
        return room.address();
    }

    /// One for each of several walks that are advanced in turn: number 0 is this one, the others are kept with it.
    public Scratch ofTurn(int number) {
        while (further.size() < number) further.add(new Scratch(memory));
        return number == 0 ? this : further.get(number - 1);
    }

    /// Closes those for walks in turn, from the last, that hold more than `most` bytes together.
    public void keepTurns(long most) {
        long held = 0;
        for (int i = 0; i < further.size(); i++) {
            held += further.get(i).bytes();
            if (held <= most) continue;
            var gone = further.subList(i, further.size());
            gone.forEach(Scratch::close);
            gone.clear();
        }
    }

    private long bytes() {
        return room.size() + heap.bytes() + ofParts.bytes();
    }

    /// Before a part grows: its heap is counted in the budget, too.
    public void count(Class<?> kind, long bytes) {
        long before = counted.getOrDefault(kind, 0L);
        if (bytes <= before) return;
        ofParts.grow(bytes - before);
        counted.put(kind, bytes);
    }

    /// What an algorithm keeps here between searches, made on first use.
    public <T> T part(Class<T> kind, Supplier<T> make) {
        var part = parts.get(kind);
        if (part == null) parts.put(kind, part = make.get());
        return kind.cast(part);
    }

    @Override
    public void close() {
        further.forEach(Scratch::close);
        room.close();
        heap.close();
        ofParts.close();
    }
}
