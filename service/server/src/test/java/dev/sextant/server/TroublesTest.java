package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TroublesTest {
    @Test
    void eachTroubleIsALineWhenItComesAndOneWhenItIsOver() {
        var lines = new ArrayList<String>();
        var troubles = new Troubles(trouble -> lines.add("+" + trouble), trouble -> lines.add("-" + trouble));
        troubles.are(List.of("a"));
        troubles.are(List.of("a", "b", "b"));
        troubles.are(List.of("a", "b"));
        troubles.are(List.of("b"));
        troubles.are(List.of("a"));
        troubles.are(List.of());
        assertThat(lines).containsExactly("+a", "+b", "-a", "+a", "-b", "-a");
    }
}
