package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.source.SourceStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/// The pages of one column in one group of rows, read as they are asked for: a group may be larger than memory, a page
/// must not be. One thread.
final class Pages implements PageReader {
    private final SourceStream stream;
    private final Codec codec;
    private final long values;
    private final int mostPageBytes;
    private final Room room;
    private long held;
    private final ColumnDescriptor column;
    private Optional<PageHeader> peeked = Optional.empty();
    private long seen;

    Pages(SourceStream stream, Codec codec, long values, int mostPageBytes, Room room, ColumnDescriptor column) {
        this.stream = stream;
        this.codec = codec;
        this.values = values;
        this.mostPageBytes = mostPageBytes;
        this.room = room;
        this.column = column;
    }

    @Override
    public long getTotalValueCount() {
        return values;
    }

    @Override
    public DictionaryPage readDictionaryPage() {
        try {
            var dictionary = dictionary();
            if (dictionary.isEmpty()) return null; // as the interface wants it
            var about = dictionary.get().getDictionary_page_header();
            return new DictionaryPage(
                    BytesInput.from(content(dictionary.get())), about.getNum_values(), encoding(about.getEncoding()));
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    @Override
    public DataPage readPage() {
        try {
            var page = next();
            if (page.isEmpty()) return null; // as the interface wants it
            return page.get().getType() == PageType.DATA_PAGE ? first(page.get()) : second(page.get());
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    /// The header of the dictionary, where the column begins with one; another is left to whoever reads on.
    private Optional<PageHeader> dictionary() throws IOException {
        var header = header();
        if (header.isPresent() && header.get().getType() == PageType.DICTIONARY_PAGE) return header;
        peeked = header;
        return Optional.empty();
    }

    /// The header of the next page of values; pages of others are passed over.
    private Optional<PageHeader> next() throws IOException {
        while (seen < values) {
            var header = header();
            if (header.isEmpty()) break;
            switch (header.get().getType()) {
                case DATA_PAGE, DATA_PAGE_V2 -> {
                    return header;
                }
                case DICTIONARY_PAGE, INDEX_PAGE -> body(header.get());
            }
        }
        return Optional.empty();
    }

    private byte[] content(PageHeader page) throws IOException {
        return codec.decompress(body(page), 0, page.getCompressed_page_size(), page.getUncompressed_page_size());
    }

    /// A page of values as it is stored, with its levels apart.
    ///
    /// @param bytes that hold the levels
    record Raw(
            int values,
            byte[] bytes,
            int repetitionsAt,
            int repetitionsBytes,
            int definitionsAt,
            int definitionsBytes,
            byte[] data,
            int dataAt,
            Encoding encoding) {}

    /// The plain bytes of the dictionary; empty when there is none. Before the first page is read.
    byte[] rawDictionary() {
        try {
            var dictionary = dictionary();
            return dictionary.isEmpty() ? new byte[0] : content(dictionary.get());
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    /// The next page of a column of lists; empty at the end.
    Optional<Raw> readRaw() {
        try {
            var page = next();
            if (page.isEmpty()) return Optional.empty();
            return Optional.of(
                    page.get().getType() == PageType.DATA_PAGE ? rawFirst(page.get()) : rawSecond(page.get()));
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    private Raw rawFirst(PageHeader page) throws IOException {
        var about = page.getData_page_header();
        count(about.getNum_values());
        var bytes = content(page);
        if (encoding(about.getRepetition_level_encoding()) != Encoding.RLE
                || encoding(about.getDefinition_level_encoding()) != Encoding.RLE)
            throw new Unfit("levels in the encoding BIT_PACKED are not read");
        int repetitions = size(bytes, 0);
        int definitionsAt = 4 + repetitions;
        int definitions = size(bytes, definitionsAt);
        return new Raw(
                about.getNum_values(),
                bytes,
                4,
                repetitions,
                definitionsAt + 4,
                definitions,
                bytes,
                definitionsAt + 4 + definitions,
                encoding(about.getEncoding()));
    }

    private static int size(byte[] bytes, int at) {
        if (bytes.length - at < 4) throw new Unfit("a page is broken: it ends in its levels");
        int size = bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
        if (size < 0 || size > bytes.length - at - 4) throw new Unfit("a page is broken: it ends in its levels");
        return size;
    }

    private Raw rawSecond(PageHeader page) throws IOException {
        var about = page.getData_page_header_v2();
        count(about.getNum_values());
        var bytes = body(page);
        int repetitions = about.getRepetition_levels_byte_length();
        int definitions = about.getDefinition_levels_byte_length();
        int levels = levels(page, bytes.length);
        int size = page.getUncompressed_page_size() - levels;
        boolean packed = about.isIs_compressed();
        var data = packed ? codec.decompress(bytes, levels, bytes.length - levels, size) : bytes;
        return new Raw(
                about.getNum_values(),
                bytes,
                0,
                repetitions,
                repetitions,
                definitions,
                data,
                packed ? 0 : levels,
                encoding(about.getEncoding()));
    }

    private static int levels(PageHeader page, int bytes) {
        var about = page.getData_page_header_v2();
        long repetitions = about.getRepetition_levels_byte_length();
        long definitions = about.getDefinition_levels_byte_length();
        if (repetitions < 0
                || definitions < 0
                || repetitions + definitions > bytes
                || repetitions + definitions > page.getUncompressed_page_size())
            throw new Unfit("the head of a page is broken");
        return (int) (repetitions + definitions);
    }

    /// No page of it is needed any more.
    void close() {
        room.swap(held, 0);
        held = 0;
    }

    private Optional<PageHeader> header() throws IOException {
        if (peeked.isPresent()) {
            var header = peeked;
            peeked = Optional.empty();
            return header;
        }
        if (seen >= values) return Optional.empty();
        PageHeader header;
        try {
            header = Util.readPageHeader(stream);
        } catch (IOException | RuntimeException why) {
            throw new IOException("the head of a page is broken: " + Unreadable.reason(why), why);
        }
        check(header);
        return Optional.of(header);
    }

    private void check(PageHeader header) {
        int packed = header.getCompressed_page_size(), size = header.getUncompressed_page_size();
        if (header.getType() == null || packed < 0 || size < 0) throw new Unfit("the head of a page is broken");
        if (packed > mostPageBytes || size > mostPageBytes)
            throw new Unfit("a page has " + Math.max(packed, size) + " bytes, the memory of an import allows for "
                    + mostPageBytes + ": write smaller pages, or raise import-memory");
        if (header.getType() == PageType.DICTIONARY_PAGE) return; // it stays beside the pages that follow
        room.swap(held, (long) packed + size);
        held = (long) packed + size;
    }

    private byte[] body(PageHeader page) throws IOException {
        var bytes = stream.readNBytes(page.getCompressed_page_size());
        if (bytes.length < page.getCompressed_page_size()) throw new EOFException("the file ends in a page");
        if (page.isSetCrc()) {
            var crc = new CRC32();
            crc.update(bytes);
            if ((int) crc.getValue() != page.getCrc())
                throw new Unfit("the checksum of a page is wrong: expected " + Integer.toHexString(page.getCrc())
                        + ", found " + Integer.toHexString((int) crc.getValue()));
        }
        return bytes;
    }

    private DataPage first(PageHeader page) throws IOException {
        var about = page.getData_page_header();
        int size = page.getUncompressed_page_size();
        count(about.getNum_values());
        var bytes = content(page);
        return new DataPageV1(
                BytesInput.from(bytes),
                about.getNum_values(),
                size,
                statistics(),
                encoding(about.getRepetition_level_encoding()),
                encoding(about.getDefinition_level_encoding()),
                encoding(about.getEncoding()));
    }

    private DataPage second(PageHeader page) throws IOException {
        var about = page.getData_page_header_v2();
        count(about.getNum_values());
        var bytes = body(page);
        int repetitions = about.getRepetition_levels_byte_length();
        int definitions = about.getDefinition_levels_byte_length();
        int levels = levels(page, bytes.length);
        int size = page.getUncompressed_page_size() - levels;
        var data = about.isIs_compressed()
                ? BytesInput.from(codec.decompress(bytes, levels, bytes.length - levels, size))
                : BytesInput.from(bytes, levels, bytes.length - levels);
        return new DataPageV2(
                about.getNum_rows(),
                about.getNum_nulls(),
                about.getNum_values(),
                BytesInput.from(bytes, 0, repetitions),
                BytesInput.from(bytes, repetitions, definitions),
                encoding(about.getEncoding()),
                data,
                page.getUncompressed_page_size(),
                statistics(),
                false);
    }

    private void count(int more) {
        // Levels of a page take memory by their number, however few bytes say them.
        if (more < 0 || more > mostPageBytes) throw new Unfit("the head of a page is broken: " + more + " values");
        seen += more;
    }

    /// None: nothing here asks for them.
    private Statistics<?> statistics() {
        return Statistics.noopStats(column.getPrimitiveType());
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
        if (encoding == null) throw new Unfit("the head of a page is broken: its encoding is not known");
        return Encoding.valueOf(encoding.name());
    }
}
