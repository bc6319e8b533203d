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
    private final ColumnDescriptor column;
    private Optional<PageHeader> peeked = Optional.empty();
    private long seen;

    Pages(SourceStream stream, Codec codec, long values, int mostPageBytes, ColumnDescriptor column) {
        this.stream = stream;
        this.codec = codec;
        this.values = values;
        this.mostPageBytes = mostPageBytes;
        this.column = column;
    }

    @Override
    public long getTotalValueCount() {
        return values;
    }

    @Override
    public DictionaryPage readDictionaryPage() {
        try {
            var header = header();
            if (header.isEmpty() || header.get().getType() != PageType.DICTIONARY_PAGE) {
                peeked = header;
                return null; // as the interface wants it
            }
            var page = header.get();
            var about = page.getDictionary_page_header();
            var bytes = codec.decompress(body(page), 0, page.getCompressed_page_size(), page.getUncompressed_page_size());
            return new DictionaryPage(
                    BytesInput.from(bytes), about.getNum_values(), encoding(about.getEncoding()));
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    @Override
    public DataPage readPage() {
        try {
            while (seen < values) {
                var header = header();
                if (header.isEmpty()) break;
                var page = header.get();
                switch (page.getType()) {
                    case DATA_PAGE -> {
                        return first(page);
                    }
                    case DATA_PAGE_V2 -> {
                        return second(page);
                    }
                    case DICTIONARY_PAGE, INDEX_PAGE -> body(page);
                }
            }
            return null; // as the interface wants it
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
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
        var bytes = codec.decompress(body(page), 0, page.getCompressed_page_size(), size);
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
        int levels = repetitions + definitions;
        if (repetitions < 0 || definitions < 0 || levels > bytes.length || levels > page.getUncompressed_page_size())
            throw new Unfit("the head of a page is broken");
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
        if (more < 0) throw new Unfit("the head of a page is broken");
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
