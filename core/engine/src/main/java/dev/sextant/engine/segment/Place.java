package dev.sextant.engine.segment;

/// Some bytes of a file and their checksum.
record Place(long offset, int bytes, int crc) {
    static final Place NOWHERE = new Place(0, 0, 0);
}
