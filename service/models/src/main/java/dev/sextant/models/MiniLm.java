package dev.sextant.models;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.sextant.database.embedding.Embedder;
import dev.sextant.database.embedding.LocalModel;
import java.util.List;

/// all-MiniLM-L6-v2 inside this process: 384 numbers for a text of any length, no network. The model is read on first
/// use and kept. Any thread; computes on the caller's.
public final class MiniLm implements LocalModel {
    private static final int BATCH = 64;

    private static final class Loaded {
        // One thread: others belong to searches.
        static final AllMiniLmL6V2EmbeddingModel MODEL = new AllMiniLmL6V2EmbeddingModel(Runnable::run);
    }

    @Override
    public String name() {
        return "all-minilm-l6-v2";
    }

    @Override
    public int dimension() {
        return 384;
    }

    @Override
    public int batch() {
        return BATCH;
    }

    @Override
    public List<float[]> embed(List<String> texts, Embedder.Purpose purpose) {
        return Loaded.MODEL.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                .map(embedding -> embedding.vector())
                .toList();
    }
}
