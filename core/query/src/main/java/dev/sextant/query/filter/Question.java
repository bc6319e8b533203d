package dev.sextant.query.filter;

import dev.sextant.geometry.Probe;
import dev.sextant.model.Box;
import java.util.Optional;
import java.util.function.Supplier;

/// What is asked of geometries: one question for all threads, a probe for each.
final class Question {
    private final String text;
    private final Optional<Box> reach;
    private final ThreadLocal<Probe> probes;

    Question(String text, Supplier<Probe> make) {
        this.text = text;
        var first = make.get();
        reach = first.reach();
        probes = ThreadLocal.withInitial(make);
        probes.set(first);
    }

    Probe probe() {
        return probes.get();
    }

    /// Only geometries whose boxes meet this one can pass; empty when any can.
    Optional<Box> reach() {
        return reach;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Question that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
