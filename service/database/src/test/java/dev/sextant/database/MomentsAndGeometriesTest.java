package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Mutation;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Moments;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.time.ZoneId;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the door makes of moments and geometries, and what it refuses.
class MomentsAndGeometriesTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final Field AT = Field.of("at", Primitive.TIMESTAMPTZ, Trait.NULLABLE);
    private static final Field SHAPE = Field.of("shape", new FieldType.Geometry(), Trait.NULLABLE);
    private static final Field LONG = Field.of("long", new FieldType.Text(10), Trait.NULLABLE);

    private final Threshold door = new Threshold();

    @AfterEach
    void close() {
        door.close();
    }

    private Define.CreateCollection with(Map<String, String> properties, Field... more) {
        var fields = new java.util.ArrayList<>(List.of(id(), vector()));
        fields.addAll(List.of(more));
        return new Define.CreateCollection(
                "c", "", fields, List.of(), List.of(), false, 1, 0, ConsistencyLevel.BOUNDED, properties);
    }

    private static Field withDefault(Field field, Value value) {
        return new Field(0, field.name(), "", field.type(), field.traits(), Optional.of(value), Map.of());
    }

    private static Rows.Builder rows(int count) {
        var keys = new long[count];
        for (int i = 0; i < count; i++) keys[i] = i;
        return Rows.of(count).with("id", Column.longs(keys)).with("v", Column.Dense.of(4, new float[4 * count]));
    }

    private static Column texts(String... texts) {
        var nulls = new BitSet();
        for (int i = 0; i < texts.length; i++) if (texts[i] == null) nulls.set(i);
        return new Column.Texts(
                Slices.ofTexts(java.util.Arrays.stream(texts)
                        .map(text -> text == null ? "" : text)
                        .toList()),
                Nulls.of(nulls));
    }

    private Column stored(String field) {
        Mutation last = door.shards.written.getLast();
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
        return last.parts().getFirst().insertion().orElseThrow().columns().get(id);
    }

    @Test
    void textsOfMomentsAreReadInTheZoneOfTheCollection() {
        door.run(with(Map.of("timezone", "Asia/Shanghai"), AT));
        door.run(Write.Insert.of(
                "c",
                rows(3).with("at", texts("2025-01-01 00:00:00", null, "2025-01-01T00:00:00Z"))
                        .build()));
        var stored = (Column.Longs) stored("at");
        assertThat(Moments.print(stored.values()[0], SHANGHAI)).isEqualTo("2025-01-01T00:00:00+08:00");
        assertThat(stored.isNull(1)).isTrue();
        assertThat(Moments.print(stored.values()[2], SHANGHAI)).isEqualTo("2025-01-01T08:00:00+08:00");
        door.run(Write.Insert.of("c", rows(1).with("at", Column.longs(7)).build()));
        assertThat(((Column.Longs) stored("at")).values()).containsExactly(7);
    }

    @Test
    void aCollectionTakesTheZoneOfItsDatabase() {
        door.run(new Define.AlterDatabase("default", Map.of("timezone", "Asia/Shanghai"), Set.of()));
        door.run(with(Map.of(), withDefault(AT, Value.of("2025-01-01T00:00:00"))));
        var described = door.run(Watch.DescribeCollection.of("c"));
        assertThat(described.properties()).containsEntry("timezone", "Asia/Shanghai");
        assertThat(described.schema().field("at").orElseThrow().defaultValue())
                .contains(Value.of(Moments.parse("2024-12-31T16:00:00Z", SHANGHAI)));
        door.run(Write.Insert.of("c", rows(2).build()));
        assertThat(((Column.Longs) stored("at")).values()[1]).isEqualTo(1_735_660_800_000_000L);
    }

    @Test
    void geometriesAreKeptInOneFormWhateverCame() {
        door.run(with(Map.of(), SHAPE));
        door.run(Write.Insert.of(
                "c", rows(2).with("shape", texts("POINT (1 2)", null)).build()));
        var stored = (Column.Shapes) stored("shape");
        assertThat(stored.values().copy(0)).isEqualTo(Shapes.wkb("POINT (1 2)"));
        assertThat(stored.isNull(1)).isTrue();
        var bigEndian = java.nio.ByteBuffer.allocate(21)
                .put((byte) 0)
                .putInt(1)
                .putDouble(1)
                .putDouble(2)
                .array();
        var foreign = new Column.Shapes(new Slices.Builder(1).add(bigEndian).build(), Nulls.NONE);
        door.run(Write.Insert.of("c", rows(1).with("shape", foreign).build()));
        assertThat(((Column.Shapes) stored("shape")).values().copy(0)).isEqualTo(Shapes.wkb("POINT (1 2)"));
    }

    @Test
    void whatIsNoMomentOrGeometryIsRefusedWithItsRow() {
        door.run(with(Map.of(), AT, SHAPE, LONG));
        refuses(rows(2).with("at", texts("2025-01-01", "soon")), Fault.NOT_A_MOMENT, 1, "soon");
        refuses(rows(2).with("shape", texts("POINT (1 1)", "here")), Fault.NOT_A_GEOMETRY, 1, "here");
        var cut = new Column.Shapes(
                new Slices.Builder(1).add(new byte[] {1, 1, 0, 0, 0, 5}).build(), Nulls.NONE);
        refuses(rows(1).with("shape", cut), Fault.NOT_A_GEOMETRY, 0, "6 bytes");
        refuses(rows(2).with("long", texts("short", "much too long")), Fault.TOO_LONG, 1, "13");
        assertThat(door.refusal(Write.Insert.of(
                        "c", rows(1).with("at", Column.floats(1f)).build())))
                .isInstanceOf(Refusal.WrongType.class);
        assertThat(door.shards.written).isEmpty();
    }

    private void refuses(Rows.Builder rows, Fault fault, int row, String received) {
        assertThat(door.refusal(Write.Insert.of("c", rows.build())))
                .isInstanceOfSatisfying(Refusal.InvalidRow.class, invalid -> {
                    assertThat(invalid.fault()).isEqualTo(fault);
                    assertThat(invalid.row()).isEqualTo(row);
                    assertThat(invalid.received()).isEqualTo(received);
                });
    }

    @Test
    void defaultsAreCheckedWhenTheyAreDefined() {
        assertThat(door.refusal(with(Map.of(), withDefault(AT, Value.of("soon"))))
                        .sentence())
                .contains("got invalid timestamptz string 'soon'");
        assertThat(door.refusal(with(Map.of(), withDefault(AT, Value.of(1.5)))).sentence())
                .contains(
                        "type (Timestamptz) of field (at) is not equal to the type(DataType_Double) of default_value");
        assertThat(door.refusal(with(Map.of(), withDefault(SHAPE, Value.of("here"))))
                        .sentence())
                .contains("invalid Geometry data, transform to wkb failed");
        door.run(with(Map.of(), withDefault(SHAPE, Value.of("POINT (3 4)"))));
        door.run(Write.Insert.of("c", rows(1).build()));
        assertThat(((Column.Shapes) stored("shape")).values().copy(0)).isEqualTo(Shapes.wkb("POINT (3 4)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    at    ; INVERTED  ; INVERTED are not supported on Timestamptz field
                    at    ; BITMAP    ; BITMAP are not supported on Timestamptz field
                    at    ; RTREE     ; RTREE index can only be built on geometry field
                    shape ; STL_SORT  ; STL_SORT are not supported on Geometry field
                    shape ; INVERTED  ; INVERTED are not supported on Geometry field
                    long  ; INVERTED  ; Text
                    id    ; RTREE     ; RTREE index can only be built on geometry field
                    at    ; STL_SORT  ;
                    at    ; AUTOINDEX ;
                    shape ; RTREE     ;
                    shape ; AUTOINDEX ;
                    """)
    void eachHasItsOwnIndexAndNoOther(String field, String type, String refusal) {
        door.run(with(Map.of(), AT, SHAPE, LONG));
        var create = new Define.CreateIndex("c", field, "", Map.of("index_type", type));
        if (refusal == null) door.run(create);
        else assertThat(door.refusal(create).sentence()).contains(refusal);
    }

    @Test
    void rowsGoAfterATimeOrAtAMomentOfTheirOwnButNotBoth() {
        assertThat(door.refusal(with(Map.of("ttl_field", "gone"), AT)).sentence())
                .contains("ttl field name gone not found in schema");
        assertThat(door.refusal(with(Map.of("ttl_field", "id"), AT)).sentence())
                .contains("ttl field must be timestamptz, field name = id");
        assertThat(door.refusal(with(Map.of("ttl_field", "at", "collection.ttl.seconds", "5"), AT))
                        .sentence())
                .contains("collection TTL and ttl field cannot be set at the same time");
        door.run(with(Map.of("collection.ttl.seconds", "5"), AT));
        assertThat(alterRefusal(Map.of("ttl_field", "at")))
                .contains("collection TTL is already set, cannot be set ttl field");
        door.run(new Define.AlterCollection("c", Map.of("collection.ttl.seconds", "-1"), Set.of()));
        door.run(new Define.AlterCollection("c", Map.of("ttl_field", "at"), Set.of()));
        assertThat(alterRefusal(Map.of("collection.ttl.seconds", "5"))).contains("ttl field is already set");
        assertThat(alterRefusal(Map.of("timezone", "+08:00"))).contains("unknown or invalid IANA Time Zone ID");
    }

    private String alterRefusal(Map<String, String> set) {
        return door.refusal(new Define.AlterCollection("c", set, Set.of())).sentence();
    }
}
