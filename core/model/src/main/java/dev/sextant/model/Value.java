package dev.sextant.model;

import java.util.Arrays;
import java.util.List;

/// One scalar outside of columns: a literal, a default, a template argument.
public sealed interface Value {
    record Null() implements Value {}

    record Bool(boolean value) implements Value {}

    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    record Text(String value) implements Value {}

    record Items(List<Value> items) implements Value {
        public Items {
            items = List.copyOf(items);
        }
    }

    /// Bytes that a caller made, of which a filter's function knows the meaning. They are the caller's no more.
    record Bytes(byte[] bytes) implements Value {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(var others) && Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return bytes.length + " bytes";
        }
    }

    Value NULL = new Null();

    /// What users call a value of its kind.
    default String word() {
        return switch (this) {
            case Null _ -> "None";
            case Bool _ -> "Bool";
            case Int _ -> "Int64";
            case Real _ -> "Double";
            case Text _ -> "VarChar";
            case Items _ -> "Array";
            case Bytes _ -> "Bytes";
        };
    }

    static Value of(long value) {
        return new Int(value);
    }

    static Value of(double value) {
        return new Real(value);
    }

    static Value of(boolean value) {
        return new Bool(value);
    }

    static Value of(String value) {
        return new Text(value);
    }
}
