package dev.sextant.text;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/// The characters at which the tokenizer `char_group` splits: single ones, and groups by name.
final class CharGroup {
    private CharGroup() {}

    static IntPredicate of(Json.Members parameters) {
        var given = parameters
                .get("delimiters")
                .orElseThrow(() -> Description.refused("char group tokenizer delimiters can't be empty"));
        Set<Integer> single = new HashSet<>();
        IntPredicate groups = _ -> false;
        for (var item :
                Description.items(java.util.Optional.of(given), "char group tokenizer delimiters must be a vector")) {
            var delimiter = Description.text(item, "char group tokenizer delimiter in delimiters must be string");
            if (delimiter.codePointCount(0, delimiter.length()) == 1) single.add(delimiter.codePointAt(0));
            else groups = groups.or(group(delimiter));
        }
        return groups.or(single::contains);
    }

    private static IntPredicate group(String name) {
        return switch (name) {
            case "whitespace" -> point -> Character.isWhitespace(point) || Character.isSpaceChar(point);
            case "letter" -> Character::isAlphabetic;
            case "digit", "ascii_digit" -> point -> point >= '0' && point <= '9';
            case "punctuation" -> CharGroup::isPunctuation;
            case "symbol" -> CharGroup::isSymbol;
            case "ascii_whitespace" ->
                point -> point == ' ' || point == '\t' || point == '\n' || point == '\r' || point == '\f';
            case "ascii_letter" -> point -> point >= 'a' && point <= 'z' || point >= 'A' && point <= 'Z';
            case "ascii_punctuation" ->
                point -> point > ' '
                        && point < 0x7f
                        && !(point >= '0' && point <= '9')
                        && !(point >= 'a' && point <= 'z')
                        && !(point >= 'A' && point <= 'Z');
            default -> throw Description.refused(name + " not a char or name of build-in char group");
        };
    }

    static boolean isPunctuation(int point) {
        return switch (Character.getType(point)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    private static boolean isSymbol(int point) {
        return switch (Character.getType(point)) {
            case Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL ->
                true;
            default -> false;
        };
    }
}
