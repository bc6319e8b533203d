package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeletionsTest {
    @Test
    void aRowGoesAwayOnceAndAtItsFirstTime() {
        var deletions = new Deletions();
        assertThat(deletions.add(3, 10)).isTrue();
        assertThat(deletions.add(3, 20)).isFalse();
        assertThat(deletions.add(5, 20)).isTrue();
        deletions.publish();
        assertThat(deletions.seen().count()).isEqualTo(2);
        assertThat(deletions.seen().upTo(9)).isZero();
        assertThat(deletions.seen().upTo(10)).isEqualTo(1);
        assertThat(deletions.seen().upTo(19)).isEqualTo(1);
        assertThat(deletions.seen().upTo(20)).isEqualTo(2);
        assertThat(deletions.at(10, 8).get(3)).isFalse();
        assertThat(deletions.at(10, 8).get(5)).isTrue();
        assertThat(deletions.at(20, 8).get(5)).isFalse();
    }
}
