package dev.sextant.index;

/// How term frequencies become scores: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, as Lucene
/// and Milvus compute it. A row's cells are (term, frequency), its length is the sum of its frequencies; a query's
/// cells are (term, weight), the weight being the term's inverse document frequency times how often the query has it.
/// The score is the sum over common terms of `weight · f (k1 + 1) / (f + k1 (1 − b + b · length / averageLength))`.
///
/// @param k1 how much repetition counts, 0 … 3
/// @param b how much length counts, 0 … 1
/// @param averageLength of all rows of the collection that the search sees
public record Bm25(float k1, float b, float averageLength) {
    public static final float DEFAULT_K1 = 1.2f;
    public static final float DEFAULT_B = 0.75f;

    public Bm25 {
        if (!(k1 >= 0) || !(b >= 0 && b <= 1) || !(averageLength >= 0))
            throw new IllegalArgumentException("k1 is " + k1 + ", b " + b + ", the average length " + averageLength);
    }

    /// What a term's weight is multiplied with.
    public float factor(float frequency, float length) {
        float relative = averageLength > 0 ? length / averageLength : 1;
        return frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * relative));
    }
}
