package dev.sextant.text;

import dev.sextant.model.WordFile;
import java.util.List;

/// What the files hold that a description of an analyzer names.
@FunctionalInterface
interface WordFiles {
    String text(WordFile.Source source);

    static WordFiles among(List<WordFile> files) {
        return source -> {
            for (var file : files) if (file.source().equals(source)) return file.text();
            throw Description.refused("the file " + source.told() + " was not read");
        };
    }
}
