package dev.sextant.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What went wrong with indexes, for those who ask how they fare. Any thread.
final class IndexTroubles {
    /// @param failed it could not be built; else it was found damaged, and is built anew
    record Trouble(String reason, boolean failed) {
        static final Trouble NONE = new Trouble("", false);
    }

    private final Map<Long, Trouble> troubles = new ConcurrentHashMap<>(); // by index

    void failed(long index, Throwable why) {
        troubles.put(index, new Trouble(String.valueOf(why.getMessage()), true));
    }

    void damaged(long index, Throwable why) {
        troubles.put(index, new Trouble("damaged, will be built anew: " + why.getMessage(), false));
    }

    void over(long index) {
        troubles.remove(index);
    }

    Trouble of(long index) {
        return troubles.getOrDefault(index, Trouble.NONE);
    }
}
