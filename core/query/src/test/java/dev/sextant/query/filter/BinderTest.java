package dev.sextant.query.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.language.Filters;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.query.Queries;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinderTest {
    private static final Schema SCHEMA;

    static {
        var fields = new ArrayList<>(Chances.SCHEMA.fields());
        fields.removeIf(field -> field.has(Trait.DYNAMIC));
        fields.add(Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4)).withId(120));
        SCHEMA = new Schema(1, fields);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            x == 1                          ; field x not exist
            i8 and i64 > 1                  ; 'and' can only be used between boolean expressions
            i64 > 1 or b                    ; 'or' can only be used between boolean expressions
            not b                           ; not op can only be applied on boolean expression
            b                               ; predicate is not a boolean expression
            i64 + 1                         ; predicate is not a boolean expression
            s == 1                          ; comparisons between VarChar and Int64 are not supported
            1 == s                          ; comparisons between Int64 and VarChar are not supported
            s == i64                        ; comparisons between VarChar and Int64 are not supported
            b > 1                           ; comparisons between Bool and Int64 are not supported
            i64 == 1.5                      ; cannot cast value to Int64
            i8 < 1.5                        ; cannot cast value to Int8
            i64 + 1.5 == 2                  ; cannot cast value to Int64
            i64 in [1, 2.5]                 ; in list cannot be casted to Int64
            i64 in ['a']                    ; in list cannot be casted to Int64
            i64 in 5                        ; the right-hand side of 'in' must be a list
            i64 + 1 in [1]                  ; 'term' can only be used on single field
            5 < i64 < 3                     ; invalid range: lowerbound is greater than upperbound
            3 < i64 < 3                     ; invalid range: lowerbound is greater than upperbound
            j['a'] == i64                   ; two column comparison with JSON type is not supported
            ai == 3                         ; can not comparisons array fields directly
            ai == ai                        ; can not comparisons array fields directly
            i64 like 'a%'                   ; like operation on non-string or no-json field is unsupported
            s =~ '('                        ; invalid regex pattern
            exists i64                      ; exists operations are only supported on json field, got:Int64
            v is null                       ; IsNull/IsNotNull operations are not supported on vector fields
            ai[0] is null                   ; IsNull/IsNotNull operations are not supported on array element access
            i64 & 1 == 1                    ; '&' can only be used between integer or floating or json field expressions
            (d & 1) == 1                    ; '&' can only apply on integer types
            (i64 | 1.5) == 1                ; cannot cast value to Int64
            (i64 & i8) == 1                 ; '&' between two fields is not supported
            (1.5 ^ 2) == 1                  ; '^' can only apply on integer types
            i64 << 1 == 1                   ; ShiftLeft is not supported
            i64 / 0 == 1                    ; by zero
            i64 % 0 == 1                    ; by zero
            d % 2 == 1                      ; modulo can only apply on integer types
            i64 ** -2 == 4                  ; the power of an integer field must not be negative, got: -2
            2 ** i64 == 4                   ; with a constant on its left and a field on its right is not supported
            text_match_fuzzy(s, 'a', max_edit_distance = 1) ; field "s" does not enable match
            5 - i64 == 1                    ; is not supported
            i64 + i8 == 2                   ; '+' between two fields is not supported
            s + 1 == 2                      ; '+' can only be used between integer or floating or json field expressions
            text_match(s, 'a')              ; field "s" does not enable match
            text_match(i64, 'a')            ; text match operation on non-string is unsupported
            phrase_match(s, 'a')            ; field "s" does not enable match
            array_length(s) == 1            ; array_length operation are only supported on json or array fields now
            array_contains(s, 'a')          ; contains operation are only supported on json or array fields now
            array_contains_all(ai, 1)       ; operation element must be an array
            array_contains(ai, 'a')         ; in list cannot be casted to Int32
            i64 > 1 or random_sample(0.5)   ; random_sample
            random_sample(2)                ; the sample factor should be between 0 and 1
            st_within(s, 'POINT(0 0)')      ; st_within operation are only supported on geometry fields now, got: VarChar
            i64 == {missing}                ; the value of expression template variable name {missing} is not found
            nothing(s)                      ; function not found
            """)
    void whatDoesNotFitIsRefusedInMilvusWords(String filter, String reason) {
        assertThatThrownBy(() -> Binder.bind(Filters.filter(filter, Map.of()), SCHEMA))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.refusal()).isInstanceOf(Refusal.InvalidFilter.class);
                    assertThat(((Refusal.InvalidFilter) refused.refusal()).reason())
                            .contains(reason);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            k == 3                          ; [3]
            k in [5, 3, 5, 1]               ; [1, 3, 5]
            k == 2 or k in [1, 2]           ; [1, 2]
            k in []                         ; none
            k > 3                           ; none
            k == 3 and i64 > 1              ; none
            k != 3                          ; none
            not (k != 3)                    ; [3]
            not k != 3                      ; [3]
            k == (7 & 3)                    ; [3]
            k == (2 | 1)                    ; [3]
            k == (5 ^ 6)                    ; [3]
            1 + 2 == k                      ; [3]
            3 <= k <= 3                     ; [3]
            """)
    void aFilterThatOnlyNamesKeysIsKnown(String filter, String keys) {
        var found = Queries.keysOf(Filters.filter(filter, Map.of()), SCHEMA)
                .map(column -> java.util.Arrays.toString(((dev.sextant.model.Column.Longs) column).values()));
        assertThat(found.orElse("none")).isEqualTo(keys);
    }

    @Test
    void aFilterThatTakesEverythingIsKnown() {
        for (var text : new String[] {"", "true", "1 == 1", "i64 > 1 or true", "array_contains_all(ai, [])"})
            assertThat(Queries.matchesAll(Filters.filter(text, Map.of()), SCHEMA))
                    .as(text)
                    .isTrue();
        for (var text : new String[] {"i64 is null or i64 is not null", "false", "k == 1"})
            assertThat(Queries.matchesAll(Filters.filter(text, Map.of()), SCHEMA))
                    .as(text)
                    .isFalse();
    }

    @Test
    void aTemplateIsItsValue() {
        var filter = Filters.filter(
                "k in {keys}", Map.of("keys", new Value.Items(java.util.List.of(Value.of(2), Value.of(1)))));
        assertThat(Queries.keysOf(filter, SCHEMA)).isPresent();
    }
}
