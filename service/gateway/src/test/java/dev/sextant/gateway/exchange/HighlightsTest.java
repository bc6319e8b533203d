package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Hits;
import dev.sextant.model.Rows;
import dev.sextant.model.Scanned;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HighlightsTest {
    @Test
    void hitsLoseNothingButTheFieldsThatWereNotAskedFor() {
        var schema = new Schema(
                0,
                List.of(
                        Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                        Field.of("text", new FieldType.Varchar(10)).withId(101)));
        var rows = Rows.of(1)
                .with("id", Column.longs(7))
                .with("text", Column.texts(List.of("a")))
                .build();
        var hits = new Hits(
                new int[] {1},
                Column.longs(7),
                new float[] {1},
                rows,
                List.of(),
                Optional.of(new int[] {3}),
                true,
                9,
                new Scanned(1, 8));
        var left = Highlights.asked(hits, schema, List.of("id"));
        assertThat(left.outputs().columns()).containsOnlyKeys("id");
        assertThat(left.elements()).isEqualTo(hits.elements());
    }
}
