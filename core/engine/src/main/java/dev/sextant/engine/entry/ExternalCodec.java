package dev.sextant.engine.entry;

import dev.sextant.catalog.ImportJob;
import dev.sextant.catalog.RefreshJob;
import dev.sextant.model.External;
import dev.sextant.model.Watch;
import java.util.Map;
import java.util.TreeMap;

/// Where the rows of external collections come from, and the jobs that read them, as bytes. Drawn in
/// docs/formats/entries.md.
public final class ExternalCodec {
    private ExternalCodec() {}

    public static void refreshes(Out out, Map<Long, RefreshJob> jobs) {
        out.each(new TreeMap<>(jobs).values(), ExternalCodec::job);
    }

    public static Map<Long, RefreshJob> refreshes(In in) {
        var jobs = new TreeMap<Long, RefreshJob>();
        in.each(ExternalCodec::job).forEach(job -> jobs.put(job.id(), job));
        return jobs;
    }

    static void external(Out out, External external) {
        out.text(external.source()).text(external.spec()).texts(external.columns());
    }

    static External external(In in) {
        return new External(in.text(), in.text(), in.texts());
    }

    static void job(Out out, RefreshJob job) {
        out.i64(job.id()).i64(job.database()).i64(job.collection()).text(job.collectionName());
        external(out, job.external());
        out.text(job.phase().name()).i64(job.created()).i64(job.ended());
        var read = job.read();
        out.i64(read.files()).i64(read.rows()).i64(read.bytes()).text(job.reason());
        out.each(job.faults(), (o, fault) -> o.text(fault.file()).text(fault.reason()));
    }

    static RefreshJob job(In in) {
        return new RefreshJob(
                in.i64(),
                in.i64(),
                in.i64(),
                in.text(),
                external(in),
                CatalogCodec.named(ImportJob.Phase.class, in),
                in.i64(),
                in.i64(),
                new RefreshJob.Read(in.i64(), in.i64(), in.i64()),
                in.text(),
                in.each(i -> new Watch.FileFault(i.text(), i.text())));
    }
}
