package dev.sextant.text;

import java.util.function.Supplier;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.*;

/// Words without their endings, by the Snowball rules of a language.
final class Stemmers {
    private Stemmers() {}

    static Filter of(Json.Members parameters) {
        return of(Description.text(
                parameters
                        .get("language")
                        .orElseThrow(() -> Description.refused("stemmer language field should be string")),
                "stemmer language field should be string"));
    }

    static Filter of(String language) {
        var stemmers = stemmers(language);
        return next -> {
            var stemmer = stemmers.get(); // it holds the word that it works on
            return word -> {
                stemmer.setCurrent(word.text());
                stemmer.stem();
                next.accept(word.with(stemmer.getCurrent()));
            };
        };
    }

    private static Supplier<SnowballStemmer> stemmers(String language) {
        return switch (language) {
            case "arabic" -> ArabicStemmer::new;
            case "danish" -> DanishStemmer::new;
            case "dutch" -> DutchStemmer::new;
            case "english" -> EnglishStemmer::new;
            case "finnish" -> FinnishStemmer::new;
            case "french" -> FrenchStemmer::new;
            case "german" -> GermanStemmer::new;
            case "greek" -> GreekStemmer::new;
            case "hungarian" -> HungarianStemmer::new;
            case "italian" -> ItalianStemmer::new;
            case "norwegian" -> NorwegianStemmer::new;
            case "portuguese" -> PortugueseStemmer::new;
            case "romanian" -> RomanianStemmer::new;
            case "russian" -> RussianStemmer::new;
            case "spanish" -> SpanishStemmer::new;
            case "swedish" -> SwedishStemmer::new;
            case "tamil" -> TamilStemmer::new;
            case "turkish" -> TurkishStemmer::new;
            default -> throw Description.refused("unsupported language: " + language);
        };
    }
}
