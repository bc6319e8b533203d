package dev.sextant.query;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.List;
import java.util.Map;

/// Models that say how well texts answer questions, wherever they run. Any thread may ask; nothing blocks: the answer
/// comes from elsewhere.
public interface Models {
    /// There are none.
    Models NONE = new Models() {
        @Override
        public void check(Map<String, String> parameters) {
            throw new Refused(new Refusal.Unsupported("a model that scores hits"));
        }

        @Override
        public void judge(
                Call call,
                Map<String, String> parameters,
                List<String> queries,
                List<List<String>> texts,
                Reply<List<double[]>> reply) {
            reply.fail(new Refused(new Refusal.Unsupported("a model that scores hits")));
        }
    };

    /// Makes one number of several. Any thread may ask; it never blocks.
    interface Scorer {
        /// How many it takes.
        int columns();

        /// @param values NaN where there is none
        double of(float[] values);
    }

    /// A model of trees by the name of its file, which may have to be read first.
    ///
    /// @param margin as in [dev.sextant.model.Link.Term.Trees]
    default void scorer(Call call, String name, boolean margin, Reply<Scorer> reply) {
        reply.fail(new Refused(new Refusal.Unsupported("a model of trees")));
    }

    /// Refuses parameters that name no model which could be asked.
    void check(Map<String, String> parameters);

    /// A score for each text, the larger the better.
    ///
    /// @param texts for each query those that may answer it
    void judge(
            Call call,
            Map<String, String> parameters,
            List<String> queries,
            List<List<String>> texts,
            Reply<List<double[]>> reply);
}
