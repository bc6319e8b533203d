package dev.sextant.text;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/// Words by the boundaries of Unicode's annex 29: `O'Reilly` and `32.3` are one, an ideograph is one, an emoji too.
///
/// @param longest words are cut into pieces of so many characters
record WordBoundaries(int longest) implements Tokenizer {
    @Override
    public void run(String text, Consumer<Token> words) {
        var places = new Places(text);
        try (var tokenizer = new StandardTokenizer()) {
            tokenizer.setMaxTokenLength(longest);
            tokenizer.setReader(new StringReader(text));
            tokenizer.reset();
            var word = tokenizer.getAttribute(CharTermAttribute.class);
            var offset = tokenizer.getAttribute(OffsetAttribute.class);
            for (int position = 0; tokenizer.incrementToken(); position++)
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
}
