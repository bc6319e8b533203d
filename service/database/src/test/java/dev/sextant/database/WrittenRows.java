package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Mutation;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Rows;
import dev.sextant.model.Write;
import org.junit.jupiter.api.AfterEach;

/// A door before shards that only remember what was handed to them.
abstract class WrittenRows {
    final Threshold door = new Threshold();

    @AfterEach
    void close() {
        door.close();
    }

    static Column vectors(int rows) {
        return Column.Dense.of(4, new float[4 * rows]);
    }

    void create(Field... more) {
        var fields = new Field[more.length + 2];
        fields[0] = id();
        fields[1] = vector();
        System.arraycopy(more, 0, fields, 2, more.length);
        door.run(Define.CreateCollection.of("c", fields));
    }

    static Rows.Builder two() {
        return Rows.of(2).with("id", Column.longs(1, 2)).with("v", vectors(2));
    }

    Mutation last() {
        return door.shards.written.getLast();
    }

    Mutation.Insertion inserted() {
        return last().parts().getFirst().insertion().orElseThrow();
    }

    Column stored(String field) {
        int id = door.shards
                .catalog()
                .collections()
                .values()
                .iterator()
                .next()
                .schema()
                .field(field)
                .orElseThrow()
                .id();
        return inserted().columns().get(id);
    }

    void refuses(Rows.Builder rows, Fault fault, int row, String received, String expected) {
        assertThat(door.refusal(Write.Insert.of("c", rows.build())))
                .isInstanceOfSatisfying(Refusal.InvalidRow.class, invalid -> {
                    assertThat(invalid.fault()).isEqualTo(fault);
                    assertThat(invalid.row()).isEqualTo(row);
                    assertThat(invalid.received()).isEqualTo(received);
                    assertThat(invalid.expected()).contains(expected);
                });
        assertThat(door.shards.written).isEmpty();
    }

    // ---- inserting
}
