package dev.sextant.gateway.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.gateway.Running;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each form of the filter language, asked of five rows.
class ExpressionFormsTest {
    /// @param text in the language; quotes are single ones
    /// @param expected the keys of the rows that match, `~` for any, or the words of a refusal
    record Form(String name, String text, String expected) {
        boolean isRefused() {
            return !expected.isEmpty() && !expected.equals("~") && !Character.isDigit(expected.charAt(0));
        }
    }

    private static Form form(String name, String text, String expected) {
        return new Form(name, text, expected);
    }

    static final List<Form> FORMS = List.of(
            form("no filter", "", "1 2 3 4 5"),
            form("equal", "i == 3", "3"),
            form("not equal", "i != 3", "1 2 4 5"),
            form("less", "i < 3", "1 2"),
            form("less or equal", "i <= 3", "1 2 3"),
            form("greater", "i > 3", "4 5"),
            form("greater or equal", "i >= 3", "3 4 5"),
            form("constant first", "3 < i", "4 5"),
            form("two fields", "i == id", "1 2 3 4 5"),
            form("range upwards", "1 < i <= 3", "2 3"),
            form("range downwards", "3 >= i > 1", "2 3"),
            form("one of a list", "i in [1, 5]", "1 5"),
            form("none of a list", "i not in [1, 5]", "2 3 4"),
            form("an empty list", "i in []", ""),
            form("sum", "i + 1 == 3", "2"),
            form("difference", "i - 1 == 0", "1"),
            form("product", "i * 2 == 4", "2"),
            form("quotient", "i / 2 == 1", "2 3"),
            form("remainder", "i % 2 == 0", "2 4"),
            form("power of constants", "f < 2 ** 1", "1 2"),
            form("bits", "i & 1 == 1", "'&' can only be used between"),
            form("shift", "i << 1 == 2", "not supported"),
            form("hexadecimal, binary, octal", "i == 0x3 or i == 0b100 or i == 05", "3 4 5"),
            form("escapes in texts", "s == '\\u0062lue'", "5"),
            form("like a prefix", "s like 'red%'", "1 3"),
            form("like a suffix", "s like '%apple'", "1 2"),
            form("like an infix", "s like '%herr%'", "3"),
            form("like with one character", "s like 'blu_'", "5"),
            form("regular expression", "s =~ '^red'", "1 3"),
            form("no regular expression", "s !~ 'apple'", "3 5"),
            form("exists", "exists j['k']", "1 2 5"),
            form("is null", "n is null", "2 4"),
            form("is not null", "n is not null", "1 3 5"),
            form("null in JSON", "j['k'] is null", "3 4"),
            form("and, or", "i == 1 or i == 2 and b == true", "1"),
            form("not", "b == true and not (i == 1)", "3 5"),
            form("not before a comparison", "not b == true", "2 4"),
            form("a field alone", "b", "predicate is not a boolean expression"),
            form("true", "true", "1 2 3 4 5"),
            form("an integer and a number", "i == 1.5", "cannot"),
            form("a text and an integer", "s == 1", "cannot"),
            form("JSON: a key", "j['k'] == 1", "1 5"),
            form("JSON: integers and numbers", "j['k'] > 1.5", "2"),
            form("JSON: a path", "j['n']['m'] == 1", "2"),
            form("JSON: an element", "j['l'][0] == 1", "1"),
            form("a dynamic key", "c == 'c1'", "1"),
            form("a dynamic key by name", "$meta['c'] == 'c2'", "2"),
            form("json_contains", "json_contains(j['l'], 1)", "1"),
            form("json_contains_all", "json_contains_all(j['l'], [1, 2])", "1"),
            form("json_contains_any", "json_contains_any(j['l'], [2, 9])", "1"),
            form("array_contains", "array_contains(a, 2)", "1 2 5"),
            form("array_contains_all", "array_contains_all(a, [1, 2])", "1 5"),
            form("array_contains_any", "array_contains_any(a, [3, 4])", "2 4 5"),
            form("array_length", "array_length(a) == 2", "1 2"),
            form("an element of an array", "a[0] == 1", "1 5"),
            form("a whole array", "a == [4]", "4"),
            form("text_match", "text_match(s, 'red')", "1 3 4"),
            form("text_match, so many words", "text_match(s, 'red apple', minimum_should_match=2)", "1 4"),
            form("phrase_match", "phrase_match(s, 'red apple')", "1"),
            form("phrase_match with a slop", "phrase_match(s, 'red pie', 1)", "3"),
            form("upper case", "TEXT_MATCH(s, 'red') AND NOT (i == 1)", "3 4"),
            form("random_sample", "random_sample(0.5)", "~"),
            form("random_sample beyond", "random_sample(2)", "the sample factor should be between 0 and 1"),
            form("starts_with", "starts_with(s, 'red')", "1 3"),
            form("empty", "empty(s)", ""),
            form("st_equals", "st_equals(g, 'POINT (1 1)')", "1"),
            form("st_within", "st_within(g, 'POLYGON ((0 0, 0 5, 5 5, 5 0, 0 0))')", "1 2 4 5"),
            form("st_intersects", "st_intersects(g, 'POINT (2 2)')", "2 4"),
            form("st_contains", "st_contains(g, 'POINT (2 2)')", "2 4"),
            form("st_touches", "st_touches(g, 'POINT (0 0)')", "4"),
            form("st_crosses", "st_crosses(g, 'LINESTRING (0 3, 3 0)')", "4"),
            form("st_overlaps", "st_overlaps(g, 'LINESTRING (1 1, 5 5)')", "4"),
            form("st_dwithin", "st_dwithin(g, 'POINT (1 1)', 120000)", "1 4 5"),
            form("st_isvalid", "st_isvalid(g)", "1 2 3 4 5"),
            form("a moment", "ts > ISO '2025-03-01T00:00:00Z'", "4 5"),
            form("a moment and an interval", "ts + INTERVAL 'P1D' > ISO '2025-05-01T12:00:00Z'", "5"),
            form("match_any", "match_any(st, $[x] == 1)", "1 4"),
            form("match_all", "match_all(st, $[x] < 4)", "1 2 3 5"),
            form("match_least", "match_least(st, $[x] == 1, threshold=2)", "4"),
            form("match_most", "match_most(st, $[x] == 1, threshold=0)", "2 3 5"),
            form("match_exact", "match_exact(st, $[x] == 1, threshold=1)", "1"),
            form("element_filter", "element_filter(st, $[x] == 1)", "1 4"),
            form("a field of an element", "st[0][x] == 1", "1 4"),
            form("a field of a struct", "array_contains(st[x], 5)", "4"),
            form("how many elements", "array_length(st) == 3", "4"),
            form("unbalanced", "i == (1", "cannot parse expression"));

    static Table table() {
        var rows = new ArrayList<List<String>>();
        for (var form : FORMS)
            rows.add(List.of(
                    form.name(),
                    form.text().isEmpty() ? "" : Table.code(form.text()),
                    form.isRefused() ? "refused as in Milvus" : "works"));
        rows.add(List.of("template", Table.code("i in {l}"), "works"));
        // Its sets are bytes, which no JSON carries: asked by the Python client.
        rows.add(List.of("membership_match", Table.code("membership_match(i, {set}, type=roaring)"), "works"));
        return new Table(
                "Expression forms: " + rows.size(),
                "Each is asked of rows whose answer is known. The whole language: [filters](../language/filters.md).",
                List.of("Form", "For instance", "State"),
                rows);
    }

    @TempDir
    static Path directory;

    static Wire wire;

    @BeforeAll
    static void open() {
        wire = new Wire(new Running(directory));
        wire.good(
                "collections/create",
                "{'collectionName':'c','schema':{'enableDynamicField':true,'fields':["
                        + "{'fieldName':'id','dataType':'Int64','isPrimary':true},{'fieldName':'b','dataType':'Bool'},"
                        + "{'fieldName':'i','dataType':'Int64'},{'fieldName':'f','dataType':'Float'},"
                        + "{'fieldName':'s','dataType':'VarChar','elementTypeParams':"
                        + "{'max_length':100,'enable_analyzer':true,'enable_match':true}},"
                        + "{'fieldName':'a','dataType':'Array','elementDataType':'Int64','elementTypeParams':{'max_capacity':8}},"
                        + "{'fieldName':'j','dataType':'JSON'},{'fieldName':'ts','dataType':'Timestamptz'},"
                        + "{'fieldName':'g','dataType':'Geometry'},{'fieldName':'n','dataType':'Int64','nullable':true},"
                        + "{'fieldName':'v','dataType':'FloatVector','elementTypeParams':{'dim':2}}],"
                        + "'structFields':[{'fieldName':'st','dataType':'ArrayOfStruct','elementTypeParams':{'max_capacity':8},"
                        + "'fields':[{'fieldName':'x','dataType':'Array','elementDataType':'Int64',"
                        + "'elementTypeParams':{'max_capacity':8}}]}]},"
                        + "'indexParams':[{'fieldName':'v','indexName':'v','metricType':'L2','indexType':'FLAT'}]}");
        wire.good(
                "entities/insert",
                "{'collectionName':'c','data':["
                        + row(
                                1,
                                true,
                                "red apple",
                                "[1,2]",
                                "{'k':1,'l':[1,2]}",
                                "POINT (1 1)",
                                "10",
                                "[{'x':1},{'x':2}]")
                        + ","
                        + row(
                                2,
                                false,
                                "green apple",
                                "[2,3]",
                                "{'k':2.5,'n':{'m':1}}",
                                "POINT (2 2)",
                                "null",
                                "[{'x':3}]")
                        + ","
                        + row(3, true, "red cherry pie", "[]", "{'l':[]}", "POINT (30 30)", "30", "[]")
                        + ","
                        + row(
                                4,
                                false,
                                "apple red",
                                "[4]",
                                "{'k':null}",
                                "LINESTRING (0 0, 3 3)",
                                "null",
                                "[{'x':1},{'x':1},{'x':5}]")
                        + ","
                        + row(5, true, "blue", "[1,2,3]", "{'k':1}", "POINT (1 2)", "50", "[{'x':2}]")
                        + "]}");
    }

    private static String row(int id, boolean b, String s, String a, String j, String g, String n, String elements) {
        return "{'id':" + id + ",'b':" + b + ",'i':" + id + ",'f':" + (id - 0.5) + ",'s':'" + s + "','a':" + a + ",'j':"
                + j + ",'ts':'2025-0" + id + "-01T00:00:00Z','g':'" + g + "','n':" + n + ",'v':[0,1],'st':" + elements
                + (id < 3 ? ",'c':'c" + id + "'" : "") + "}";
    }

    @AfterAll
    static void close() {
        wire.running().close();
    }

    private static final Pattern ID = Pattern.compile("\"id\":(\\d)");

    @Test
    void eachFormIsAnsweredAsItMeans() {
        for (var form : FORMS) {
            var filter = form.text().replace("\\", "\\\\").replace("'", "\\\"");
            var answer = wire.running()
                    .rest(
                            "entities/query",
                            "{\"collectionName\":\"c\",\"filter\":\"" + filter
                                    + "\",\"limit\":10,\"outputFields\":[\"id\"]}");
            var where = form.name() + ": " + form.text();
            if (form.isRefused()) {
                assertThat(Wire.code(answer)).as(where + " -> " + answer).isEqualTo(1100);
                assertThat(answer).as(where).contains(form.expected());
            } else {
                assertThat(Wire.code(answer)).as(where + " -> " + answer).isZero();
                if (!form.expected().equals("~"))
                    assertThat(ids(answer)).as(where).isEqualTo(form.expected());
            }
        }
    }

    @Test
    void aTemplateIsFilledWithWhatComesBesideIt() {
        assertThat(ids(wire.ask(
                        "entities/query",
                        "{'collectionName':'c','filter':'i in {l}','exprParams':{'l':[1,2]},'outputFields':['id']}")))
                .isEqualTo("1 2");
    }

    private static String ids(String answer) {
        var ids = new TreeSet<String>();
        var matcher = ID.matcher(answer);
        while (matcher.find()) ids.add(matcher.group(1));
        return String.join(" ", ids);
    }
}
