package dev.sextant.kernel;

/// The right to compute, and what belongs to it. Handed to every task; used by that task, while it runs, only.
public final class Worker {
    private final int number;
    private final Memory memory;
    private Scratch scratch;
    private long mostNanos = Long.MAX_VALUE;

    Worker(int number, Memory memory) {
        this.number = number;
        this.memory = memory;
    }

    /// 0 … workers − 1.
    public int number() {
        return number;
    }

    public Scratch scratch() {
        if (scratch == null) scratch = new Scratch(memory);
        return scratch;
    }

    /// Whether what takes so long may run here. Where the thread is only [lent][Work#lending] for less, it has to go on
    /// as another task.
    public boolean mayTake(double nanos) {
        return mostNanos == Long.MAX_VALUE || nanos <= mostNanos;
    }

    void lent(long nanos) {
        mostNanos = nanos;
    }

    void close() {
        if (scratch != null) scratch.close();
    }
}
