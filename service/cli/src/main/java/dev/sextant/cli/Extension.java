package dev.sextant.cli;

/// A command that another module brings, such as `bench`: whoever names one in `META-INF/services` is found.
public interface Extension {
    String name();

    /// An object with picocli's annotations.
    Object command();
}
