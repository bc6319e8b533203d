package dev.sextant.database;

import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.text.TextField;
import java.util.Map;

/// The rules of fields whose text is analysed.
final class TextRules {
    private TextRules() {}

    static boolean isAnalyzed(Field field) {
        return field.type().isText() && TextField.isAnalyzed(field);
    }

    /// Builds the analyzers once, so that what is wrong with them is said now and not when the first row comes.
    static void check(Field field, Map<String, Field> fields) {
        boolean text = field.type().isText();
        if (!text && (TextField.isAnalyzed(field) || TextField.isMatched(field)))
            throw refused(
                    field,
                    "field " + field.name() + " is " + field.type().word()
                            + ": only VarChar fields can enable analyzer or match");
        if (!text) return;
        if (TextField.isMatched(field) && !TextField.isAnalyzed(field))
            throw refused(
                    field,
                    "field " + field.name()
                            + " which has enable_match or is input of BM25 function must also enable_analyzer");
        boolean several = TextField.has(field, TextField.MULTI_ANALYZER_PARAMS);
        if (several && TextField.has(field, TextField.ANALYZER_PARAMS))
            throw refused(
                    field,
                    "field " + field.name() + " analyzer params invalid: multi_analyzer_params and "
                            + "analyzer_params cannot be set at the same time");
        if (several && TextField.isMatched(field))
            throw refused(
                    field, "multi analyzer now only support for bm25, but now field " + field.name() + " enable match");
        if (several) {
            var byField = TextField.languages(field).orElseThrow().byField();
            var named = fields.get(byField);
            if (named == null)
                throw refused(field, "multi analyzer params: by_field " + byField + " not found in collection");
            if (!(named.type() instanceof FieldType.Varchar))
                throw refused(field, "multi analyzer params: by_field " + byField + " should be a varchar field");
        } else if (TextField.isAnalyzed(field) || TextField.has(field, TextField.ANALYZER_PARAMS))
            TextField.analyzer(field);
    }

    private static Refused refused(Field field, String detail) {
        return SchemaRules.refused(field.name(), Rule.FUNCTION, detail);
    }
}
