package dev.sextant.database;

import dev.sextant.catalog.FileResource;
import dev.sextant.database.trees.BoostedTrees;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.Models.Scorer;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Models of trees behind names of files: each is read when it is first asked for, and kept while there is room for it.
/// A name that is given anew gets another number, and so another model. Any thread may call; reading blocks.
final class TreeModels {
    private static final String KIND = ".ubj";

    /// Each may hold a file as bytes, as values and as trees.
    private static final int AT_ONCE = 2;

    private final Shards shards;
    private final RowFiles files;
    private final Clock clock;
    private final DatabaseConfig.Texts limits;
    private final long mostBytes;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Map<Long, BoostedTrees> kept = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself

    /// @param mostBytes of trees that are kept
    TreeModels(Shards shards, RowFiles files, Clock clock, DatabaseConfig.Texts limits, long mostBytes) {
        this.shards = shards;
        this.files = files;
        this.clock = clock;
        this.limits = limits;
        this.mostBytes = mostBytes;
    }

    Scorer scorer(Call call, String name, boolean margin) {
        var trees = trees(call, resource(name));
        return new Scorer() {
            @Override
            public int columns() {
                return trees.columns();
            }

            @Override
            public double of(float[] values) {
                return margin ? trees.margin(values) : trees.predict(values);
            }
        };
    }

    private FileResource resource(String name) {
        var resource = shards.catalog().files().get(name);
        if (resource == null) throw refused("xgboost model resource '" + name + "' not found in local resource list");
        if (!resource.path().endsWith(KIND))
            throw refused("xgboost model resource '" + name + "' is no " + KIND + " file: " + resource.path());
        return resource;
    }

    private BoostedTrees trees(Call call, FileResource resource) {
        return kept(resource).orElseGet(() -> {
            new Pace(call, clock, limits).enter(places);
            try {
                // Whoever waited for a place finds what was read meanwhile.
                return kept(resource).orElseGet(() -> keep(resource, read(resource)));
            } finally {
                places.release();
            }
        });
    }

    private Optional<BoostedTrees> kept(FileResource resource) {
        synchronized (kept) {
            return Optional.ofNullable(kept.get(resource.id()));
        }
    }

    private BoostedTrees keep(FileResource resource, BoostedTrees trees) {
        synchronized (kept) {
            kept.put(resource.id(), trees);
            var eldest = kept.values().iterator();
            long bytes = kept.values().stream().mapToLong(BoostedTrees::bytes).sum();
            while (bytes > mostBytes && eldest.hasNext()) {
                bytes -= eldest.next().bytes();
                eldest.remove();
            }
            return trees;
        }
    }

    private BoostedTrees read(FileResource resource) {
        int most = limits.maxFileBytes();
        var bytes = files.read(resource.path(), RowFiles.Reach.EVERYWHERE, most + 1)
                .orElseThrow(() -> refused("the file of xgboost model resource '" + resource.name()
                        + "' does not exist, or may not be read: No such file or directory"));
        if (bytes.length > most)
            throw new Refused(new Refusal.LimitExceeded(
                    "bytes of the file " + resource.fileName(), bytes.length, most, "texts.maxFileBytes"));
        try {
            return BoostedTrees.read(bytes);
        } catch (IllegalArgumentException wrong) {
            throw refused("xgboost model resource '" + resource.name() + "' cannot be used: " + wrong.getMessage());
        }
    }

    private static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("function_chains", detail));
    }
}
