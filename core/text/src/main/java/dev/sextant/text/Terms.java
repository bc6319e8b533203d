package dev.sextant.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/// Words as the indices of sparse vectors: the checksum of the first hundred bytes, as Milvus computes it. Words that
/// collide are one term; the largest number is no index.
public final class Terms {
    private static final int HASHED_BYTES = 100;
    private static final long INDICES = 0xffff_ffffL;
    private static final int CELL_BYTES = 8;

    private Terms() {}

    /// To be read as an unsigned number.
    public static int id(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var checksum = new CRC32();
        checksum.update(bytes, 0, Math.min(bytes.length, HASHED_BYTES));
        return (int) (checksum.getValue() % INDICES);
    }

    /// The sparse vector of a text: how often it has each term, terms ascending.
    public static byte[] frequencies(List<Token> tokens) {
        var terms = new int[tokens.size()];
        // Shifted, so that the order of signed numbers is that of unsigned ones.
        for (int i = 0; i < terms.length; i++) terms[i] = tokens.get(i).term() ^ Integer.MIN_VALUE;
        java.util.Arrays.sort(terms);
        var cells = ByteBuffer.allocate(terms.length * CELL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < terms.length; ) {
            int first = i;
            while (i < terms.length && terms[i] == terms[first]) i++;
            cells.putInt(terms[first] ^ Integer.MIN_VALUE).putFloat(i - first);
        }
        return java.util.Arrays.copyOf(cells.array(), cells.position());
    }
}
