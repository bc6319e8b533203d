package dev.sextant.model;

/// A file of words that the description of an analyzer names, and what it held when it was read: once, by the door.
/// Whoever makes the analyzer later, after a restart or on another machine, finds the words here and opens no file.
///
/// @param digest hexadecimal SHA-256 of the text in UTF-8: files of one digest are taken for one
public record WordFile(Source source, String digest, String text) {
    /// Where a description says that a file lies.
    public sealed interface Source {
        /// As it is said to people.
        String told();
    }

    /// In a directory of the server's machine.
    public record Local(String path) implements Source {
        @Override
        public String told() {
            return path;
        }
    }

    /// Behind a name that was given to it ([Operate.AddFileResource]).
    ///
    /// @param file last part of its path
    public record Remote(String resource, String file) implements Source {
        @Override
        public String told() {
            return resource + "/" + file;
        }
    }

    public static WordFile of(Source source, String text) {
        return new WordFile(source, Sha256.of(text), text);
    }

    /// By digest: texts are long, and compared with each search.
    @Override
    public boolean equals(Object other) {
        return other instanceof WordFile file && source.equals(file.source) && digest.equals(file.digest);
    }

    @Override
    public int hashCode() {
        return 31 * source.hashCode() + digest.hashCode();
    }

    @Override
    public String toString() {
        return "WordFile[" + source.told() + ", " + digest + "]";
    }
}
