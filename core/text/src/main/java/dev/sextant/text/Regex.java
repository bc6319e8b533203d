package dev.sextant.text;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Keeps the words in which an expression is found. Most expressions run in linear time; those that look around
/// themselves can not, and are given up after a number of steps.
final class Regex {
    /// Steps of one word: some thousand times the length of a reasonable one.
    private static final int MOST_STEPS = 200_000;

    private Regex() {}

    static Filter of(Json.Members parameters) {
        var expression = Description.text(
                parameters.get("expr").orElseThrow(() -> Description.refused("must set expr with regex filter")),
                "regex filter expr must be string");
        return Filter.keeping(compiled(expression));
    }

    private static Predicate<String> compiled(String expression) {
        try {
            var linear = com.google.re2j.Pattern.compile(expression);
            return word -> linear.matcher(word).find();
        } catch (com.google.re2j.PatternSyntaxException _) {
            return lookingAround(expression);
        }
    }

    private static Predicate<String> lookingAround(String expression) {
        try {
            var pattern = Pattern.compile(expression);
            return word -> {
                try {
                    return pattern.matcher(new Counted(word, new int[1])).find();
                } catch (StackOverflowError _) {
                    throw tooLong(expression);
                } catch (TooManySteps _) {
                    throw tooLong(expression);
                }
            };
        } catch (PatternSyntaxException wrong) {
            throw Description.refused("regex expression invalid, err: " + wrong.getDescription());
        }
    }

    private static dev.sextant.model.Refused tooLong(String expression) {
        return Description.refused("regex filter takes too long: " + expression);
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManySteps() {
            super("", null, false, false);
        }
    }

    /// A text that counts how often it is looked at.
    private record Counted(String text, int[] steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MOST_STEPS) throw new TooManySteps();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
