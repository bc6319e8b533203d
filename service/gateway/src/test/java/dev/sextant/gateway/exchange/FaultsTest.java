package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsTest {
    /// Every case of the sealed family, with every value of its enums.
    static Stream<Refusal> refusals() {
        return cases(Refusal.class).flatMap(FaultsTest::instances);
    }

    private static Stream<Class<?>> cases(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Stream.of(type.getPermittedSubclasses()).flatMap(FaultsTest::cases);
    }

    private static Stream<Refusal> instances(Class<?> type) {
        List<List<Object>> all = List.of(List.of());
        for (var component : type.getRecordComponents()) {
            var longer = new ArrayList<List<Object>>();
            for (var begun : all)
                for (var value : samples(component))
                    longer.add(Stream.concat(begun.stream(), Stream.of(value)).toList());
            all = longer;
        }
        return all.stream().map(arguments -> instance(type, arguments));
    }

    private static List<Object> samples(RecordComponent component) {
        var type = component.getType();
        if (type.isEnum()) return List.of(type.getEnumConstants());
        if (type == String.class) return List.of("some " + component.getName());
        if (type == int.class) return List.of(7);
        if (type == long.class) return List.of(7L);
        if (type == double.class) return List.of(0.5);
        if (type == boolean.class) return List.of(true, false);
        if (type == List.class) return List.of(List.of(), List.of("one"));
        throw new IllegalStateException("no sample for " + component);
    }

    private static Refusal instance(Class<?> type, List<Object> arguments) {
        try {
            var constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return (Refusal) constructor.newInstance(arguments.toArray());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void everyRefusalHasACodeAndAReasonWhateverWasAsked(Refusal refusal) {
        for (var asked : Faults.Asked.values()) {
            var fault = Faults.of(new Refused(refusal), asked);
            assertThat(fault.code()).as("code of %s", refusal).isPositive();
            assertThat(fault.reason()).as("reason of %s", refusal).isNotBlank();
            if (fault.input())
                assertThat(fault.retriable())
                        .as("%s is the caller's fault and cannot be mended by waiting", refusal)
                        .isFalse();
        }
    }

    @Test
    void whatAReadMayAskForIsRefusedInMilvusWords() {
        check(new Refusal.OutOfRange("rows", "0", "[1, …]"), 1100, "limit [0] is invalid, it should be greater than 0");
        check(new Refusal.OutOfRange("offset", "-1", "[0, …]"), 1100, "offset [-1] is invalid");
        check(new Refusal.OutOfRange("requests", "1025", "[1, 1024]"), 1100, "maximum of ann search requests is 1024");
        check(new Refusal.OutOfRange("group_size", "11", "[1, 10]"), 1100, "exceeds configured max group size:10");
    }

    @Test
    void codesAndPhrasesAreThoseThatClientsLookFor() {
        check(
                new Refusal.NotFound(Refusal.Kind.COLLECTION, "c", "default"),
                100,
                "collection not found[database=default][collection=c]");
        check(new Refusal.NotFound(Refusal.Kind.DATABASE, "d", ""), 800, "database not found[database=d]");
        check(new Refusal.NotFound(Refusal.Kind.PARTITION, "p", "c"), 200, "partition not found[partition=p]");
        check(new Refusal.NotFound(Refusal.Kind.INDEX, "", "c"), 700, "index not found[collection=c]");
        check(
                new Refusal.NotFound(Refusal.Kind.ALIAS, "a", "default"),
                1600,
                "alias not found[database=default][alias=a]");
        check(new Refusal.NotLoaded("c", List.of()), 101, "collection not loaded[collection=c]");
        check(new Refusal.NotLoaded("c", List.of("p")), 201, "partition not loaded[partition=p]");
        check(new Refusal.SchemaMismatch("c", 1, 2), 109, "collection schema mismatch");
        check(new Refusal.InvalidName(Refusal.Kind.DATABASE, "1x", "rule"), 802, "invalid database name[database=1x]");
        check(new Refusal.InvalidName(Refusal.Kind.FIELD, "1x", "rule"), 1701, "Invalid field name: 1x.");
        check(
                new Refusal.OutOfRange("topk", "0", "[1, 16384]"),
                1100,
                "topk [0] is invalid, it should be in range [1, 16384], but got 0");
        check(
                new Refusal.WrongMetric("v", "IP", "L2"),
                1100,
                "metric type not match: invalid parameter[expected=IP][actual=L2]");
        check(new Refusal.Busy("x", 5), 8, "rate limit exceeded");
        assertThat(Faults.of(
                                new Refusal.NotFound(Refusal.Kind.COLLECTION, "c", "default"),
                                Faults.Asked.DESCRIBE_COLLECTION)
                        .reason())
                .startsWith("can't find collection");
        assertThat(Faults.of(new Refusal.InvalidFilter("a >", "line 1:3", 3), Faults.Asked.DELETE)
                        .reason())
                .startsWith("failed to create delete plan: cannot parse expression: a >");
    }

    private static void check(Refusal refusal, int code, String phrase) {
        var fault = Faults.of(refusal, Faults.Asked.ANYTHING);
        assertThat(fault.code()).as(refusal.toString()).isEqualTo(code);
        assertThat(fault.reason()).contains(phrase);
    }

    @Test
    void aFaultOfOursShowsNoTraceOfItsInside() {
        var fault = Faults.of(new IllegalStateException("secret detail of ours"), Faults.Asked.ANYTHING);
        assertThat(fault.code()).isEqualTo(Fault.UNEXPECTED);
        assertThat(fault.reason()).doesNotContain("secret").contains("fault ");
    }

    @Test
    void whatSomebodySentIsQuotedButNotAllOfIt() {
        var name = "x".repeat(100_000);
        var fault = Faults.of(
                new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, name, "default")), Faults.Asked.ANYTHING);
        assertThat(fault.reason())
                .hasSizeLessThan(5_000)
                .contains("x…x")
                .contains("not found")
                .endsWith("]");
        var pairs = Fault.input(1100, "\ud83d\ude00".repeat(10_000)).reason();
        assertThat(new String(
                        pairs.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.UTF_8))
                .as("no half of a character")
                .isEqualTo(pairs);
        assertThat(Fault.input(1100, "short").reason()).isEqualTo("short");
    }
}
