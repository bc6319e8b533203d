package dev.sextant.index;

/// Dense vectors that lie outside memory. Reading waits: only threads that may wait call it, never a worker. What is
/// read is checked; damage is thrown, never handed out. Any number of threads.
public interface RowFile {
    /// Copies rows `from … to` to `address`, in the kernels' layout ([DenseRows#packed]); in large pieces.
    void read(int from, int to, long address);

    /// Copies the first `n` of `rows`, in any order, to `address`, each to its own place in that order; as many at once
    /// as pays. Returns how many pages were read.
    int read(int[] rows, int n, long address);
}
