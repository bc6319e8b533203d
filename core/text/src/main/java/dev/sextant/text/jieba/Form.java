package dev.sextant.text.jieba;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Which characters begin, go on with, end or are a word: a hidden Markov model over Han characters, as trained by the
/// Jieba project.
final class Form {
    private static final int BEGIN = 0;
    private static final int END = 1;
    private static final int MIDDLE = 2;
    private static final int SINGLE = 3;
    private static final double NEVER = -3.14e100;

    private static final double[] START = {-0.26268660809250016, NEVER, NEVER, -1.4652633398537678};
    /// What may come before each state, and with which logarithm of a chance.
    private static final int[][] BEFORE = {{END, SINGLE}, {BEGIN, MIDDLE}, {MIDDLE, BEGIN}, {SINGLE, END}};

    private static final double[][] CHANCE = {
        {-0.5897149736854513, -0.7211965654669841},
        {-0.510825623765990, -0.33344856811948514},
        {-1.2603623820268226, -0.916290731874155},
        {-0.6658631448798212, -0.8085250474669937}
    };

    private static final class Loaded {
        static final Map<Integer, double[]> EMISSIONS = read();
    }

    private Form() {}

    static void cut(int[] points, int from, int to, Segmenter.Word taken) {
        var states = states(points, from, to);
        int begin = from;
        for (int i = from; i < to; i++)
            if (states[i - from] == END || states[i - from] == SINGLE) {
                taken.take(begin, i + 1);
                begin = i + 1;
            }
        if (begin < to) taken.take(begin, to);
    }

    /// The most probable states.
    private static byte[] states(int[] points, int from, int to) {
        int n = to - from;
        var came = new byte[n][4];
        var chance = new double[4];
        for (int state = 0; state < 4; state++) chance[state] = START[state] + emission(points[from], state);
        for (int i = 1; i < n; i++) {
            var next = new double[4];
            for (int state = 0; state < 4; state++) {
                double first = chance[BEFORE[state][0]] + CHANCE[state][0];
                double second = chance[BEFORE[state][1]] + CHANCE[state][1];
                came[i][state] = (byte) BEFORE[state][first >= second ? 0 : 1];
                next[state] = Math.max(first, second) + emission(points[from + i], state);
            }
            chance = next;
        }
        var states = new byte[n];
        states[n - 1] = (byte) (chance[END] >= chance[SINGLE] ? END : SINGLE);
        for (int i = n - 1; i > 0; i--) states[i - 1] = came[i][states[i]];
        return states;
    }

    private static double emission(int point, int state) {
        var known = Loaded.EMISSIONS.get(point);
        return known == null ? NEVER : known[state];
    }

    private static Map<Integer, double[]> read() {
        var emissions = new HashMap<Integer, double[]>();
        int state = BEGIN;
        try (var lines = new BufferedReader(new InputStreamReader(
                com.huaban.analysis.jieba.WordDictionary.class.getResourceAsStream("/prob_emit.txt"),
                StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                int tab = line.indexOf('\t');
                if (tab < 0) state = "BEMS".indexOf(line.strip());
                else
                    emissions
                                    .computeIfAbsent(
                                            line.codePointAt(0), _ -> new double[] {NEVER, NEVER, NEVER, NEVER})[
                                    state] =
                            Double.parseDouble(line.substring(tab + 1));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return emissions;
    }
}
