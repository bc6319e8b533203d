package dev.sextant.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.wire.milvus.ArrayArray;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FieldPartialUpdateOp;
import dev.sextant.wire.milvus.FieldPartialUpdateOp.OpType;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.MutationResult;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.UpsertRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Upserts that change an array instead of replacing it.
class FieldOperationsTest {
    @TempDir
    private Path directory;

    private Running running;

    @BeforeEach
    void open() {
        running = new Running(directory);
        running.rest("collections/create", """
                {"collectionName": "c", "schema": {"fields": [
                {"fieldName": "id", "dataType": "Int64", "isPrimary": true},
                {"fieldName": "v", "dataType": "FloatVector", "nullable": true, "elementTypeParams": {"dim": 2}},
                {"fieldName": "a", "dataType": "Array", "elementDataType": "Int64", "nullable": true,
                 "elementTypeParams": {"max_capacity": 4}},
                {"fieldName": "t", "dataType": "Array", "elementDataType": "VarChar", "nullable": true,
                 "elementTypeParams": {"max_capacity": 4, "max_length": 9}}]},
                "indexParams": [{"fieldName": "v", "indexName": "v", "metricType": "L2"}]}""");
        assertThat(running.rest("entities/insert", """
                {"collectionName": "c", "data": [
                {"id": 1, "v": [1, 1], "a": [1, 2, 1], "t": ["x", "y"]},
                {"id": 2, "v": [2, 2], "a": null, "t": []}]}""")).contains("\"insertCount\":2");
    }

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void whatCameIsPutBehindTheStoredElementsOrTakenOutOfThem() {
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3], "t": ["x"]}, {"id": 2, "a": [7], "t": ["x"]}],
                "fieldOps": [{"fieldName": "a", "op": "ARRAY_APPEND"}, {"fieldName": "t", "op": "array_remove"}]""")).contains("\"upsertCount\":2");
        assertThat(stored("id > 0"))
                .contains("\"a\":[1,2,1,3]", "\"t\":[\"y\"]", "\"a\":[7]", "\"t\":[]", "\"v\":[1.0,1.0]");
        assertThat(upsert("""
                "data": [{"id": 1, "a": [1, 9]}], "fieldOps": [{"fieldName": "a", "op": "ARRAY_REMOVE"}]""")).contains("\"upsertCount\":1");
        assertThat(stored("id == 1")).contains("\"a\":[2,3]");
    }

    @Test
    void aRowThatIsNotThereBeginsWithAnEmptyArray() {
        assertThat(upsert("""
                "data": [{"id": 8, "a": [5]}, {"id": 1, "a": [6]}],
                "fieldOps": [{"fieldName": "a", "op": "ARRAY_APPEND"}]""")).contains("\"upsertCount\":2");
        assertThat(stored("id == 8")).contains("\"a\":[5]");
        assertThat(stored("id == 1")).contains("\"a\":[1,2,1,6]");
        upsert("""
                "data": [{"id": 9, "a": [5]}], "fieldOps": [{"fieldName": "a", "op": "ARRAY_REMOVE"}]""");
        assertThat(stored("id == 9")).contains("\"id\":9").doesNotContain("5");
    }

    @Test
    void whereNullCameNothingIsChanged() {
        upsert("""
                "data": [{"id": 1, "a": null}, {"id": 2, "a": null}],
                "fieldOps": [{"fieldName": "a", "op": "ARRAY_APPEND"}]""");
        assertThat(stored("id == 1")).contains("\"a\":[1,2,1]");
        assertThat(stored("id == 2")).contains("\"a\":null");
    }

    @Test
    void anArrayThatWouldBecomeTooLongIsRefusedAndNothingOfTheRequestIsDone() {
        assertThat(upsert("""
                "data": [{"id": 2, "a": [1]}, {"id": 1, "a": [3, 4]}],
                "fieldOps": [{"fieldName": "a", "op": "ARRAY_APPEND"}]""")).contains("the length (5) of", "exceeds max capacity (4)");
        assertThat(stored("id == 1")).contains("\"a\":[1,2,1]");
        assertThat(stored("id == 2")).contains("\"a\":null");
    }

    @Test
    void operationsThatCannotBeDoneAreRefused() {
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3]}], "fieldOps": [{"fieldName": "id", "op": "ARRAY_APPEND"}]""")).contains("only Array fields");
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3]}], "fieldOps": [{"fieldName": "t", "op": "ARRAY_APPEND"}]""")).contains("no elements came for it");
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3]}], "fieldOps": [{"fieldName": "no", "op": "ARRAY_APPEND"}]""")).contains("not found");
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3]}], "fieldOps": [{"fieldName": "a", "op": "ARRAY_SORT"}]""")).contains("ARRAY_SORT");
        assertThat(upsert("""
                "data": [{"id": 1, "a": [3]}],
                "fieldOps": [{"fieldName": "a", "op": "REPLACE"}, {"fieldName": "a", "op": "ARRAY_APPEND"}]""")).contains("several operations");
    }

    @Test
    void theOperationsOfARemoteCallImplyAPartialUpsert() {
        var upserted = overWire(OpType.ARRAY_APPEND);
        assertThat(upserted.getStatus().getReason()).isEmpty();
        assertThat(upserted.getDeleteCnt()).isEqualTo(1);
        assertThat(stored("id == 1")).contains("\"a\":[1,2,1,2]", "\"t\":[\"x\",\"y\"]");
        overWire(OpType.ARRAY_REMOVE);
        assertThat(stored("id == 1")).contains("\"a\":[1,1]");
    }

    private MutationResult overWire(OpType operation) {
        var two = ScalarField.newBuilder().setLongData(LongArray.newBuilder().addData(2));
        return running.milvus()
                .upsert(UpsertRequest.newBuilder()
                        .setCollectionName("c")
                        .setNumRows(1)
                        .addFieldsData(FieldData.newBuilder()
                                .setFieldName("id")
                                .setType(DataType.Int64)
                                .setScalars(ScalarField.newBuilder()
                                        .setLongData(LongArray.newBuilder().addData(1))))
                        .addFieldsData(FieldData.newBuilder()
                                .setFieldName("a")
                                .setType(DataType.Array)
                                .setScalars(ScalarField.newBuilder()
                                        .setArrayData(ArrayArray.newBuilder()
                                                .setElementType(DataType.Int64)
                                                .addData(two))))
                        .addFieldOps(FieldPartialUpdateOp.newBuilder()
                                .setFieldName("a")
                                .setOp(operation))
                        .build());
    }

    private String upsert(String members) {
        return running.rest("entities/upsert", "{\"collectionName\": \"c\", " + members + "}");
    }

    private String stored(String filter) {
        return running.rest(
                "entities/query",
                "{\"collectionName\": \"c\", \"filter\": \"" + filter
                        + "\", \"outputFields\": [\"*\"], \"consistencyLevel\": \"Strong\"}");
    }
}
