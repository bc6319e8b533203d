package dev.sextant.kernel;

/// A random rotation: random signs, then a Walsh–Hadamard transform, two or four times. It spreads every vector evenly
/// over all components, keeps lengths and distances, and costs n log n. Where the size is no power of two the transform
/// takes the first and the last components in turn. The same size and seed give the same rotation, for ever: codes on
/// disk depend on it. Immutable but for its memory, which one owner closes.
public final class Rotation implements AutoCloseable {
    private final int size;
    private final int power;
    private final int rounds;
    private final float scale;
    private final Region signs;

    /// Of vectors of `size` components, a multiple of 64.
    public Rotation(Memory memory, int size, long seed) {
        if (size < 64 || size % 64 != 0) throw new IllegalArgumentException("a rotation of " + size + " components");
        this.size = size;
        power = Integer.highestOneBit(size);
        rounds = power == size ? 2 : 4;
        scale = (float) (1 / Math.sqrt(power));
        signs = memory.allocate("rotation", 4L * size * rounds);
        for (int i = 0; i < size * rounds; i++)
            Raw.putFloat(signs.address() + 4L * i, (mix(seed, i) & 1) == 0 ? 1 : -1);
    }

    private static long mix(long seed, int i) {
        long x = seed * 0x9E3779B97F4A7C15L + i + 1;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x >>> 31;
    }

    public int size() {
        return size;
    }

    public long bytes() {
        return signs.size();
    }

    /// Rotates `size` floats at a native address, a multiple of 64, in place.
    public void apply(long floats) {
        if (MachineRotation.PRESENT) MachineRotation.apply(floats, size, power, rounds, signs.address(), scale);
        else apply(floats, FloatArithmetic.BEST);
    }

    /// Rotates what the `n` floats at `row`, anywhere, are more than those at `less`, into `out`; `less` has `size` of
    /// them, those from `n` on zeros. Asks meanwhile for `soonBytes` at `soon`, where that is possible.
    public void difference(long row, long less, int n, long out, long soon, long soonBytes) {
        if (MachineRotation.PRESENT)
            MachineRotation.difference(out, size, power, rounds, signs.address(), scale, row, less, n, soon, soonBytes);
        else differenceBy(FloatArithmetic.BEST, row, less, n, out);
    }

    void differenceBy(FloatArithmetic arithmetic, long row, long less, int n, long out) {
        Raw.copy(row, out, 4L * n);
        Raw.fill(out + 4L * n, 4L * (size - n), (byte) 0);
        arithmetic.subtract(out, less, size);
        apply(out, arithmetic);
    }

    void apply(long floats, FloatArithmetic arithmetic) {
        for (int round = 0; round < rounds; round++) {
            arithmetic.multiply(floats, signs.address() + 4L * round * size, size);
            arithmetic.hadamard((round & 1) == 0 ? floats : floats + 4L * (size - power), power);
        }
    }

    @Override
    public void close() {
        signs.close();
    }
}
