package dev.sextant.text;

import dev.sextant.text.jieba.Segmenter;
import dev.sextant.text.jieba.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Chinese words by dictionary and probability. In search mode the short words inside of long ones come first.
record Jieba(Segmenter segmenter, boolean search, boolean hmm) implements Tokenizer {
    static final Jieba DEFAULT = new Jieba(new Segmenter(Words.standard()), true, true);

    private static final String STANDARD = "_default_";
    private static final String EXTENDED = "_extend_default_";

    static Tokenizer of(Json.Members parameters, WordFiles files) {
        var mode = Description.text(
                parameters.get("mode").orElse(new Json.Text("search")), "jieba tokenizer mode must be string");
        if (!mode.equals("search") && !mode.equals("exact"))
            throw Description.refused("jieba tokenizer mode must be \"exact\" or \"search\"");
        boolean hmm = Description.truth(parameters.get("hmm"), true, "jieba tokenizer mode must be boolean");
        return new Jieba(segmenter(parameters, files), mode.equals("search"), hmm);
    }

    private static Segmenter segmenter(Json.Members parameters, WordFiles files) {
        var file = Lines.of(parameters, "extra_dict_file", "jieba extra dict file", files);
        var counted = counted(file);
        var own = new ArrayList<Words.Counted>();
        boolean standard = parameters.get("dict").isEmpty();
        boolean extended = false;
        for (var item : Description.items(parameters.get("dict"), "jieba tokenizer dict must be array"))
            switch (Description.text(item, "jieba tokenizer dict item must be string")) {
                case STANDARD -> standard = true;
                case EXTENDED -> extended = true;
                case String word -> own.add(new Words.Counted(word, 0));
            }
        if (standard && extended) throw Description.refused("jieba tokenizer dict can only set default dict once");
        // The extended dictionary of Milvus is not published as an artifact of its own: the standard one stands for it.
        if (own.isEmpty() && file == Lines.NONE && (standard || extended)) return DEFAULT.segmenter;
        var base = standard || extended ? Words.standard() : Words.none();
        return new Segmenter(base.with(counted).with(own));
    }

    /// A line has a word, then how often it occurs, then its part of speech, blanks between them; only the word must be
    /// there. How often it occurs is then so often that it stays whole, as for a word of `dict`.
    private static List<Words.Counted> counted(Lines file) {
        var words = new ArrayList<Words.Counted>(file.lines().size());
        for (int i = 0; i < file.lines().size(); i++) {
            var parts = file.lines().get(i).strip().split("\\s+", 3);
            if (!parts[0].isEmpty())
                words.add(new Words.Counted(parts[0], parts.length == 1 ? 0 : count(parts[1], file.place(i))));
        }
        return words;
    }

    private static int count(String text, String place) {
        try {
            long count = Long.parseLong(text);
            if (count > 0) return (int) Math.min(count, Words.MOST);
        } catch (NumberFormatException _) {
            // refused below, as is a number that is none of occurrences
        }
        throw Description.refused(
                "jieba extra dict file: in " + place + " the frequency is not a valid integer above 0");
    }

    @Override
    public void run(String text, Consumer<Token> words) {
        var places = new Places(text);
        segmenter.cut(text, hmm, (from, to) -> {
            if (search) segmenter.inner(text, from, to, (a, b) -> words.accept(places.byCharacter(text, a, b)));
            words.accept(places.byCharacter(text, from, to));
        });
    }
}
