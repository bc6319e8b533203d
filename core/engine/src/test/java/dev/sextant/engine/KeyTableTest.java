package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTableTest {
    private final KeyTable table = new KeyTable();
    private Pieces keys = Pieces.EMPTY;

    private void add(long... more) {
        int from = keys.rows();
        keys = keys.add(Column.longs(more));
        table.add(keys, from);
    }

    private List<Integer> find(Pieces upTo, long key) {
        var rows = new ArrayList<Integer>();
        table.find(upTo, Column.longs(key), 0, rows::add);
        return rows;
    }

    private List<Integer> findToRemove(long key, boolean everywhere) {
        var rows = new ArrayList<Integer>();
        table.findToRemove(keys, Column.longs(key), 0, everywhere, rows::add);
        return rows;
    }

    @Test
    void everyRowOfAKeyIsFoundNewestFirstAndNoneFromAfterTheView() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var all = new ArrayList<Long>();
        var views = new ArrayList<Pieces>();
        for (int batch = 0; batch < 60; batch++) {
            var more = random.longs(1 + random.nextInt(40), 0, 50).toArray();
            Arrays.stream(more).forEach(all::add);
            add(more);
            views.add(keys);
        }
        for (var view : views)
            for (long key = 0; key < 52; key++) {
                var expected = new ArrayList<Integer>();
                for (int row = view.rows() - 1; row >= 0; row--) if (all.get(row) == key) expected.add(row);
                assertThat(find(view, key))
                        .as("seed %d, %d rows, key %d", seed, view.rows(), key)
                        .isEqualTo(expected);
            }
    }

    @Test
    void theVersionsOfOneKeyTakeOneSlot() {
        var same = new long[100_000];
        add(same);
        assertThat(table.bytes()).isLessThan(4L * same.length + 4096);
        add(same);
        assertThat(find(keys, 0)).hasSize(200_000).startsWith(199_999, 199_998);
    }

    @Test
    void whatARemovalOfEveryPartitionFoundIsNotWalkedByTheNext() {
        add(7, 7, 8);
        assertThat(findToRemove(7, false)).containsExactly(1, 0);
        assertThat(findToRemove(7, true)).containsExactly(1, 0);
        add(7);
        assertThat(findToRemove(7, false)).containsExactly(3);
        assertThat(findToRemove(7, true)).containsExactly(3);
        assertThat(findToRemove(7, true)).isEmpty();
        assertThat(findToRemove(8, true)).containsExactly(2);
        assertThat(find(keys, 7)).containsExactly(3, 1, 0);
    }
}
