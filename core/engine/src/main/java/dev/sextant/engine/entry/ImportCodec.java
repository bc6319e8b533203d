package dev.sextant.engine.entry;

import dev.sextant.catalog.ImportJob;
import java.util.Map;
import java.util.TreeMap;

/// Import jobs as bytes. Drawn in docs/formats/entries.md.
public final class ImportCodec {
    private ImportCodec() {}

    public static void imports(Out out, Map<Long, ImportJob> jobs) {
        out.each(new TreeMap<>(jobs).values(), ImportCodec::job);
    }

    public static Map<Long, ImportJob> imports(In in) {
        var jobs = new TreeMap<Long, ImportJob>();
        in.each(ImportCodec::job).forEach(job -> jobs.put(job.id(), job));
        return jobs;
    }

    static void job(Out out, ImportJob job) {
        out.i64(job.id())
                .i64(job.database())
                .i64(job.collection())
                .text(job.collectionName())
                .text(job.partition());
        out.each(job.files(), (o, group) -> o.each(group, Out::text)).texts(job.options());
        out.text(job.phase().name()).i64(job.created()).i64(job.ended()).text(job.reason());
        out.each(
                job.units(),
                (o, unit) ->
                        o.i64(unit.bytes()).i64(unit.rows()).i64(unit.ended()).text(unit.reason()));
    }

    static ImportJob job(In in) {
        return new ImportJob(
                in.i64(),
                in.i64(),
                in.i64(),
                in.text(),
                in.text(),
                in.each(group -> group.each(In::text)),
                in.texts(),
                phase(in),
                in.i64(),
                in.i64(),
                in.text(),
                in.each(i -> new ImportJob.Unit(i.i64(), i.i64(), i.i64(), i.text())));
    }

    private static ImportJob.Phase phase(In in) {
        var name = in.text();
        for (var phase : ImportJob.Phase.values()) if (phase.name().equals(name)) return phase;
        throw in.corrupt("a phase of an import", name);
    }
}
