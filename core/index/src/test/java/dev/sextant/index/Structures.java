package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/// What every structure must keep to, whichever it is.
final class Structures {
    private Structures() {}

    static Frozen build(Clusters data, IndexParameters parameters, Metric metric, Accept members) {
        try (var build = parameters.begin(data.memory, data.rows, metric, members)) {
            assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
            assertThat(build.progress().share()).isEqualTo(1);
            return build.finish();
        }
    }

    static Frozen build(Clusters data, IndexParameters parameters, Metric metric) {
        return build(data, parameters, metric, Accept.ALL);
    }

    static TopK search(Clusters data, VectorIndex index, MemorySegment query, int k, Effort effort, Accept accept) {
        var target = new Target(query, k, effort, accept, java.util.Optional.empty());
        var walk = index.walk(target, data.scratch);
        var found = Clusters.run(walk, index.metric(), k);
        // Whatever leaves was read.
        assertThat(walk.bytesTouched()).isGreaterThanOrEqualTo(found.size());
        return found;
    }

    /// Under the quarter of the rows that is farthest from the query, and not under the nearest.
    static void itTellsAFilterThatRejectsWhatLiesNear(Clusters data, VectorIndex index, Effort effort) {
        int n = index.count();
        var query = data.vector();
        var all = data.exact(query, index.metric(), n, Accept.ALL);
        for (boolean far : new boolean[] {true, false}) {
            var bits = Bits.builder(n);
            IntStream.range(far ? n - n / 4 : 0, far ? n : n / 4)
                    .map(all::row)
                    .sorted()
                    .forEach(bits::set);
            var target = new Target(query, 10, effort, Accept.of(bits.build()), java.util.Optional.empty());
            var walk = index.walk(target, data.scratch);
            while (walk.advance(1 << 20) instanceof Step.More && walk.expected() < Long.MAX_VALUE) {}
            assertThat(walk.expected() == Long.MAX_VALUE)
                    .as("far %s, %s", far, effort)
                    .isEqualTo(far);
        }
    }

    static double recall(Clusters data, VectorIndex index, int k, Effort effort, Accept accept, int queries) {
        int hits = 0, wanted = 0;
        for (int q = 0; q < queries; q++) {
            var query = data.vector();
            var exact = data.exact(query, index.metric(), k, accept);
            var found = search(data, index, query, k, effort, accept);
            wanted += exact.size();
            for (int i = 0; i < found.size(); i++) {
                assertThat(accept.test(found.row(i))).isTrue();
                float slack = 1e-5f * (1 + Math.abs(exact.bound()));
                if (!index.metric()
                        .better(exact.bound(), found.score(i) + (index.metric().largerIsBetter() ? slack : -slack)))
                    hits++;
            }
        }
        return wanted == 0 ? 1 : (double) hits / wanted;
    }

    /// Lanes are summed in another order before the compiler has seen the loop.
    private static void near(float found, float expected) {
        assertThat(found).isCloseTo(expected, within(1e-5f * (1 + Math.abs(expected))));
    }

    /// Scores that leave are those of the rows.
    static void scoresAreExact(Clusters data, VectorIndex index, Effort effort) {
        for (int q = 0; q < 5; q++) {
            var query = data.vector();
            var exact = data.exact(query, index.metric(), data.rows.count(), Accept.ALL);
            var scores = new float[data.rows.count()];
            for (int i = 0; i < exact.size(); i++) scores[exact.row(i)] = exact.score(i);
            var found = search(data, index, query, 10, effort, Accept.ALL);
            assertThat(found.size()).isPositive();
            for (int i = 0; i < found.size(); i++) near(found.score(i), scores[found.row(i)]);
        }
    }

    static Accept share(long seed, int rows, double share) {
        var random = new Random(seed);
        var bits = Bits.builder(rows);
        for (int row = 0; row < rows; row++) if (random.nextDouble() < share) bits.set(row);
        return Accept.of(bits.build());
    }

    /// Advanced in turn on one thread, each by what is left to its next look, walks find what each finds alone.
    static void walksInTurnFindWhatEachFindsAlone(Clusters data, VectorIndex index, Effort effort, Accept accept) {
        int most = 20, step = 300;
        var targets = IntStream.range(0, most)
                .mapToObj(_ -> new Target(data.vector(), 10, effort, accept, java.util.Optional.empty()))
                .toList();
        var walks = IntStream.range(0, most)
                .mapToObj(i -> index.walk(targets.get(i), data.scratch.ofTurn(i + 1)))
                .toList();
        var looks = walks.stream().mapToLong(Walk::scored).toArray();
        var found = IntStream.range(0, most).mapToObj(_ -> new TopK()).toList();
        found.forEach(best -> best.reset(10, index.metric().largerIsBetter()));
        int paused = 0;
        for (var walk : walks) walk.takeTurns(Long.MAX_VALUE);
        for (var left = new ArrayList<>(IntStream.range(0, most).boxed().toList()); !left.isEmpty(); )
            for (var i : List.copyOf(left)) {
                var walk = walks.get(i);
                long place = walk.place();
                var same = left.stream()
                        .map(walks::get)
                        .filter(other -> other.place() == place)
                        .toList();
                if (place != 0 && same.size() > 1) walk.share(same, data.scratch.ofTurn(most + 1));
                var taken = walk.advance((int) (looks[i] + step - walk.scored()));
                if (taken instanceof Step.Paused) {
                    paused++;
                    continue;
                }
                found.get(i)
                        .offer(
                                walk.hits().rows(),
                                walk.hits().scores(),
                                walk.hits().count());
                looks[i] = walk.scored();
                if (taken instanceof Step.Done) left.remove(i);
            }
        for (int i = 0; i < most; i++) {
            var alone = Clusters.run(index.walk(targets.get(i), data.scratch), index.metric(), 10);
            assertThat(found.get(i).size()).isEqualTo(alone.size());
            for (int hit = 0; hit < alone.size(); hit++) {
                assertThat(found.get(i).row(hit)).isEqualTo(alone.row(hit));
                // Where several meet a row at once, sums come in another order as long as code is not compiled.
                assertThat(found.get(i).score(hit)).isCloseTo(alone.score(hit), within(1e-4f));
            }
        }
        if (accept.isAll() && Prefetch.serves()) assertThat(paused).isGreaterThan(most);
    }

    static void kRowsComeBackWhenKMatch(Clusters data, VectorIndex index) {
        int rows = data.rows.count();
        for (double share : new double[] {0.99, 0.5, 0.2, 0.05, 0.01, 0.002, 0}) {
            var accept = share(8, rows, share);
            for (int q = 0; q < 5; q++) {
                var walk = Nearest.walk(index, data.vector(), 10, 64, accept, data.scratch);
                var found = Clusters.run(walk, index.metric(), 10);
                assertThat(found.size()).as("share %s", share).isEqualTo(Math.min(10, accept.count(rows)));
                for (int i = 0; i < found.size(); i++)
                    assertThat(accept.test(found.row(i))).isTrue();
            }
        }
    }

    /// Widened until nothing is left, a walk has let every accepted row go once.
    static void wideningFindsEveryRowOnce(Clusters data, VectorIndex index, Accept accept) {
        wideningFindsRowsOnce(data, index, accept, 1);
    }

    /// As above, but for the share of rows that a graph may not lead to.
    static void wideningFindsRowsOnce(Clusters data, VectorIndex index, Accept accept, double share) {
        var target = new Target(data.vector(), 10, Effort.ofBeam(20).withLists(1), accept, java.util.Optional.empty());
        var walk = index.walk(target, data.scratch);
        var seen = new HashSet<Integer>();
        for (var effort = target.effort().doubled(); ; effort = effort.doubled()) {
            for (Step step = Step.MORE; step instanceof Step.More; ) {
                step = walk.advance(50);
                for (int i = 0; i < walk.hits().count(); i++) {
                    assertThat(accept.test(walk.hits().rows()[i])).isTrue();
                    assertThat(seen.add(walk.hits().rows()[i])).isTrue();
                }
            }
            if (!walk.widen(effort)) break;
        }
        int accepted = accept.count(data.rows.count());
        assertThat(seen.size()).isBetween((int) (share * accepted), accepted);
    }

    static void rowsOutsideTheMembersAreNeverFound(Clusters data, IndexParameters parameters, Metric metric) {
        int rows = data.rows.count();
        var members = share(11, rows, 0.6);
        try (var index = build(data, parameters, metric, members)) {
            for (int q = 0; q < 10; q++) {
                var found = search(
                        data, index, data.vector(), 50, Effort.ofBeam(200).withLists(1 << 16), Accept.ALL);
                assertThat(found.size()).isEqualTo(50);
                for (int i = 0; i < found.size(); i++)
                    assertThat(members.test(found.row(i))).isTrue();
            }
        }
    }

    /// Where sums are exact or plain: see [HoweverManyBuildTest].
    static void itIsTheSameHoweverManyBuildIt(Clusters data, IndexParameters parameters, Metric metric)
            throws Exception {
        try (var alone = build(data, parameters, metric);
                var build = parameters.begin(data.memory, data.rows, metric, Accept.ALL)) {
            var trouble = new AtomicReference<Throwable>();
            var threads = IntStream.range(0, 3)
                    .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                        try (var scratch = new Scratch(data.memory)) {
                            long[] calls = {0};
                            while (!build.work(scratch, () -> ++calls[0] % 7 == 0)) Thread.onSpinWait();
                        } catch (Throwable thrown) {
                            trouble.set(thrown);
                        }
                    }))
                    .toList();
            for (var thread : threads) thread.join();
            assertThat(trouble.get()).isNull();
            try (var together = build.finish()) {
                assertThat(write(together)).isEqualTo(write(alone));
            }
        }
    }

    static void aStoppedBuildGivesItsMemoryBack(Clusters data, IndexParameters parameters, Metric metric) {
        long before = data.memory.inUseBytes();
        for (int stopAfter : new int[] {0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144}) {
            var build = parameters.begin(data.memory, data.rows, metric, Accept.ALL);
            int[] calls = {0};
            build.work(data.scratch, () -> calls[0]++ >= stopAfter);
            build.close();
            build.close();
        }
        assertThat(data.memory.inUseBytes()).isLessThanOrEqualTo(before + (8 << 20)); // scratch may have grown
    }

    /// One component, all rows equal, fewer rows than anything asks for, none.
    static void itServesTheExtremes(IndexParameters parameters, Metric metric, VectorType type, int dimension) {
        for (int count : new int[] {0, 1, 2, 7, 40})
            try (var data = new Clusters(count, count, dimension, type);
                    var index = build(data, parameters, metric)) {
                findsAtLeast(count, data, index);
            }
        try (var data = new Clusters(5, 300, dimension, type)) {
            for (int row = 1; row < 300; row++)
                Raw.copy(data.rows.address(0), data.rows.address(row), data.rows.stride());
            try (var index = build(data, parameters, metric)) {
                findsAtLeast(10, data, index); // a graph of equal rows need not lead to all of them
            }
        }
    }

    private static void findsAtLeast(int least, Clusters data, Frozen index) {
        int count = data.rows.count();
        var effort = Effort.ofBeam(1000).withLists(1 << 16).withRefine(1000);
        var found = search(data, index, data.vector(), Math.max(1, count), effort, Accept.ALL);
        assertThat(found.size()).isBetween(least, count);
        for (int i = 0; i < found.size(); i++) assertThat(found.score(i)).isFinite();
    }

    /// However much it looks at, once the compiler has seen it.
    static void aSearchAllocatesAHandfulOfObjects(Clusters data, VectorIndex index, Effort effort) {
        var queries = IntStream.range(0, 100).mapToObj(_ -> data.vector()).toList();
        Allocation.settlesBelow(2000, queries.size(), () -> {
            for (var query : queries) {
                var walk =
                        index.walk(new Target(query, 10, effort, Accept.ALL, java.util.Optional.empty()), data.scratch);
                while (walk.advance(1000) instanceof Step.More) {}
            }
        });
    }

    // ---- bytes

    static byte[] write(Frozen index) throws IOException {
        var out = new ByteArrayOutputStream();
        index.writeTo(bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
        return out.toByteArray();
    }

    static Frozen read(Clusters data, Frozen.Kind kind, byte[] bytes) throws IOException {
        int[] at = {0};
        return Frozen.read(kind, data.memory, data.rows, bytes.length, into -> {
            if (into.byteSize() > bytes.length - at[0]) throw new EOFException();
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    static void readBackItAnswersTheSame(Clusters data, Frozen index, Effort effort) throws IOException {
        var bytes = write(index);
        assertThat((long) bytes.length).isEqualTo(index.serializedBytes());
        assertThat(new String(bytes, 0, 8, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(index.kind().magic());
        try (var again = read(data, index.kind(), bytes)) {
            assertThat(again.metric()).isEqualTo(index.metric());
            assertThat(again.count()).isEqualTo(index.count());
            assertThat(again.bytes()).isEqualTo(index.bytes());
            assertThat(write(again)).isEqualTo(bytes);
            for (int q = 0; q < 10; q++) {
                var query = data.vector();
                var one = search(data, index, query, 10, effort, Accept.ALL);
                var other = search(data, again, query, 10, effort, Accept.ALL);
                assertThat(other.size()).isEqualTo(one.size());
                for (int i = 0; i < one.size(); i++) near(other.score(i), one.score(i));
            }
        }
    }

    static void aFlippedBitAndACutAreRefused(Clusters data, Frozen index) throws IOException {
        var good = write(index);
        long before = data.memory.inUseBytes();
        var random = new Random(2);
        for (int round = 0; round < 500; round++) {
            var bad = good.clone();
            int bit = round < 8 * 64 / 4 ? 8 * round : random.nextInt(8 * bad.length);
            bad[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThatThrownBy(() -> read(data, index.kind(), bad))
                    .as("bit %d", bit)
                    .isInstanceOf(Damaged.class);
            var cut = Arrays.copyOf(good, random.nextInt(good.length));
            assertThatThrownBy(() -> read(data, index.kind(), cut))
                    .as("cut to %d", cut.length)
                    .isInstanceOfAny(Damaged.class, EOFException.class);
        }
        assertThat(data.memory.inUseBytes()).isEqualTo(before);
    }

    /// Bytes that lie under right checksums are refused or lead no walk astray.
    static void liesUnderRightChecksumsLeadNowhere(Clusters data, Frozen index, int[][] parts) throws IOException {
        var good = write(index);
        search(data, index, data.vector(), 10, Effort.ofBeam(40), Accept.ALL); // the scratch is as large as it gets
        long before = data.memory.inUseBytes();
        var random = new Random(3);
        int accepted = 0;
        for (int round = 0; round < 1500; round++) {
            var bad = good.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(2) == 0 ? random.nextInt(Pieces.HEAD - 8) : random.nextInt(bad.length);
                bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(4));
            }
            for (var part : parts) if (part[1] > 0) seal(bad, part[0], part[1]);
            Frozen read;
            try {
                read = read(data, index.kind(), bad);
            } catch (Damaged | EOFException refused) {
                continue;
            }
            accepted++;
            try (read) {
                search(data, read, data.vector(), 10, Effort.ofBeam(40), Accept.ALL);
            }
        }
        assertThat(accepted).isPositive();
        assertThat(data.memory.inUseBytes()).isEqualTo(before);
    }

    private static void seal(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(from + length, crc.getValue());
    }

    /// Parts of so many bytes one after the other, each with its checksum behind it, the first at 0.
    static int[][] parts(long... lengths) {
        var parts = new int[lengths.length + 1][];
        parts[0] = new int[] {0, Pieces.HEAD - 8};
        int at = Pieces.HEAD;
        for (int i = 0; i < lengths.length; i++) {
            parts[i + 1] = new int[] {at, (int) lengths[i]};
            if (lengths[i] > 0) at += (int) lengths[i] + 8;
        }
        return parts;
    }
}
