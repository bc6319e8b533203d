package dev.sextant.language;

import dev.sextant.model.Watch;
import java.util.List;
import java.util.Optional;

/// Reads statements that tell what exists and how it fares.
final class WatchParser {
    private final Scanner words;

    WatchParser(Scanner words) {
        this.words = words;
    }

    Optional<Watch<?>> take() {
        if (words.take("analyze")) return Optional.of(analyze());
        if (words.take("highlight")) return Optional.of(highlight());
        if (words.take("enter")) return Optional.of(new Watch.Enter());
        if (words.take("has")) {
            var collection = words.name();
            words.need("partition");
            return Optional.of(new Watch.HasPartition(collection, words.name()));
        }
        return described().or(this::shown);
    }

    private Optional<Watch<?>> described() {
        if (words.take("describe", "collection")) {
            boolean numbered = words.takeSign('#');
            return Optional.of(
                    numbered
                            ? new Watch.DescribeCollection("", words.whole())
                            : Watch.DescribeCollection.of(words.name()));
        }
        if (words.take("describe", "schema", "of")) return Optional.of(new Watch.DescribeSchema(words.name()));
        if (words.take("describe", "database")) return Optional.of(new Watch.DescribeDatabase(words.name()));
        if (words.take("describe", "alias")) return Optional.of(new Watch.DescribeAlias(words.name()));
        if (words.take("describe", "snapshot")) {
            var name = words.name();
            words.need("of");
            return Optional.of(new Watch.DescribeSnapshot(words.name(), name));
        }
        if (words.take("describe", "resource", "group"))
            return Optional.of(new Watch.DescribeResourceGroup(words.name()));
        return Optional.empty();
    }

    private Optional<Watch<?>> shown() {
        if (words.take("show", "collections")) return Optional.of(new Watch.ListCollections());
        if (words.take("show", "partitions", "of")) return Optional.of(new Watch.ListPartitions(words.name()));
        if (words.take("show", "databases")) return Optional.of(new Watch.ListDatabases());
        if (words.take("show", "aliases")) return Optional.of(new Watch.ListAliases(ofNamed()));
        if (words.take("show", "indexes", "of"))
            return Optional.of(new Watch.DescribeIndexes(words.name(), words.takeName()));
        if (words.take("show", "statistics", "of"))
            return Optional.of(new Watch.Statistics(
                    words.name(), words.take("partition") ? Optional.of(words.name()) : Optional.empty()));
        if (words.take("show", "load", "of"))
            return Optional.of(new Watch.LoadState(words.name(), words.takeNames("partitions")));
        if (words.take("show", "slops", "of")) {
            var phrase = words.text();
            words.need("with");
            var parameters = words.text();
            words.need("in");
            return Optional.of(new Watch.PhraseSlops(parameters, phrase, words.listed(words::text)));
        }
        if (words.take("show", "flush")) {
            var collection = ofNamed();
            List<Long> segments = words.take("segments") ? words.listed(words::whole) : List.of();
            return Optional.of(new Watch.FlushState(collection, segments, words.take("until") ? words.whole() : 0));
        }
        if (words.take("show", "segments"))
            return Optional.of(new Watch.Segments(ofNamed().orElse("")));
        if (words.take("show", "replicas", "of")) {
            boolean numbered = words.takeSign('#');
            return Optional.of(numbered ? new Watch.Replicas("", words.whole()) : new Watch.Replicas(words.name(), 0));
        }
        return jobs().or(this::house);
    }

    private Optional<Watch<?>> jobs() {
        if (words.take("show", "jobs")) return Optional.of(new Watch.ListJobs());
        if (words.take("show", "job")) return Optional.of(new Watch.JobState(words.whole()));
        if (words.take("show", "refreshes")) return Optional.of(new Watch.ListRefreshes(ofNamed()));
        if (words.take("show", "refresh")) return Optional.of(new Watch.RefreshState(words.whole()));
        if (words.take("show", "imports")) return Optional.of(new Watch.ListImports(ofNamed()));
        if (words.take("show", "import")) return Optional.of(new Watch.ImportState(words.whole()));
        if (words.take("show", "snapshots", "of")) return Optional.of(new Watch.ListSnapshots(words.name()));
        if (words.take("show", "restores")) return Optional.of(new Watch.ListRestores(ofNamed()));
        if (words.take("show", "restore")) return Optional.of(new Watch.RestoreState(words.whole()));
        return Optional.empty();
    }

    private Optional<Watch<?>> house() {
        if (words.take("show", "health")) return Optional.of(new Watch.Health());
        if (words.take("show", "timestamp")) return Optional.of(new Watch.Timestamp());
        if (words.take("show", "resources")) return Optional.of(new Watch.Resources());
        if (words.take("show", "quotas")) return Optional.of(new Watch.Quotas());
        if (words.take("show", "replication")) return Optional.of(new Watch.ShowReplication());
        if (words.take("show", "file", "resources")) return Optional.of(new Watch.ListFileResources());
        if (words.take("show", "resource", "groups")) return Optional.of(new Watch.ListResourceGroups());
        return Optional.empty();
    }

    private Optional<String> ofNamed() {
        return words.take("of") ? Optional.of(words.name()) : Optional.empty();
    }

    private Watch<?> analyze() {
        var texts = words.listed(words::text);
        var parameters = words.take("with") ? words.text() : "";
        var field = words.take("as") ? words.name() : "";
        var collection = words.take("of") ? words.name() : "";
        return new Watch.Analyze(parameters, collection, field, words.takeNames("by"), texts);
    }

    private Watch<?> highlight() {
        var texts = words.listed(() -> {
            var text = words.text();
            words.need("for");
            return new Watch.Looked(text, words.listed(words::text));
        });
        words.need("as");
        var field = words.name();
        words.need("of");
        var collection = words.name();
        var analyzer = words.take("by") ? words.name() : "";
        return new Watch.Highlight(
                collection, field, analyzer, texts, words.take("size") ? marks() : Watch.Marks.USUAL);
    }

    private Watch.Marks marks() {
        int size = words.count();
        words.need("most");
        int most = words.count();
        words.need("before");
        int before = words.count();
        words.need("pre");
        var pre = words.listed(words::text);
        words.need("post");
        return new Watch.Marks(size, most, before, pre, words.listed(words::text));
    }
}
