package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import dev.sextant.query.House.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    private final House house = new House(5, new Shape(2, 2, 100, 1, false, Metric.L2, false), QueryConfig.DEFAULT);

    @AfterEach
    void close() {
        house.close();
    }

    private Read.Near near(Map<String, String> parameters) {
        return new Read.Near(
                "vector",
                new Read.Target.Vectors(House.vectors(List.of(house.vector()))),
                Optional.of(Metric.L2),
                parameters,
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    private static Read.Search search(Read.Near near, String... outputs) {
        return new Read.Search(
                "c",
                List.of(),
                near,
                Optional.empty(),
                10,
                0,
                List.of(outputs),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            HNSW      ; ef               ; 1     ; ef(1) should be larger than k(10)
            HNSW_SQ   ; ef               ; 1     ; ef(1) should be larger than k(10)
            HNSW      ; ef               ; -1    ; param 'ef' (-1) should be in range [1, 2147483647]
            HNSW      ; ef               ; 32.0  ; Type conflict in json: param 'ef' (32.0) should be integer
            DISKANN   ; search_list_size ; 1     ; search_list_size(1) should be larger than k(10)
            SCANN     ; reorder_k        ; 9     ; reorder_k(9) should be larger than k(10)
            AISAQ     ; search_list_size ; 1     ; search_list_size(1) should be larger than k(10)
            AISAQ     ; vectors_beamwidth; 0     ; param 'vectors_beamwidth' (0) should be in range [1, 2147483647]
            HNSW_SQ   ; refine_k         ; 0.5   ; param 'refine_k' (0.5) should be in range [1.000000,
            HNSW_PRQ  ; refine_k         ; some  ; param 'refine_k' (some) should be a number
            IVF_RABITQ; refine_k         ; 0     ; param 'refine_k' (0) should be in range [1.000000,
            IVF_RABITQ; nprobe           ; 0     ; param 'nprobe' (0) should be in range [1, 65536]
            ANNOY     ; search_k         ; 5     ; search_k(5) should be larger than k(10)
            IVF_FLAT  ; nprobe           ; 65537 ; param 'nprobe' (65537) should be in range [1, 65536]
            """)
    void parametersAreHeldAgainstTheIndex(String type, String name, String value, String reason) {
        assertThatThrownBy(() -> Parameters.check(type, Map.of(name, value), 10))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(reason);
        Parameters.check(type, Map.of(name, "10", "unknown", "x"), 10);
    }

    @Test
    void parametersWithNarrowRangesAreHeldAgainstTheIndex() {
        for (var good : List.of("0", "8", " 4 ")) Parameters.check("IVF_RABITQ", Map.of("rbq_bits_query", good), 10);
        assertThatThrownBy(() -> Parameters.check("IVF_RABITQ", Map.of("rbq_bits_query", "9"), 10))
                .hasMessageContaining("param 'rbq_bits_query' (9) should be in range [0, 8]");
        assertThatThrownBy(() -> Parameters.check("MINHASH_LSH", Map.of("mh_search_with_jaccard", "maybe"), 10))
                .hasMessageContaining("should be a boolean");
        Parameters.check("MINHASH_LSH", Map.of("mh_search_with_jaccard", "True"), 10);
        Parameters.check("ANNOY", Map.of("search_k", "-1"), 10);
    }

    @Test
    void theIndexSaysHowItsFieldIsCompared() {
        var c = house.collection;
        var indexed = new dev.sextant.catalog.Collection(
                c.id(),
                1,
                "c",
                "",
                c.schema(),
                c.shards(),
                c.consistency(),
                Map.of(),
                c.partitions(),
                List.of(new Index(9, "i", House.VECTOR, Map.of("index_type", "HNSW", "metric_type", "COSINE"), 0)),
                c.load(),
                1,
                1);
        var field = c.schema().field("vector").orElseThrow();
        assertThat(Names.metric(indexed, field, Optional.empty())).isEqualTo(Metric.COSINE);
        assertThatThrownBy(() -> Names.metric(indexed, field, Optional.of(Metric.L2)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isEqualTo(new Refusal.WrongMetric("vector", "COSINE", "L2")));
    }

    @Test
    void anAbsentDynamicKeyIsAnEmptyObject() {
        var hits = house.run(search(near(Map.of()), "x"));
        assertThat(((Column.Jsons) hits.outputs().column("$meta").orElseThrow())
                        .values()
                        .text(0))
                .isEqualTo("{}");
    }

    @Test
    void whatIsNoNumberCannotBeSearchedFor() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            var query = house.vector();
            query[7] = wrong;
            assertThatThrownBy(() ->
                            house.run(Read.Search.of("c", "vector", House.vectors(List.of(house.vector(), query)), 1)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal())
                                    .isInstanceOfSatisfying(Refusal.InvalidRow.class, row -> {
                                        assertThat(row.fault()).isEqualTo(Refusal.InvalidRow.Fault.NOT_A_NUMBER);
                                        assertThat(row.row()).isEqualTo(1);
                                    }));
            assertThatThrownBy(() ->
                            house.run(Read.Search.of("c", "sparse", House.sparses(List.of(Map.of(3, wrong))), 1)))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("finite");
        }
        var halves = new Column.Dense(
                dev.sextant.model.VectorType.BFLOAT16,
                1,
                java.lang.foreign.MemorySegment.ofArray(new byte[] {(byte) 0x80, (byte) 0x7f}),
                dev.sextant.model.Nulls.NONE);
        assertThatThrownBy(() -> Finite.check("v", halves)).hasMessageContaining("Inf");
        assertThatThrownBy(() -> house.run(Read.Search.of("c", "sparse", House.sparses(List.of(Map.of(-1, 1f))), 1)))
                .hasMessageContaining("indices below 4294967295");
        var unordered = new dev.sextant.model.Slices.Builder(1);
        unordered.add(new byte[] {5, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0});
        assertThatThrownBy(() -> house.run(Read.Search.of(
                        "c", "sparse", new Column.Sparse(unordered.build(), dev.sextant.model.Nulls.NONE), 1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("ascending");
        var near = new Read.Near(
                "vector",
                new Read.Target.Vectors(House.vectors(List.of(house.vector()))),
                Optional.of(Metric.L2),
                Map.of(),
                OptionalDouble.of(Double.NaN),
                OptionalDouble.empty());
        assertThatThrownBy(() -> house.run(search(near))).isInstanceOf(Refused.class);
    }

    @Test
    void severalVectorFieldsMustBeTold() {
        var near = new Read.Near(
                "",
                new Read.Target.Vectors(House.vectors(List.of(house.vector()))),
                Optional.empty(),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        assertThatThrownBy(() -> house.run(search(near))).hasMessageContaining("multiple anns_fields exist");
        assertThatThrownBy(() -> house.run(Read.Search.of("c", "nothing", House.vectors(List.of(house.vector())), 1)))
                .hasMessageContaining("fieldName(nothing) not found");
        assertThatThrownBy(() -> house.run(Read.Search.of("c", "vector", Column.Dense.of(3, new float[3]), 1)))
                .hasMessageContaining("3 came");
        assertThatThrownBy(() -> house.run(Read.Search.of("c", "sparse", House.vectors(List.of(house.vector())), 1)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void keysOfAnotherKindAreRefused() {
        var near = new Read.Near(
                "vector",
                new Read.Target.Keys(Column.texts(List.of("a"))),
                Optional.of(Metric.L2),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        assertThatThrownBy(() -> house.run(search(near))).hasMessageContaining("a primary key must be Int64");
        var after = new Read.Search(
                "c",
                List.of(),
                near(Map.of()),
                Optional.empty(),
                1,
                0,
                List.of(),
                Optional.empty(),
                Optional.of(new Read.After(1, Value.of("a"))),
                -1,
                false);
        assertThatThrownBy(() -> house.run(after)).hasMessageContaining("a primary key must be Int64");
        var twice = new Read.Near(
                "vector",
                new Read.Target.Keys(Column.longs(1, 1)),
                Optional.of(Metric.L2),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        assertThatThrownBy(() -> house.run(search(twice)))
                .hasMessageContaining("duplicate IDs found in search request");
    }

    @Test
    void partitionsMustExistAndBeLoaded() {
        assertThatThrownBy(() -> house.run(new Read.Count("c", List.of("nowhere"), Optional.empty(), false)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isEqualTo(new Refusal.NotFound(Refusal.Kind.PARTITION, "nowhere", "c")));
        var c = house.collection;
        var half = new dev.sextant.catalog.Collection(
                c.id(),
                1,
                "c",
                "",
                c.schema(),
                c.shards(),
                c.consistency(),
                Map.of(),
                c.partitions(),
                List.of(),
                new Load.Partitions(java.util.Set.of(2L), java.util.Set.of(), 1),
                1,
                1);
        assertThat(Names.partitions(half, List.of(), Optional.empty())).containsExactly(2L);
        assertThatThrownBy(() -> Names.partitions(half, List.of("_default"), Optional.empty()))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isEqualTo(new Refusal.NotLoaded("c", List.of("_default"))));
    }

    @Test
    void aFaultOnAWorkerIsAnsweredOnceAndClosesTheReaders() {
        var fault = new IllegalStateException("the disk is gone");
        house.whenRead = () -> {
            throw fault;
        };
        var filter = House.filter("number < 500");
        for (var read : List.<Read<?>>of(
                new Read.Count("c", List.of(), filter, false),
                new Read.Query("c", List.of(), filter, List.of("*"), OptionalInt.empty(), 0, false),
                search(near(Map.of())).where(filter.orElseThrow()),
                new Read.Explain(search(near(Map.of())).where(filter.orElseThrow()), true)))
            assertThatThrownBy(() -> house.run(read)).isSameAs(fault);
        house.whenRead = () -> {};
        assertThat(house.run(new Read.Count("c", List.of(), Optional.empty(), false))
                        .rows())
                .isEqualTo(house.rows.size());
    }

    @Test
    void aCallThatIsCancelledMeanwhileStops() {
        var call = Call.local();
        house.whenRead = () -> call.cancellation().cancel();
        assertThatThrownBy(() -> house.run(call, new Read.Count("c", List.of(), House.filter("number < 500"), false)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(new Refusal.Cancelled()));
    }

    @Test
    void groupsOverADynamicKeyAreItsTexts() {
        var grouping = Optional.of(new Read.Grouping("a", 2, true));
        var hits = house.run(new Read.Search(
                "c",
                List.of(),
                near(Map.of()),
                Optional.empty(),
                3,
                0,
                List.of("a"),
                grouping,
                Optional.empty(),
                -1,
                false));
        assertThat(hits.total()).isEqualTo(6);
        var groups = ((Column.Texts) hits.groups().getFirst()).values();
        var metas = ((Column.Jsons) hits.outputs().column("$meta").orElseThrow()).values();
        for (int i = 0; i < 6; i++) assertThat(metas.text(i)).isEqualTo("{\"a\":" + groups.text(i) + "}");
        assertThatThrownBy(() -> house.run(new Read.Search(
                        "c",
                        List.of(),
                        near(Map.of()),
                        Optional.empty(),
                        3,
                        0,
                        List.of(),
                        Optional.of(new Read.Grouping("vector", 1, false)),
                        Optional.empty(),
                        -1,
                        false)))
                .hasMessageContaining("for group by operator");
    }

    @Test
    void aThousandSearchesInOneDoNotExhaustTheStack() {
        var parts = java.util.stream.IntStream.range(0, 1_000)
                .mapToObj(_ -> new Read.Part(near(Map.of()), Optional.empty(), 2))
                .toList();
        var search = new Read.HybridSearch(
                "c", List.of(), parts, new Read.Fusion.ReciprocalRank(60), 5, 0, List.of(), Optional.empty(), -1);
        assertThat(house.run(search).total()).isEqualTo(5);
        assertThat(house.run(new Read.Explain(search, false)).lines()).hasSizeGreaterThan(2_000);
    }

    @Test
    void vectorsOfAnotherTypeAreCalledAsClientsCallThem() {
        assertThatThrownBy(() -> house.run(Read.Search.of("c", "sparse", Column.Dense.of(2, new float[2]), 1)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isEqualTo(new Refusal.WrongType(
                                        "the vector searched for", "SparseFloatVector", "FloatVector")));
    }
}
