package dev.sextant.text;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Keeps the words in which an expression is found. Most expressions run in linear time; those that look around
/// themselves can not, and are given up after a number of steps, which the words of a text share.
final class Regex {
    /// Steps of one text: some ten for each character of the longest one.
    private static final int MOST_STEPS = 1_000_000;

    /// Linear is the length of a text times that of the expression.
    private static final int LONGEST = 1_000;

    private static final int MOST_INSTRUCTIONS = 10_000;

    private Regex() {}

    static Filter of(Json.Members parameters) {
        var expression = Description.text(
                parameters.get("expr").orElseThrow(() -> Description.refused("must set expr with regex filter")),
                "regex filter expr must be string");
        if (expression.length() > LONGEST)
            throw Description.refused("regex expression invalid, err: it is longer than " + LONGEST + " characters");
        return compiled(expression);
    }

    private static Filter compiled(String expression) {
        com.google.re2j.Pattern linear;
        try {
            linear = com.google.re2j.Pattern.compile(expression);
        } catch (com.google.re2j.PatternSyntaxException _) {
            return lookingAround(expression);
        }
        if (linear.programSize() > MOST_INSTRUCTIONS)
            throw Description.refused("regex expression invalid, err: it has more than " + MOST_INSTRUCTIONS
                    + " instructions when repetitions are written out");
        return Filter.keeping(word -> linear.matcher(word).find());
    }

    private static Filter lookingAround(String expression) {
        try {
            var pattern = Pattern.compile(expression);
            return next -> {
                var steps = new Steps(MOST_STEPS, "regex filter takes too long: " + expression);
                return word -> {
                    if (isFound(pattern, word.text(), steps)) next.accept(word);
                };
            };
        } catch (PatternSyntaxException wrong) {
            throw Description.refused("regex expression invalid, err: " + wrong.getDescription());
        }
    }

    private static boolean isFound(Pattern pattern, String word, Steps steps) {
        try {
            return pattern.matcher(new Counted(word, steps)).find();
        } catch (StackOverflowError _) {
            throw Description.refused("regex filter takes too long: " + pattern);
        }
    }

    /// A text that counts how often it is looked at.
    private record Counted(String text, Steps steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.take();
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
