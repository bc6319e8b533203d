package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.index.Effort;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Work;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CostBookTest {
    private static final int KEY = 100;
    private static final int VECTOR = 101;
    private static final int ROWS = 3_000;
    private static final int DIMENSION = 16;
    private static final int WAYS = 3; // a walk, a scan of codes, one of rows
    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("pk", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                            .withId(KEY),
                    Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                            .withId(VECTOR)));

    private final Memory memory = new Memory(256L << 20);

    private MemoryPart part() {
        var random = new Random(4);
        var floats = new float[ROWS * DIMENSION];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) random.nextGaussian();
        Map<Integer, Column> columns = Map.of(
                KEY, Column.longs(LongStream.range(0, ROWS).toArray()), VECTOR, Column.Dense.of(DIMENSION, floats));
        return new MemoryPart(1, false, columns, Bits.ALL, new long[ROWS], new long[ROWS], false)
                .withVectors(memory, VECTOR)
                .withGraph(memory, VECTOR, Metric.L2, 1);
    }

    /// A clock by which each search takes as long as is said of its number: the first of each [#WAYS] is a walk.
    private static LongSupplier clock(LongUnaryOperator took) {
        var calls = new AtomicLong();
        var now = new AtomicLong();
        return () -> {
            long call = calls.getAndIncrement();
            return call % 2 == 0 ? now.get() : now.addAndGet(took.applyAsLong(call / 2));
        };
    }

    private Prices settled(MemoryPart part, Costs costs, LongUnaryOperator took) {
        try (var work = new Work("test", 1, memory);
                var scratch = new Scratch(memory)) {
            var book = CostBook.measured(work, QueryConfig.DEFAULT, costs, clock(took));
            var shape = Shape.of(part, VECTOR, Metric.L2).orElseThrow();
            for (int i = 0; !book.isSettled(shape); i++) {
                assertThat(i).isLessThan(CostBook.MOST_ROUNDS);
                book.weigh(part, VECTOR, Metric.L2, scratch);
            }
            return book.prices(shape);
        }
    }

    @Test
    void aMeasuredCostMovesAFixedOneByNoMoreThanItsBound() {
        try (var part = part()) {
            assertThat(settled(part, Costs.DEFAULT, search -> isWalk(search) ? 1_000_000_000 : 1))
                    .satisfies(CostBookTest::isBounded);
            assertThat(settled(part, Costs.DEFAULT, search -> isWalk(search) ? 1 : 1_000_000_000))
                    .satisfies(CostBookTest::isBounded);
            long seed = new Random().nextLong();
            System.out.println("seed " + seed);
            var random = new Random(seed);
            for (int i = 0; i < 5; i++)
                assertThat(settled(part, Costs.DEFAULT, _ -> random.nextLong(1L << random.nextInt(1, 40))))
                        .as("seed %d", seed)
                        .satisfies(CostBookTest::isBounded);
        }
    }

    private static boolean isWalk(long search) {
        return search % WAYS == 0;
    }

    private static void isBounded(Prices prices) {
        for (double price : new double[] {prices.walk(), prices.codes(), prices.rows()})
            assertThat(price).isBetween(1 / Prices.MOST, Prices.MOST);
    }

    @Test
    void oneSearchThatWasHeldUpChangesNothing() {
        try (var part = part()) {
            var calm = settled(part, Costs.DEFAULT, search -> isWalk(search) ? 30_000 : 25_000);
            var disturbed =
                    settled(part, Costs.DEFAULT, search -> search == 6 ? 50_000_000 : isWalk(search) ? 30_000 : 25_000);
            assertThat(disturbed).isEqualTo(calm);
        }
    }

    @Test
    void whileCodeIsBeingCompiledNothingIsBelieved() {
        try (var part = part()) {
            int searches = WAYS * 12 * 3; // of a trial
            var never = settled(
                    part,
                    Costs.DEFAULT,
                    search -> isWalk(search) ? 30_000 : search / searches % 2 == 0 ? 90_000 : 20_000);
            assertThat(never).isEqualTo(Prices.USUAL);
        }
    }

    @Test
    void theShareIsFoundFromWhichOnAWalkIsCheaper() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            double least = Math.exp(-random.nextDouble(2, 9)), most = 0.9;
            double truth = least * Math.pow(most / least, random.nextDouble());
            double steepness = random.nextDouble(0.5, 4);
            var crossing = Crossing.from(least, most, least * Math.pow(most / least, random.nextDouble()));
            int trials = 0;
            for (; !crossing.found() && trials < 40; trials++)
                crossing = crossing.tried(1, Math.pow(crossing.next() / truth, steepness));
            // Every share that is planned otherwise than by the truth costs little more.
            double off = Math.max(crossing.next() / truth, truth / crossing.next());
            assertThat(off).as("seed %d, %f of %f", seed, truth, least).isLessThan(1.5);
            assertThat(trials).as("seed %d, %f of %f", seed, truth, least).isLessThan(20);
        }
    }

    @Test
    void theDearerAWalkTheSoonerAScanAndNeverTheOtherWayRound() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            int nodes = random.nextInt(2_000, 1_000_000), matching = random.nextInt(1, nodes);
            var figures = new Plan.Figures(nodes, matching, nodes, matching);
            double upTo = random.nextDouble(1e6);
            double low = 0.25 + random.nextDouble(), high = low + 2 * random.nextDouble();
            var cheap = plan(figures, new Prices(low, 1, 1, upTo));
            var dear = plan(figures, new Prices(high, 1, 1, upTo));
            assertThat(cheap instanceof Plan.Scan && dear instanceof Plan.Walk)
                    .as("seed %d, %s, %f and %f", seed, figures, low, high)
                    .isFalse();
        }
    }

    /// What was measured on short walks says little of long ones.
    @Test
    void aLongWalkIsNotTakenForAsMuchDearerAsAShortOne() {
        var prices = new Prices(4, 1, 1, 50_000);
        assertThat(prices.walked(50_000)).isEqualTo(200_000);
        assertThat(prices.walked(1_000_000)).isEqualTo(1_150_000);
        assertThat(new Prices(0.5, 1, 1, 50_000).walked(1_000_000)).isEqualTo(500_000);
    }

    private static Plan plan(Plan.Figures figures, Prices prices) {
        return Plan.choose(
                figures,
                10,
                Effort.ofBeam(80),
                (effort, share) -> (long) (12.8 * (effort.beam() + 10) / share),
                new Plan.RowNanos(60, 30),
                Costs.DEFAULT,
                prices,
                QueryConfig.DEFAULT);
    }

    @Test
    void fixedCostsStayWhateverIsSearched() {
        try (var part = part()) {
            var book = CostBook.fixed(Costs.DEFAULT);
            assertThat(book.prices(Shape.of(part, VECTOR, Metric.L2).orElseThrow()))
                    .isEqualTo(Prices.USUAL);
        }
    }

    @Test
    @Tag("slow")
    void searchesBeginTheMeasuringWhichEndsByItselfAndLetsGoOfTheView() throws InterruptedException {
        try (var part = part();
                var work = new Work("test", 1, memory)) {
            var book = CostBook.measured(work, QueryConfig.DEFAULT, Costs.DEFAULT);
            var shape = Shape.of(part, VECTOR, Metric.L2).orElseThrow();
            var view = new MemoryView(1, SCHEMA, List.of(part));
            for (int i = 0; i < 6_000 && !book.isSettled(shape); i++) {
                var reader = new LocalReader(view, work, QueryConfig.DEFAULT, FilterCache.NONE, memory, book);
                book.searched(reader, VECTOR, Metric.L2);
                Thread.sleep(10);
            }
            assertThat(book.isSettled(shape)).isTrue();
            book.close();
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void stepsOfAScanFollowTheClockThatTheyAreMeasuredBy() {
        var nanos = new AtomicLong();
        // Each sample takes the same: so a row costs that, and its bytes as little as is believed.
        var costs = CostBook.measureNow(VectorType.FLOAT32, Metric.L2, () -> nanos.getAndAdd(256 * 50), memory)
                .orElseThrow();
        var row = costs.row(VectorType.FLOAT32);
        assertThat(row.begun()).isCloseTo(50, within(1e-9));
        assertThat(row.perByte()).isCloseTo(0.1 / 8, within(1e-9));
        assertThat(costs.bit()).isCloseTo(0.02 * 8, within(1e-9));
        assertThat(costs.row(VectorType.INT8)).isEqualTo(Costs.Row.USUAL);
    }

    @Test
    @Tag("slow")
    void whatCannotBeBelievedIsNotSaidAndTheMemoryIsGivenBack() {
        for (var type : VectorType.values()) {
            if (!type.isDense()) continue;
            var metric = type == VectorType.BINARY ? Metric.HAMMING : Metric.COSINE;
            var nanos = new AtomicLong();
            assertThat(CostBook.measureNow(type, metric, () -> nanos.addAndGet(7_000_000), memory))
                    .as(type.name())
                    .isEmpty();
        }
        assertThat(memory.inUseBytes()).isZero();
    }
}
