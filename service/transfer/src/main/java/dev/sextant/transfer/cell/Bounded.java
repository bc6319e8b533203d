package dev.sextant.transfer.cell;

import java.io.ByteArrayOutputStream;

/// Bytes that are gathered, up to a limit.
final class Bounded extends ByteArrayOutputStream {
    private final int most;

    Bounded(int most) {
        super(256);
        this.most = most;
    }

    @Override
    public synchronized void write(int value) {
        check(1);
        super.write(value);
    }

    @Override
    public synchronized void write(byte[] from, int at, int length) {
        check(length);
        super.write(from, at, length);
    }

    private void check(int more) {
        if (count + (long) more > most) throw new Unfit("a JSON value of one row has more than " + most + " bytes");
    }
}
