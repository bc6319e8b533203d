package dev.sextant.database;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How numbers lie in the bytes of a column: little-endian, anywhere.
final class Bytes {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}
}
