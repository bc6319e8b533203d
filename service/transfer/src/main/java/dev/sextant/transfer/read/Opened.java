package dev.sextant.transfer.read;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.source.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A group of files that is being read: counts rows, and turns whatever goes wrong into a refusal that says where.
abstract class Opened implements RowFiles.Batches {
    static final int MOST_ROWS = 8192;
    private static final long MOST_BYTES = 4 << 20;
    private static final long LEAST_BYTES = 64 << 10;
    private static final String NOT_TEXT = "the file is no UTF-8 text";

    final Schema schema;
    private final List<Source> sources;
    private final String name;
    private long rows;

    /// Takes the sources over.
    Opened(List<Source> sources, Schema schema) {
        this.sources = List.copyOf(sources);
        this.schema = schema;
        name = String.join(",", sources.stream().map(Source::name).toList());
    }

    /// Some rows, or none at the end. Leaves [#inBatch] telling which row of them it is at.
    abstract Optional<Rows> read() throws IOException;

    /// The row, within the batch that is being read, that is being looked at; -1 when none is.
    abstract int inBatch();

    @Override
    public final Optional<Rows> next() {
        try {
            var next = read();
            next.ifPresent(some -> rows += some.count());
            return next;
        } catch (IOException | RuntimeException why) {
            throw refused(why);
        }
    }

    final Refused refused(Exception why) {
        if (why instanceof Refused refused) return refused;
        int row = inBatch();
        return refused(name, row < 0 ? -1 : rows + row, why);
    }

    static Refused refused(String file, long row, Exception why) {
        var detail = switch (why) {
            case Refused refused -> refused.refusal().sentence();
            case Unfit unfit -> unfit.getMessage();
            case CharacterCodingException _ -> NOT_TEXT;
            case UncheckedIOException wrapped ->
                wrapped.getCause() instanceof CharacterCodingException
                        ? NOT_TEXT
                        : Unreadable.reason(wrapped.getCause());
            case IOException _ -> Unreadable.reason(why);
            default -> "the file is broken: " + Unreadable.reason(why);
        };
        return new Refused(new Refusal.NotImportable(file, row, detail));
    }

    @Override
    public OptionalLong rows() {
        return OptionalLong.empty();
    }

    @Override
    public final long bytes() {
        return sources.stream().mapToLong(Source::size).sum();
    }

    final String name() {
        return name;
    }

    @Override
    public final void cancel() {
        sources.forEach(Source::cancel);
    }

    @Override
    public void close() {
        sources.forEach(Source::close);
    }

    /// Bytes after which a batch ends.
    static long batchBytes(long memoryBytes) {
        return Math.clamp(memoryBytes / 16, LEAST_BYTES, MOST_BYTES);
    }

    /// Whether a row need not say anything about a field.
    static boolean mayBeAbsent(Field field) {
        return field.isNullable()
                || field.defaultValue().isPresent()
                || field.has(Trait.DYNAMIC)
                || comesByItself(field);
    }

    /// Whether a column of it is there only when a file has one.
    static boolean comesByItself(Field field) {
        return field.has(Trait.AUTO_ID) || field.has(Trait.FUNCTION_OUTPUT);
    }

    /// The most that one value of a field takes in memory, about: what a batch of columns is measured by.
    static long mostBytes(Field field) {
        return switch (field.type()) {
            case FieldType.Primitive _ -> 8;
            case FieldType.Varchar(var most) -> most + 4L;
            case FieldType.Text(var most) -> most + 4L;
            case FieldType.Geometry _, FieldType.Json _ -> 1 << 16;
            case FieldType.Array(var element, var most) ->
                Math.min(
                        1 << 20,
                        most
                                * switch (element) {
                                    case FieldType.Varchar(var bytes) -> bytes + 4L;
                                    case FieldType.Vector(_, var dimension) -> 4L * dimension;
                                    default -> 8L;
                                });
            case FieldType.Vector(var type, var dimension) ->
                type.isDense() ? Math.max(4L * dimension, type.rowBytes(dimension)) : 1 << 14;
        };
    }

    /// Rows of a batch whose columns must not take more than `memoryBytes`.
    static int batchRows(Iterable<Field> fields, long memoryBytes) {
        long row = 1;
        for (var field : fields) row += mostBytes(field);
        return Math.clamp(memoryBytes / 4 / row, 16, MOST_ROWS);
    }
}
