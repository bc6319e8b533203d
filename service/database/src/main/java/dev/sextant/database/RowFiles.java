package dev.sextant.database;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Where imports find rows, and analyzers their words: files that the owner of the database lets be read, whatever they
/// hold and wherever they lie. Any thread may call; calls block.
public interface RowFiles {
    /// No files at all.
    RowFiles NONE = new RowFiles() {
        @Override
        public void check(List<String> group) {
            throw new Refused(new Refusal.NotImportable("", -1, "this database imports no files"));
        }

        @Override
        public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
            throw new Refused(new Refusal.NotImportable("", -1, "this database imports no files"));
        }
    };

    /// How far a name reaches.
    enum Reach {
        /// Into directories of this machine.
        HERE,
        EVERYWHERE
    }

    /// A file from its beginning, up to so many bytes, whatever it holds; empty when it is not there, or may not be
    /// read. Throws [Refused] when reading fails.
    default Optional<byte[]> read(String name, Reach reach, int mostBytes) {
        return Optional.empty();
    }

    /// Throws when such a group can never be read: unknown kinds of files, kinds that do not go together. Touches no
    /// file.
    void check(List<String> group);

    /// Opens a group of files that holds rows together, for a collection with `schema`. Throws [Refused] with
    /// [Refusal.NotImportable] when a file is not there, may not be read, or cannot be understood.
    ///
    /// @param memoryBytes that reading may take of the heap, about; what needs more is refused
    Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes);

    /// Files of somebody else.
    ///
    /// @param source a directory, a prefix of keys, or one file
    /// @param format of all of them
    /// @param access where the store is, and by whose right it is asked, by the words of Milvus' `extfs`
    record Place(String source, String format, Map<String, String> access) {
        public Place {
            access = Map.copyOf(access);
        }

        @Override
        public String toString() {
            return source; // no secrets in logs
        }
    }

    /// Throws [Refused] with [Refusal.InvalidParameter] when such files can never be read: an unknown format, a store
    /// that nobody may be sent to. Touches no file.
    default void check(Place place) {
        throw new Refused(new Refusal.InvalidParameter("external_source", "this database reads no files of others"));
    }

    /// What lies there now. Throws [Refused] with [Refusal.NotImportable] when that cannot be told, or when something
    /// lies there that is no file of the format. The caller closes it.
    ///
    /// @param most files
    default Outside outside(Place place, int most) {
        check(place);
        throw new IllegalStateException("what can be read can be looked at");
    }

    /// Files of somebody else, as they were when they were looked at. One thread at a time, but for [#cancel].
    interface Outside extends AutoCloseable {
        /// In the order of their names.
        List<Found> files();

        /// As [RowFiles#open], but of every field there must be a column, and the file must still be the one that was
        /// found.
        Batches open(Found file, Schema schema, long memoryBytes);

        /// Nobody wants them any more: reading fails soon. Any thread may say so.
        default void cancel() {
            // What never waits need not be told.
        }

        @Override
        void close();
    }

    /// @param version that another content would not have
    record Found(String name, long bytes, String version) {}

    /// The database closes: whoever waits for a file waits no longer, and nothing is read any more.
    default void ending() {
        // What never waits need not be told.
    }

    /// The rows of one group of files, once and in order. One thread at a time; the caller closes it.
    interface Batches extends AutoCloseable {
        /// The next rows: columns by the names of fields, only such as there are. Empty at the end. Throws [Refused]
        /// with [Refusal.NotImportable] where a file cannot be understood.
        Optional<Rows> next();

        /// Rows in all, where the files tell before they are read.
        OptionalLong rows();

        /// Bytes of the files.
        long bytes();

        /// How much of them is read.
        long bytesRead();

        /// Nobody wants the rows any more: reading fails soon, wherever it waits. Any thread may say so.
        default void cancel() {
            // What never waits need not be told.
        }

        @Override
        void close();
    }
}
