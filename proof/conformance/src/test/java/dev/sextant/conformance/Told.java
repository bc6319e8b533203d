package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// What the stories of clients came to, and how far each client came in its life.
final class Told {
    private final Map<String, String> stories = new LinkedHashMap<>(); // empty, or why it failed
    private final Map<String, List<String>> steps = new LinkedHashMap<>();

    void story(String name, String failure) {
        stories.put(name, failure);
    }

    void step(String client, String step) {
        steps.computeIfAbsent(client, _ -> new ArrayList<>()).add(step);
    }

    boolean allGood() {
        return stories.values().stream().allMatch(String::isEmpty);
    }

    boolean isEmpty() {
        return stories.isEmpty();
    }

    void add(Told more) {
        stories.putAll(more.stories);
        steps.putAll(more.steps);
    }

    /// A test a story, and one for the row of each client on its page.
    ///
    /// @param printed by the server, for messages
    Stream<DynamicTest> tests(String printed) {
        var told = stories.entrySet().stream()
                .map(story -> DynamicTest.dynamicTest(
                        story.getKey(),
                        () -> assertThat(story.getValue())
                                .as(() -> tail(printed))
                                .isEmpty()));
        var rows = steps.entrySet().stream()
                .map(client -> DynamicTest.dynamicTest(
                        "row of " + client.getKey(), () -> ClientPage.check(client.getKey(), client.getValue())));
        return Stream.concat(told, rows);
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 3000));
    }
}
