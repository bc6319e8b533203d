package dev.sextant.engine;

import java.util.concurrent.atomic.AtomicInteger;

/// Something that several hold and the last one lets go. Begins with one holder.
abstract class Counted {
    private final AtomicInteger holders = new AtomicInteger(1);

    /// Takes hold, unless it was let go already.
    final boolean acquire() {
        while (true) {
            int now = holders.get();
            if (now == 0) return false;
            if (holders.compareAndSet(now, now + 1)) return true;
        }
    }

    final void release() {
        int left = holders.decrementAndGet();
        assert left >= 0 : this + " was let go too often";
        if (left == 0) dispose();
    }

    final int holders() {
        return holders.get();
    }

    /// Nobody holds it any more.
    abstract void dispose();
}
