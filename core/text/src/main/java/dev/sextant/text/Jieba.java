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

    static Tokenizer of(Json.Members parameters) {
        Description.refuseFile(parameters, "extra_dict_file");
        var mode = Description.text(
                parameters.get("mode").orElse(new Json.Text("search")), "jieba tokenizer mode must be string");
        if (!mode.equals("search") && !mode.equals("exact"))
            throw Description.refused("jieba tokenizer mode must be \"exact\" or \"search\"");
        boolean hmm = Description.truth(parameters.get("hmm"), true, "jieba tokenizer mode must be boolean");
        return new Jieba(segmenter(parameters), mode.equals("search"), hmm);
    }

    private static Segmenter segmenter(Json.Members parameters) {
        if (parameters.get("dict").isEmpty()) return DEFAULT.segmenter;
        var own = new ArrayList<String>();
        boolean standard = false;
        boolean extended = false;
        for (var item : Description.items(parameters.get("dict"), "jieba tokenizer dict must be array"))
            switch (Description.text(item, "jieba tokenizer dict item must be string")) {
                case STANDARD -> standard = true;
                case EXTENDED -> extended = true;
                case String word -> own.add(word);
            }
        if (standard && extended) throw Description.refused("jieba tokenizer dict can only set default dict once");
        // The extended dictionary of Milvus is not published as an artifact of its own: the standard one stands for it.
        if (own.isEmpty() && (standard || extended)) return DEFAULT.segmenter;
        return new Segmenter((standard || extended ? Words.standard() : Words.none()).with(List.copyOf(own)));
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
