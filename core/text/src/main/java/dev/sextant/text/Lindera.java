package dev.sextant.text;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.lucene.analysis.ja.JapaneseTokenizer;
import org.apache.lucene.analysis.ja.tokenattributes.PartOfSpeechAttribute;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/// Japanese and Korean by morphology. Milvus uses Lindera; here Lucene's tokenizers stand for it, over the same IPADIC
/// and mecab-ko dictionaries: close, not equal. Other dictionaries are refused.
final class Lindera implements Tokenizer {
    private final Supplier<org.apache.lucene.analysis.Tokenizer> tokenizers;
    private final Predicate<String> passes;

    private Lindera(Supplier<org.apache.lucene.analysis.Tokenizer> tokenizers, Predicate<String> passes) {
        this.tokenizers = tokenizers;
        this.passes = passes;
    }

    static Tokenizer of(Json.Members parameters, WordFiles files) {
        var kind = Description.text(
                parameters
                        .get("dict_kind")
                        .orElseThrow(() -> Description.refused("lindera tokenizer dict_kind must be set")),
                "lindera tokenizer dict kind should be string");
        var mode = Description.text(
                parameters.get("mode").orElse(new Json.Text("normal")), "lindera tokenizer mode should be string");
        if (!mode.equals("normal") && !mode.equals("decompose"))
            throw Description.refused("lindera tokenizer mode must be normal or decompose, got " + mode);
        boolean decompose = mode.equals("decompose");
        var tags = tags(parameters, kind);
        var own = OwnWords.of(Lines.of(parameters, "user_dict", "lindera user dict", files));
        return switch (kind) {
            case "ipadic" -> {
                var words = own.japanese();
                yield new Lindera(
                        () -> new JapaneseTokenizer(
                                words.orElse(null),
                                false,
                                decompose ? JapaneseTokenizer.Mode.SEARCH : JapaneseTokenizer.Mode.NORMAL),
                        tags);
            }
            case "ko-dic" -> {
                var words = own.korean();
                yield new Lindera(
                        () -> new KoreanTokenizer(
                                org.apache.lucene.analysis.TokenStream.DEFAULT_TOKEN_ATTRIBUTE_FACTORY,
                                words.orElse(null),
                                decompose
                                        ? KoreanTokenizer.DecompoundMode.DISCARD
                                        : KoreanTokenizer.DecompoundMode.NONE,
                                false,
                                false),
                        tags);
            }
            case "ipadic-neologd", "unidic", "cc-cedict" ->
                throw Description.refused("lindera tokenizer with dict_kind " + kind
                        + " is not supported: use ipadic, ko-dic or the tokenizer icu");
            default -> throw Description.refused("unsupported lindera dict kind: " + kind);
        };
    }

    /// Which parts of speech stay. Japanese ones are written with all their parts; a prefix names them all.
    private static Predicate<String> tags(Json.Members parameters, String kind) {
        Predicate<String> passes = _ -> true;
        for (var item : Description.items(parameters.get("filter"), "lindera tokenizer filter should be array")) {
            if (!(item instanceof Json.Members filter))
                throw Description.refused("lindera tokenizer filter should be dict");
            var name = Description.text(
                    filter.get("kind").or(() -> filter.get("type")).orElse(new Json.Nothing()),
                    "lindera filter must have a kind");
            var tags = filter.get("tags")
                    .map(value -> Description.texts(value, "lindera filter tags"))
                    .orElse(List.of());
            Set<String> named = new HashSet<>(tags);
            passes = passes.and(
                    switch (name) {
                        case "japanese_stop_tags", "korean_stop_tags" -> tag -> !covers(named, tag);
                        case "japanese_keep_tags", "korean_keep_tags" -> tag -> covers(named, tag);
                        default ->
                            throw Description.refused(
                                    "lindera token filter " + name + " is not supported with dict_kind " + kind);
                    });
        }
        return passes;
    }

    private static boolean covers(Set<String> named, String tag) {
        return named.stream().anyMatch(name -> {
            var plain = name.replace(",*", "").replace(',', '-');
            return tag.equals(plain) || tag.startsWith(plain + "-");
        });
    }

    @Override
    public void run(String text, Consumer<Token> words) {
        var places = new Places(text);
        try (var tokenizer = tokenizers.get()) {
            tokenizer.setReader(new StringReader(text));
            tokenizer.reset();
            var word = tokenizer.getAttribute(CharTermAttribute.class);
            var offset = tokenizer.getAttribute(OffsetAttribute.class);
            for (int position = 0; tokenizer.incrementToken(); position++)
                if (passes.test(tag(tokenizer)))
                    words.accept(new Token(
                            word.toString(),
                            places.bytes(offset.startOffset()),
                            places.bytes(offset.endOffset()),
                            position,
                            1));
            tokenizer.end();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // a text in memory cannot fail to be read
        }
    }

    private static String tag(org.apache.lucene.analysis.Tokenizer tokenizer) {
        var japanese = tokenizer.getAttribute(PartOfSpeechAttribute.class);
        if (japanese != null) return japanese.getPartOfSpeech() == null ? "" : japanese.getPartOfSpeech();
        var korean = tokenizer.getAttribute(org.apache.lucene.analysis.ko.tokenattributes.PartOfSpeechAttribute.class);
        return korean == null || korean.getLeftPOS() == null
                ? ""
                : korean.getLeftPOS().name();
    }
}
