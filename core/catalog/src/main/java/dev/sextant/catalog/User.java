package dev.sextant.catalog;

/// Somebody who may come in.
///
/// @param passwordHash bcrypt; the password itself is kept nowhere
public record User(String name, String passwordHash, String description, long created) {
    /// The user that always exists once access is controlled, and owns everything.
    public static final String ROOT = "root";
}
