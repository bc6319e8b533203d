package dev.sextant.database.trees;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Universal Binary JSON: one value, as far as models are written in it. Whatever the bytes are, reading takes memory
/// in proportion to them, and ends.
final class UniversalJson {
    private static final int MOST_DEPTH = 32;

    /// Of objects, lists and what stands in them singly; rows of numbers count as one.
    private static final int MOST_NODES = 1 << 20;

    sealed interface Node {
        record Members(Map<String, Node> all) implements Node {}

        record Items(List<Node> all) implements Node {}

        /// Numbers of one kind, one after the other.
        record Numbers(float[] all) implements Node {}

        /// As [Numbers], all of them whole.
        record Wholes(int[] all) implements Node {}

        record Text(String text) implements Node {}

        record Figure(double value) implements Node {}

        record Truth(boolean value) implements Node {}

        record Nothing() implements Node {}
    }

    private final ByteBuffer bytes; // big-endian, as the format is
    private int nodes;

    private UniversalJson(byte[] all) {
        bytes = ByteBuffer.wrap(all);
    }

    /// Throws [IllegalArgumentException] with what is wrong.
    static Node read(byte[] all) {
        try {
            var reader = new UniversalJson(all);
            return reader.node(reader.bytes.get(), 0);
        } catch (BufferUnderflowException cut) {
            throw new IllegalArgumentException("it ends in the middle");
        }
    }

    private Node node(byte kind, int depth) {
        if (depth > MOST_DEPTH) throw new IllegalArgumentException("it is nested deeper than " + MOST_DEPTH);
        if (++nodes > MOST_NODES) throw new IllegalArgumentException("it has more than " + MOST_NODES + " values");
        return switch (kind) {
            case '{' -> members(depth);
            case '[' -> list(depth);
            case 'S' -> new Node.Text(text());
            case 'C' -> new Node.Text(String.valueOf((char) (bytes.get() & 0x7f)));
            case 'T' -> new Node.Truth(true);
            case 'F' -> new Node.Truth(false);
            case 'Z' -> new Node.Nothing();
            case 'd' -> new Node.Figure(bytes.getFloat());
            case 'D' -> new Node.Figure(bytes.getDouble());
            default -> new Node.Figure(whole(kind));
        };
    }

    private Node members(int depth) {
        var all = new HashMap<String, Node>();
        for (byte next = bytes.get(); next != '}'; next = bytes.get()) {
            if (next == '$' || next == '#') throw new IllegalArgumentException("an object of one kind or counted");
            bytes.position(bytes.position() - 1);
            var name = text();
            all.put(name, node(bytes.get(), depth + 1));
        }
        return new Node.Members(all);
    }

    private Node list(int depth) {
        byte next = bytes.get();
        if (next == '$') {
            byte kind = bytes.get();
            if (bytes.get() != '#') throw new IllegalArgumentException("a list of one kind that is not counted");
            return row(kind);
        }
        var all = new ArrayList<Node>();
        if (next == '#') {
            long count = whole(bytes.get());
            for (long i = 0; i < count; i++) all.add(node(bytes.get(), depth + 1));
        } else for (; next != ']'; next = bytes.get()) all.add(node(next, depth + 1));
        return new Node.Items(all);
    }

    private Node row(byte kind) {
        long count = whole(bytes.get());
        int width = width(kind);
        if (count < 0 || count > bytes.remaining() / width)
            throw new IllegalArgumentException(
                    "a list of " + count + " where " + bytes.remaining() + " bytes are left");
        if (kind == 'd' || kind == 'D') {
            var all = new float[(int) count];
            for (int i = 0; i < all.length; i++) all[i] = kind == 'd' ? bytes.getFloat() : (float) bytes.getDouble();
            return new Node.Numbers(all);
        }
        var all = new int[(int) count];
        for (int i = 0; i < all.length; i++) all[i] = narrow(whole(kind));
        return new Node.Wholes(all);
    }

    private static int narrow(long number) {
        if (number != (int) number) throw new IllegalArgumentException(number + " is too large");
        return (int) number;
    }

    /// Kinds without bytes of their own are none: a count of them would cost nothing to write and all to read.
    private static int width(byte kind) {
        return switch (kind) {
            case 'i', 'U' -> 1;
            case 'I' -> 2;
            case 'l', 'd' -> 4;
            case 'L', 'D' -> 8;
            default -> throw unknown(kind);
        };
    }

    private String text() {
        long length = whole(bytes.get());
        if (length < 0 || length > bytes.remaining())
            throw new IllegalArgumentException(
                    "a text of " + length + " where " + bytes.remaining() + " bytes are left");
        var own = new byte[(int) length];
        bytes.get(own);
        return new String(own, StandardCharsets.UTF_8);
    }

    private long whole(byte kind) {
        return switch (kind) {
            case 'i' -> bytes.get();
            case 'U' -> bytes.get() & 0xff;
            case 'I' -> bytes.getShort();
            case 'l' -> bytes.getInt();
            case 'L' -> bytes.getLong();
            default -> throw unknown(kind);
        };
    }

    private static IllegalArgumentException unknown(byte kind) {
        return new IllegalArgumentException("a value of kind " + (kind & 0xff) + " is not understood");
    }
}
