package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.io.IOException;

/// Signatures by band (locality-sensitive hashing): for each band a table of (hash of the band, row), sorted. A query
/// meets the rows that have a whole band in common with it; they are scored on all their elements. No longer changes.
///
/// Memory a row: 8 bytes for each band.
public final class MinHashLsh implements Frozen {
    private final Memory memory;
    private final DenseRows rows;
    private final MinHashParameters parameters;
    private final Distance distance;
    private final Region tables;
    private final int bands;
    private final int elements;
    final int entries; // of each table

    MinHashLsh(Memory memory, DenseRows rows, MinHashParameters parameters, int entries) {
        this.memory = memory;
        this.rows = rows;
        this.parameters = parameters;
        this.entries = entries;
        distance = Distance.ofSignatures(rows.dimension(), parameters.elementBits());
        elements = rows.dimension() / parameters.elementBits();
        bands = parameters.bandsOf(elements);
        tables = memory.allocate("signatures", tableBytes(bands, entries));
    }

    static long tableBytes(int bands, int entries) {
        return 8L * bands * entries;
    }

    int bands() {
        return bands;
    }

    Region tables() {
        return tables;
    }

    long entry(int band, int at) {
        return tables.address() + 8L * ((long) band * entries + at);
    }

    /// Of one band of a signature at a native address.
    int hash(long signature, int band) {
        long x = parameters.seed() + band;
        for (long at = parameters.from(band, elements), end = parameters.from(band + 1, elements); at < end; at++) {
            x = (x ^ Raw.getByte(signature + at)) * 0x9E3779B97F4A7C15L;
            x ^= x >>> 29;
        }
        x *= 0xBF58476D1CE4E5B9L;
        return (int) (x >>> 32);
    }

    /// The first entry of a band whose hash is not below `hash`.
    int first(int band, int hash) {
        int low = 0, high = entries;
        while (low < high) {
            int middle = low + high >>> 1;
            if ((int) (Raw.getLong(entry(band, middle)) >> 32) < hash) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public MinHashParameters parameters() {
        return parameters;
    }

    public Distance distance() {
        return distance;
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new MinHashWalk(this, target, scratch);
    }

    /// A look into each table, and a few rows from each.
    @Override
    public long cost(Effort effort, double accepted) {
        return 10L * bands;
    }

    @Override
    public Kind kind() {
        return Kind.MINHASH_LSH;
    }

    @Override
    public DenseRows rows() {
        return rows;
    }

    @Override
    public Metric metric() {
        return Metric.MHJACCARD;
    }

    @Override
    public int count() {
        return rows.count();
    }

    @Override
    public long bytes() {
        return tables.size();
    }

    @Override
    public long serializedBytes() {
        return Pieces.HEAD + Pieces.size(tableBytes(bands, entries));
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/signatures.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        Pieces.writeHead(
                memory,
                at -> {
                    Raw.putLong(at, Pieces.magic(Kind.MINHASH_LSH));
                    Raw.putInt(at + 8, rows.dimension());
                    Raw.putInt(at + 12, rows.count());
                    Raw.putInt(at + 16, entries);
                    Raw.putInt(at + 20, parameters.bands());
                    Raw.putInt(at + 24, parameters.elementBits());
                    Raw.putLong(at + 32, parameters.seed());
                    Raw.putLong(at + 40, serializedBytes());
                },
                sink);
        Pieces.write(memory, tables.segment().asSlice(0, tableBytes(bands, entries)), sink);
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    public static MinHashLsh read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        var index = Pieces.readHead(memory, "signatures", bytes, source, at -> begun(memory, rows, bytes, at));
        try {
            long at = Pieces.read(
                    memory,
                    index.tables.segment().asSlice(0, tableBytes(index.bands, index.entries)),
                    Pieces.HEAD,
                    source);
            index.check(at);
            return index;
        } catch (IOException | RuntimeException | Error thrown) {
            index.close();
            throw thrown;
        }
    }

    private static MinHashLsh begun(Memory memory, DenseRows rows, long bytes, long at) {
        Pieces.expect("magic", 0, Raw.getLong(at), Pieces.magic(Kind.MINHASH_LSH));
        if (!Metric.MHJACCARD.fits(rows.type())) throw new Damaged("rows", 0, "binary rows", rows.type());
        Pieces.expect("dimension", 8, Raw.getInt(at + 8), rows.dimension());
        int count = Pieces.within("rows", 12, Raw.getInt(at + 12), 0, rows.count());
        int entries = Pieces.within("entries", 16, Raw.getInt(at + 16), 0, count);
        int bands = Pieces.within("bands", 20, Raw.getInt(at + 20), 1, Integer.MAX_VALUE);
        int bits = Pieces.within("bits", 24, Raw.getInt(at + 24), 8, 256);
        Pieces.expect("bits", 24, bits % 8, 0);
        Pieces.expect("bits", 24, rows.dimension() % bits, 0);
        Pieces.expect("length", 40, Raw.getLong(at + 40), bytes);
        var parameters = new MinHashParameters(bands, bits, Raw.getLong(at + 32));
        long table = tableBytes(parameters.bandsOf(rows.dimension() / bits), entries);
        Pieces.expect("length", 40, Pieces.HEAD + Pieces.size(table), bytes);
        return new MinHashLsh(memory, rows.withCount(count), parameters, entries);
    }

    private void check(long at) {
        for (int band = 0; band < bands; band++) {
            long before = Long.MIN_VALUE;
            for (int i = 0; i < entries; i++) {
                long entry = Raw.getLong(entry(band, i));
                if (entry <= before) throw new Damaged("table", at, "entries in order", entry);
                Pieces.within("row", at, (int) entry, 0, rows.count() - 1);
                before = entry;
            }
        }
    }

    @Override
    public void close() {
        tables.close();
    }
}
