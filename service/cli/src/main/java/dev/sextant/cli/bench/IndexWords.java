package dev.sextant.cli.bench;

import dev.sextant.server.Kin;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What indexes over floats are built and searched with, as docs/compatibility/indexes.md tells. Servers pass over
/// names that they do not know, as Milvus does; whoever measures would take the figures for those of what was meant.
///
/// @param steered what a sweep goes through where nothing is said; empty where there is nothing to choose
record IndexWords(Set<String> build, Set<String> search, String steered) {
    private static final List<Integer> EFFORTS = List.of(16, 32, 64, 128, 256);
    private static final String EF = "ef", PROBES = "nprobe", LIST = "search_list_size", AGAIN = "refine_k";

    /// Every index takes these; they say where it lies.
    private static final Set<String> EVERYWHERE = Set.of("mmap.enabled", "warmup");

    private static final Map<String, IndexWords> KNOWN = Map.ofEntries(
            Map.entry("FLAT", of("", "", "")),
            Map.entry("AUTOINDEX", of("memory", "ef refine_k", EF)),
            Map.entry("HNSW", of("M efConstruction", "ef", EF)),
            Map.entry("HNSW_SQ", of("M efConstruction sq_type refine refine_type", "ef refine_k", EF)),
            Map.entry("HNSW_PQ", of("M efConstruction m nbits refine refine_type", "ef refine_k", EF)),
            Map.entry("HNSW_PRQ", of("M efConstruction m nbits nrq refine refine_type", "ef refine_k", EF)),
            Map.entry("IVF_FLAT", of("nlist", "nprobe", PROBES)),
            Map.entry("IVF_SQ8", of("nlist", "nprobe", PROBES)),
            Map.entry("IVF_PQ", of("nlist m nbits", "nprobe", PROBES)),
            Map.entry("IVF_RABITQ", of("nlist refine refine_type", "nprobe rbq_bits_query refine_k", PROBES)),
            Map.entry("SCANN", of("nlist sub_dim with_raw_data", "nprobe reorder_k", PROBES)),
            Map.entry("ANNOY", of("n_trees", "search_k", "search_k")),
            Map.entry("DISKANN", onDisk("beam_width_ratio")),
            Map.entry("AISAQ", onDisk("vectors_beamwidth")));

    private static IndexWords of(String build, String search, String steered) {
        return new IndexWords(words(build), words(search + " recall"), steered);
    }

    private static IndexWords onDisk(String width) {
        return of("memory max_degree search_list_size", LIST + " search_list " + AGAIN + " " + width, LIST);
    }

    private static Set<String> words(String spaced) {
        return Stream.of(spaced.split(" ")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    /// Nothing about a type that is not ours.
    static Optional<IndexWords> of(String index) {
        return Optional.ofNullable(KNOWN.get(index));
    }

    static Set<String> types() {
        return KNOWN.keySet();
    }

    /// The sweep for a search of `k` hits where none is given.
    static String sweep(String index, int k) {
        var steered = of(index).map(IndexWords::steered).orElse(EF);
        if (steered.isEmpty()) return "default";
        // A beam has to hold the hits.
        int least = steered.equals(PROBES) ? 1 : k;
        var fitting = EFFORTS.stream().filter(effort -> effort >= least).toList();
        var values = fitting.size() > 1
                ? fitting
                : IntStream.of(1, 2, 4).map(times -> times * least).boxed().toList();
        return steered + "=" + values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /// What this index would not heed, in a sentence each; or that there is no such index.
    static List<String> unheeded(String index, Map<String, String> params, List<Map<String, String>> settings) {
        var words = of(index);
        if (words.isEmpty())
            return List.of("--index " + index + " is none of " + String.join(", ", new TreeSet<>(KNOWN.keySet()))
                    + Kin.hint(index.toUpperCase(Locale.ROOT), KNOWN.keySet()));
        var searched = settings.stream().flatMap(setting -> setting.keySet().stream());
        return Stream.concat(
                        unknown("--params", index, words.get().build, params.keySet().stream()),
                        unknown("--sweep", index, words.get().search, searched))
                .toList();
    }

    private static Stream<String> unknown(String option, String index, Set<String> known, Stream<String> names) {
        return names.distinct()
                .filter(name -> !known.contains(name) && !EVERYWHERE.contains(name))
                .sorted()
                .map(name -> option + " names '" + name + "', which " + index + " passes over; it takes "
                        + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known)))
                        + Kin.hint(name, known));
    }
}
