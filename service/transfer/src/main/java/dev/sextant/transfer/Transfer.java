package dev.sextant.transfer;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.read.Kind;
import dev.sextant.transfer.read.Readers;
import dev.sextant.transfer.source.Bucket;
import dev.sextant.transfer.source.BucketTrove;
import dev.sextant.transfer.source.LocalRoots;
import dev.sextant.transfer.source.Source;
import dev.sextant.transfer.source.Trove;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Files of rows and of words, from the directories and the bucket that the owner allows. Any thread may call; the
/// caller closes it.
public final class Transfer implements RowFiles, AutoCloseable {
    private final LocalRoots roots;
    private final Optional<Bucket> bucket;
    private final TransferConfig config;
    private final Set<Trove> troves = ConcurrentHashMap.newKeySet();

    public Transfer(TransferConfig config) {
        this.config = config;
        roots = new LocalRoots(config.roots());
        bucket = config.bucket()
                .map(s3 -> new Bucket(new Bucket.Place(
                        s3.endpoint(),
                        s3.accessKeyId(),
                        s3.secretAccessKey(),
                        s3.bucketName(),
                        s3.rootPath(),
                        s3.region())));
    }

    @Override
    public void check(List<String> group) {
        Kind.of(group);
    }

    @Override
    public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
        var kind = Kind.of(group);
        var sources = new ArrayList<Source>();
        try {
            for (var name : group) sources.add(source(name));
        } catch (RuntimeException why) {
            sources.forEach(Source::close);
            throw why;
        }
        return Readers.open(kind, sources, schema, options, memoryBytes);
    }

    @Override
    public Optional<byte[]> read(String name, Reach reach, int mostBytes) {
        try (var source = find(name, reach).orElse(null)) {
            if (source == null) return Optional.empty();
            var bytes = new byte[(int) Math.min(source.size(), mostBytes)];
            source.read(0, bytes, 0, bytes.length);
            return Optional.of(bytes);
        } catch (IOException why) {
            throw new Refused(new Refusal.InvalidParameter(
                    "path", "cannot read the file " + name + ": " + Unreadable.reason(why)));
        }
    }

    @Override
    public void check(Place place) {
        kind(place);
        if (StoreAddress.isUri(place.source())) StoreAddress.of(place, config.bucket(), config.stores());
        else if (roots.isEmpty())
            throw new Refused(new Refusal.InvalidParameter(
                    "external_source",
                    "external_source must have an explicit scheme (e.g. s3://bucket/key): no directories to read from"
                            + " are set with import-roots"));
    }

    private static Kind kind(Place place) {
        return Kind.ofFormat(place.format())
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "external_spec",
                        "external_spec is invalid: unsupported format \"" + place.format() + "\", supported formats: "
                                + String.join(", ", Kind.formats()))));
    }

    @Override
    public Outside outside(Place place, int most) {
        check(place);
        var trove = trove(place);
        troves.add(trove); // before it is listed, which may have to be given up
        return new OutsideFiles(place, kind(place), trove, most, () -> {
            troves.remove(trove);
            trove.close();
        });
    }

    private Trove trove(Place place) {
        var source = place.source();
        if (!StoreAddress.isUri(source))
            return roots.trove(source)
                    .orElseThrow(() -> OutsideFiles.refused(
                            "", "'" + source + "' does not exist, or lies outside of what may be read from"));
        var address = StoreAddress.of(place, config.bucket(), config.stores());
        return address.own()
                ? new BucketTrove(bucket.orElseThrow(), source, address.key(), false)
                : new BucketTrove(new Bucket(address.bucket(), false), source, address.key(), true);
    }

    private Source source(String name) {
        try {
            if (roots.isEmpty() && bucket.isEmpty())
                throw refused(
                        name,
                        "no place to import from is set: name directories with import-roots, or a bucket with"
                                + " minio-address and minio-bucket-name");
            return find(name, Reach.EVERYWHERE)
                    .orElseThrow(() ->
                            refused(name, "the file does not exist, or lies outside of what may be imported from"));
        } catch (IOException why) {
            throw refused(name, Unreadable.reason(why));
        }
    }

    /// A path inside a root is looked for there, any other in the bucket; a relative one in the roots first.
    private Optional<Source> find(String name, Reach reach) throws IOException {
        if (!name.startsWith("s3://")) {
            var local = roots.open(name);
            if (local.isPresent()) return local;
        }
        return reach == Reach.HERE || bucket.isEmpty() || roots.covers(name)
                ? Optional.empty()
                : bucket.get().open(name);
    }

    private static Refused refused(String name, String detail) {
        return new Refused(new Refusal.NotImportable(name, -1, detail));
    }

    @Override
    public void ending() {
        bucket.ifPresent(Bucket::ending);
        troves.forEach(Trove::ending);
    }

    @Override
    public void close() {
        bucket.ifPresent(Bucket::close);
    }
}
