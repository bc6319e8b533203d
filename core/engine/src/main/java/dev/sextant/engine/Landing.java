package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What comes into shards as files and not as rows: segments that an import shipped, and those that a snapshot kept.
/// The log only tells of them, in the entry of the definition that they come with.
final class Landing {
    private final EngineConfig config;
    private final Files files;
    private final Replica replica;
    private final Writer writer;
    private final LongSupplier newId;
    private final Runnable refuseWhenFull;
    private final Runnable hurry;

    Landing(
            EngineConfig config,
            Files files,
            Replica replica,
            Writer writer,
            LongSupplier newId,
            Runnable refuseWhenFull,
            Runnable hurry) {
        this.config = config;
        this.files = files;
        this.replica = replica;
        this.writer = writer;
        this.newId = newId;
        this.refuseWhenFull = refuseWhenFull;
        this.hurry = hurry;
    }

    Shipment ship(long collection, long memoryBytes) {
        var schema = replica.catalog()
                .collection(collection)
                .orElseThrow(() -> gone(collection))
                .schema();
        return new Shipment(
                collection,
                schema,
                memoryBytes,
                config.segmentBytes() / config.mergeWidth(),
                files,
                newId,
                refuseWhenFull);
    }

    private static Refused gone(long collection) {
        return new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, "#" + collection, ""));
    }

    void publish(Shipment shipment, Engine.Decision decision, Reply<Long> reply) {
        Engine.Decision wherever = catalog -> {
            var changes = decision.decide(catalog);
            if (!changes.isEmpty() && catalog.collection(shipment.collection()).isEmpty())
                throw gone(shipment.collection());
            return changes;
        };
        shipment.handOver();
        writer.ask(
                new Request.Define(wherever, shipment.cargo(), new Reply<>() {
                    @Override
                    public void complete(Long at) {
                        shipment.arrived();
                        hurry.run();
                        reply.complete(at);
                    }

                    @Override
                    public void fail(Throwable why) {
                        if (why instanceof Refused refused && refused.refusal() instanceof Refusal.OutcomeUnknown)
                            shipment.leave();
                        else shipment.takeBack();
                        reply.fail(why);
                    }
                }),
                0);
    }

    boolean isKept(long snapshot) {
        return Optional.ofNullable(replica.catalog().snapshots().all().get(snapshot))
                .filter(there -> there.collection().shards().stream()
                        .allMatch(shard -> keepsake(shard, snapshot)
                                .filter(Keepsake::ready)
                                .isPresent()))
                .isPresent();
    }

    private Optional<Keepsake> keepsake(long shard, long snapshot) {
        return Optional.ofNullable(replica.shards().get(shard)).flatMap(there -> there.kept(snapshot));
    }

    void restore(long snapshot, Map<Long, Long> heirs, Engine.Decision decision, Reply<Long> reply) {
        var cargo = new HashMap<Long, Effect>();
        for (var heir : heirs.entrySet())
            cargo.put(
                    heir.getValue(),
                    keepsake(heir.getKey(), snapshot)
                            .filter(Keepsake::ready)
                            .orElseThrow(() -> goneSnapshot(snapshot))
                            .legacy(newId.getAsLong()));
        Engine.Decision wherever = catalog -> {
            var changes = decision.decide(catalog);
            // As long as it is there, so are its files; and what drops it is ordered behind this.
            if (!changes.isEmpty() && !catalog.snapshots().all().containsKey(snapshot)) throw goneSnapshot(snapshot);
            return changes;
        };
        writer.ask(new Request.Define(wherever, cargo, reply), 0);
    }

    private static Refused goneSnapshot(long snapshot) {
        return new Refused(new Refusal.NotFound(Refusal.Kind.SNAPSHOT, "#" + snapshot, ""));
    }
}
